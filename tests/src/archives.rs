//! Archives and a place on loopback that they are fetched from.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A part of an archive.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// A program.
    Program(&'a str, &'a [u8]),
    /// A file.
    File(&'a str, &'a [u8]),
    /// A symbolic link and where it leads.
    Link(&'a str, &'a str),
}

/// A gzipped tar archive with these parts, under whatever names.
pub fn tar_gz(parts: &[Part<'_>]) -> Vec<u8> {
    let mut packed =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for part in parts {
        let mut header = tar::Header::new_gnu();
        header.set_mtime(0);
        let (name, mode, kind, content) = match part {
            Part::Program(name, content) => (name, 0o755, tar::EntryType::Regular, *content),
            Part::File(name, content) => (name, 0o644, tar::EntryType::Regular, *content),
            Part::Link(name, _) => (name, 0o777, tar::EntryType::Symlink, &[][..]),
        };
        if let Part::Link(_, target) = part {
            header.set_link_name_literal(target).unwrap();
        }
        // As it is, also where no builder would take it.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(mode);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_cksum();
        packed.append(&header, content).unwrap();
    }
    packed.into_inner().unwrap().finish().unwrap()
}

/// What is answered on a path.
#[derive(Clone, Debug)]
enum Reply {
    File(Arc<[u8]>),
    /// So many bytes of it, then the connection breaks; the whole rest when it is asked for.
    Broken(Arc<[u8]>, usize),
    /// Never more than so many bytes of it.
    Cut(Arc<[u8]>, usize),
    Moved(String),
}

/// A server of files on loopback, for as long as it is kept.
pub struct FileServer {
    address: std::net::SocketAddr,
    replies: Arc<Mutex<BTreeMap<String, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
}

impl FileServer {
    /// One that has nothing yet.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            replies: Arc::default(),
            asked: Arc::default(),
            ended: Arc::default(),
        };
        let (replies, asked, ended) =
            (Arc::clone(&server.replies), Arc::clone(&server.asked), Arc::clone(&server.ended));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                // A client that has enough closes before the end.
                let _ = stream.and_then(|stream| answer(stream, &replies, &asked));
            }
        });
        server
    }

    /// Where a path is.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    fn put(&self, path: &str, reply: Reply) -> String {
        self.replies.lock().unwrap().insert(format!("/{path}"), reply);
        self.url(path)
    }

    /// Has a file; gives its address.
    pub fn file(&self, path: &str, bytes: &[u8]) -> String {
        self.put(path, Reply::File(bytes.into()))
    }

    /// Has a file whose connection breaks once after so many bytes.
    pub fn broken(&self, path: &str, bytes: &[u8], after: usize) -> String {
        self.put(path, Reply::Broken(bytes.into(), after))
    }

    /// Has a file of which it never gives more than so many bytes: then the connection breaks.
    pub fn cut(&self, path: &str, bytes: &[u8], after: usize) -> String {
        self.put(path, Reply::Cut(bytes.into(), after))
    }

    /// Sends on.
    pub fn moved(&self, path: &str, to: &str) -> String {
        self.put(path, Reply::Moved(to.to_owned()))
    }

    /// The paths that were asked for, each with the range that was asked for behind a blank.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // So that it looks.
        let _ = TcpStream::connect(self.address);
    }
}

fn answer(
    mut stream: TcpStream,
    replies: &Mutex<BTreeMap<String, Reply>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        request.extend(&buffer[..count]);
    }
    let request = String::from_utf8_lossy(&request).to_lowercase();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let from: Option<usize> =
        request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
    asked.lock().unwrap().push(from.map_or_else(|| path.clone(), |from| format!("{path} {from}")));
    let reply = replies.lock().unwrap().get(&path).cloned();
    let head = |status: &str, more: &str, length: usize| {
        format!("HTTP/1.1 {status}\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n")
    };
    let (head, body) = match (reply, from) {
        (None, _) => (head("404 Not Found", "", 0), Vec::new()),
        (Some(Reply::Moved(to)), _) => (head("302 Found", &format!("location: {to}\r\n"), 0), Vec::new()),
        (Some(Reply::Cut(bytes, after)), from) => {
            let from = from.unwrap_or(0).min(after);
            let range = format!("content-range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
            (head("206 Partial Content", &range, bytes.len() - from), bytes[from..after].to_vec())
        }
        (Some(Reply::File(bytes) | Reply::Broken(bytes, _)), Some(from)) if from <= bytes.len() => {
            let range = format!("content-range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
            (head("206 Partial Content", &range, bytes.len() - from), bytes[from..].to_vec())
        }
        (Some(Reply::Broken(bytes, after)), _) => (head("200 OK", "", bytes.len()), bytes[..after].to_vec()),
        (Some(Reply::File(bytes)), _) => (head("200 OK", "", bytes.len()), bytes.to_vec()),
    };
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}
