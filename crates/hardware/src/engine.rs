//! Container engines, asked over their own sockets.

use crate::Roots;
use las_types::{Absence, ContainerEngine};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long all engines together may take to answer.
const PATIENCE: Duration = Duration::from_millis(300);
/// An answer is a few kilobytes.
const LONGEST_ANSWER: u64 = 256 * 1024;

/// Why a socket gave no engine, from the least to the most telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Refusal {
    Missing,
    Silent,
    Forbidden,
}

impl Refusal {
    const fn key(self) -> &'static str {
        match self {
            Self::Missing => "no-socket",
            Self::Silent => "no-answer",
            Self::Forbidden => "no-permission",
        }
    }
}

type Answer = Result<ContainerEngine, (Refusal, String)>;

/// The engines that answer, each socket once, and for each that doesn't the reason.
pub(crate) fn engines(roots: &Roots) -> (Vec<ContainerEngine>, Vec<Absence>) {
    let mut sockets = vec![
        ("docker", PathBuf::from("/var/run/docker.sock")),
        ("docker", PathBuf::from("/run/docker.sock")),
        ("podman", PathBuf::from("/run/podman/podman.sock")),
    ];
    if let Some(folder) = roots.runtime_dir() {
        sockets.push(("docker", folder.join("docker.sock")));
        sockets.push(("podman", folder.join("podman/podman.sock")));
    }
    // One socket often has two paths: /var/run is /run, and podman may stand in for docker.
    let mut seen = Vec::new();
    sockets.retain(|(_, socket)| match std::fs::canonicalize(roots.path(socket)) {
        Ok(real) if seen.contains(&real) => false,
        Ok(real) => {
            seen.push(real);
            true
        }
        Err(_) => true,
    });
    let mut found = Vec::new();
    let mut refused: Vec<(&str, Refusal, String)> = Vec::new();
    for ((part, socket), answer) in sockets.iter().zip(ask_all(roots, &sockets)) {
        match answer {
            Ok(engine) => found.push(engine),
            Err((reason, detail)) => refused.push((part, reason, format!("{}: {detail}", socket.display()))),
        }
    }
    let absent =
        ["docker", "podman"].into_iter().filter(|part| !found.iter().any(|engine| engine.name == *part));
    let absent = absent.map(|part| {
        let of_part = refused.iter().filter(|(name, ..)| *name == part);
        // Of several sockets, the one that came closest tells what to do.
        let (reason, detail) = match of_part.max_by_key(|(_, reason, _)| *reason) {
            Some((_, Refusal::Missing, _)) | None => (Refusal::Missing, None),
            Some((_, reason, detail)) => (*reason, Some(detail.clone())),
        };
        Absence { part: part.to_owned(), reason: reason.key().to_owned(), detail }
    });
    let absent = absent.collect();
    (found, absent)
}

/// Asks all at once. Connecting can block too (a full backlog), so each has a thread, which is
/// left behind when the time is over.
fn ask_all(roots: &Roots, sockets: &[(&str, PathBuf)]) -> Vec<Answer> {
    let late = || Err((Refusal::Silent, format!("{} ms", PATIENCE.as_millis())));
    let end = Instant::now() + PATIENCE;
    let (sender, receiver) = mpsc::channel();
    let mut answers: Vec<Answer> = Vec::new();
    let mut waiting = 0;
    for (place, (part, socket)) in sockets.iter().enumerate() {
        answers.push(late());
        let path = roots.path(socket);
        // The common case, without a thread: there is nothing.
        if let Err(error) = std::fs::symlink_metadata(&path) {
            answers[place] = Err((refusal(error.kind()), error.to_string()));
            continue;
        }
        let (sender, part, shown) = (sender.clone(), (*part).to_owned(), socket.display().to_string());
        waiting += 1;
        std::thread::spawn(move || sender.send((place, ask(&part, &shown, &path, end))));
    }
    while waiting > 0 {
        let Ok((place, answer)) = receiver.recv_timeout(end.saturating_duration_since(Instant::now())) else {
            break;
        };
        answers[place] = answer;
        waiting -= 1;
    }
    answers
}

fn refusal(kind: ErrorKind) -> Refusal {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Refusal::Missing,
        ErrorKind::PermissionDenied => Refusal::Forbidden,
        // Refused: the socket was left by an engine that ended.
        _ => Refusal::Silent,
    }
}

fn ask(part: &str, shown: &str, path: &Path, end: Instant) -> Answer {
    let failed = |error: std::io::Error| (refusal(error.kind()), error.to_string());
    let mut stream = UnixStream::connect(path).map_err(failed)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
    // HTTP/1.0: the answer is not chunked and ends with the connection.
    stream.write_all(b"GET /version HTTP/1.0\r\nHost: localhost\r\n\r\n").map_err(failed)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).map_err(failed)?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
        if answer.len() as u64 > LONGEST_ANSWER {
            return Err((Refusal::Silent, format!("> {LONGEST_ANSWER} B")));
        }
    }
    read_answer(part, shown, &answer)
}

fn read_answer(part: &str, shown: &str, answer: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(answer);
    let status = text.lines().next().unwrap_or_default().to_owned();
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let version = value["Version"].as_str().filter(|_| status.split(' ').nth(1) == Some("200"));
    let Some(version) = version else { return Err((Refusal::Silent, status)) };
    let components = value["Components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_podman = components.iter().any(|component| {
        component["Name"].as_str().is_some_and(|name| name.to_ascii_lowercase().contains("podman"))
    });
    let name = if is_podman { "podman" } else { part };
    Ok(ContainerEngine { name: name.to_owned(), version: version.to_owned(), socket: shown.to_owned() })
}
