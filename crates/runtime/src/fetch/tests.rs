//! Fetching from files and from a server on loopback that does what a test says.

use super::{Wanted, fetch};
use crate::durable::Expected;
use las_types::{
    ByteSize, Code, Digest, Event, Failure, OperationId, Reporter, SourceUrl, StepContext, Timestamp,
};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

const BODY: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

struct Watching {
    cancelled: bool,
    told: Mutex<Vec<u64>>,
}

impl Reporter for Watching {
    fn progressed(&self, _: StepContext, done: ByteSize) {
        self.told.lock().unwrap().push(done.bytes());
    }
    fn happened(&self, _: Event) {}
    fn is_cancelled(&self, _: OperationId) -> bool {
        self.cancelled
    }
}

/// Answers one connection after the other, with what is listed; keeps what was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn with(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        // Ends with its last answer, or with the test.
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let mut request = Vec::new();
                let mut buffer = [0; 1024];
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut buffer) {
                        Ok(count) if count > 0 => request.extend(&buffer[..count]),
                        _ => break,
                    }
                }
                kept.lock().unwrap().push(String::from_utf8_lossy(&request).to_lowercase());
                // A client that has enough closes before the end.
                let _ = stream.write_all(&answer);
            }
        });
        Self { port, asked }
    }

    fn url(&self, host: &str) -> SourceUrl {
        format!("http://{host}:{}/file.tar", self.port).parse().unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// An answer that says it has so many bytes and holds these.
fn answer(status: &str, length: usize, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n")
            .into_bytes();
    answer.extend(body);
    answer
}

fn whole() -> Vec<u8> {
    answer("200 OK", BODY.len(), "", BODY)
}

async fn fetched(urls: &[SourceUrl], redirects: &[String]) -> Result<Vec<u8>, Failure> {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("fetched");
    let expected = Expected { digest: Digest::of(BODY), size: BODY.len() as u64 };
    let context = StepContext { operation: OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]), step: 0 };
    let watching = Watching { cancelled: false, told: Mutex::default() };
    fetch(Wanted { urls, redirects, expected }, &to, context, &watching).await?;
    assert_eq!(watching.told.into_inner().unwrap().last(), Some(&expected.size));
    Ok(std::fs::read(&to).unwrap())
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a file that is the test's own")]
async fn what_is_pinned_is_fetched_from_a_file_and_from_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.tar");
    std::fs::write(&path, BODY).unwrap();
    let file: SourceUrl = format!("file://{}", path.display()).parse().unwrap();
    assert_eq!(fetched(&[file], &[]).await.unwrap(), BODY);
    let server = Server::with(vec![whole()]);
    assert_eq!(fetched(&[server.url("127.0.0.1")], &[]).await.unwrap(), BODY);
    assert!(server.asked()[0].starts_with("get /file.tar http/1.1\r\n"), "{:?}", server.asked());
}

#[tokio::test]
async fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let tag = "ETag: \"one\"\r\n";
    let broken = answer("200 OK", BODY.len(), tag, &BODY[..10]);
    let rest = |from: usize| {
        let range = format!("{tag}Content-Range: bytes {from}-35/36\r\n");
        answer("206 Partial Content", BODY.len() - from, &range, &BODY[from..])
    };
    let server = Server::with(vec![broken.clone(), rest(10)]);
    assert_eq!(fetched(&[server.url("127.0.0.1")], &[]).await.unwrap(), BODY);
    let asked = server.asked();
    assert!(!asked[0].contains("range:"), "{asked:?}");
    assert!(
        asked[1].contains("range: bytes=10-\r\n") && asked[1].contains("if-range: \"one\"\r\n"),
        "{asked:?}"
    );
    // A server that begins anew, or a little before: what was there already is not written twice.
    for second in [whole(), rest(4)] {
        let server = Server::with(vec![broken.clone(), second]);
        assert_eq!(fetched(&[server.url("127.0.0.1")], &[]).await.unwrap(), BODY);
    }
}

