//! Layouts that are damaged or mean harm.

use super::{blobs, failures, found, text};
use las_models::{GgufWriter, TensorType};
use las_tests::{Catalogue, Untouched, Workstation, models, ollama_model};
use las_types::Digest;
use rustix::fs::{CWD, FileType, Mode};
use serde_json::json;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

fn folder(machine: &Workstation, name: &str) -> std::path::PathBuf {
    let path = machine.outside(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn in_folder(path: &Path) -> [&str; 2] {
    ["--in", text(path)]
}

#[test]
fn a_manifest_leads_nowhere_but_to_its_blobs() {
    let machine = Workstation::new();
    let secret = machine.file("secret.gguf", models::small(1));
    let store = machine.outside(".ollama/models");
    for (name, digest) in [("up", "../../secret.gguf"), ("deep", "sha256:../../../secret.gguf"), ("none", "")]
    {
        ollama_model(&store, name, "latest", digest, b"");
    }
    std::fs::write(store.join("manifests/registry.ollama.ai/library/up/broken"), b"{").unwrap();
    assert_eq!(failures(&machine, &[]), ["model-layout-invalid"; 4]);
    // A blob that is a link out of the store is not followed either.
    let digest = Digest::of(&models::small(1)).to_string();
    let blob = ollama_model(&store, "out", "latest", &digest, b"");
    std::fs::remove_file(&blob).unwrap();
    symlink(&secret, &blob).unwrap();
    let scan = machine.json(&["model", "scan"]).ok().json();
    assert_eq!(scan["models"], json!([]), "{scan:#}");
    assert_eq!(failures(&machine, &[])[4..], ["model-link-out"]);
    machine.las(&["model", "scan", "--all", "--yes"]).ok();
    assert_eq!(blobs(&machine).len(), 0);
}

#[test]
fn bytes_that_are_not_what_the_layout_says_are_no_model() {
    let machine = Workstation::new();
    let (store, bytes) = (machine.outside(".ollama/models"), models::small(3));
    let other = Digest::of(b"something else").to_string();
    let blob = ollama_model(&store, "lies", "latest", &other, &bytes);
    let before = Untouched::of(&blob);
    machine.json(&["model", "scan", "--adopt", text(&blob), "--yes"]).fails("checksum-mismatch", 9);
    // Another size is seen before anything is read.
    let short = ollama_model(&store, "short", "latest", &Digest::of(&bytes).to_string(), &bytes);
    std::fs::write(&short, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(found(&machine, &short)["refusal"]["code"], "model-truncated");
    machine.json(&["model", "scan", "--adopt", text(&short), "--yes"]).fails("model-truncated", 9);
    assert_eq!((Untouched::of(&blob), blobs(&machine).len()), (before, 0));
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    machine.is_healthy();
}

#[test]
fn nothing_is_followed_out_of_a_folder_and_nothing_has_no_end() {
    let machine = Workstation::new();
    let (inner, outer) = (folder(&machine, "inner"), folder(&machine, "outer"));
    std::fs::write(outer.join("m.gguf"), models::small(1)).unwrap();
    symlink(&outer, inner.join("elsewhere")).unwrap();
    symlink(outer.join("m.gguf"), inner.join("m.gguf")).unwrap();
    symlink("b.gguf", inner.join("a.gguf")).unwrap();
    symlink("a.gguf", inner.join("b.gguf")).unwrap();
    symlink(&inner, inner.join("again")).unwrap();
    rustix::fs::mknodat(CWD, inner.join("pipe.gguf"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let codes = failures(&machine, &in_folder(&inner));
    assert_eq!(codes, ["io-failed", "io-failed", "model-link-out", "model-link-out"]);
    let scan = machine.json(&["model", "scan", "--in", text(&inner)]).ok().json();
    let [pipe] = &scan["models"].as_array().unwrap()[..] else { panic!("{scan:#}") };
    assert_eq!((&pipe["refusal"]["code"], &pipe["by"]), (&json!("io-failed"), &json!(null)));
    machine
        .json(&["model", "scan", "--adopt", text(&inner.join("pipe.gguf")), "--yes"])
        .fails("io-failed", 1);
    machine.json(&["model", "scan", "--adopt", text(&inner.join("none.gguf"))]).fails("file-not-found", 5);
    machine.json(&["model", "scan", "--in", text(&inner.join("none"))]).ok();
    assert_eq!(failures(&machine, &in_folder(&inner.join("none"))), ["io-failed"]);
}

#[test]
fn what_can_not_be_read_is_told() {
    let machine = Workstation::new();
    // Where this user may not look, nobody may not read what comes along either.
    let catalogue = Catalogue::new(&machine.outside("resources"));
    let machine = machine.with_resources(catalogue.root()).of_nobody();
    let models = folder(&machine, ".lmstudio/models/o/closed");
    std::fs::write(models.join("m.gguf"), models::small(1)).unwrap();
    std::fs::set_permissions(&models, std::fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(failures(&machine, &[]), ["permission-denied"]);
    std::fs::set_permissions(&models, std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = models.join("m.gguf");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    let scan = machine.json(&["model", "scan"]).ok().json();
    assert_eq!(scan["models"][0]["refusal"]["code"], "permission-denied", "{scan:#}");
}

#[test]
fn what_no_engine_here_loads_is_shown_and_refused_by_name() {
    let machine = Workstation::new();
    let place = folder(&machine, "place");
    std::fs::write(place.join("a.safetensors"), b"\x02\0\0\0\0\0\0\0{}").unwrap();
    let part = models::header()
        .raw("split.no", 2, &0_u16.to_le_bytes())
        .raw("split.count", 2, &2_u16.to_le_bytes())
        .raw("split.tensors.count", 5, &2_i32.to_le_bytes())
        .tensor("token_embd.weight", &[8, 4], TensorType::F32, &[0; 128]);
    std::fs::write(place.join("b-00001-of-00002.gguf"), part.finish()).unwrap();
    let adapter = GgufWriter::new()
        .text("general.architecture", "llama")
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .tensor("token_embd.weight.lora_a", &[8, 4], TensorType::F32, &[0; 128]);
    std::fs::write(place.join("c.gguf"), adapter.finish()).unwrap();
    std::fs::write(place.join("d.gguf"), b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.".repeat(8)).unwrap();
    let scan = machine.json(&["model", "scan", "--in", text(&place)]).ok().json();
    let refusals: Vec<_> = scan["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["refusal"]["code"].as_str().unwrap())
        .collect();
    let expected =
        ["model-folder-unsuitable", "model-part-missing", "adapter-base-missing", "model-runs-code"];
    assert_eq!(refusals, expected, "{scan:#}");
    let plan = machine.json(&["model", "scan", "--in", text(&place), "--all", "--yes"]).ok().json();
    assert_eq!(plan["steps"], json!([]));
}
