//! Which hosts may be reached: those of the internet, and within this network only what a person named.

use las_types::{AddressScope, Code, Failure};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Asks for the addresses of a name.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Looking + Send + Sync>;
type Looking = std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Hosts that may be reached though they lie within.
#[derive(Clone)]
pub(crate) struct Reach {
    named: Arc<BTreeSet<String>>,
    lookup: Lookup,
}

/// A name that leads within.
#[derive(Debug, thiserror::Error)]
#[error("{0} is an address of this machine or its network")]
struct Inner(IpAddr);

impl Reach {
    /// Of the hosts that lie within only these, as a URL writes them.
    pub(crate) fn new(named: impl IntoIterator<Item = String>) -> Self {
        let system = |name: String| -> Looking {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
        };
        Self { named: Arc::new(named.into_iter().collect()), lookup: Arc::new(system) }
    }

    #[cfg(test)]
    pub(crate) fn looked_up_by(self, lookup: Lookup) -> Self {
        Self { lookup, ..self }
    }

    /// Whether a host may be asked, before anything is sent. A name is asked for here, and once more when it is connected
    /// to: then the very address that is connected to is checked, so that an answer which changes in between helps nobody.
    /// Codes: `address-inner`; `hub-unreachable` for a name that has no address, since nobody can say where it leads.
    pub(crate) async fn check(&self, url: &Url) -> Result<(), Failure> {
        let refused = |host: &str| {
            Err(Failure::new(Code::AddressInner).with("url", without_query(url)).with("host", host))
        };
        let host = match (url.scheme(), url.host()) {
            ("http" | "https", Some(host)) => host,
            (scheme, _) => return refused(scheme),
        };
        let text = host.to_string();
        if self.named.contains(&text) {
            return Ok(());
        }
        // RFC 6761: it leads within, whatever a name server says.
        let name = text.trim_end_matches('.');
        if name == "localhost" || name.ends_with(".localhost") {
            return refused(&text);
        }
        let address = match host {
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
            Host::Domain(name) => match (self.lookup)(name.to_owned()).await {
                Ok(found) => match found.iter().map(SocketAddr::ip).find(is_inner) {
                    Some(address) => address,
                    None => return Ok(()),
                },
                Err(error) => {
                    let failure = Failure::new(Code::HubUnreachable).with("url", without_query(url));
                    return Err(failure.with("detail", &error).because(error));
                }
            },
        };
        if is_inner(&address) { refused(&text) } else { Ok(()) }
    }
}

fn is_inner(address: &IpAddr) -> bool {
    AddressScope::of(*address) == AddressScope::Inner
}

/// An address as it is told: what follows the `?` may be long, and may be signed.
pub(crate) fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.to_string()
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let (named, looking) = (Arc::clone(&self.named), (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let found = looking.await?;
            match found.iter().map(SocketAddr::ip).find(is_inner) {
                Some(address) if !named.contains(name.as_str()) => Err(Inner(address).into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Lookup, Reach};
    use las_types::Code;
    use reqwest::dns::Resolve as _;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn answers(addresses: &'static [&'static str]) -> Lookup {
        Arc::new(move |_| {
            let found =
                addresses.iter().map(|address| (address.parse::<std::net::IpAddr>().unwrap(), 0).into());
            let found = Ok(found.collect());
            Box::pin(async move { found })
        })
    }

    #[tokio::test]
    async fn what_leads_within_is_refused_however_it_is_written() {
        let reach = Reach::new(["127.0.0.9".to_owned()]).looked_up_by(answers(&["93.184.215.14", "::1"]));
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
            "http://[fd00::1]/",
            "http://0/",
            "http://named.example/",
            "http://localhost/",
            "http://localhost./",
            "http://a.localhost/",
            "http://１２７.0.0.1/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
        ] {
            let failure = reach.check(&url.parse().unwrap()).await.unwrap_err();
            assert_eq!(failure.code, Code::AddressInner, "{url}");
        }
        for url in ["http://127.0.0.9:8080/", "https://1.1.1.1/"] {
            reach.check(&url.parse().unwrap()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_name_whose_answer_changes_is_refused_where_it_is_connected_to() {
        let first = AtomicBool::new(true);
        let changing: Lookup = Arc::new(move |_| {
            let address =
                if first.swap(false, Ordering::Relaxed) { [93, 184, 215, 14] } else { [127, 0, 0, 1] };
            Box::pin(async move { Ok(vec![(address, 0).into()]) })
        });
        let reach = Reach::new([]).looked_up_by(changing);
        reach.check(&"http://rebinding.example/".parse().unwrap()).await.unwrap();
        assert!(reach.resolve("rebinding.example".parse().unwrap()).await.is_err());
    }
}
