//! Where an address may send on to: the hosts of the plan, never from HTTPS to HTTP, and never from the internet into this
//! machine or its own network.

use super::Wanted;
use las_types::{AddressScope, Code, Failure, SourceUrl};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Response, Url};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How names become addresses while one file is asked for.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Whether only the internet's addresses may be asked: somebody there sent on.
    only_public: Arc<AtomicBool>,
    public: fn(IpAddr) -> bool,
}

/// A name that leads into this machine or its network.
#[derive(Debug, thiserror::Error)]
#[error("{0} is an address of this machine or of its network")]
struct Private(IpAddr);

impl Reach {
    pub(super) fn new(public: fn(IpAddr) -> bool) -> Self {
        Self { only_public: Arc::default(), public }
    }

    /// Before the address of the plan is asked, which may lie anywhere.
    pub(super) fn begin(&self) {
        self.only_public.store(false, Ordering::Relaxed);
    }

    /// Where an answer sends on to, if that may be.
    ///
    /// Codes: `fetch-sent-on`, `fetch-private`.
    pub(super) fn next(
        &self,
        first: &SourceUrl,
        wanted: &Wanted<'_>,
        from: &Url,
        response: &Response,
        next: Option<Url>,
    ) -> Result<Url, Failure> {
        let sent_on = |to: &str| Failure::new(Code::FetchSentOn).with("url", first).with("to", to);
        let next = next.ok_or_else(|| sent_on("?"))?;
        let host = next.host_str().unwrap_or_default();
        let named = wanted.urls.iter().any(|url| url.host() == Some(host))
            || wanted.redirects.iter().any(|known| known == host);
        let plainer = from.scheme() == "https" && next.scheme() != "https";
        let secret = !next.username().is_empty() || next.password().is_some();
        if !named || plainer || secret || !matches!(next.scheme(), "https" | "http") {
            return Err(sent_on(&format!("{}://{host}", next.scheme())));
        }
        if response.remote_addr().is_some_and(|address| (self.public)(address.ip())) {
            self.only_public.store(true, Ordering::Relaxed);
        }
        // A name is judged when it is looked up, so that what is judged is what is asked.
        match literal(&next).filter(|address| self.forbids(*address)) {
            Some(address) => Err(private(first, address)),
            None => Ok(next),
        }
    }

    fn forbids(&self, address: IpAddr) -> bool {
        self.only_public.load(Ordering::Relaxed) && !(self.public)(address)
    }
}

fn private(first: &SourceUrl, to: IpAddr) -> Failure {
    Failure::new(Code::FetchPrivate).with("url", first).with("to", to)
}

/// What it was that failed, if a name led where it may not.
pub(super) fn refusal(first: &SourceUrl, error: &reqwest::Error) -> Option<Failure> {
    let mut inner: &dyn std::error::Error = error;
    loop {
        if let Some(Private(address)) = inner.downcast_ref() {
            return Some(private(first, *address));
        }
        inner = inner.source()?;
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(address) = found.iter().find(|address| reach.forbids(address.ip())) {
                // One that does is enough: the others may be a lure.
                return Err(Private(address.ip()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The address that stands in place of a name, in whatever form.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// Whether an address is one of the internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    AddressScope::of(address) == AddressScope::Public
}

#[cfg(test)]
mod tests {
    use super::{is_public, literal};

    #[test]
    fn an_address_in_place_of_a_name_is_judged_in_whatever_form_it_is_written() {
        for form in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::ffff:7f00:1]/",
        ] {
            let address = literal(&form.parse().unwrap()).unwrap();
            assert!(!is_public(address), "{form}");
        }
        assert_eq!(literal(&"http://localhost/".parse().unwrap()), None);
    }
}
