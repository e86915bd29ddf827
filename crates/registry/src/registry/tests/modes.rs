//! Manifests whose module comes natively and as an image.

use super::{Fixture, refused, text};
use las_types::{Digest, RuntimeMode};

const READY: &str = "service: { ready: { kind: log, line: up } }";

fn image(more: &str) -> String {
    format!("image: {{ name: 'localhost/a', digest: '{}', size: 1MB{more} }}", Digest::of(b"image"))
}

#[test]
fn a_native_source_may_have_an_image_beside_it() {
    let fixture = Fixture::new();
    fixture.artefact("one", "1.0.0");
    let served =
        ", program: /bin/a, service: { arguments: ['${data}'], ready: { kind: exec, program: /bin/ask } }";
    let runtime = format!(
        "runtime: {{ modes: [native, container], preferred: container, program: run, {READY}, \
         container: {{ data: /data, {} }} }}\n",
        image(served)
    );
    fixture.manifest("tool/b/1.0.0.yaml", &text("b", "1.0.0", "one", &runtime));
    let registry = fixture.load();
    assert!(registry.rejected().is_empty(), "{:?}", registry.rejected());
    let manifest = registry.find(&"b".parse().unwrap()).unwrap();
    assert_eq!(manifest.offered_modes(), [RuntimeMode::Native, RuntimeMode::Container]);
    assert_eq!(manifest.program_in(RuntimeMode::Container), Some("/bin/a"));
    assert_eq!(manifest.program_in(RuntimeMode::Native), Some("run"));
    let words = |mode| manifest.service_in(mode).unwrap().arguments.len();
    assert_eq!((words(RuntimeMode::Native), words(RuntimeMode::Container)), (0, 1));
}

#[test]
fn an_image_beside_a_source_that_makes_no_sense_is_set_aside() {
    let runtime = |modes: &str, service: &str, container: &str| {
        format!("runtime: {{ modes: [{modes}], program: run, {service} container: {{ {container} }} }}\n")
    };
    let service = format!("{READY},");
    let both = "native, container";
    refused(&runtime("native", &service, &image("")), "names both modes");
    refused(&runtime(both, "", &image("")), "which is missing");
    refused(&runtime(both, &service, ""), "needs an image");
    refused(&runtime(both, &service, &image(", program: bin/a")), "no path in a container");
    refused(&runtime(both, &service, &image(", tag: latest")), "unknown field");
    // What is filled in natively has nothing to fill it in a container.
    let native = "service: { arguments: ['${module}'], ready: { kind: log, line: up } },";
    refused(&runtime(both, native, &image("")), "nothing fills '${module}'");
    let inner = ", service: { ready: { kind: exec, program: bin/ask } }";
    refused(&runtime(both, &service, &image(inner)), "no absolute path in an image");
    let ports = ", service: { ports: { main: 80 }, ready: { kind: tcp, port: main } }";
    refused(&runtime(both, &service, &image(ports)), "1024 or more");
}

#[test]
fn companions_belong_to_a_service_and_are_others() {
    refused("runtime: { modes: [native], program: run, companions: [a] }\n", "which is missing");
    refused(
        &format!("runtime: {{ modes: [native], program: run, companions: [b], {READY} }}\n"),
        "of itself",
    );
}
