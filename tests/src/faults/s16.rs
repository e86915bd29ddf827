//! S16, of tokens: canaries go the whole way of a token, and then everything that the product wrote and said is searched for
//! them. Before that the search has to find each that was planted.

mod evidence;
mod search;

use super::{Report, Run};
use crate::{Begun, Core, Fault, Hub, Ran, SessionKeyring, Workstation, hub_repository, models, until};
use evidence::{Evidence, Searched};
use las_models::TensorType;
use search::Canary;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::Ordering;

const RELEASE: usize = 12;
const GATED: &str = "gated-org/Gated-GGUF";
const PRIVATE: &str = "private-org/Private-GGUF";
const LARGE: &str = "gated-org/Large-GGUF";

/// The canaries of a course, by what is done with them.
const FIRST: usize = 0;
const SECOND: usize = 1;
const REPLACED: usize = 2;
const REFUSED: usize = 3;
const NAMES: [&str; 4] = ["first token", "second token", "value that was replaced", "value that was refused"];

/// A hub whose gated and private repositories let one token in.
fn hub(folder: &Path, token: &Canary) -> Hub {
    let gated = json!({ "gated": true, "license": "mit", "tokens": [token.value] });
    let private = json!({ "private": true, "license": "mit", "tokens": [token.value] });
    let large = models::header().tensor("token_embd.weight", &[1 << 20], TensorType::F32, &vec![7; 4 << 20]);
    hub_repository(folder, GATED, &gated, &[("gated.gguf", &models::small(8))]);
    hub_repository(folder, PRIVATE, &private, &[("private.gguf", &models::small(9))]);
    hub_repository(folder, LARGE, &gated, &[("large.gguf", &large.finish())]);
    Hub::start(folder)
}

/// A machine with a keyring, two hubs, and a third that neither token is for.
struct Ground<'a> {
    machine: Workstation,
    keyring: SessionKeyring,
    canaries: &'a [Canary],
    hubs: [Hub; 2],
    elsewhere: Hub,
    _folders: [tempfile::TempDir; 3],
}

