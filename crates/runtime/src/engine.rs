//! The embedded engine: upstream's own server, started from typed settings, on a private unix
//! socket, with a key of its own for each start.

mod arguments;
mod libraries;
mod report;
mod short;
mod speed;

use crate::durable::beneath::{self, Beneath};
use crate::durable::{self, Access, passing};
use crate::helpers::Helpers;
use crate::home::Home;
use crate::process::NotStarted;
use crate::sandbox::Sandbox;
use crate::{http, service, socket};
use las_types::{
    Code, EngineReport, EngineSettings, Failure, ModuleName, ServiceName, ServiceSpec, Shortfall,
};
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use tokio::net::UnixStream;

use libraries::Libraries;
pub(crate) use report::LogReport;

/// Signs of a projector that an engine can't load: it says so, or one of its checks fails there.
const PROJECTOR_REFUSED: [&str; 2] = ["failed to load multimodal model", "/clip.cpp:"];

/// What an engine is started for.
#[derive(Clone, Copy)]
pub(crate) struct Engine<'a> {
    pub(crate) name: &'a ServiceName,
    pub(crate) model: &'a ModuleName,
    pub(crate) settings: &'a EngineSettings,
    /// Its program, in the folder of what belongs to it.
    pub(crate) program: &'a Path,
    pub(crate) helpers: &'a Helpers,
}

/// What an engine loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) report: EngineReport,
    /// What it has less of than it was started with.
    pub(crate) short: Vec<Shortfall>,
}

/// The key that an engine asks for. It has no text form but [`ApiKey::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    fn random() -> Self {
        let mut bytes = [0_u8; 32];
        rand::fill(&mut bytes);
        Self(bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // writing to a String can't fail
            text
        }))
    }

    /// The key itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey")
    }
}

/// How to reach an engine.
#[derive(Clone, Debug)]
pub struct EngineConnection {
    /// Its unix socket; it speaks HTTP.
    pub socket: PathBuf,
    /// Its key, valid until it is started again.
    pub key: ApiKey,
    /// What it was started with.
    pub settings: EngineSettings,
}

impl EngineConnection {
    /// Connects to its socket. A link that an engine put in its place, which would have the core talk to another
    /// program's socket, is not followed.
    ///
    /// # Errors
    /// If nothing listens there, or what has the name is no socket.
    pub async fn connect(&self) -> std::io::Result<UnixStream> {
        let (_held, at) = beneath::open_socket(&self.socket)?;
        UnixStream::connect(at).await
    }
}

/// An engine ready to be started.
pub(crate) struct Prepared {
    pub(crate) folder: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) sandbox: Sandbox,
    pub(crate) connection: EngineConnection,
}

/// Lays the service's folder out for one start: a new key, links to the files, no old socket.
pub(crate) fn prepare(home: &Home, engine: Engine<'_>) -> Result<Prepared, Failure> {
    let folder = service::run_folder(&home.service(engine.name));
    // What an engine left there that was killed is its own doing.
    passing::remove(&folder)?;
    durable::make_dir(&folder)?;
    let socket = socket::socket_path(&folder, "engine.sock")?;
    passing::remove(&socket)?;
    let key = ApiKey::random();
    passing::write_file(&folder.join(arguments::KEY_FILE), key.expose().as_bytes(), Access::Private)?;
    // Links, so that no path of this machine shows in what the engine says, and so that a comma in
    // one, which separates adapters on the engine's command line, does no harm.
    for (path, name) in arguments::model_files(engine.settings) {
        passing::link(Path::new(path), &folder.join(name))?;
    }
    if let Some(path) = &engine.settings.projector {
        passing::link(Path::new(path), &folder.join(arguments::PROJECTOR_FILE))?;
    }
    for (index, (_, path)) in engine.settings.adapters.iter().enumerate() {
        passing::link(Path::new(path), &folder.join(arguments::adapter_file(index)))?;
    }
    Ok(reached(engine, folder, socket, key))
}

/// The start that another core laid out: its key is read again.
pub(crate) fn prepared_before(home: &Home, engine: Engine<'_>) -> Result<Prepared, Failure> {
    let folder = service::run_folder(&home.service(engine.name));
    let socket = socket::socket_path(&folder, "engine.sock")?;
    // The engine can put there what it wants, and is told it with each question.
    let key = Beneath::open(&folder)?.read(Path::new(arguments::KEY_FILE))?;
    Ok(reached(engine, folder, socket, ApiKey(key)))
}

fn reached(engine: Engine<'_>, folder: PathBuf, socket: PathBuf, key: ApiKey) -> Prepared {
    let arguments = arguments::arguments(engine, &socket);
    let sandbox = sandbox(engine, &folder, &socket);
    let connection = EngineConnection { socket, key, settings: engine.settings.clone() };
    Prepared { folder, arguments, sandbox, connection }
}

/// An engine reads its model and is asked over its socket; it has nothing else to do with anybody.
fn sandbox(engine: Engine<'_>, folder: &Path, socket: &Path) -> Sandbox {
    let Engine { settings, program, helpers, .. } = engine;
    let adapters = settings.adapters.iter().map(|(_, path)| path);
    let read = program.parent().map(OsString::from).into_iter();
    let parts = [&settings.model_path].into_iter().chain(&settings.more_parts);
    let models = parts.chain(&settings.projector).chain(adapters).map(OsString::from);
    // Where the socket does not lie in the folder it has one that is only its own.
    let mut write = vec![OsString::from(folder)];
    write.extend(socket.parent().filter(|parent| *parent != folder).map(OsString::from));
    let gpu = settings.gpu_layers > 0;
    Sandbox { gpu, connects: false, ..Sandbox::of(helpers, read.chain(models).collect(), write) }
}

