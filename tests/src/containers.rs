//! A container engine of a scenario's own, with a registry beside it.

use crate::running::Running;
use crate::{Ran, until};
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whose engine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// `podman system service`.
    Podman,
    /// `dockerd`.
    Docker,
}

impl EngineKind {
    /// The programs that are needed.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Podman => &["podman", "runc", "docker-registry", "busybox"],
            Self::Docker => &["dockerd", "docker", "runc", "docker-registry", "busybox"],
        }
    }
}

/// An engine with its own images, containers and networks, and a registry that it fetches from. One at a time runs on a
/// machine: they would share the bridge. Dropping it removes its containers and ends both.
pub struct ContainerEngine {
    kind: EngineKind,
    folder: tempfile::TempDir,
    registry: u16,
    // In this order: whoever serves ends before what it serves from.
    running: Vec<Running>,
    _alone: File,
}

/// An image as a registry has it.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// With its registry, without a tag.
    pub name: String,
    /// `sha256:…` of its manifest.
    pub digest: String,
}

/// Programs of the administrator lie elsewhere than others.
fn is_there(name: &str) -> bool {
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(name).is_file())
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

impl ContainerEngine {
    /// Starts one; an error says what this machine lacks for that.
    pub fn start(kind: EngineKind) -> Result<Self, String> {
        if let Some(missing) = kind.programs().iter().find(|name| !is_there(name)) {
            return Err(format!("no {missing}"));
        }
        if !rustix::process::geteuid().is_root() {
            return Err("only the administrator can start an engine of its own".to_owned());
        }
        let alone = File::create(std::env::temp_dir().join("las-tests-containers.lock")).unwrap();
        flock(&alone, FlockOperation::LockExclusive).unwrap();
        if kind == EngineKind::Docker && Path::new("/var/run/docker.sock").exists() {
            return Err("Docker runs here: a second engine would change its networks".to_owned());
        }
        let folder = tempfile::Builder::new().prefix("las-engine-").tempdir().unwrap();
        let registry = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut engine = Self { kind, folder, registry, running: Vec::new(), _alone: alone };
        engine.configure();
        engine.serve_registry();
        engine.serve();
        engine.works()?;
        Ok(engine)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self) {
        std::fs::create_dir(self.path("tmp")).unwrap();
        let at = |name: &str| self.path(name).display().to_string();
        write(
            &self.path("containers.conf"),
            &format!(
                "[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n\
                 tmp_dir = \"{}\"\n[containers]\nlog_driver = \"k8s-file\"\n[network]\n\
                 network_backend = \"netavark\"\nnetwork_config_dir = \"{}\"\n",
                at("tmp"),
                at("networks")
            ),
        );
        write(
            &self.path("storage.conf"),
            &format!(
                "[storage]\ndriver = \"vfs\"\nrunroot = \"{}\"\ngraphroot = \"{}\"\n",
                at("run"),
                at("root")
            ),
        );
        // Its programming interface knows no other way to fetch without TLS.
        write(
            &self.path("registries.conf"),
            &format!(
                "unqualified-search-registries = []\n[[registry]]\nlocation = \"127.0.0.1:{}\"\ninsecure = true\n\
                 [[registry]]\nlocation = \"127.0.0.1\"\ninsecure = true\n",
                self.registry
            ),
        );
        write(
            &self.path("registry.yml"),
            &format!(
                "version: 0.1\nstorage: {{ filesystem: {{ rootdirectory: {} }} }}\n\
                 http: {{ addr: 127.0.0.1:{} }}\nlog: {{ level: error }}\n",
                at("registry"),
                self.registry
            ),
        );
    }

