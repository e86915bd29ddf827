//! What turns pictures into what a model reads.

use super::{about, files, machine, nothing_is_left, only};
use las_models::{GgufWriter, TensorType};
use las_tests::{Hub, hub_repository, models};
use serde_json::json;

const ID: &str = "tiny-org/Tiny-VL-GGUF";

fn projector(fill: u8) -> Vec<u8> {
    GgufWriter::new()
        .text("general.architecture", "clip")
        .text("general.type", "mmproj")
        .tensor("mm.weight", &[8, 4], TensorType::F32, &[fill; 128])
        .finish()
}

#[test]
fn a_projector_comes_and_goes_with_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let (model, half) = (models::small(5), projector(1));
    let parts: &[(&str, &[u8])] = &[
        ("tiny-vl-Q8_0.gguf", &model),
        ("mmproj-tiny-vl-F32.gguf", &projector(2)),
        ("mmproj-tiny-vl-f16.gguf", &half),
    ];
    hub_repository(folder.path(), ID, &about(), parts);
    hub_repository(
        folder.path(),
        "o/wrong",
        &about(),
        &[("a.gguf", &model), ("mmproj-a.gguf", &models::small(6))],
    );
    let hub = Hub::start(folder.path());
    let machine = machine(&hub);
    // What answers is no projector, whatever it is called.
    machine.json(&["model", "pull", "o/wrong", "--yes"]).fails("model-parts-differ", 9);
    nothing_is_left(&machine);
    let shown = machine.las(&["model", "pull", ID]).status_is(6);
    assert!(shown.stdout.contains("mmproj-tiny-vl-f16.gguf"), "{shown}");
    let plan = machine.json(&["model", "pull", ID]).json();
    assert_eq!(plan["totals"]["download"], json!(model.len() + half.len()), "{plan:#}");
    machine.las(&["model", "pull", ID, "--yes"]).ok();
    let here = only(&machine);
    assert_eq!(files(&here), ["tiny-vl-Q8_0.gguf", "mmproj-tiny-vl-f16.gguf"]);
    assert_eq!(
        (&here["name"], &here["facts"]["projector"], &here["package"]["beside"][0]["role"]),
        (&json!("tiny-vl-q8_0"), &json!("mmproj-tiny-vl-f16.gguf"), &json!("projector"))
    );
    let shown = || machine.las(&["model", "show", ID]).ok().stdout;
    assert!(shown().contains("Verified: never"), "{}", shown());
    machine.las(&["model", "verify"]).ok();
    let verified = shown();
    assert!(verified.contains("Verified: 2") && !verified.contains("never"), "{verified}");
    machine.is_healthy();
    machine.las(&["model", "remove", "tiny-vl-q8_0", "--yes"]).ok();
    nothing_is_left(&machine);
}
