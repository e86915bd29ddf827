//! A server of one file that costs as little as can be: the kernel sends it from its cache. It answers as Hugging Face does where
//! that makes a difference, too.

use super::Result;
use las_types::Digest;
use rustix::fs::sendfile;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

/// The server, until the process ends.
pub(crate) struct Server {
    address: std::net::SocketAddr,
    digest: Digest,
    size: u64,
    _file: tempfile::NamedTempFile,
}

impl Server {
    /// With a file of so many bytes, made in this folder, that doesn't repeat itself.
    pub(crate) fn start(folder: &Path, size: u64) -> Result<Self> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let (mut state, mut part) = (0x9e37_79b9_7f4a_7c15_u64, Vec::new());
        for _ in 0..size >> 20 {
            part.clear();
            while part.len() < 1 << 20 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                part.extend(state.to_le_bytes());
            }
            file.write_all(&part)?;
        }
        let digest = super::digest(file.path())?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let served = Arc::new(file.reopen()?);
        let tag = digest.hex();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, tag) = (Arc::clone(&served), tag.clone());
                // A client that has enough closes before the end.
                std::thread::spawn(move || answers(stream, &served, size, &tag));
            }
        });
        Ok(Self { address, digest, size, _file: file })
    }

    /// The file's address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/ada/large/resolve/main/large.bin", self.address)
    }

    /// Where Hugging Face's client finds it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

fn answers(mut stream: TcpStream, file: &File, size: u64, tag: &str) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut waiting = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let end = loop {
            if let Some(at) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                count => waiting.extend(&buffer[..count]),
            }
        };
        let request = String::from_utf8_lossy(&waiting[..end]).to_lowercase();
        waiting.drain(..end);
        let range = request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.split_once('-'));
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let from = range.and_then(|(from, _)| number(from)).unwrap_or(0).min(size);
        let end = range.and_then(|(_, last)| number(last)).map_or(size, |last| size.min(last + 1));
        let status = if range.is_some() { "206 Partial Content" } else { "200 OK" };
        let part =
            range.map_or_else(String::new, |_| format!("content-range: bytes {from}-{}/{size}\r\n", end - 1));
        let head = format!(
            "HTTP/1.1 {status}\r\n{part}accept-ranges: bytes\r\netag: \"{tag}\"\r\nx-repo-commit: {}\r\ncontent-length: {}\r\n\r\n",
            &tag[..40],
            end - from
        );
        stream.write_all(head.as_bytes())?;
        if request.starts_with("head ") {
            continue;
        }
        let mut at = from;
        while at < end {
            let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(1 << 20);
            if sendfile(&stream, file, Some(&mut at), most)? == 0 {
                return Ok(());
            }
        }
    }
}
