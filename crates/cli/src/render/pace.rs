//! How far something is, how fast it moves, and what is left of it: `1.2 GB of 4.7 GB · 94 MB/s · 0:38 left`.

use super::phrase;
use crate::context::View;
use las_api::types::Progress;
use las_i18n::Words;

/// The parts that are known; empty where none is.
pub(crate) fn pace(progress: &Progress, view: &View<'_>) -> String {
    pace_of(progress, view.words)
}

/// The same with only the words at hand.
pub(crate) fn pace_of(progress: &Progress, words: &Words) -> String {
    progress.phrases().iter().map(|one| phrase(one, words)).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::pace_of;
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
}