impl<'a> Ground<'a> {
    fn new(canaries: &'a [Canary]) -> Self {
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let hubs = [FIRST, SECOND].map(|one| hub(folders[one].path(), &canaries[one]));
        let elsewhere = Hub::start(folders[2].path());
        let machine = Workstation::in_memory();
        let temporary = machine.outside("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let machine = machine.with_variable("TMPDIR", temporary.to_str().unwrap());
        let (machine, keyring) = SessionKeyring::given(machine);
        let text = format!(
            "[log]\nlevel = \"trace\"\nfile_level = \"trace\"\nfile_size = \"1GiB\"\n[models]\nhugging_face = \"{}\"\n\
             model_scope = \"{}\"\nfile_hosts = \"127.0.0.1,127.0.0.2\"\n",
            hubs[FIRST].endpoint(),
            hubs[SECOND].endpoint(),
        );
        std::fs::create_dir_all(machine.home()).unwrap();
        std::fs::write(machine.home().join("config.toml"), text).unwrap();
        Self { machine, keyring, canaries, hubs, elsewhere, _folders: folders }
    }

    fn value(&self, which: usize) -> &str {
        &self.canaries[which].value
    }

    fn las(&self, evidence: &mut Evidence<'_>, arguments: &[&str]) -> Ran {
        evidence.said(self.machine.json(arguments));
        evidence.said(self.machine.las(arguments))
    }

    fn fed(&self, name: &str, origin: &str, value: &str) -> Ran {
        let command = self.machine.las_command(&["secret", "set", name, "--origin", origin]);
        Begun::fed(command, &format!("{value}\n")).wait()
    }

    /// By command line and API, also in place of another, and what is refused.
    fn set(&self, core: &Core, evidence: &mut Evidence<'_>) {
        let [first, second] = &self.hubs;
        evidence.said(self.fed("first", &first.endpoint(), self.value(REPLACED))).ok();
        let client = core.client();
        let body = json!({ "name": "first", "origin": first.endpoint(), "value": self.value(FIRST) });
        let answer = client.post("/v1/secrets", &body);
        answer.ok();
        evidence.take("an answer", answer.body.as_bytes());
        evidence.said(self.fed("second", &second.endpoint(), self.value(SECOND))).ok();
        let refused = self.value(REFUSED);
        evidence.said(self.fed("third", "https://third.example", &format!("{refused} {refused}")));
        for body in [
            json!(refused),
            json!({ "name": refused, "origin": refused, "value": refused }),
            json!({ "name": "third", "origin": "https://third.example", "value": { "is": refused } }),
            json!({ "name": "third", "origin": "https://third.example", "value": format!("{refused}\n") }),
            json!({ "name": "third", "origin": first.endpoint(), "value": refused }),
        ] {
            let answer = client.post("/v1/secrets", &body);
            assert_eq!(answer.status, 400, "{answer:?}");
            evidence.take("an answer to what is refused", answer.body.as_bytes());
        }
        for path in ["/v1/secrets", "/v1/audit", "/v1/config", "/v1/status"] {
            evidence.take(path, client.get(path).body.as_bytes());
        }
    }

    /// Everything that a token is used for, where it goes well and where it doesn't.
    fn ask(&self, evidence: &mut Evidence<'_>) {
        for arguments in
            [&["model", "search", "gated"][..], &["model", "search", "private"], &["model", "show", PRIVATE]]
        {
            self.las(evidence, arguments).ok();
        }
        let other = format!("{}/moved.gguf", self.elsewhere.endpoint());
        for fault in [
            Fault::Status(401),
            Fault::Status(403),
            Fault::Status(500),
            Fault::Limited(3),
            Fault::Body("<html>".to_owned()),
            Fault::SentOn(other.clone()),
            Fault::FilesSentOn(other),
            Fault::OtherContent,
        ] {
            for (hub, source) in self.hubs.iter().zip(["hugging-face", "model-scope"]) {
                hub.faults([fault.clone()]);
                let ran = self.las(evidence, &["model", "pull", GATED, "--source", source, "--yes"]);
                assert_ne!(ran.status, Some(0), "{fault:?}: {ran}");
                hub.faults([]);
            }
        }
    }

    /// The core is killed in the middle of a pull, while an engine runs.
    fn cut_off(&self, core: Core, evidence: &mut Evidence<'_>) -> Result<(), String> {
        evidence
            .said(self.machine.las(&["module", "install", crate::ENGINE, crate::CHAT_MODEL, "--yes"]))
            .ok();
        let asked = json!({ "model": crate::CHAT_MODEL, "max_tokens": 2, "messages": [{ "role": "user", "content": "Hi" }] });
        evidence.take("a chat", core.client().post("/v1/chat/completions", &asked).body.as_bytes());
        self.hubs[FIRST].faults([Fault::Slow(64 << 10, 20)]);
        let intent = json!({ "kind": "model_pull", "id": LARGE, "source": "hugging-face" });
        let plan = core.client().post("/v1/plans", &json!({ "intent": intent }));
        evidence.take("a plan", plan.body.as_bytes());
        let id = plan.ok()["id"].as_str().unwrap().to_owned();
        let begun = core.client().post(&format!("/v1/plans/{id}/approve"), &json!({}));
        evidence.take("an operation", begun.body.as_bytes());
        until("a part of the file", || {
            let parts = std::fs::read_dir(self.machine.home().join("partial")).ok()?;
            parts.flatten().any(|part| part.metadata().is_ok_and(|about| about.len() > 0)).then_some(())
        });
        let processes = evidence.processes(core.pid());
        evidence.take("standard error of the core", core.said().as_bytes());
        core.kill();
        self.hubs[FIRST].faults([]);
        if processes < 2 {
            return Err("the core has no children to look at".to_owned());
        }
        evidence.machine(&self.machine, self.keyring.folder())
    }

    /// What is gone on with, and everything that can be exported.
    fn end(&self, evidence: &mut Evidence<'_>) -> Result<(), String> {
        let core = self.machine.serve();
        evidence.said(self.machine.las(&["model", "pull", LARGE, "--source", "hugging-face", "--yes"])).ok();
        for (id, source) in [(GATED, "hugging-face"), (PRIVATE, "model-scope")] {
            evidence.said(self.machine.las(&["model", "pull", id, "--source", source, "--yes"])).ok();
        }
        for arguments in [
            &["secret", "list"][..],
            &["doctor"],
            &["audit", "list"],
            &["audit", "export"],
            &["generation", "list"],
            &["generation", "export"],
            &["operation", "list"],
            &["model", "list"],
            &["config", "show"],
            &["status"],
        ] {
            self.las(evidence, arguments);
        }
        self.las(evidence, &["secret", "remove", "first"]).status_is(5);
        evidence.processes(core.pid());
        evidence.take("standard error of the core", core.said().as_bytes());
        core.stop();
        evidence.machine(&self.machine, self.keyring.folder())
    }

    /// Each token came to its own hub, in a header, and to nobody else.
    fn requests(&self, evidence: &mut Evidence<'_>) -> Result<(), String> {
        for (own, hub) in self.hubs.iter().enumerate() {
            let all = hub.asked();
            if !all.iter().any(|asked| asked.method == "GET" && asked.token() == Some(self.value(own))) {
                return Err(format!("unused: {}", NAMES[own]));
            }
            for mut asked in all {
                if !asked.host.starts_with(&hub.store_host()) {
                    for name in ["authorization", "cookie"] {
                        let due = |text: &String| !text.contains(self.value(own));
                        asked
                            .headers
                            .remove(name)
                            .filter(due)
                            .inspect(|text| evidence.take(name, text.as_bytes()));
                    }
                }
                evidence.take(&format!("a request to {}", asked.host), format!("{asked:?}").as_bytes());
            }
        }
        let all = self.elsewhere.asked();
        evidence.take("requests to another origin", format!("{all:?}").as_bytes());
        if all.is_empty() { Err("unused: nothing was sent on".to_owned()) } else { Ok(()) }
    }
}

/// Follows the events of a core until it ends.
fn events(core: &Core) -> std::thread::JoinHandle<Vec<String>> {
    let stream = core.client().listen("/v1/events");
    std::thread::spawn(move || stream.collect())
}

fn course(seed: u64, searched: &Searched) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let canaries: Vec<Canary> = NAMES.iter().map(|name| Canary::new(name, &mut random)).collect();
    let ground = Ground::new(&canaries);
    let mut evidence = Evidence::new(&canaries, searched);
    let core = ground.machine.serve();
    let listening = events(&core);
    ground.set(&core, &mut evidence);
    ground.ask(&mut evidence);
    ground.cut_off(core, &mut evidence)?;
    for event in listening.join().unwrap_or_default() {
        let told: Value = serde_json::from_str(&event).unwrap_or_default();
        evidence.take(&format!("the event {}", told["type"]), event.as_bytes());
    }
    ground.end(&mut evidence)?;
    ground.requests(&mut evidence)?;
    evidence.end()
}

