//! Asking one origin over HTTP: bounded answers, a token for that origin alone, no redirect to another.

mod length;

use crate::reach::{Reach, without_query};
use las_types::{
    Code, Failure, RepositoryId, RepositoryPath, Revision, SecretHandle, SecretHeader, Secrets, SourceName,
    SourceUrl, WebOrigin,
};
use reqwest::header::{HeaderMap, HeaderValue, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// How long until there is a connection.
const CONNECTED: Duration = Duration::from_secs(15);
/// How long nothing may arrive.
const SILENT: Duration = Duration::from_secs(30);
/// How long a whole answer may take.
const WHOLE: Duration = Duration::from_mins(2);
/// The most bytes of an answer: the list of a repository with ten thousand files has about three million.
const ANSWER_MAX: usize = 16 << 20;
/// How often an address may send on within its origin.
const HOPS: usize = 5;

/// How a hub wants its token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenForm {
    pub(crate) header: &'static str,
    pub(crate) before: &'static str,
}

/// `Authorization: Bearer …`.
pub(crate) const BEARER: TokenForm = TokenForm { header: "authorization", before: "Bearer " };

/// What a request is about, for the words of a failure.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subject<'a> {
    pub(crate) id: Option<&'a RepositoryId>,
    pub(crate) revision: Option<&'a Revision>,
    pub(crate) path: Option<&'a RepositoryPath>,
}

/// One origin.
pub(crate) struct Web {
    pub(crate) source: SourceName,
    pub(crate) origin: WebOrigin,
    /// Which hosts within may be asked.
    reach: Reach,
    /// To which of them it may send on.
    onward: Reach,
    base: Url,
    client: Client,
    secrets: Arc<dyn Secrets>,
    forms: &'static [TokenForm],
}

/// What a request was sent with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Nothing,
    Token,
}

/// What is asked of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// What lies there.
    Whole,
    /// What is said of it.
    Head,
    /// Its first byte, for what is said with it.
    FirstByte,
}

/// Where an answer without a body came from, and whether it sends on to another origin.
pub(crate) struct Head {
    pub(crate) headers: HeaderMap,
    /// The host of another origin that it sends on to.
    pub(crate) host: Option<String>,
}

impl Web {
    /// Asks an endpoint that a person named, and may so lie within; it may send on to those hosts within that are named
    /// besides.
    pub(crate) fn new(
        source: SourceName,
        endpoint: &SourceUrl,
        named: impl IntoIterator<Item = String>,
        secrets: Arc<dyn Secrets>,
        forms: &'static [TokenForm],
    ) -> Result<Self, Failure> {
        let own = endpoint.host().map(str::to_owned);
        Self::reaching(source, endpoint, (Reach::new(own), Reach::new(named)), secrets, forms)
    }

    /// Asks where a file lies; of the hosts within only those that are named.
    pub(crate) fn for_files(
        source: SourceName,
        url: &SourceUrl,
        named: impl IntoIterator<Item = String>,
        secrets: Arc<dyn Secrets>,
        forms: &'static [TokenForm],
    ) -> Result<Self, Failure> {
        let named = Reach::new(named);
        Self::reaching(source, url, (named.clone(), named), secrets, forms)
    }

