//! What an origin is told to let us in: by its handle until the moment in which it is sent, and to that origin alone.

use super::Wanted;
use las_types::{Code, Failure, SecretHeader, Secrets, WebOrigin};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use zeroize::Zeroizing;

/// How origins let us in.
#[derive(Clone, Copy)]
pub struct Authorization<'a> {
    /// What is sent, each header to its own origin: scheme, host and port count.
    pub headers: &'a [SecretHeader],
    /// Who keeps the secrets.
    pub secrets: &'a dyn Secrets,
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.headers).finish()
    }
}

/// What is said to this address beside the request itself: only to the origin that the secret is for.
pub(super) async fn headers(wanted: &Wanted<'_>, to: &Url) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    let Some(authorization) = &wanted.authorization else { return Ok(headers) };
    let to: WebOrigin = to.as_str().parse().map_err(Failure::internal)?;
    for header in authorization.headers.iter().filter(|header| header.origin == to) {
        let secret = authorization.secrets.reveal(&header.secret, &to).await?;
        let text = Zeroizing::new(format!("{}{}", header.before, secret.reveal()));
        let unfit = || Failure::new(Code::SecretInvalid).with("part", "value");
        let mut value = HeaderValue::from_str(&text).map_err(|_| unfit())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::try_from(&header.name).map_err(Failure::internal)?, value);
    }
    Ok(headers)
}
