//! A small HTTP/1.1 client: one request a connection, whole answers and server-sent events.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// No answer may keep a test waiting longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends requests to one address.
#[derive(Clone, Debug)]
pub struct Client {
    address: String,
    headers: BTreeMap<String, String>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
}

/// An answer event by event. Dropping it closes the connection.
pub struct Stream {
    body: Body,
    pending: Vec<u8>,
}

impl Client {
    /// Without a token.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            headers: BTreeMap::from([("host".to_owned(), address.to_owned())]),
        }
    }

    /// With this token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, BTreeMap<String, String>, Body) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", bytes.len());
        if body.is_some() {
            head += "content-type: application/json\r\n";
        }
        head.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(&bytes).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("no answer: {line:?}"));
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let framing = match (headers.get("transfer-encoding"), headers.get("content-length")) {
            (Some(coding), _) if coding == "chunked" => Framing::Chunked,
            (_, Some(length)) => Framing::Length(length.parse().unwrap()),
            _ => Framing::UntilClosed,
        };
        (status, headers, Body { reader, framing })
    }

    fn whole(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let (status, headers, mut rest) = self.send(method, path, body);
        let mut bytes = Vec::new();
        while let Some(part) = rest.part() {
            bytes.extend(part);
        }
        Answer { status, headers, body: String::from_utf8(bytes).unwrap() }
    }

    /// Any method, with or without a body.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.whole(method, path, body)
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.whole("GET", path, None)
    }

    /// POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.whole("POST", path, Some(body))
    }

    /// GET of an event stream.
    pub fn listen(&self, path: &str) -> Stream {
        let (status, _, body) = self.send("GET", path, None);
        assert_eq!(status, 200, "{path}");
        Stream { body, pending: Vec::new() }
    }

    /// POST that is answered by an event stream.
    #[track_caller]
    pub fn stream(&self, path: &str, request: &Value) -> Stream {
        let (status, _, mut body) = self.send("POST", path, Some(request));
        if status != 200 {
            let mut text = Vec::new();
            while let Some(part) = body.part() {
                text.extend(part);
            }
            panic!("{path}: {status} {}", String::from_utf8_lossy(&text));
        }
        Stream { body, pending: Vec::new() }
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as JSON of an answer that succeeded.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }
}

impl Iterator for Stream {
    type Item = String;

    /// The next `data:` payload, `[DONE]` included; none when the connection has ended.
    fn next(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data:") {
                    return Some(String::from_utf8_lossy(data).trim().to_owned());
                }
                continue;
            }
            self.pending.extend(self.body.part()?);
        }
    }
}

enum Framing {
    Chunked,
    Length(usize),
    UntilClosed,
}

struct Body {
    reader: BufReader<TcpStream>,
    framing: Framing,
}

impl Body {
    /// What comes next; none at the end, orderly or not.
    fn part(&mut self) -> Option<Vec<u8>> {
        match self.framing {
            Framing::Chunked => {
                let mut line = String::new();
                self.reader.read_line(&mut line).ok()?;
                let length = usize::from_str_radix(line.trim_end(), 16).ok()?;
                let mut part = vec![0; length + 2];
                self.reader.read_exact(&mut part).ok()?;
                part.truncate(length);
                (length > 0).then_some(part)
            }
            Framing::Length(0) => None,
            Framing::Length(length) => {
                self.framing = Framing::Length(0);
                let mut part = vec![0; length];
                self.reader.read_exact(&mut part).ok()?;
                Some(part)
            }
            Framing::UntilClosed => {
                let part = self.reader.fill_buf().ok()?.to_vec();
                self.reader.consume(part.len());
                (!part.is_empty()).then_some(part)
            }
        }
    }
}