    fn reaching(
        source: SourceName,
        endpoint: &SourceUrl,
        (reach, onward): (Reach, Reach),
        secrets: Arc<dyn Secrets>,
        forms: &'static [TokenForm],
    ) -> Result<Self, Failure> {
        let invalid = || Failure::new(Code::ModelIdInvalid).with("given", endpoint);
        let origin = WebOrigin::of(endpoint).ok_or_else(invalid)?;
        let base: Url = endpoint.as_str().parse().map_err(Failure::internal)?;
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECTED)
            .read_timeout(SILENT)
            .timeout(WHOLE)
            // Through a proxy nobody here could say which address is connected to.
            .no_proxy()
            .dns_resolver(Arc::new(reach.clone()))
            .user_agent(concat!("localaistack/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Failure::internal)?;
        Ok(Self { source, origin, reach, onward, base, client, secrets, forms })
    }

    /// An address of this origin: below the endpoint's path, each step as it stands.
    pub(crate) fn url(&self, steps: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        url.set_query(None);
        url.path_segments_mut()
            .map_err(|()| Failure::internal("an endpoint without a path"))?
            .pop_if_empty()
            .extend(steps);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// What a token is sent in, by handle; none if there is none.
    pub(crate) async fn secret_headers(&self) -> Result<Vec<SecretHeader>, Failure> {
        let header = |secret: SecretHandle, form: &TokenForm| SecretHeader {
            name: form.header.to_owned(),
            before: form.before.to_owned(),
            secret,
            origin: self.origin.clone(),
        };
        let handle = self.secrets.handle(&self.origin).await?;
        Ok(handle
            .iter()
            .flat_map(|handle| self.forms.iter().map(move |form| header(handle.clone(), form)))
            .collect())
    }

    /// What this origin is told beside a request; nothing if there is no token for it.
    async fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        let Some(handle) = self.secrets.handle(&self.origin).await? else { return Ok(headers) };
        let secret = self.secrets.reveal(&handle, &self.origin).await?;
        for form in self.forms {
            let text = Zeroizing::new(format!("{}{}", form.before, secret.reveal()));
            // A token that no header can hold is none of theirs.
            let mut value = HeaderValue::from_str(&text).map_err(|_| {
                Failure::new(Code::HubTokenRefused).with("origin", &self.origin).with("source", &self.source)
            })?;
            value.set_sensitive(true);
            headers.insert(form.header, value);
        }
        Ok(headers)
    }

    pub(crate) fn of_origin(&self, url: &Url) -> bool {
        url.as_str().parse::<WebOrigin>().is_ok_and(|origin| origin == self.origin)
    }

    /// Reads a document. Gives its headers as well.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        subject: Subject<'_>,
    ) -> Result<(T, HeaderMap), Failure> {
        let (response, other) = self.send(Ask::Whole, url.clone(), subject).await?;
        if let Some(other) = other {
            return Err(self.sent_on(&url, &other));
        }
        let headers = response.headers().clone();
        let bytes = self.bounded(&url, response).await?;
        let read = serde_json::from_slice(&bytes).map_err(|error| self.invalid(&url, &error.to_string()))?;
        Ok((read, headers))
    }

    /// Asks for the headers of a file.
    pub(crate) async fn head(&self, url: Url, subject: Subject<'_>) -> Result<Head, Failure> {
        let (response, other) = self.send(Ask::Head, url, subject).await?;
        let host = match &other {
            None => None,
            Some(other) => {
                self.checked(&self.onward, other).await?;
                other.host_str().map(str::to_owned)
            }
        };
        Ok(Head { headers: response.headers().clone(), host })
    }

