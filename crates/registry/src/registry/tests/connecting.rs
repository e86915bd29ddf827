//! Ports of other services that a service connects to.

use super::refused;

fn manifest(service: &str, more: &str) -> String {
    let service = format!("service: {{ ready: {{ kind: log, line: up }}, {service} }}");
    format!("runtime: {{ modes: [native], program: run, {service} }}\n{more}")
}

#[test]
fn a_service_connects_only_to_what_it_needs_and_names_only_ports_that_it_connects_to() {
    let needs = "dependencies: { modules: [redis] }\n";
    for (service, more, expected) in [
        ("connects: { redis: [main] }", "", "'redis' must be among"),
        ("connects: { postgresql: [main] }", needs, "'postgresql' must be among"),
        ("connects: { redis: [] }", needs, "no port of 'redis' is named"),
        ("arguments: ['${service.redis.port.main}']", needs, "'connects' names no port 'main' of 'redis'"),
        (
            "connects: { redis: [main] }, environment: { URL: '${service.redis.port.other}' }",
            needs,
            "'connects' names no port 'other' of 'redis'",
        ),
        ("connects: { redis: [Main] }", needs, "Main"),
        ("connects: [redis]", needs, "map"),
    ] {
        refused(&manifest(service, more), expected);
    }
}

#[test]
fn a_service_in_a_container_connects_to_no_other_ones_ports() {
    let image = "image: { name: docker.io/library/redis, size: 1MB, digest: \
        'sha256:0000000000000000000000000000000000000000000000000000000000000000' }";
    let text = format!(
        "dependencies: {{ modules: [redis] }}\nruntime: {{ modes: [native, container], program: run, \
        container: {{ {image} }}, service: {{ ready: {{ kind: log, line: up }}, connects: {{ redis: [main] }} }} }}\n"
    );
    refused(&text, "not offered in containers");
}