    /// A program in the surroundings of this engine.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.current_dir(self.folder.path()).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", self.folder.path());
        command.env("XDG_RUNTIME_DIR", self.path("tmp"));
        command.env("DOCKER_HOST", format!("unix://{}", self.socket().display()));
        for (variable, file) in [
            ("CONTAINERS_CONF", "containers.conf"),
            ("CONTAINERS_STORAGE_CONF", "storage.conf"),
            ("CONTAINERS_REGISTRIES_CONF", "registries.conf"),
        ] {
            command.env(variable, self.path(file));
        }
        command
    }

    fn service(&self) -> Command {
        let address = format!("unix://{}", self.socket().display());
        match self.kind {
            EngineKind::Podman => {
                let mut command = self.program("podman");
                command.args(["system", "service", "--time=0", &address]);
                command
            }
            EngineKind::Docker => {
                let mut command = self.program("dockerd");
                for (option, file) in [("--data-root", "root"), ("--exec-root", "run"), ("-p", "pid")] {
                    command.arg(option).arg(self.path(file));
                }
                command.args(["-H", &address, "--storage-driver", "vfs", "--bip", "10.213.7.1/24"]);
                command
            }
        }
    }

    fn serve_registry(&mut self) {
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(self.path("registry.yml"));
        self.running.push(Running::start(command));
        let port = self.registry;
        until("the registry", || TcpStream::connect(("127.0.0.1", port)).ok());
    }

    /// Starts the service of its programming interface; after an end, again.
    pub fn serve(&mut self) {
        let _ = std::fs::remove_file(self.socket());
        let service = Running::start(self.service());
        self.running.insert(0, service);
        until("the container engine", || std::os::unix::net::UnixStream::connect(self.socket()).ok());
    }

    /// Ends the service of its programming interface; containers go on.
    pub fn end_service(&mut self) {
        drop(self.running.remove(0));
    }

    /// Whether a container can run at all here.
    fn works(&self) -> Result<(), String> {
        let image = self.build("probe", &[], &[]);
        let ran = self.run(&[
            "run",
            "--rm",
            "--ulimit",
            "nofile=256:256",
            "--ulimit",
            "nproc=256:256",
            "-p",
            "127.0.0.1::80",
            &image,
            "/bin/sh",
            "-c",
            "exit 7",
        ]);
        if ran.status == Some(7) {
            Ok(())
        } else {
            Err(format!("no container runs here: {}", ran.stderr.trim()))
        }
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.path("engine.sock")
    }

    /// Runs the engine's own command.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = match self.kind {
            EngineKind::Podman => self.program("podman"),
            EngineKind::Docker => self.program("docker"),
        };
        command.args(arguments);
        Ran::run(command)
    }

    /// The ids of what it runs.
    #[track_caller]
    pub fn containers(&self) -> Vec<String> {
        let said = self.run(&["ps", "--all", "--quiet", "--no-trunc"]).ok().stdout;
        said.lines().map(str::to_owned).collect()
    }

    /// The digests of manifests of its images of this name.
    #[track_caller]
    pub fn images(&self, name: &str) -> Vec<String> {
        let said = self.run(&["images", "--digests", "--format", "{{.Repository}} {{.Digest}}"]).ok().stdout;
        let named = |line: &str| {
            line.split_once(' ').filter(|(other, _)| *other == name).map(|(_, digest)| digest.to_owned())
        };
        said.lines().filter_map(named).collect()
    }

    fn build(&self, name: &str, files: &[(&str, &str)], changes: &[&str]) -> String {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let root = self.path(&format!("rootfs-{name}"));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
        for applet in
            ["sh", "httpd", "cat", "sleep", "echo", "id", "touch", "grep", "wget", "kill", "true", "false"]
        {
            symlink("busybox", root.join("bin").join(applet)).unwrap();
        }
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let tar = self.path(&format!("{name}.tar"));
        let mut archive = tar::Builder::new(File::create(&tar).unwrap());
        archive.follow_symlinks(false);
        archive.append_dir_all(".", &root).unwrap();
        archive.finish().unwrap();
        let image = format!("127.0.0.1:{}/{name}:latest", self.registry);
        let tar = tar.display().to_string();
        let mut arguments = vec!["import"];
        for change in changes {
            arguments.extend(["--change", change]);
        }
        arguments.extend([tar.as_str(), image.as_str()]);
        self.run(&arguments).ok();
        image
    }

    /// Builds an image of busybox and these programs, and gives it to the registry; the engine itself has it no more.
    #[track_caller]
    pub fn push(&self, name: &str, files: &[(&str, &str)], changes: &[&str]) -> Pushed {
        let image = self.build(name, files, changes);
        let digest = match self.kind {
            EngineKind::Podman => {
                let file = self.path("digest").display().to_string();
                self.run(&["push", "--digestfile", &file, &image]).ok();
                std::fs::read_to_string(&file).unwrap()
            }
            EngineKind::Docker => {
                let said = self.run(&["push", &image]).ok().stdout;
                said.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap().to_owned()
            }
        };
        self.run(&["rmi", &image]).ok();
        let digest = digest.trim().to_owned();
        Pushed { name: image.trim_end_matches(":latest").to_owned(), digest }
    }
}

impl ContainerEngine {
    /// Where the registry keeps the manifest of an image.
    pub fn stored_manifest(&self, digest: &str) -> PathBuf {
        let hex = digest.trim_start_matches("sha256:");
        self.path("registry/docker/registry/v2/blobs/sha256").join(&hex[..2]).join(hex).join("data")
    }
}

impl Drop for ContainerEngine {
    fn drop(&mut self) {
        let all = self.run(&["ps", "--all", "--quiet"]).stdout;
        for container in all.split_whitespace() {
            let _ = self.run(&["kill", "--signal", "KILL", container]);
            let _ = self.run(&["rm", "--force", container]);
        }
        self.running.clear();
        // Podman keeps a process for five minutes after each program that was run in a container.
        let own = self.folder.path().display().to_string();
        for pid in crate::running::running_from(Path::new("/usr/bin/conmon")) {
            let words = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
            if String::from_utf8_lossy(&words).contains(&own) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        // What an engine left mounted would keep its folder.
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let places = mounts.lines().filter_map(|line| line.split(' ').nth(1));
        for place in places.filter(|place| Path::new(place).starts_with(self.folder.path())) {
            let _ = Command::new("umount").args(["-q", "-l", place]).status();
        }
    }
}
