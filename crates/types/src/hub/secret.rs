//! Secrets by handle, each bound to the origin that it is for.

use crate::{Code, Failure, SourceUrl};
use async_trait::async_trait;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

crate::id::text_name!(
    /// Names a secret, and is none: it may stand in plans, logs and the configuration.
    SecretHandle
);
use crate::id::{NameError, check_name};

/// A secret's value. It can't be printed, compared, copied or written into a document, and its bytes are overwritten
/// when it is dropped.
pub struct Secret(Zeroizing<String>);

/// The longest value, in bytes.
const LONGEST: usize = 4096;

impl Secret {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Its text, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it can be sent in a header, and was not cut out of something longer: visible ASCII without a space, at most
    /// 4096 bytes.
    pub fn can_be_sent(&self) -> bool {
        !self.0.is_empty() && self.0.len() <= LONGEST && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Gives secrets out, each only for the origin that it is bound to.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The handle of the secret for an origin; none if there is none.
    ///
    /// Codes: `secret-store-locked` where one is kept and nobody can see it; `secret-store-failed`.
    async fn handle(&self, origin: &WebOrigin) -> Result<Option<SecretHandle>, Failure>;

    /// The secret of that handle.
    ///
    /// Codes: `secret-not-found` if there is none, or it belongs to another origin; `secret-store-locked`,
    /// `secret-store-failed`.
    async fn reveal(&self, handle: &SecretHandle, origin: &WebOrigin) -> Result<Secret, Failure>;
}

/// Secrets of which there are none.
#[derive(Clone, Copy, Debug)]
pub struct NoSecrets;

#[async_trait]
impl Secrets for NoSecrets {
    async fn handle(&self, _: &WebOrigin) -> Result<Option<SecretHandle>, Failure> {
        Ok(None)
    }

    async fn reveal(&self, handle: &SecretHandle, origin: &WebOrigin) -> Result<Secret, Failure> {
        Err(secret_not_found(handle, origin))
    }
}

/// There is no secret of that handle for that origin.
pub fn secret_not_found(handle: &SecretHandle, origin: &WebOrigin) -> Failure {
    Failure::new(Code::SecretNotFound).with("name", handle).with("origin", origin)
}

/// Scheme, host and port of an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct WebOrigin(String);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin is 'https://host' or 'https://host:port'")]
pub struct WebOriginError;

impl WebOrigin {
    /// The origin of an address; none for a file.
    pub fn of(url: &SourceUrl) -> Option<Self> {
        url.as_str().parse().ok()
    }

    /// As it is written: `https://host`, with a port if it is not the usual one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is sent there can be read by nobody on the way: it is encrypted, or never leaves this machine.
    pub fn is_confidential(&self) -> bool {
        let Ok(url) = url::Url::parse(&self.0) else { return false };
        url.scheme() == "https"
            || match url.host() {
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                Some(url::Host::Domain(name)) => name == "localhost",
                None => false,
            }
    }
}

impl FromStr for WebOrigin {
    type Err = WebOriginError;
    fn from_str(text: &str) -> Result<Self, WebOriginError> {
        let url = url::Url::parse(text).map_err(|_| WebOriginError)?;
        match url.scheme() {
            "http" | "https" => Ok(Self(url.origin().ascii_serialization())),
            _ => Err(WebOriginError),
        }
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WebOrigin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, WebOrigin};

    /// Whether a type has a trait, asked of the compiler.
    macro_rules! has {
        ($kind:ty, $($bound:tt)+) => {{
            trait Lacks { const HELD: bool = false; }
            impl<T: ?Sized> Lacks for T {}
            struct Asked<T>(std::marker::PhantomData<T>);
            #[expect(dead_code, reason = "not reached where the trait is lacking")]
            impl<T: $($bound)+> Asked<T> { const HELD: bool = true; }
            Asked::<$kind>::HELD
        }};
    }

    #[test]
    fn a_secret_can_not_be_printed_copied_compared_or_written_into_a_document() {
        let held = [
            has!(Secret, std::fmt::Debug),
            has!(Secret, std::fmt::Display),
            has!(Secret, serde::Serialize),
            has!(Secret, Clone),
            has!(Secret, PartialEq),
        ];
        assert_eq!(held, [false; 5]);
    }

    #[test]
    fn a_trait_that_is_there_is_seen() {
        trait Lacks {
            const HELD: bool = false;
        }
        impl<T: ?Sized> Lacks for T {}
        struct Asked<T>(std::marker::PhantomData<T>);
        impl<T: std::fmt::Debug> Asked<T> {
            const HELD: bool = true;
        }
        assert_eq!([Asked::<String>::HELD, Asked::<Secret>::HELD], [true, false]);
    }

    #[test]
    fn what_can_stand_in_no_header_can_not_be_sent() {
        assert!(Secret::new("hf_abc-1.2/3=").can_be_sent());
        for bad in ["", "a b", "a\n", "a\r\nx-evil: 1", "\u{e4}"] {
            assert!(!Secret::new(bad).can_be_sent(), "{bad:?}");
        }
        assert!(!Secret::new("a".repeat(4097)).can_be_sent());
    }

    #[test]
    fn only_what_nobody_reads_on_the_way_is_confidential() {
        for good in ["https://hub.example", "http://127.0.0.1:80", "http://localhost:1", "http://[::1]:1"] {
            assert!(good.parse::<WebOrigin>().unwrap().is_confidential(), "{good}");
        }
        for bad in ["http://hub.example", "http://10.0.0.1", "http://localhost.evil.example"] {
            assert!(!bad.parse::<WebOrigin>().unwrap().is_confidential(), "{bad}");
        }
    }

    #[test]
    fn scheme_host_and_port_make_an_origin() {
        let of = |text: &str| text.parse::<WebOrigin>().unwrap();
        assert_eq!(of("https://Hub.example:443/a/b?c"), of("https://hub.example"));
        for other in [
            "http://hub.example",
            "https://hub.example:8443",
            "https://hub.example.evil",
            "https://x.hub.example",
        ] {
            assert_ne!(of(other), of("https://hub.example"), "{other}");
        }
        assert!("file:///a".parse::<WebOrigin>().is_err());
    }
}
