//! What a hub is asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The host that was asked, as the client named it.
    pub host: String,
    /// Its method.
    pub method: String,
    /// Its path, decoded.
    pub path: String,
    /// What follows the `?`, decoded; a name that stands there more than once has all its values.
    pub query: BTreeMap<String, Vec<String>>,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it stood in the request.
    pub target: String,
}

impl Asked {
    /// Reads one; none if the connection was closed before.
    pub(super) fn read(stream: &TcpStream) -> std::io::Result<Option<Self>> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut values = BTreeMap::<_, Vec<_>>::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            values.entry(decoded(name)).or_default().push(decoded(&value.replace('+', " ")));
        }
        Ok(Some(Self {
            host: headers.get("host").cloned().unwrap_or_default(),
            method: method.to_owned(),
            path: decoded(path),
            query: values,
            headers,
            target: target.to_owned(),
        }))
    }

    /// The token that it was sent with.
    pub fn token(&self) -> Option<&str> {
        self.headers.get("authorization")?.strip_prefix("Bearer ")
    }

    /// The first value of a name in the query.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.query.get(name)?.first().map(String::as_str)
    }

    /// The first and the last byte that it wants, as far as it says.
    pub(super) fn range(&self) -> Option<(usize, Option<usize>)> {
        let (from, to) = self.headers.get("range")?.strip_prefix("bytes=")?.split_once('-')?;
        Some((from.parse().ok()?, to.parse().ok()))
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let (b'%', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
