//! Measurements of loads.

use super::now;
use crate::State;
use las_types::{ByteSize, CacheType, Digest, MeasuredLoad};

pub(super) fn load(context: u32, peak: u64) -> MeasuredLoad {
    MeasuredLoad {
        model: Digest::of(b"model"),
        engine: Digest::of(b"engine"),
        machine: Digest::of(b"machine"),
        gpu_layers: 0,
        context,
        parallel: 2,
        cache: CacheType::Q8_0,
        peak: ByteSize::new(peak),
        speed: None,
        measured_at: now(),
    }
}

#[tokio::test]
async fn a_measurement_replaces_that_of_the_same_load_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let first = load(4096, 100);
    state.keep_load(&first).await.unwrap();
    state.keep_load(&load(8192, 200)).await.unwrap();
    let again = MeasuredLoad { peak: ByteSize::new(300), speed: Some(5_800), ..first.clone() };
    state.keep_load(&again).await.unwrap();
    let other = MeasuredLoad { machine: Digest::of(b"other"), ..first.clone() };
    state.keep_load(&other).await.unwrap();
    state.check_seals().await.unwrap();
    state.close().await;
    let state = State::open(&path).await.unwrap();
    let found = state.loads(first.model, first.engine, first.machine).await.unwrap();
    assert_eq!(found, [again, load(8192, 200)]);
    assert_eq!(state.loads(first.model, first.model, first.machine).await.unwrap(), []);
}
