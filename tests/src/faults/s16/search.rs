//! Looking for secrets in bytes, however they were written.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read as _, Write as _};

/// How deep compressed bytes are looked into.
const DEPTH: u32 = 3;
/// How a compressed member begins.
const COMPRESSED: u16 = 0x8b1f;
/// The most that one compressed member is unpacked to.
const UNPACKED: u64 = 256 << 20;

/// What a secret looks like where it was written.
pub(super) struct Canary {
    pub(super) name: String,
    pub(super) value: String,
    forms: Vec<(&'static str, Vec<u8>)>,
    /// With which two bytes a form begins: most bytes begin none.
    begins: Vec<bool>,
}

impl Canary {
    /// One that looks like a token, with characters that every encoding writes otherwise.
    pub(super) fn new(name: &str, random: &mut fastrand::Rng) -> Self {
        let drawn: String = std::iter::repeat_with(|| random.alphanumeric()).take(24).collect();
        Self::of(name, format!("hf_{}+/{}~{}", &drawn[..8], &drawn[8..16], &drawn[16..]))
    }

    fn of(name: &str, value: String) -> Self {
        let bytes = value.as_bytes();
        let hex = |upper: bool| {
            let one = |byte: &u8| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
            bytes.iter().map(one).collect::<String>().into_bytes()
        };
        let mut forms = vec![
            ("raw", bytes.to_vec()),
            ("hex", hex(false)),
            ("hex in capitals", hex(true)),
            ("url-encoded", percent(bytes, true)),
            ("url-encoded in small letters", percent(bytes, false)),
            ("json with escapes", value.replace('/', "\\/").into_bytes()),
            ("utf-16", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ];
        for (kind, alphabet) in [("base64", STANDARD), ("base64 for addresses", URL_SAFE)] {
            let engine = GeneralPurpose::new(&alphabet, NO_PAD);
            for before in 0..3 {
                // Of what stands in the middle of something longer, the characters at its ends are also the neighbours'.
                let text = engine.encode([vec![0; before], bytes.to_vec()].concat());
                let first = (8 * before).div_ceil(6);
                let last = (8 * (before + bytes.len())) / 6;
                forms.push((kind, text.as_bytes()[first..last].to_vec()));
            }
        }
        let mut begins = vec![false; 1 << 16];
        for (_, form) in &forms {
            begins[usize::from(u16::from_le_bytes([form[0], form[1]]))] = true;
        }
        Self { name: name.to_owned(), value, forms, begins }
    }

    /// In which form it is in these bytes; none if it isn't.
    pub(super) fn found_in(&self, bytes: &[u8]) -> Option<String> {
        self.look(bytes, DEPTH)
    }

    fn look(&self, bytes: &[u8], depth: u32) -> Option<String> {
        for (at, pair) in bytes.windows(2).enumerate() {
            let pair = u16::from_le_bytes([pair[0], pair[1]]);
            if pair == COMPRESSED && bytes.get(at + 2) == Some(&8) && depth > 0 {
                let mut unpacked = Vec::new();
                // A member that is cut off holds what comes before.
                let _ = MultiGzDecoder::new(&bytes[at..]).take(UNPACKED).read_to_end(&mut unpacked);
                if let Some(form) = self.look(&unpacked, depth - 1) {
                    return Some(format!("{form}, compressed"));
                }
            }
            if self.begins[usize::from(pair)] {
                let here = self.forms.iter().find(|(_, form)| bytes[at..].starts_with(form));
                if let Some((form, _)) = here {
                    return Some((*form).to_owned());
                }
            }
        }
        None
    }
}

fn percent(bytes: &[u8], upper: bool) -> Vec<u8> {
    let one = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        byte if upper => format!("%{byte:02X}"),
        byte => format!("%{byte:02x}"),
    };
    bytes.iter().map(one).collect::<String>().into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The canary in everything that the search has to find it in, each with its name.
pub(super) fn planted(canary: &Canary) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut plant = |name: String, bytes: Vec<u8>| {
        let around = [b"something before ", bytes.as_slice(), b" and something after"].concat();
        all.push((format!("{name}, compressed in the middle"), [b"before", &*packed(&around)].concat()));
        all.push((format!("{name}, compressed twice"), packed(&packed(&around))));
        all.push((name, around));
    };
    let value = canary.value.as_bytes();
    plant("raw".to_owned(), value.to_vec());
    plant("a header".to_owned(), format!("authorization: Bearer {}\r\n", canary.value).into_bytes());
    plant("json".to_owned(), serde_json::json!({ "value": canary.value }).to_string().into_bytes());
    for (name, form) in &canary.forms[1..7] {
        plant((*name).to_owned(), form.clone());
    }
    for before in 0..7 {
        let user = [vec![b'u'; before], vec![b':'], value.to_vec(), b"and more".to_vec()].concat();
        for (name, alphabet) in [("base64", STANDARD), ("base64 for addresses", URL_SAFE)] {
            let text = GeneralPurpose::new(&alphabet, NO_PAD).encode(&user);
            plant(format!("{name} behind {before}"), text.into_bytes());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Canary, planted};

    #[test]
    fn a_planted_canary_is_found_in_every_form_and_another_is_not() {
        let mut random = fastrand::Rng::with_seed(1);
        let (canary, other) = (Canary::new("one", &mut random), Canary::new("two", &mut random));
        for (name, bytes) in planted(&canary) {
            assert!(canary.found_in(&bytes).is_some(), "{name}");
            assert_eq!(other.found_in(&bytes), None, "{name}");
        }
    }
}
