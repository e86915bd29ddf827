//! How far something is, how fast it moves, and what is left of it: `1.2 GB of 4.7 GB · 94 MB/s · 0:38 left`.

use crate::context::View;
use las_api::types::Progress;
use las_i18n::Words;

/// The parts that are known; empty where none is.
pub(crate) fn pace(progress: &Progress, view: &View<'_>) -> String {
    pace_of(progress, view.words)
}

/// The same with only the words at hand.
pub(crate) fn pace_of(progress: &Progress, words: &Words) -> String {
    let mut parts = Vec::new();
    if progress.total.bytes() > 0 {
        let args = [("done", &*progress.done.to_string()), ("total", &*progress.total.to_string())];
        parts.push(words.text("progress-bytes", &args));
    }
    if let Some(speed) = progress.speed {
        parts.push(words.text("progress-speed", &[("speed", &speed.to_string())]));
    }
    if let Some(left) = progress.left {
        parts.push(words.text("progress-left", &[("time", &clock(left))]));
    }
    parts.join(" · ")
}

/// Seconds as on a clock: `0:41`, `12:05`, `3:00:12`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::{clock, pace_of};
    use las_api::types::{ByteSize, Progress};
    use las_i18n::Words;

    #[test]
    fn what_is_known_is_told_and_nothing_else() {
        let words = Words::for_user(Some("en"));
        let mut progress = Progress::of(1);
        assert_eq!(pace_of(&progress, &words), "");
        progress.begin(0, ByteSize::new(4_700_000_000));
        progress.advance(0, ByteSize::new(1_200_000_000));
        assert_eq!(pace_of(&progress, &words), "1.2 GB of 4.7 GB");
        progress.moves(Some(ByteSize::new(94_000_000)));
        assert_eq!(pace_of(&progress, &words), "1.2 GB of 4.7 GB · 94 MB/s · 0:38 left");
        progress.begin(1, ByteSize::default());
        assert_eq!(pace_of(&progress, &words), "1.2 GB of 4.7 GB · 94 MB/s");
    }

    #[test]
    fn time_is_told_as_on_a_clock() {
        assert_eq!([0, 41, 725, 10_812].map(clock), ["0:00", "0:41", "12:05", "3:00:12"]);
    }
}
