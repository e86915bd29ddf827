//! What a person is told when something can't be done: in both languages, and as the same body over the API.

use las_tests::{CHAT_MODEL, Core, Ran, Workstation, repository};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A machine whose registry has the modules of the tree and these: name and version, and the rest of the manifest.
fn machine(profile: &str, modules: &[(&str, &str, &str)]) -> Workstation {
    let machine = Workstation::new();
    let root = machine.outside("resources");
    for folder in ["builtin", "policies", "ui"] {
        std::fs::create_dir_all(&root).unwrap();
        symlink(machine.resources().join(folder), root.join(folder)).unwrap();
    }
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for file in ["model/las-tiny-chat/1.0.0.yaml", "runtime/llama.cpp/0.5.0.yaml"] {
        let text = std::fs::read_to_string(repository().join("registry").join(file)).unwrap();
        write(&root.join("registry").join(file), &text);
    }
    for (name, version, rest) in modules {
        let text =
            format!("name: {name}\nversion: {version}\ncategory: tool\ndescription: For this test.\n{rest}");
        write(&root.join("registry/tool").join(name).join(format!("{version}.yaml")), &text);
    }
    machine.with_resources(&root).with_profile(profile)
}

/// What both languages and the API say of one thing, with what differs from run to run left out.
struct Told {
    text: String,
    changing: Vec<(String, &'static str)>,
}

impl Told {
    fn new(machine: &Workstation) -> Self {
        let folder = machine.outside("").to_str().unwrap().trim_end_matches('/').to_owned();
        Self { text: String::new(), changing: vec![(folder, "FOLDER")] }
    }

    fn leaving_out(mut self, what: &str, name: &'static str) -> Self {
        self.changing.push((what.to_owned(), name));
        self
    }

    fn add(&mut self, title: &str, text: &str) {
        let text = self.changing.iter().fold(text.to_owned(), |text, (what, name)| text.replace(what, name));
        writeln!(self.text, "== {title}\n{}\n", text.trim_end()).unwrap();
    }

    /// What a command says, in every language.
    fn command(mut self, machine: &Workstation, arguments: &[&str]) -> Self {
        for language in ["en", "zh-CN"] {
            let mut all = arguments.to_vec();
            all.extend(["--lang", language]);
            let Ran { status, stdout, stderr, .. } = machine.las(&all);
            let status = status.map_or_else(|| "–".to_owned(), |status| status.to_string());
            self.add(&format!("las {} → {status}", all.join(" ")), &format!("{stdout}{stderr}"));
        }
        self
    }