    /// Sends a request and follows within the origin. Where an answer sends on to another, that address is given and
    /// not asked.
    async fn send(
        &self,
        ask: Ask,
        mut url: Url,
        subject: Subject<'_>,
    ) -> Result<(Response, Option<Url>), Failure> {
        let mut headers = self.headers().await?;
        let sent = if headers.is_empty() { Sent::Nothing } else { Sent::Token };
        if ask == Ask::FirstByte {
            headers.insert(RANGE, HeaderValue::from_static("bytes=0-0"));
        }
        let method = if ask == Ask::Head { Method::HEAD } else { Method::GET };
        for _ in 0..=HOPS {
            self.checked(&self.reach, &url).await?;
            let request = self.client.request(method.clone(), url.clone()).headers(headers.clone());
            let response =
                request.send().await.map_err(|error| self.unreachable(&url, error.without_url()))?;
            if !response.status().is_redirection() {
                return self.judged(&url, response, subject, sent).map(|response| (response, None));
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            let next = next.ok_or_else(|| self.invalid(&url, "it sends on to nowhere"))?;
            if !self.of_origin(&next) {
                return Ok((response, Some(next)));
            }
            url = next;
        }
        Err(self.invalid(&url, "it sends on again and again"))
    }

    async fn checked(&self, reach: &Reach, url: &Url) -> Result<(), Failure> {
        reach.check(url).await.map_err(|failure| failure.with("source", &self.source))
    }

    async fn bounded(&self, url: &Url, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let broken = |error: reqwest::Error| self.unreachable(url, error.without_url());
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > ANSWER_MAX {
                return Err(self.invalid(url, "it is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// What a status means. The words for it are those of Hugging Face (`X-Error-Code`); where a mirror leaves them
    /// out, the most exact thing that was asked for is what is missing.
    fn judged(
        &self,
        url: &Url,
        response: Response,
        subject: Subject<'_>,
        sent: Sent,
    ) -> Result<Response, Failure> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let (code, words) = (text("x-error-code"), text("x-error-message"));
        let gated = |reason| self.about(Code::ModelGated, subject).with("reason", reason);
        let held = sent == Sent::Token;
        let failure = match (status, code) {
            (StatusCode::TOO_MANY_REQUESTS, _) => {
                let after = response
                    .headers()
                    .get(RETRY_AFTER)
                    .and_then(|after| after.to_str().ok()?.trim().parse().ok());
                Failure::new(Code::HubLimited)
                    .with("origin", &self.origin)
                    .with("seconds", after.unwrap_or(0_u64))
            }
            (StatusCode::UNAUTHORIZED, _) if words.starts_with("Invalid credentials") && held => {
                Failure::new(Code::HubTokenRefused).with("origin", &self.origin)
            }
            (StatusCode::UNAUTHORIZED, "GatedRepo") => gated("token"),
            (_, "GatedRepo") => gated(if held { "access" } else { "token" }),
            (_, "RevisionNotFound") => self.about(Code::ModelRevisionNotFound, subject),
            (_, "EntryNotFound") if subject.path.is_some() => self.about(Code::ModelFileNotFound, subject),
            // Who isn't signed in is told the same of what is private and of what is not there.
            (_, "RepoNotFound") | (StatusCode::UNAUTHORIZED, _) if subject.id.is_some() => {
                self.about(Code::ModelRepositoryNotFound, subject)
            }
            (StatusCode::FORBIDDEN, _) if subject.id.is_some() => {
                gated(if held { "access" } else { "token" })
            }
            (StatusCode::NOT_FOUND, _) if subject.path.is_some() => {
                self.about(Code::ModelFileNotFound, subject)
            }
            (StatusCode::NOT_FOUND, _) if subject.id.is_some() => {
                self.about(Code::ModelRepositoryNotFound, subject)
            }
            _ => {
                Failure::new(Code::HubRefused).with("url", without_query(url)).with("status", status.as_u16())
            }
        };
        Err(failure.with("source", &self.source))
    }

    /// A failure about what was asked for. What a token may help with names the origin that it would be for.
    pub(crate) fn about(&self, code: Code, subject: Subject<'_>) -> Failure {
        let mut failure = Failure::new(code).with("source", &self.source);
        if code == Code::ModelGated || code == Code::ModelRepositoryNotFound {
            failure = failure.with("origin", &self.origin);
        }
        if let Some(id) = subject.id {
            failure = failure.with("id", id);
        }
        if code != Code::ModelGated && code != Code::ModelRepositoryNotFound {
            failure = failure.with("revision", subject.revision.map_or("?", Revision::as_str));
            if let Some(path) = subject.path {
                failure = failure.with("path", path);
            }
        }
        failure
    }

    fn unreachable(&self, url: &Url, error: reqwest::Error) -> Failure {
        Failure::new(Code::HubUnreachable)
            .with("source", &self.source)
            .with("url", without_query(url))
            .with("detail", innermost(&error))
            .because(error)
    }

    /// An answer that can't be used.
    pub(crate) fn invalid(&self, url: &Url, detail: &str) -> Failure {
        Failure::new(Code::HubAnswerInvalid)
            .with("source", &self.source)
            .with("url", without_query(url))
            .with("detail", detail)
    }

    /// An answer that sends on where nothing is expected to.
    pub(crate) fn sent_on(&self, url: &Url, to: &Url) -> Failure {
        let to = format!("{}://{}", to.scheme(), to.host_str().unwrap_or_default());
        Failure::new(Code::HubSentOn)
            .with("source", &self.source)
            .with("url", without_query(url))
            .with("to", to)
    }
}

/// What a connection failed of at last: the outer words say only that it failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
