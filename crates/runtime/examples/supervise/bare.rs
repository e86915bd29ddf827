//! The limit: fork, exec and a read of the pipe, and nothing else.

use super::log::{Orders, word_of};
use super::{Programs, Result, Supervisor};
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
    /// Where it writes what it reads, too.
    file: Option<File>,
}

#[expect(clippy::disallowed_methods, reason = "what the runtime is measured by")]
fn spawn(sayer: &Path, orders: &Orders) -> Result<(Child, ChildStdout)> {
    let mut command = Command::new(sayer);
    command.arg(orders.path()).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or("no pipe")?;
    Ok((child, output))
}

impl Bare {
    pub(crate) fn start(programs: &Programs, folder: &Path, file: Option<&str>) -> Result<Self> {
        let orders = Orders::new(&folder.join("orders"))?;
        let (child, output) = spawn(&programs.sayer, &orders)?;
        let file = file.map(|name| File::create(folder.join(name))).transpose()?;
        let mut bare = Self { sayer: programs.sayer.clone(), child, output, orders, file };
        bare.first_word()?;
        Ok(bare)
    }

    fn first_word(&mut self) -> Result<()> {
        let mut said = Vec::new();
        while !said.ends_with(b"\n") {
            let mut chunk = [0; 64];
            let count = self.output.read(&mut chunk)?;
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
        let begun = Instant::now();
        self.child.kill()?;
        self.child.wait()?;
        (self.child, self.output) = spawn(&self.sayer, &self.orders)?;
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
