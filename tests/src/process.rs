//! One run of a program: what it said and how it ended.

use las_i18n::Words;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(2);
const PACE: Duration = Duration::from_millis(5);

/// A program that was started and not waited for.
pub struct Begun {
    command: String,
    child: Child,
    stdout: std::thread::JoinHandle<String>,
    stderr: std::thread::JoinHandle<String>,
}

impl Begun {
    /// Starts a command.
    pub fn start(command: Command) -> Self {
        Self::start_with(command, Stdio::null())
    }

    fn start_with(mut command: Command, input: Stdio) -> Self {
        let typed = format!("{command:?}");
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{typed}: {error}"));
        let stdout = reader(child.stdout.take().unwrap());
        let stderr = reader(child.stderr.take().unwrap());
        Self { command: typed, child, stdout, stderr }
    }

    /// Starts a command with this on its standard input.
    pub fn fed(command: Command, input: &str) -> Self {
        let mut begun = Self::start_with(command, Stdio::piped());
        let mut stdin = begun.child.stdin.take().unwrap();
        // Who refuses what it was given before reading it may be gone.
        let _ = stdin.write_all(input.as_bytes());
        begun
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ran {
        let status = wait(&mut self.child, LIMIT);
        Ran {
            command: self.command,
            status,
            stdout: self.stdout.join().unwrap(),
            stderr: self.stderr.join().unwrap(),
        }
    }
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// What was typed.
    pub command: String,
    /// Its exit status; none if a signal ended it.
    pub status: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A stream that breaks ends with what came.
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for a child; ends it when the limit has passed.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if begun.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("process {} was ended after {} s", child.id(), limit.as_secs());
        }
        std::thread::sleep(PACE);
    }
}

impl Ran {
    /// Runs a command to its end.
    pub fn run(command: Command) -> Self {
        Begun::start(command).wait()
    }

    /// It ended with success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, Some(0), "{self}");
        self
    }

    /// It ended with this exit status.
    #[track_caller]
    pub fn status_is(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self}");
        self
    }

    /// It failed with this code and this exit status; asked with `--json`, so that the code is in the output. What is told of
    /// it in each language has nothing left open.
    #[track_caller]
    pub fn fails(self, code: &str, status: i32) -> Self {
        assert_eq!((self.code().as_deref(), self.status), (Some(code), Some(status)), "{self}");
        let last = self.json();
        let args = last.get("args").or_else(|| last.pointer("/failure/1")).cloned().unwrap_or_default();
        let args: BTreeMap<String, String> = serde_json::from_value(args).unwrap_or_default();
        for language in las_i18n::available() {
            let words = Words::for_user(Some(&language));
            let key = format!("error-{code}");
            let told = [Some(words.text_with(&key, &args)), words.attribute_with(&key, "remedy", &args)];
            assert!(!told.iter().flatten().any(|text| text.contains("{$")), "{told:?}: {self}");
        }
        self
    }

    /// Every JSON document on standard output.
    #[track_caller]
    pub fn documents(&self) -> Vec<Value> {
        let all = serde_json::Deserializer::from_str(&self.stdout).into_iter::<Value>();
        all.map(|one| one.unwrap_or_else(|error| panic!("{error}: {self}"))).collect()
    }

    /// The last JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.documents().pop().unwrap_or_else(|| panic!("no document: {self}"))
    }

    /// The code of the failure: an error's own, or the one that an operation ended with.
    #[track_caller]
    pub fn code(&self) -> Option<String> {
        let last = self.documents().pop()?;
        let code = last.get("code").or_else(|| last.pointer("/failure/0"))?;
        code.as_str().map(str::to_owned)
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\nstatus {:?}\nstdout:\n{}\nstderr:\n{}",
            self.command, self.status, self.stdout, self.stderr
        )
    }
}