/// A machine that does leak is seen to: by a file, by where a link leads, by the environment of a process.
fn leaks(canary: Canary) -> Result<(), String> {
    let machine = Workstation::in_memory();
    let leaking = machine.home().join("logs");
    let told = |error: std::io::Error| error.to_string();
    std::fs::create_dir_all(&leaking).map_err(told)?;
    std::fs::write(leaking.join("one.log"), format!("token={}", canary.value)).map_err(told)?;
    std::os::unix::fs::symlink(&canary.value, leaking.join("link")).map_err(told)?;
    let mut command = machine.command(Path::new("/bin/sleep"), &["60"]);
    command.env("HUB_TOKEN", &canary.value);
    let running = crate::Running::start(command);
    let (searched, canaries) = (Searched::default(), [canary]);
    let mut evidence = Evidence::new(&canaries, &searched);
    evidence.files(&machine.outside(""), &[])?;
    let of_files = evidence.hits();
    until("the program's environment", || {
        evidence.processes(u32::try_from(running.process().as_raw_nonzero().get()).ok()?);
        (evidence.hits() > of_files).then_some(())
    });
    match evidence.end() {
        Err(found) if of_files == 2 && found.contains("environ") => Ok(()),
        other => Err(format!("blind: {of_files} of 2 in files; {other:?}")),
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    if let Some(lacking) = SessionKeyring::lacks() {
        return Err(format!("{lacking} is not here"));
    }
    let canary = Canary::new("planted", &mut run.random());
    let planted = run.each(search::planted(&canary), |bytes| {
        canary.found_in(bytes).map(drop).ok_or_else(|| "blind: it is not found".to_owned())
    });
    let leaking = run.each(vec![("leaking".to_owned(), run.seed)], |seed| {
        leaks(Canary::new("planted", &mut fastrand::Rng::with_seed(*seed)))
    });
    let planted = if run.only.is_some() && planted.cases == 0 { leaking } else { planted.and(leaking) };
    let searched = Searched::default();
    let courses = run.seeds(run.choose(1, RELEASE));
    let count = courses.len();
    let report = run.each(courses, |seed| course(*seed, &searched));
    let figure = format!(
        "{} of {} planted canaries found; {} courses with {} canaries each: {} with a hit outside the keyring, {} unused, in {} \
         pieces of {} MiB",
        planted.cases - planted.failures.len(),
        planted.cases,
        count,
        NAMES.len(),
        report.count("hit"),
        report.count("unused"),
        searched.pieces.load(Ordering::Relaxed),
        searched.bytes.load(Ordering::Relaxed) >> 20,
    );
    Ok(if run.only.is_none() {
        planted.and(report)
    } else if report.cases > 0 {
        report
    } else {
        planted
    }
    .with_figure(figure))
}
