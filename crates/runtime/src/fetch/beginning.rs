//! What a file begins as: one that can't be what is wanted is given up with its first bytes, before the rest is fetched. What
//! begins right is judged by its content once it is here.

use las_types::{Code, Failure, FileRole, OriginFile, SourceUrl, WeightsFormat};

/// What is wanted, by its first bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beginning {
    /// Whatever comes.
    #[default]
    Any,
    /// A GGUF model, or a part of one.
    Gguf,
    /// Weights in safetensors.
    Safetensors,
    /// What belongs to weights: anything that is no pickle and no archive.
    Beside,
}

const GGUF: &[u8] = b"GGUF";
/// The first byte of a pickle from protocol 2 on, and the protocols there are.
const PICKLE: (u8, std::ops::RangeInclusive<u8>) = (0x80, 2..=5);
const ZIP: &[u8] = b"PK\x03\x04";

impl Beginning {
    /// Of a file of a repository, by what its name says that it is for.
    pub(crate) fn of(file: &OriginFile) -> Self {
        match (FileRole::of(file.name()), WeightsFormat::of_path(file.name())) {
            (_, Some(WeightsFormat::Safetensors)) => Self::Safetensors,
            (Some(_), None) => Self::Beside,
            (_, Some(WeightsFormat::Gguf)) | (None, None) => Self::Gguf,
        }
    }

    /// Refuses a file by the first bytes that arrive of it; with fewer than four nothing is said.
    ///
    /// Codes: `model-runs-code` for a pickle, `model-not-gguf` for anything else.
    pub(super) fn check(self, url: &SourceUrl, first: &[u8]) -> Result<(), Failure> {
        if first.len() < GGUF.len() {
            return Ok(());
        }
        let right = match self {
            Self::Any => true,
            Self::Gguf => first.starts_with(GGUF),
            // Eight bytes of length, and an object.
            Self::Safetensors => first.get(8).is_none_or(|byte| *byte == b'{'),
            Self::Beside => first.first() != Some(&PICKLE.0) && !first.starts_with(ZIP),
        };
        if right {
            return Ok(());
        }
        let pickle =
            first.first() == Some(&PICKLE.0) && first.get(1).is_some_and(|said| PICKLE.1.contains(said));
        Err(if pickle {
            Failure::new(Code::ModelRunsCode).with("path", url).with("found", "none")
        } else {
            let found = if first.starts_with(ZIP) { "zip" } else { "unknown" };
            Failure::new(Code::ModelNotGguf).with("path", url).with("found", found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Beginning;
    use las_types::Code;

    #[test]
    fn what_can_not_be_a_model_is_given_up_by_its_first_bytes() {
        let url = "https://hub.example/m.gguf".parse().unwrap();
        let code = |first: &[u8]| Beginning::Gguf.check(&url, first).err().map(|failure| failure.code);
        assert_eq!(code(b"GGUF\x03\0\0\0"), None);
        assert_eq!(code(b"GG"), None);
        assert_eq!(code(b"\x80\x02cposix\nsystem"), Some(Code::ModelRunsCode));
        assert_eq!(code(b"PK\x03\x04archive/data.pkl"), Some(Code::ModelNotGguf));
        assert_eq!(code(b"<!doctype html>"), Some(Code::ModelNotGguf));
        let begun = |kind: Beginning, first: &[u8]| kind.check(&url, first).err().map(|failure| failure.code);
        assert_eq!(begun(Beginning::Safetensors, b"\x20\0\0\0\0\0\0\0{\"a\":"), None);
        assert_eq!(begun(Beginning::Safetensors, b"\x80\x02cposix\nsystem"), Some(Code::ModelRunsCode));
        assert_eq!(begun(Beginning::Beside, b"{\"a\": 1}"), None);
        assert_eq!(begun(Beginning::Beside, b"\x80\x02cposix\nsystem"), Some(Code::ModelRunsCode));
        assert_eq!(Beginning::Any.check(&url, b"<!doctype html>").err().map(|failure| failure.code), None);
    }
}
