//! Pictures, sounds and films in a conversation. They reach the engine as they came, and only where it can take them; none is
//! left out in silence.

use las_types::{Code, Failure};
use serde_json::Value;

/// The parts of a message that are no text, and where each has what it is made of.
const KINDS: [(&str, [&str; 2]); 4] = [
    ("image_url", ["url", "url"]),
    ("input_audio", ["data", "url"]),
    ("input_video", ["data", "url"]),
    ("video_url", ["url", "data"]),
];
/// More of an address is not repeated.
const SHOWN: usize = 120;

/// What each of these parts is made of, or where it is said to be.
fn all(messages: &[Value]) -> impl Iterator<Item = &str> {
    let parts = messages.iter().filter_map(|message| message.get("content")?.as_array()).flatten();
    parts.filter_map(|part| {
        let kind = part.get("type")?.as_str()?;
        let (_, places) = KINDS.iter().find(|(known, _)| *known == kind)?;
        let about = part.get(kind);
        let said = places.iter().find_map(|place| about?.get(place)?.as_str());
        // Some write the address in the place of what has it.
        Some(said.or_else(|| about?.as_str()).unwrap_or_default())
    })
}

/// Whether there is anything but text.
pub(crate) fn is_any(messages: &[Value]) -> bool {
    all(messages).next().is_some()
}

/// Refuses what does not lie in the request: an engine would fetch it from wherever the request says, or read a file.
///
/// Code: `media-by-address`.
pub(crate) fn lie_within(messages: &[Value]) -> Result<(), Failure> {
    let is_address = |text: &&str| {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        // What is no address may be the bytes alone, as text.
        scheme.is_some_and(|scheme| scheme != "data") || text.to_ascii_lowercase().starts_with("http")
    };
    match all(messages).find(is_address) {
        Some(address) => {
            let url: String = address.chars().take(SHOWN).collect();
            Err(Failure::new(Code::MediaByAddress).with("url", url))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_any, lie_within};
    use las_types::Code;
    use serde_json::{Value, json};

    fn message(part: &Value) -> Vec<Value> {
        let text = json!({ "type": "text", "text": "http://a" });
        vec![
            json!({ "role": "system", "content": "image_url" }),
            json!({ "role": "user", "content": [text, part] }),
        ]
    }

    #[test]
    fn what_is_no_text_is_seen_and_text_is_not_taken_for_it() {
        for part in [
            json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } }),
            json!({ "type": "input_audio", "input_audio": { "data": "AA==", "format": "wav" } }),
            json!({ "type": "input_video", "input_video": {} }),
            json!({ "type": "video_url", "video_url": { "url": "data:video/mp4;base64,AA==" } }),
        ] {
            assert!(is_any(&message(&part)), "{part}");
            assert!(lie_within(&message(&part)).is_ok(), "{part}");
        }
        assert!(!is_any(&message(&json!({ "type": "text", "text": "data:image/png;base64,AA==" }))));
        assert!(!is_any(&[json!("image_url"), json!({ "content": null }), json!({ "content": [1, null] })]));
    }

    #[test]
    fn no_address_reaches_an_engine() {
        let long = format!("https://a.example/{}", "x".repeat(999));
        for url in [
            "http://127.0.0.1:1/a.png",
            "HTTPS://a.example/a.png",
            "file:///etc/passwd",
            "ftp://a/b",
            "httpx",
            &long,
        ] {
            for part in [
                json!({ "type": "image_url", "image_url": { "url": url } }),
                json!({ "type": "image_url", "image_url": url }),
                json!({ "type": "input_audio", "input_audio": { "url": url } }),
            ] {
                let refused = lie_within(&message(&part)).unwrap_err();
                assert_eq!(refused.code, Code::MediaByAddress, "{part}");
                assert!(refused.args["url"].len() <= 120 && url.starts_with(&refused.args["url"]));
            }
        }
    }
}
