//! The limit: fork, exec and a read of the pipe, and nothing else; also in the namespaces that ours has.

use super::log::{Orders, word_of};
use super::{Programs, Result, Supervisor};
use rustix::process::{Signal, kill_process};
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

pub(crate) struct Bare {
    sayer: PathBuf,
    child: Child,
    output: ChildStdout,
    orders: Orders,
    /// What gives it namespaces, with all its words.
    namespaces: Option<Vec<OsString>>,
    /// Where it writes what it reads, too.
    file: Option<File>,
}

/// The words that start it, with namespaces by those of `bwrap` that ours has.
pub(crate) fn words(sayer: &Path, orders: &Orders, namespaces: Option<&[OsString]>) -> Result<Vec<OsString>> {
    let mut words = namespaces.map(<[_]>::to_vec).unwrap_or_default();
    if !words.is_empty() {
        // Where ours sees its data it sees these orders; the rest is what ours has.
        let own = orders.path().parent().ok_or("a file in a folder")?;
        let at = words.iter().position(|word| word == "--remount-ro").unwrap_or(words.len());
        words.splice(at..at, ["--bind".into(), own.into(), own.into()]);
        words.push("--".into());
    }
    words.extend([sayer.into(), orders.path().into()]);
    Ok(words)
}

#[expect(clippy::disallowed_methods, reason = "what the runtime is measured by")]
fn spawn(sayer: &Path, orders: &Orders, namespaces: Option<&[OsString]>) -> Result<(Child, ChildStdout)> {
    let words = words(sayer, orders, namespaces)?;
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or("no pipe")?;
    Ok((child, output))
}

impl Bare {
    pub(crate) fn start(
        programs: &Programs,
        folder: &Path,
        file: Option<&str>,
        namespaces: Option<Vec<OsString>>,
    ) -> Result<Self> {
        let orders = Orders::new(&folder.join("orders"))?;
        let (child, output) = spawn(&programs.sayer, &orders, namespaces.as_deref())?;
        let file = file.map(|name| File::create(folder.join(name))).transpose()?;
        let mut bare = Self { sayer: programs.sayer.clone(), child, output, orders, namespaces, file };
        bare.first_word()?;
        Ok(bare)
    }

    fn first_word(&mut self) -> Result<()> {
        let mut said = Vec::new();
        while !said.ends_with(b"\n") {
            let mut chunk = [0; 64];
            let count = self.output.read(&mut chunk)?;
            if count == 0 {
                return Err("it says nothing".into());
            }
            said.extend_from_slice(&chunk[..count]);
            if let Some(file) = &mut self.file {
                file.write_all(&chunk[..count])?;
            }
        }
        Ok(())
    }

    /// Reads so many lines, and counts them.
    fn read(&mut self, lines: u32) -> Result<()> {
        let mut chunk = vec![0; 64 << 10];
        let mut left = lines as usize;
        while left > 0 {
            let count = self.output.read(&mut chunk)?;
            let chunk = &chunk[..count];
            left -= chunk.iter().map(|byte| usize::from(*byte == b'\n')).sum::<usize>();
            if let Some(file) = &mut self.file {
                file.write_all(chunk)?;
            }
        }
        Ok(())
    }
}

impl Supervisor for Bare {
    fn kill(&mut self) -> Result<f64> {
        let pid = self.orders.who_hears()?;
        let begun = Instant::now();
        kill_process(pid, Signal::KILL)?;
        self.child.wait()?;
        (self.child, self.output) = spawn(&self.sayer, &self.orders, self.namespaces.as_deref())?;
        self.first_word()?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    fn take(&mut self, lines: u32) -> Result<f64> {
        let word = word_of(lines);
        let mut pipe = self.orders.open()?;
        let begun = Instant::now();
        writeln!(pipe, "{lines} {word}")?;
        drop(pipe);
        self.read(lines)?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    fn flood(&mut self, lines: u32) -> Result<f64> {
        self.take(lines)
    }

    fn processes(&self) -> Result<Vec<u32>> {
        Ok(Vec::new())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
