//! A machine for one scenario.

use crate::{Core, Ran};
use serde_json::Value;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The module of the engine.
pub const ENGINE: &str = "llama.cpp";
/// The port of the endpoint where none is asked for.
pub const DEFAULT_PORT: u16 = 11811;

/// The shipped model.
pub const CHAT_MODEL: &str = "las-tiny-chat";

/// A data directory of its own, and the program to use on it. Dropping it ends what an engine was left running.
pub struct Workstation {
    folder: tempfile::TempDir,
    home: PathBuf,
    resources: PathBuf,
    profile: Option<PathBuf>,
    /// Programs that anybody may run, and as whom they are run; `x`'s own, as who runs the tests, if absent.
    nobody: Option<PathBuf>,
    variables: Vec<(&'static str, String)>,
}

/// The user and the group that own nothing: `nobody` and `nogroup`.
const NOBODY: u32 = 65534;

/// A variable that `./x` sets.
fn given(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run ./x test")))
}

impl Default for Workstation {
    fn default() -> Self {
        Self::new()
    }
}

impl Workstation {
    /// A new machine with nothing installed.
    pub fn new() -> Self {
        Self::under(&std::env::temp_dir())
    }

    /// One whose files lie in memory: quick where nothing depends on a disk.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::under(memory) } else { Self::new() }
    }

    fn under(parent: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("las-").tempdir_in(parent).unwrap();
        let home = folder.path().join("home");
        Self {
            folder,
            home,
            resources: given("LAS_RESOURCES"),
            profile: None,
            nobody: None,
            variables: Vec::new(),
        }
    }

    /// A machine with the engine and the chat model.
    pub fn installed() -> Self {
        let machine = Self::new();
        machine.install();
        machine
    }

    /// Its data lies in this folder.
    pub fn at(mut self, home: &Path) -> Self {
        home.clone_into(&mut self.home);
        self
    }

    /// Its hardware is this recorded profile.
    pub fn with_profile(mut self, name: &str) -> Self {
        self.profile = Some(crate::profile(name));
        self
    }

    /// Its hardware is what this file says.
    pub fn with_profile_file(mut self, path: &Path) -> Self {
        self.profile = Some(path.to_owned());
        self
    }

    /// The application's own files are these.
    pub fn with_resources(mut self, resources: &Path) -> Self {
        resources.clone_into(&mut self.resources);
        self
    }

    /// Its user is not the system's administrator, for services that will not run as that one.
    pub fn of_nobody(mut self) -> Self {
        if rustix::process::getuid().is_root() {
            let programs = self.outside("programs");
            std::fs::create_dir(&programs).unwrap();
            let las = given("LAS_BIN");
            for name in ["las", "las-keeper"] {
                std::fs::copy(las.with_file_name(name), programs.join(name)).unwrap();
            }
            std::os::unix::fs::chown(self.folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            self.nobody = Some(programs);
        }
        self
    }

    /// It can't give programs namespaces of their own.
    pub fn without_namespaces(self) -> Self {
        self.with_variable("LAS_BWRAP", "")
    }

    /// Its programs have a variable of their environment more.
    pub fn with_variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The data directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The application's own files.
    pub fn resources(&self) -> &Path {
        &self.resources
    }

    /// A path outside the data directory, gone with the machine.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file outside the data directory.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.outside(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A program with this machine's environment and nothing else.
    pub fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", self.folder.path())
            // No keyring, until it is given one of its own.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        command.env("LAS_HOME", &self.home).env("LAS_RESOURCES", &self.resources);
        if let Some(profile) = &self.profile {
            command.env("LAS_PROFILE", profile);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if self.nobody.is_some() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// A command of `las`, not run yet.
    pub fn las_command(&self, arguments: &[&str]) -> Command {
        let las = self.nobody.as_ref().map_or_else(|| given("LAS_BIN"), |programs| programs.join("las"));
        self.command(&las, arguments)
    }

    /// Runs `las`.
    pub fn las(&self, arguments: &[&str]) -> Ran {
        Ran::run(self.las_command(arguments))
    }

    /// Runs `las … --json`.
    pub fn json(&self, arguments: &[&str]) -> Ran {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.las(&all)
    }

    /// Installs the engine and the chat model.
    #[track_caller]
    pub fn install(&self) {
        self.las(&["module", "install", ENGINE, CHAT_MODEL, "--yes", "--quiet"]).ok();
    }

    /// Becomes the core of this machine in a process of its own.
    #[track_caller]
    pub fn serve(&self) -> Core {
        Core::start(self)
    }

    /// The same at an address of its own.
    #[track_caller]
    pub fn serve_at(&self, address: &str) -> Core {
        Core::start_at(self, address)
    }

    /// Generations, oldest first.
    #[track_caller]
    pub fn generations(&self) -> Vec<Value> {
        self.json(&["generation", "list"]).ok().json().as_array().unwrap().clone()
    }

    /// The number of the current generation and the names of what it holds.
    #[track_caller]
    pub fn current(&self) -> (u64, Vec<String>) {
        let all = self.generations();
        let current: Vec<_> = all.iter().filter(|one| one["current"] == true).collect();
        assert_eq!(current.len(), 1, "{all:?}");
        let items = current[0]["items"].as_array().unwrap();
        let names = items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
        (current[0]["number"].as_u64().unwrap(), names)
    }

    /// Everything that installing puts somewhere: paths of files and links within the data directory.
    pub fn contents(&self) -> Vec<String> {
        let mut found = Vec::new();
        for folder in ["store", "models", "staging", "generations"] {
            collect(&self.home.join(folder), &self.home, &mut found);
        }
        found.sort();
        found
    }

    /// The doctor finds nothing, and nothing was repaired at its start.
    #[track_caller]
    pub fn is_healthy(&self) {
        let report = self.json(&["doctor"]).ok().json();
        assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    }
}

fn collect(folder: &Path, root: &Path, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), root, found);
        } else {
            found.push(entry.path().strip_prefix(root).unwrap().display().to_string());
        }
    }
}

impl Drop for Workstation {
    fn drop(&mut self) {
        // A service outlives a core that was killed; the next one would go on with it, but there is none. Its keeper ends with it.
        let Ok(services) = std::fs::read_dir(self.home.join("services")) else { return };
        for service in services.flatten() {
            let Ok(text) = std::fs::read(service.path().join("process.json")) else { continue };
            let pid = serde_json::from_slice::<Value>(&text).ok().and_then(|record| record["pid"].as_i64());
            let Some(pid) = pid.and_then(|pid| i32::try_from(pid).ok()) else { continue };
            let program = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            if program.starts_with(&self.home)
                && let Some(pid) = rustix::process::Pid::from_raw(pid)
            {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
    }
}
