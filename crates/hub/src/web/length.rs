//! How much lies behind an address.

use super::{Ask, Subject, Web};
use las_types::{ByteSize, ExitStatus, Failure};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG};
use url::Url;

/// How much lies behind an address, as far as its origin says.
pub(crate) struct Length {
    pub(crate) size: Option<ByteSize>,
    /// What it calls this content.
    pub(crate) tag: Option<String>,
    /// Where it sends on to, at another origin; nothing was asked there.
    pub(crate) onward: Option<Url>,
}

impl Web {
    /// Asks how much lies behind an address: by its headers, and where these are refused or silent, by those of its first byte.
    pub(crate) async fn length(&self, url: &Url, subject: Subject<'_>) -> Result<Length, Failure> {
        let told = match self.told(Ask::Head, url, subject).await {
            // What is signed for reading is not signed for asking.
            Err(failure) if failure.code.exit_status() != ExitStatus::NeedsNetwork => None,
            told => Some(told?),
        };
        match told {
            Some(told) if told.size.is_some() || told.onward.is_some() => Ok(told),
            _ => self.told(Ask::FirstByte, url, subject).await,
        }
    }

    async fn told(&self, ask: Ask, url: &Url, subject: Subject<'_>) -> Result<Length, Failure> {
        let (response, onward) = self.send(ask, url.clone(), subject).await?;
        if let Some(next) = &onward {
            if self.base.scheme() == "https" && next.scheme() != "https" {
                return Err(self.sent_on(url, next));
            }
            self.checked(&self.onward, next).await?;
            return Ok(Length { size: None, tag: None, onward });
        }
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let size = match text(CONTENT_RANGE) {
            Some(range) => range.rsplit('/').next(),
            None => text(CONTENT_LENGTH),
        };
        let size = size.and_then(|size| size.parse().ok()).map(ByteSize::new);
        Ok(Length { size, tag: text(ETAG).map(str::to_owned), onward })
    }
}
