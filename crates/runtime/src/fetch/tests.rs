//! Fetching from files and from servers on loopback that do what a test says.

mod hostile;
mod resumed;

use super::{Beginning, Binding, Fetched, Limits, Pace, Wanted, fetch_within};
use crate::home::Home;
use las_types::{
    ByteSize, Code, Digest, Event, Failure, OperationId, Reporter, SourceUrl, StepContext, Timestamp,
};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const BODY: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const SIZE: usize = BODY.len();

#[derive(Default)]
struct Watching {
    cancelled: AtomicBool,
    told: Mutex<Vec<u64>>,
}

impl Reporter for Watching {
    fn progressed(&self, _: StepContext, done: ByteSize) {
        self.told.lock().unwrap().push(done.bytes());
    }
    fn happened(&self, _: Event) {}
    fn is_cancelled(&self, _: OperationId) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// What a request asks for.
#[derive(Clone, Copy)]
struct Asked {
    /// How many came before it.
    number: usize,
    /// The place it asks from, and the last one.
    from: Option<usize>,
    last: Option<usize>,
}

type Answers = dyn Fn(&Asked, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// Answers every connection as it is told; keeps what was asked.
struct Server {
    address: std::net::SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn at(
        host: [u8; 4],
        answers: impl Fn(&Asked, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::from(host), 0)).unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let (kept, answers): (_, Arc<Answers>) = (Arc::clone(&asked), Arc::new(answers));
        // Ends with the test.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answers) = (Arc::clone(&kept), Arc::clone(&answers));
                std::thread::spawn(move || {
                    // A client that has enough closes before the end.
                    let _ = stream.and_then(|stream| serve(stream, &kept, &*answers));
                });
            }
        });
        Self { address, asked }
    }

    fn new(answers: impl Fn(&Asked, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        Self::at([127, 0, 0, 1], answers)
    }

    /// One answer after the other, then none.
    fn with(answers: Vec<Vec<u8>>) -> Self {
        Self::new(move |asked, stream| stream.write_all(answers.get(asked.number).map_or(&[], |all| all)))
    }

    /// Has a file and gives parts of it.
    fn good(body: &'static [u8]) -> Self {
        Self::new(move |asked, stream| stream.write_all(&part_of(body, asked, "ETag: \"one\"\r\n")))
    }

    fn url(&self) -> SourceUrl {
        format!("http://{}/file.tar", self.address).parse().unwrap()
    }

    fn url_at(&self, host: &str) -> SourceUrl {
        format!("http://{host}:{}/file.tar", self.address.port()).parse().unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// What parts were asked for; empty for the whole.
    fn ranges(&self) -> Vec<String> {
        let range = |head: &String| {
            head.lines().find_map(|line| line.strip_prefix("range: bytes=")).unwrap_or_default().to_owned()
        };
        self.asked().iter().map(range).collect()
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<String>>, answers: &Answers) -> std::io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => request.extend(&buffer[..count]),
        }
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let range = head.lines().find_map(|line| line.strip_prefix("range: bytes=")?.split_once('-'));
    let (from, last) = range.map_or((None, None), |(from, last)| (from.parse().ok(), last.parse().ok()));
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(head);
        kept.len() - 1
    };
    answers(&Asked { number, from, last }, &mut stream)
}

/// An answer that says it has so many bytes and holds these.
fn answer(status: &str, length: usize, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn whole() -> Vec<u8> {
    answer("200 OK", SIZE, "", BODY)
}

/// What was asked for, as a good server gives it.
fn part_of(body: &[u8], asked: &Asked, headers: &str) -> Vec<u8> {
    let Some(from) = asked.from else { return answer("200 OK", body.len(), headers, body) };
    let last = asked.last.unwrap_or(body.len() - 1);
    let range = format!("{headers}Content-Range: bytes {from}-{last}/{}\r\n", body.len());
    answer("206 Partial Content", last + 1 - from, &range, &body[from..=last])
}

/// A data directory, and how patient it is: with servers for a moment, and the second address of loopback is a private one.
struct Place {
    folder: tempfile::TempDir,
    watching: Watching,
    limits: Limits,
    pace: Pace,
}

impl Place {
    fn new() -> Self {
        let limits = Limits {
            connected: Duration::from_secs(5),
            silent: Duration::from_secs(5),
            tries: 3,
            pause: Duration::from_millis(1),
            slow_after: Duration::from_secs(5),
            slow: 8,
            segment: 10,
            public: |address| address == IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let folder = tempfile::tempdir().unwrap();
        Self { folder, watching: Watching::default(), limits, pace: Pace::default() }
    }

    fn home(&self) -> Home {
        Home::open(self.folder.path().join("home")).unwrap()
    }

    async fn want(&self, wanted: &Wanted<'_>) -> Result<Fetched, Failure> {
        let context = StepContext { operation: OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]), step: 0 };
        fetch_within(&self.home(), wanted, &self.pace, self.limits, context, &self.watching).await
    }

    /// The body by its digest; its bytes, read again.
    async fn fetch(&self, urls: &[SourceUrl]) -> Result<Vec<u8>, Failure> {
        let fetched = self.want(&wanted(urls, &[])).await?;
        assert_eq!(fetched.digest, Digest::of(BODY));
        assert_eq!(self.watching.told.lock().unwrap().last(), Some(&(SIZE as u64)));
        Ok(std::fs::read(fetched.path).unwrap())
    }

    /// What lies there of files that are fetched.
    fn left(&self) -> Vec<PathBuf> {
        crate::blobs::children(&self.home().partial()).unwrap()
    }
}

