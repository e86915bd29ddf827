//! The peers, each with settings that make it as quick as it can be: it starts again at once and for ever, and lets the
//! log grow.

use super::bare::words;
use super::log::{Log, Orders, place};
use super::{Programs, Result, Supervisor};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(2);

/// `supervisord` of the package `supervisor`.
pub(crate) struct Supervisord {
    child: Child,
    log: Log,
}

/// `pm2`, its daemon.
pub(crate) struct Pm2 {
    program: PathBuf,
    folder: PathBuf,
    log: Log,
}

fn all(folder: &Path, services: usize) -> Result<Vec<(PathBuf, Orders)>> {
    (0..services).map(|number| place(folder, number)).collect()
}

#[expect(clippy::disallowed_methods, reason = "a configuration for another program")]
fn put(path: &Path, text: &str) -> Result<()> {
    Ok(std::fs::write(path, text)?)
}

#[expect(clippy::disallowed_methods, reason = "what the runtime is measured by")]
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Waits until each of them has said something.
fn until_all(services: &[(PathBuf, Orders)]) -> Result<()> {
    let begun = Instant::now();
    while services.iter().any(|(path, _)| path.metadata().is_ok_and(|found| found.len() == 0)) {
        if begun.elapsed() > LIMIT {
            return Err("a peer does not start its services".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn first(services: Vec<(PathBuf, Orders)>) -> Result<Log> {
    until_all(&services)?;
    let (path, orders) = services.into_iter().next().ok_or("no service")?;
    Log::new(&path, orders)
}

/// What is supervised, as a configuration names it.
fn texts(sayer: &Path, orders: &Orders, namespaces: Option<&[OsString]>) -> Result<Vec<String>> {
    let text =
        |word: OsString| word.into_string().map_err(|word| format!("no text: {}", word.display()).into());
    words(sayer, orders, namespaces)?.into_iter().map(text).collect()
}

impl Supervisord {
    pub(crate) fn start(
        programs: &Programs,
        folder: &Path,
        services: usize,
        namespaces: Option<&[OsString]>,
    ) -> Result<Self> {
        let services = all(folder, services)?;
        let place = folder.display();
        let mut text = format!(
            "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={place}/pid\nchildlogdir={place}\n"
        );
        for (number, (path, orders)) in services.iter().enumerate() {
            let words = texts(&programs.sayer, orders, namespaces)?;
            let (command, path) = (words.join(" "), path.display());
            writeln!(
                text,
                "[program:sayer-{number}]\ncommand={command}\nautorestart=true\nstartsecs=0\n\
                 stdout_logfile={path}\nstdout_logfile_maxbytes=0"
            )?;
        }
        let config = folder.join("supervisord.conf");
        put(&config, &text)?;
        let child = command(&programs.supervisord).arg("-c").arg(&config).spawn()?;
        Ok(Self { child, log: first(services)? })
    }
}

impl Supervisor for Supervisord {
    fn kill(&mut self) -> Result<f64> {
        self.log.kill()
    }
    fn take(&mut self, lines: u32) -> Result<f64> {
        self.log.take(lines)
    }
    fn flood(&mut self, lines: u32) -> Result<f64> {
        self.log.flood(lines)
    }
    fn processes(&self) -> Result<Vec<u32>> {
        Ok(vec![self.child.id()])
    }
}

impl Drop for Supervisord {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

impl Pm2 {
    pub(crate) fn start(
        programs: &Programs,
        folder: &Path,
        services: usize,
        namespaces: Option<&[OsString]>,
    ) -> Result<Self> {
        let services = all(folder, services)?;
        let app = |(number, (path, orders)): (usize, &(PathBuf, Orders))| {
            let words = texts(&programs.sayer, orders, namespaces)?;
            Ok(serde_json::json!({
                "name": format!("sayer-{number}"), "script": words[0], "args": words[1..],
                "interpreter": "none", "exec_mode": "fork", "cwd": folder, "out_file": path,
                "error_file": "/dev/null", "merge_logs": true, "autorestart": true, "min_uptime": 0,
                "max_restarts": 1_000_000_000, "restart_delay": 0, "vizion": false, "pmx": false,
            }))
        };
        let apps: Vec<_> = services.iter().enumerate().map(app).collect::<Result<_>>()?;
        let config = folder.join("apps.json");
        put(&config, &serde_json::json!({ "apps": apps }).to_string())?;
        let (program, folder) = (programs.pm2.clone(), folder.to_owned());
        let ask = |words: &[&std::ffi::OsStr]| pm2(&program, &folder, words);
        ask(&["start".as_ref(), config.as_ref()])?;
        let log = first(services);
        if log.is_err() {
            ask(&["kill".as_ref()])?;
        }
        Ok(Self { program, folder, log: log? })
    }
}

fn pm2(program: &Path, folder: &Path, words: &[&std::ffi::OsStr]) -> Result<()> {
    let mut command = command(program);
    command.args(words).env("PM2_HOME", folder.join("pm2")).env("PM2_DISABLE_VERSION_CHECK", "true");
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("pm2 {words:?}: {status}").into()) }
}

impl Supervisor for Pm2 {
    fn kill(&mut self) -> Result<f64> {
        self.log.kill()
    }
    fn take(&mut self, lines: u32) -> Result<f64> {
        self.log.take(lines)
    }
    fn flood(&mut self, lines: u32) -> Result<f64> {
        self.log.flood(lines)
    }
    fn processes(&self) -> Result<Vec<u32>> {
        Ok(vec![std::fs::read_to_string(self.folder.join("pm2/pm2.pid"))?.trim().parse()?])
    }
}

impl Drop for Pm2 {
    fn drop(&mut self) {
        let _ = pm2(&self.program, &self.folder, &["kill".as_ref()]);
    }
}
