//! Models that were damaged here: named by where, and made whole by fetching only that.

use las_models::TensorType;
use las_tests::{Hub, Workstation, hub_repository, models};
use las_types::Digest;
use serde_json::json;
use std::os::unix::fs::FileExt as _;

const MODEL: &str = "tiny-org/Large-GGUF";
const SEGMENT: usize = 16 << 20;

/// A model of three segments, and a machine that pulled it.
fn pulled() -> (tempfile::TempDir, Hub, Workstation, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    let weights: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(40 << 20).collect();
    let bytes = models::header().tensor("token_embd.weight", &[10 << 20], TensorType::F32, &weights).finish();
    hub_repository(folder.path(), MODEL, &json!({ "license": "mit" }), &[("large.gguf", &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new();
    let text = format!(
        "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"{}\"\n",
        hub.endpoint(),
        hub.store_host()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    machine.las(&["model", "pull", MODEL, "--name", "large", "--yes"]).ok();
    (folder, hub, machine, bytes)
}

/// The ranges of files that were asked for since then.
fn ranges(hub: &Hub, before: usize) -> Vec<String> {
    let asked = hub.asked().split_off(before);
    let files = asked.iter().filter(|one| one.method == "GET" && one.host.starts_with(&hub.store_host()));
    files.map(|one| one.headers.get("range").cloned().unwrap_or_else(|| "whole".to_owned())).collect()
}

#[test]
fn a_damaged_model_is_named_by_its_block_and_only_damaged_blocks_are_fetched_again() {
    let (_folder, hub, machine, bytes) = pulled();
    let digest = Digest::of(&bytes);
    let blob = machine.home().join("models/blobs/sha256").join(digest.hex());
    let file = std::fs::File::options().write(true).open(&blob).unwrap();
    for at in [SEGMENT + 12_345, 2 * SEGMENT + 1] {
        file.write_all_at(&[bytes[at] ^ 1], at as u64).unwrap();
    }
    let verified = machine.las(&["model", "verify", "large"]).status_is(9);
    let block = format!("{SEGMENT} to {}", 2 * SEGMENT);
    assert!(verified.stdout.contains(&block) || verified.stderr.contains(&block), "{verified}");
    let before = hub.asked().len();
    machine.las(&["model", "repair", "large", "--yes"]).ok();
    let asked = ranges(&hub, before);
    let from = |at: usize| format!("bytes={at}-");
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].starts_with(&from(SEGMENT)) && asked[1].starts_with(&from(2 * SEGMENT)), "{asked:?}");
    assert_eq!(std::fs::read(&blob).unwrap(), bytes);
    machine.las(&["model", "verify", "large"]).ok();
    machine.is_healthy();
    machine.las(&["model", "remove", "large", "--yes"]).ok();
    assert_eq!(std::fs::read_dir(machine.home().join("models/segments")).unwrap().count(), 0);
    machine.is_healthy();
}

#[test]
fn a_repair_that_is_cut_off_by_the_network_is_gone_on_with() {
    let (_folder, hub, machine, bytes) = pulled();
    let blob = machine.home().join("models/blobs/sha256").join(Digest::of(&bytes).hex());
    let file = std::fs::File::options().write(true).open(&blob).unwrap();
    file.write_all_at(&[bytes[SEGMENT] ^ 1], SEGMENT as u64).unwrap();
    hub.faults([las_tests::Fault::Status(503)]);
    assert_ne!(machine.las(&["model", "repair", "large", "--yes"]).status, Some(0));
    machine.las(&["model", "verify", "large"]).status_is(9);
    hub.faults([]);
    let before = hub.asked().len();
    machine.las(&["model", "repair", "large", "--yes"]).ok();
    let asked = ranges(&hub, before);
    assert!(asked.len() == 1 && asked[0].starts_with(&format!("bytes={SEGMENT}-")), "{asked:?}");
    assert_eq!(std::fs::read(&blob).unwrap(), bytes);
    machine.is_healthy();
}
