//! S10: addresses that lead into this machine or its network, wherever one is taken from a stranger: a hub that sends on, names
//! a next page or says where a file lies, when something is planned and when it is fetched, and a host that archives are
//! fetched from. Somebody listens there, for whom nobody may come.

mod forms;

use super::{Report, Run};
use crate::{Catalogue, Fault, Hub, Part, Workstation, hub_repository, models, tar_gz};
use serde_json::json;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const SAMPLE: usize = 40;
const MODEL: &str = "tiny-org/Tiny-GGUF";

/// Where an address is taken from.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The hub sends on whoever asks it what there is.
    Shown,
    /// It names it as the address of the next page.
    NextPage,
    /// It says that a file lies there, when a pull is planned.
    Planned,
    /// It sends on there when the file is fetched, which was not so when that was planned.
    Fetched,
    /// The host of a module's archive sends on there.
    Archive,
}

const WAYS: [Way; 5] = [Way::Shown, Way::NextPage, Way::Planned, Way::Fetched, Way::Archive];

/// Somebody who counts who comes, on every address of this machine.
struct Canary {
    port: u16,
    came: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
}

impl Canary {
    fn new() -> Result<Self, String> {
        let told = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind("[::]:0").map_err(told)?;
        let port = listener.local_addr().map_err(told)?.port();
        let (came, ended) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let canary = Self { port, came: Arc::clone(&came), ended: Arc::clone(&ended) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                came.fetch_add(usize::from(stream.is_ok()), Ordering::Relaxed);
            }
        });
        Ok(canary)
    }

    /// Whether it sees who comes by a plain address: otherwise it shows nothing.
    fn is_awake(&self) -> bool {
        let here = ["127.0.0.3", "::1"].map(|host| std::net::TcpStream::connect((host, self.port)).is_ok());
        let seen = || self.came.load(Ordering::Relaxed) == 2;
        crate::until("two who came", || seen().then_some(()));
        here == [true, true]
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // So that it looks.
        let _ = std::net::TcpStream::connect(("127.0.0.3", self.port));
    }
}

/// A machine with a hub, and a module whose archive lies there.
struct Stage {
    machine: Workstation,
    hub: Hub,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let archive = tar_gz(&[Part::Program("bin/made", b"#!/bin/sh\necho made 1.0.0\n")]);
        let files: &[(&str, &[u8])] = &[("tiny-F32.gguf", &models::small(5)), ("made.tar.gz", &archive)];
        hub_repository(folder.path(), MODEL, &json!({ "license": "mit" }), files);
        let hub = Hub::start(folder.path());
        let machine = Workstation::in_memory();
        let catalogue = Catalogue::new(&machine.outside("resources"));
        let machine = machine.with_resources(catalogue.root());
        let text = format!(
            "[models]\nhugging_face = \"{}\"\nmodel_scope = \"off\"\nfile_hosts = \"{}\"\n",
            hub.endpoint(),
            hub.store_host()
        );
        let told = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(machine.home()).map_err(told)?;
        std::fs::write(machine.home().join("config.toml"), text).map_err(told)?;
        let path = machine.file("made.tar.gz", archive);
        let url = format!("{}/{MODEL}/resolve/main/made.tar.gz", hub.endpoint());
        let sections = machine.json(&["module", "source", &path, "--url", &url]).ok().json();
        catalogue.describe("made", "1.0.0", "bin/made", &Catalogue::lines(&sections));
        Ok(Self { machine, hub, _folder: folder })
    }

    /// Has this address taken in this way; tells what came of it.
    fn taken(&self, way: Way, address: &str) -> crate::Ran {
        let sent = || Fault::SentOn(address.to_owned());
        match way {
            Way::Shown => {
                self.hub.faults([sent()]);
                self.machine.json(&["model", "show", MODEL])
            }
            Way::NextPage => {
                self.hub.faults([Fault::NextPageAt(address.to_owned())]);
                let found = self.machine.json(&["model", "search", "tiny"]);
                let next =
                    found.documents().last().and_then(|found| Some(found["next"].as_str()?.to_owned()));
                match next {
                    Some(next) => self.machine.json(&["model", "search", "tiny", "--cursor", &next]),
                    None => found,
                }
            }
            Way::Planned => {
                self.hub.faults([Fault::FilesSentOn(address.to_owned())]);
                self.machine.json(&["model", "pull", MODEL, "--yes"])
            }
            Way::Fetched => {
                let plan = self.machine.json(&["model", "pull", MODEL]).json();
                self.hub.faults([sent()]);
                let id = plan["id"].as_str().unwrap_or_default().to_owned();
                self.machine.json(&["apply", "--plan", &id, "--yes"])
            }
            Way::Archive => {
                self.hub.faults([sent()]);
                self.machine.json(&["module", "install", "made", "--yes"])
            }
        }
    }
}

fn check(way: Way, form: &str, scheme: &str) -> Result<(), String> {
    let (stage, canary) = (Stage::new()?, Canary::new()?);
    let ran = stage.taken(way, &forms::address(form, scheme, canary.port));
    let came = canary.came.load(Ordering::Relaxed);
    if came > 0 {
        return Err(format!("reached: {came} times: {ran}"));
    }
    let here = stage.machine.current().1;
    if !here.is_empty() {
        return Err(format!("installed: {here:?}: {ran}"));
    }
    match (way, ran.status, ran.code().as_deref()) {
        // What is found on the first page is told.
        (Way::NextPage, Some(0), _) => Ok(()),
        (_, Some(1..), Some(code)) if code != "internal" => Ok(()),
        _ => Err(format!("untyped: {ran}")),
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    if !Canary::new()?.is_awake() {
        return Err("no network of version 6, or no address beside 127.0.0.1".to_owned());
    }
    let mut cases = Vec::new();
    for form in forms::forms() {
        for way in WAYS {
            // Both are refused by where they lead: which is tried does not follow from the form.
            let scheme = if cases.len() % 3 == 0 { "https" } else { "http" };
            cases.push((format!("{way:?}/{form}"), (way, form, scheme)));
        }
    }
    let cases = run.sample(cases, run.choose(SAMPLE, usize::MAX));
    let report = run.each(cases, |(way, form, scheme)| check(*way, form, scheme));
    let figure = format!(
        "{} addresses, taken from a stranger in {} ways: {} reached, {} installed, {} untyped",
        forms::forms().len(),
        WAYS.len(),
        report.count("reached"),
        report.count("installed"),
        report.count("untyped"),
    );
    Ok(report.with_figure(figure))
}