    /// What a route answers.
    fn route(mut self, core: &Core, method: &str, path: &str, body: Option<&Value>) -> Self {
        let answer = core.client().request(method, path, body);
        let text = serde_json::to_string_pretty(&answer.json()).unwrap();
        self.add(&format!("{method} {path} → {}", answer.status), &text);
        self
    }
}

fn plan_to_install(names: &[&str]) -> Value {
    json!({ "intent": { "kind": "module_install", "modules": names } })
}

#[test]
fn a_conflict_names_each_manifest() {
    let needs = |need: &str| format!("dependencies: {{ modules: [\"{need}\"] }}\n");
    let (old, new, large) = (
        needs("base@<2"),
        needs("base@>=2"),
        format!("hardware: {{ memory: {{ ram_min: 512GB }} }}\n{}", needs("base@<2")),
    );
    let machine = machine(
        "laptop-8gb-no-gpu",
        &[
            ("writer", "1.0.0", &old),
            ("writer", "1.1.0", &old),
            ("writer", "2.0.0", &large),
            ("reader", "1.0.0", &new),
            ("base", "1.0.0", ""),
            ("base", "2.0.0", ""),
        ],
    );
    let core = machine.serve();
    let told = Told::new(&machine)
        .command(&machine, &["module", "install", "writer", "reader", "--yes"])
        .route(&core, "POST", "/v1/plans", Some(&plan_to_install(&["writer", "reader"])));
    insta::assert_snapshot!(told.text);
}

#[test]
fn a_cycle_is_shown_with_its_path() {
    let needs = |need: &str| format!("dependencies: {{ modules: [\"{need}\"] }}\n");
    let machine = machine(
        "laptop-8gb-no-gpu",
        &[
            ("egg", "1.0.0", &needs("hen@>=1")),
            ("hen", "1.2.0", &needs("egg")),
            ("farm", "1.0.0", &needs("hen")),
        ],
    );
    let core = machine.serve();
    let told = Told::new(&machine).command(&machine, &["module", "install", "farm", "--yes"]).route(
        &core,
        "POST",
        "/v1/plans",
        Some(&plan_to_install(&["farm"])),
    );
    insta::assert_snapshot!(told.text);
}

#[test]
fn an_unmet_gpu_constraint_says_what_is_there_and_what_is_needed() {
    let machine = machine(
        "rtx-4060-8gb",
        &[
            ("painter", "1.0.0", "hardware: { gpu: { vram_min: 24GB } }\n"),
            ("studio", "1.0.0", "dependencies: { modules: [\"painter@>=1\"] }\n"),
            ("choir", "1.0.0", "hardware: { gpu: { multi_gpu: true } }\n"),
        ],
    );
    let core = machine.serve();
    let told = Told::new(&machine)
        .command(&machine, &["module", "install", "studio", "--yes"])
        .command(&machine, &["module", "install", "choir", "--yes"])
        .route(&core, "POST", "/v1/plans", Some(&plan_to_install(&["studio"])));
    insta::assert_snapshot!(told.text);
    // A GPU that is there and can't be used is no missing one.
    let machine = self::machine(
        "rtx-3060-driver-mismatch",
        &[("painter", "1.0.0", "hardware: { gpu: { vram_min: 8GB } }\n")],
    );
    let told = Told::new(&machine).command(&machine, &["module", "install", "painter", "--yes"]);
    insta::assert_snapshot!("a_gpu_that_can_not_be_used", told.text);
}

#[test]
fn an_unmet_constraint_on_what_lies_below_says_what_is_there_and_what_is_needed() {
    // Its driver serves CUDA 12.8.
    let modules = [
        ("painter", "1.0.0", "dependencies: { runtime: [\"cuda>=12.9\"] }\n"),
        ("drawer", "1.0.0", "dependencies: { runtime: [\"cuda>=12.1\"] }\n"),
    ];
    let machine = machine("hybrid-laptop-rtx-4070", &modules);
    let core = machine.serve();
    let told = Told::new(&machine).command(&machine, &["module", "install", "painter", "--yes"]).route(
        &core,
        "POST",
        "/v1/plans",
        Some(&plan_to_install(&["painter"])),
    );
    insta::assert_snapshot!(told.text);
    // Without any such GPU.
    let machine = self::machine("laptop-8gb-no-gpu", &modules);
    let told = Told::new(&machine).command(&machine, &["module", "install", "drawer", "--yes"]);
    insta::assert_snapshot!("cuda_where_there_is_no_gpu_for_it", told.text);
}

#[test]
fn a_stale_plan_says_what_happened_meanwhile() {
    let machine = machine("laptop-8gb-no-gpu", &[]);
    let plan = machine.json(&["module", "plan", CHAT_MODEL]).ok().json()["id"].as_str().unwrap().to_owned();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    let operation = machine.json(&["operation", "list"]).ok().json()[0]["id"].as_str().unwrap().to_owned();
    let core = machine.serve();
    let told = Told::new(&machine)
        .leaving_out(&plan, "PLAN")
        .leaving_out(&operation, "OPERATION")
        .command(&machine, &["apply", "--plan", &plan, "--yes", "--quiet"])
        .route(&core, "POST", &format!("/v1/plans/{plan}/approve"), Some(&json!({})));
    insta::assert_snapshot!(told.text.replace(&plan, "PLAN"));
}

#[test]
fn a_hole_in_the_policies_is_reported_with_an_example() {
    let rules = "policies:\n  - { name: small, description: x, tier: 1, conditions: { gpu_vram_max: 12GB, ram_min: 4GB } }\n  \
        - { name: large, description: x, tier: 2, conditions: { gpu_vram_min: 16GB } }\n";
    let of = |profile: &str| {
        let machine = self::machine(profile, &[]);
        let root = machine.resources().to_owned();
        std::fs::remove_file(root.join("policies")).unwrap();
        std::fs::create_dir_all(root.join("policies/default")).unwrap();
        std::fs::write(root.join("policies/default/all.yaml"), rules).unwrap();
        machine
    };
    let machine = of("laptop-8gb-no-gpu");
    let core = machine.serve();
    let told = Told::new(&machine)
        .command(&machine, &["policy", "show"])
        .command(&machine, &["doctor"])
        .route(&core, "POST", "/v1/doctor", Some(&json!({})));
    insta::assert_snapshot!(told.text);
    let warnings = core.client().get("/v1/status").json()["warnings"].clone();
    assert!(warnings.as_array().unwrap().iter().any(|one| one["key"] == "policy-hole"), "{warnings:#}");
    // Told in the log too, by a core that nobody asks.
    let quiet = of("laptop-8gb-no-gpu");
    let log = quiet.home().join("logs/core");
    let serving = quiet.serve();
    let told = las_tests::until("the warning in the log", || {
        let files = std::fs::read_dir(&log).ok()?.flatten();
        let lines: String = files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
        lines.lines().find(|line| line.contains("leave machines without a tier")).map(str::to_owned)
    });
    assert!(told.contains("machine-ram size="), "{told}");
    serving.stop();
    // A machine in the hole gets the safest tier and a warning, and works.
    let fallen = of("tiny-2gb");
    let status = fallen.json(&["status"]).ok().json();
    assert_eq!(status["tier"], 1);
    assert!(status["warnings"].as_array().unwrap().iter().any(|one| one["key"] == "in-a-hole"), "{status:#}");
}
