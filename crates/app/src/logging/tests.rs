use super::writer::{EventWriter, Sink};
use super::{Colour, layer, neutral};
use las_runtime::LogFile;
use las_types::{ByteSize, LogFormat};
use tracing_subscriber::layer::SubscriberExt as _;

/// What a hostile name could try: colours, a forged line, an 8-bit escape, a turned direction.
const HOSTILE: &str = "a\u{1b}[2J\nWARN forged\r\u{9b}31m\u{7f}\u{202e}b\u{0}";

fn logged(format: LogFormat, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::default();
    sink.open(LogFile::open(folder.path(), ByteSize::new(1 << 20)).unwrap());
    let (layer, change) = layer(format, Colour::Off, "info", EventWriter::file(format, sink));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("operation", command = text);
        let _entered = span.enter();
        tracing::info!(display = %text, debug = ?text, plain = text, "said: {text}");
        tracing::debug!("not said");
        change(super::filter("debug")).unwrap();
        tracing::debug!("said now");
        tracing::debug!(target: "hyper::proto", "bytes of others are never said");
    });
    std::fs::read_to_string(folder.path().join("current.log")).unwrap()
}

#[test]
fn an_event_is_one_line_and_acts_on_no_terminal() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let log = logged(format, HOSTILE);
        assert_eq!(log.lines().count(), 2, "{log}");
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!log.contains(acts), "{log:?}");
        assert!(log.contains("said now") && !log.contains("not said") && !log.contains("of others"), "{log}");
        if format == LogFormat::Json {
            for line in log.lines() {
                let event: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!(event["span"]["command"], HOSTILE, "{line}");
            }
            let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
            assert_eq!((&first["fields"]["plain"], &first["level"]), (&HOSTILE.into(), &"INFO".into()));
        }
    }
}

#[test]
fn ordinary_text_stays_as_it_is() {
    let text = "las – 中文\tü 🙂";
    assert_eq!(neutral(text), text);
    assert!(logged(LogFormat::Text, "plain words").contains("display=plain words"));
}