/// How fast it has written since it was started, in thousandths of a token a second; none where that is not known.
pub(crate) async fn speed(connection: &EngineConnection) -> Option<u64> {
    let answer = http::ask(connection, "/metrics", None).await.ok().filter(|answer| answer.status == 200)?;
    speed::of_metrics(std::str::from_utf8(&answer.body).ok()?)
}

/// Why an engine did not start, as far as its last lines tell it.
pub(crate) fn explained(spec: &ServiceSpec, failure: Failure, lines: &[String]) -> Failure {
    let projector = spec.engine().and_then(|(_, settings)| settings.projector.as_ref());
    let Some(path) = projector
        .filter(|_| lines.iter().any(|line| PROJECTOR_REFUSED.iter().any(|sign| line.contains(sign))))
    else {
        return failure;
    };
    let file = Path::new(path).file_name().unwrap_or_default();
    Failure::new(Code::EngineProjectorRefused)
        .with("name", &spec.name)
        .with("file", file.display())
        .with("detail", lines.join("\n"))
}

/// Drops what one start left: key, socket, links.
pub(crate) fn clear(prepared: &Prepared) -> Result<(), Failure> {
    socket::remove(&prepared.connection.socket, &prepared.folder)?;
    passing::remove(&prepared.folder)
}

/// Waits until the engine answers, switches its adapters off, warms it up, and reads back what it
/// loaded. The caller bounds the time and watches the process.
pub(crate) async fn become_ready(
    spec: &ServiceSpec,
    connection: &EngineConnection,
    pid: u32,
    log: &LogReport,
) -> Result<Loaded, Failure> {
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(25));
    loop {
        pace.tick().await;
        if http::ask(connection, "/health", None).await.is_ok_and(|answer| answer.status == 200) {
            break;
        }
    }
    let failed = |detail: String| NotStarted::Other.with_detail(Code::EngineStartFailed, &spec.name, detail);
    let adapters = connection.settings.adapters.len();
    if adapters > 0 {
        // This build applies each adapter fully from the start, whatever it is told.
        let off: Vec<_> = (0..adapters).map(|id| serde_json::json!({ "id": id, "scale": 0.0 })).collect();
        let answer = http::ask(connection, "/lora-adapters", Some(&off.into()))
            .await
            .map_err(|error| failed(error.to_string()).because(error))?;
        if answer.status != 200 {
            return Err(failed(format!("/lora-adapters: {}", answer.status)));
        }
    }
    // The first prompt after a start is slow; a model that only embeds refuses this, which is fine.
    let first = serde_json::json!({ "prompt": "Hello", "n_predict": 1, "cache_prompt": false });
    http::ask(connection, "/completion", Some(&first))
        .await
        .map_err(|error| failed(error.to_string()).because(error))?;
    let answer = http::ask(connection, "/props", None)
        .await
        .map_err(|error| failed(error.to_string()).because(error))?;
    if answer.status != 200 {
        return Err(failed(format!("/props: {}", answer.status)));
    }
    let properties: serde_json::Value =
        serde_json::from_slice(&answer.body).map_err(|error| failed(error.to_string()).because(error))?;
    let libraries = Libraries::of(Path::new(&spec.program), pid);
    let report = log.report(&properties, libraries.cpu_variant.clone());
    let short = short::shortfalls(&spec.name, &connection.settings, &report, &log.said(), &libraries);
    Ok(Loaded { report, short })
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, explained};
    use las_types::{Code, Failure, ServiceSpec};

    #[test]
    fn a_projector_that_is_refused_is_named_by_its_file() {
        let spec = |projector: &str| -> ServiceSpec {
            let text = format!(
                r#"{{"name":"eye","module":"llama.cpp","program":"/e","model":"eye","settings":{{"model_path":"/m.gguf"{projector},
                "model_digest":"sha256:{:064}","context":1,"parallel":1,"threads":1,"gpu_layers":0,"adapters":[]}},"memory":1}}"#,
                0
            );
            serde_json::from_str(&text).unwrap()
        };
        let with = spec(r#","projector":"/store/eye/mmproj-eye.gguf""#);
        let failed = || Failure::new(Code::EngineStartFailed);
        let said = |line: &str| vec!["before".to_owned(), line.to_owned()];
        for line in [
            "0.1 E srv    load_model: failed to load multimodal model, 'projector.gguf'",
            "/src/tools/mtmd/clip.cpp:2253: GGML_ASSERT(x) failed",
        ] {
            let told = explained(&with, failed(), &said(line));
            assert_eq!(told.code, Code::EngineProjectorRefused, "{line}");
            assert_eq!((&*told.args["file"], &*told.args["name"]), ("mmproj-eye.gguf", "eye"));
            assert!(told.args["detail"].ends_with(line));
            assert_eq!(explained(&spec(""), failed(), &said(line)).code, Code::EngineStartFailed);
        }
        assert_eq!(explained(&with, failed(), &said("killed")).code, Code::EngineStartFailed);
    }

    #[test]
    fn a_key_is_new_each_time_and_never_printed() {
        let (one, two) = (ApiKey::random(), ApiKey::random());
        assert_ne!(one.expose(), two.expose());
        assert_eq!(one.expose().len(), 64);
        assert!(!format!("{one:?}").contains(&one.expose()[..8]));
    }
}