#[tokio::test]
async fn another_file_behind_a_broken_connection_is_not_put_together_with_the_first() {
    let broken = answer("200 OK", BODY.len(), "", &BODY[..10]);
    let other = answer("200 OK", BODY.len(), "", &[b'x'; 36]);
    let failure = fetched(&[Server::with(vec![broken, other]).url("127.0.0.1")], &[]).await.unwrap_err();
    assert_eq!(failure.code, Code::ChecksumMismatch);
}

#[tokio::test]
async fn a_mirror_is_asked_where_an_address_fails_or_has_something_else() {
    let gone = Server::with(vec![answer("404 Not Found", 0, "", b"")]);
    let other = Server::with(vec![answer("200 OK", 3, "", b"abc")]);
    let long = Server::with(vec![answer("200 OK", 1 << 30, "", &[b'x'; 4096])]);
    let good = Server::with(vec![whole()]);
    let urls = [&gone, &other, &long, &good].map(|server| server.url("127.0.0.1"));
    assert_eq!(fetched(&urls, &[]).await.unwrap(), BODY);
    // Without one that has it, the last one's reason is told.
    let gone = Server::with(vec![answer("410 Gone", 0, "", b"")]);
    let failure = fetched(&[gone.url("127.0.0.1")], &[]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["status"]), (Code::FetchRefused, "410"));
}

#[tokio::test]
async fn an_address_sends_on_only_to_hosts_that_were_named() {
    let good = Server::with(vec![whole(), whole()]);
    let to = |host: &str| format!("Location: http://{host}:{}/other\r\n", good.port);
    let sends = |host: &str| Server::with(vec![answer("302 Found", 0, &to(host), b"")]).url("127.0.0.1");
    assert_eq!(fetched(&[sends("127.0.0.1")], &[]).await.unwrap(), BODY);
    assert_eq!(fetched(&[sends("localhost")], &["localhost".to_owned()]).await.unwrap(), BODY);
    assert_eq!(good.asked().len(), 2);
    let failure = fetched(&[sends("localhost")], &[]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["to"]), (Code::FetchSentOn, "http://localhost"));
    let elsewhere = Server::with(vec![answer("302 Found", 0, "Location: file:///etc/passwd\r\n", b"")]);
    assert_eq!(fetched(&[elsewhere.url("127.0.0.1")], &[]).await.unwrap_err().code, Code::FetchSentOn);
    let around = Server::with(vec![answer("302 Found", 0, "Location: /file.tar\r\n", b""); 8]);
    assert_eq!(fetched(&[around.url("127.0.0.1")], &[]).await.unwrap_err().code, Code::FetchSentOn);
    assert_eq!(good.asked().len(), 2);
}

#[tokio::test]
async fn an_address_that_nobody_answers_is_told_with_its_reason() {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/file.tar", listener.local_addr().unwrap()).parse().unwrap()
    };
    let failure = fetched(&[nobody], &[]).await.unwrap_err();
    assert_eq!(failure.code, Code::FetchFailed);
    assert!(failure.args["detail"].contains("refused"), "{failure}");
}

#[tokio::test]
async fn a_cancelled_operation_fetches_nothing_and_asks_no_mirror() {
    let (first, second) = (Server::with(vec![whole()]), Server::with(vec![whole()]));
    let home = tempfile::tempdir().unwrap();
    let urls = [first.url("127.0.0.1"), second.url("127.0.0.1")];
    let expected = Expected { digest: Digest::of(BODY), size: BODY.len() as u64 };
    let context = StepContext { operation: OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]), step: 0 };
    let watching = Watching { cancelled: true, told: Mutex::default() };
    let wanted = Wanted { urls: &urls, redirects: &[], expected };
    let failure = fetch(wanted, &home.path().join("fetched"), context, &watching).await.unwrap_err();
    assert_eq!(failure.code, Code::OperationCancelled);
    assert_eq!(second.asked().len(), 0);
}