fn wanted<'a>(urls: &'a [SourceUrl], redirects: &'a [String]) -> Wanted<'a> {
    let binding = Binding::Digest(Digest::of(BODY));
    Wanted {
        urls,
        redirects,
        size: ByteSize::new(SIZE as u64),
        binding,
        begins: Beginning::Any,
        authorization: None,
    }
}

/// In a new place.
async fn fetched(urls: &[SourceUrl]) -> Result<Vec<u8>, Failure> {
    Place::new().fetch(urls).await
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a file that is the test's own")]
async fn what_is_pinned_is_fetched_from_a_file_and_from_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.tar");
    std::fs::write(&path, BODY).unwrap();
    let file = SourceUrl::of_file(&path).unwrap();
    assert_eq!(fetched(std::slice::from_ref(&file)).await.unwrap(), BODY);
    std::fs::write(&path, b"short").unwrap();
    assert_eq!(fetched(&[file]).await.unwrap_err().code, Code::FetchSize);
    let server = Server::good(BODY);
    assert_eq!(fetched(&[server.url()]).await.unwrap(), BODY);
    assert!(server.asked()[0].starts_with("get /file.tar http/1.1\r\n"), "{:?}", server.asked());
}

#[tokio::test]
async fn a_mirror_is_asked_where_an_address_fails_or_has_something_else() {
    let gone = Server::with(vec![answer("404 Not Found", 0, "", b"")]);
    let short = Server::with(vec![answer("200 OK", 3, "", b"abc")]);
    let long = Server::with(vec![answer("200 OK", 1 << 30, "", &[b'x'; 4096])]);
    let other = Server::good(&[b'x'; SIZE]);
    let good = Server::good(BODY);
    let urls = [&gone, &short, &long, &other, &good].map(Server::url);
    assert_eq!(fetched(&urls).await.unwrap(), BODY);
    // Without one that has it, the last one's reason is told.
    let failure = fetched(&urls[..1]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["url"]), (Code::FetchFailed, gone.url().as_str()));
    let gone = Server::with(vec![answer("410 Gone", 0, "", b"")]);
    let failure = fetched(&[gone.url()]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["status"]), (Code::FetchRefused, "410"));
}

#[tokio::test]
async fn an_address_that_nobody_answers_is_told_with_its_reason() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/file.tar", listener.local_addr().unwrap()).parse().unwrap()
    };
    let place = Place::new();
    let failure = place.fetch(&[nobody]).await.unwrap_err();
    assert_eq!(failure.code, Code::FetchFailed);
    assert!(failure.args["detail"].contains("refused"), "{failure}");
    assert!(place.left().is_empty(), "nothing that could be gone on with is left: {:?}", place.left());
}

#[tokio::test]
async fn a_cancelled_operation_fetches_nothing_and_asks_no_mirror() {
    let (first, second) = (Server::good(BODY), Server::good(BODY));
    let place = Place::new();
    place.watching.cancelled.store(true, Ordering::Relaxed);
    let failure = place.fetch(&[first.url(), second.url()]).await.unwrap_err();
    assert_eq!(failure.code, Code::OperationCancelled);
    assert_eq!(first.asked().len() + second.asked().len(), 0);
}

#[tokio::test]
async fn a_cancellation_does_not_wait_for_a_server_that_says_nothing() {
    let silent = Server::new(|_, stream| {
        stream.write_all(&answer("200 OK", SIZE, "", &BODY[..5]))?;
        // Until the client has gone.
        stream.read(&mut [0]).map(drop)
    });
    let place = Arc::new(Place::new());
    let (other, url) = (Arc::clone(&place), silent.url());
    let fetching = tokio::spawn(async move { other.fetch(&[url]).await });
    while place.watching.told.lock().unwrap().last() != Some(&5) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    place.watching.cancelled.store(true, Ordering::Relaxed);
    assert_eq!(fetching.await.unwrap().unwrap_err().code, Code::OperationCancelled);
}
