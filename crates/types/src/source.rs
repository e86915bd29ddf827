//! Where bytes are fetched from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// An address that bytes are fetched from: `https://host/path`, `http://host/path`, or `file:///path`. It holds no name and
/// password: what is secret is not written into manifests, plans and logs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct SourceUrl(url::Url);

/// Why an address can't be one that bytes are fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceUrlError {
    /// It is no URL.
    #[error("this is no address: 'https://host/path' or 'file:///path' is one")]
    Form,
    /// Neither `https`, `http` nor `file`.
    #[error("an address begins with 'https://', 'http://' or 'file:///'")]
    Scheme,
    /// It holds a name or a password.
    #[error("an address can't hold a user's name or password")]
    Secret,
    /// It holds a fragment, which is never sent.
    #[error("an address can't hold '#'")]
    Fragment,
}

impl SourceUrl {
    /// The host that is asked; none for a file of this machine.
    pub fn host(&self) -> Option<&str> {
        self.0.host_str()
    }

    /// The path of a file of this machine; none for an address in a network.
    pub fn file(&self) -> Option<std::path::PathBuf> {
        if self.0.scheme() == "file" { self.0.to_file_path().ok() } else { None }
    }

    /// A file of this machine, by its absolute path; none where that is no text.
    pub fn of_file(path: &std::path::Path) -> Option<Self> {
        url::Url::from_file_path(path).ok().map(Self)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for SourceUrl {
    type Err = SourceUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = url::Url::parse(text).map_err(|_| SourceUrlError::Form)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SourceUrlError::Secret);
        }
        if url.fragment().is_some() {
            return Err(SourceUrlError::Fragment);
        }
        match url.scheme() {
            "http" | "https" => Ok(Self(url)),
            // A file of another machine is none of this one.
            "file" if url.host().is_none() && url.query().is_none() => Ok(Self(url)),
            "file" => Err(SourceUrlError::Form),
            _ => Err(SourceUrlError::Scheme),
        }
    }
}

impl TryFrom<String> for SourceUrl {
    type Error = SourceUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SourceUrl> for String {
    fn from(url: SourceUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl JsonSchema for SourceUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SourceUrl".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(https?://|file:///)[^#]*$" })
    }
}

#[cfg(test)]
mod tests {
    use super::{SourceUrl, SourceUrlError};

    #[test]
    fn an_address_has_a_host_or_is_a_file_and_holds_no_secret() {
        let parse = |text: &str| text.parse::<SourceUrl>();
        let web = parse("https://Example.org:8443/a/b.tar.gz?x=1").unwrap();
        assert_eq!((web.host(), web.file()), (Some("example.org"), None));
        let file = parse("file:///opt/a%20b.tar").unwrap();
        assert_eq!((file.host(), file.file()), (None, Some("/opt/a b.tar".into())));
        for (text, why) in [
            ("", SourceUrlError::Form),
            ("a.tar", SourceUrlError::Form),
            ("/opt/a.tar", SourceUrlError::Form),
            ("https://", SourceUrlError::Form),
            ("file://host/a.tar", SourceUrlError::Form),
            ("ftp://host/a.tar", SourceUrlError::Scheme),
            ("https://ada:secret@host/a.tar", SourceUrlError::Secret),
            ("https://ada@host/a.tar", SourceUrlError::Secret),
            ("https://host/a.tar#b", SourceUrlError::Fragment),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }
}
