//! A server of one large file that counts what it sends.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// How much is sent at once.
const PIECE: usize = 64 << 10;

struct State {
    body: Arc<[u8]>,
    /// Bytes of bodies that the system took.
    sent: AtomicU64,
    /// The places that were asked from.
    asked: Mutex<Vec<u64>>,
    /// It has nothing any more.
    gone: AtomicBool,
    ended: AtomicBool,
}

/// The server, for as long as it is kept.
pub(super) struct Server {
    address: std::net::SocketAddr,
    state: Arc<State>,
}

impl Server {
    pub(super) fn start(body: &Arc<[u8]>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            body: Arc::clone(body),
            sent: AtomicU64::new(0),
            asked: Mutex::default(),
            gone: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let kept = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if state.ended.load(Ordering::Relaxed) {
                    return;
                }
                let state = Arc::clone(&state);
                // Whoever is killed closes before the end.
                std::thread::spawn(move || stream.and_then(|stream| answer(stream, &state)));
            }
        });
        Self { address, state: kept }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/large.tar", self.address)
    }

    pub(super) fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::Relaxed)
    }

    /// The places that were asked from, since this was asked last.
    pub(super) fn take_asked(&self) -> Vec<u64> {
        std::mem::take(&mut self.state.asked.lock().unwrap())
    }

    pub(super) fn go(&self) {
        self.state.gone.store(true, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // So that it looks.
        let _ = TcpStream::connect(self.address);
    }
}

fn answer(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => request.extend(&buffer[..count]),
        }
    }
    if state.gone.load(Ordering::Relaxed) {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    let request = String::from_utf8_lossy(&request).to_lowercase();
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.split_once('-'));
    let (length, number) = (state.body.len(), |text: &str| text.parse::<usize>().ok());
    let from = range.and_then(|(from, _)| number(from)).unwrap_or(0).min(length);
    let end = range.and_then(|(_, last)| number(last)).map_or(length, |last| length.min(last + 1));
    state.asked.lock().unwrap().push(from as u64);
    let status = if range.is_some() { "206 Partial Content" } else { "200 OK" };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-range: bytes {from}-{}/{length}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        end.saturating_sub(1),
        end - from
    );
    stream.write_all(head.as_bytes())?;
    for piece in state.body[from..end].chunks(PIECE) {
        stream.write_all(piece)?;
        state.sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}
