//! Servers that mean harm, or are broken: each ends in a typed error, or makes no difference.

use super::{BODY, Code, Digest, Place, SIZE, Server, SourceUrl, answer, fetched, part_of, wanted, whole};
use crate::fetch::{Authorization, Wanted};
use async_trait::async_trait;
use las_types::{Failure, Secret, SecretHandle, SecretHeader, Secrets, WebOrigin};
use std::io::Write as _;
use std::time::Duration;

async fn code(answers: Vec<Vec<u8>>) -> Code {
    let place = Place::new();
    let code = place.fetch(&[Server::with(answers).url()]).await.unwrap_err().code;
    assert!(
        code == Code::FetchFailed || place.left().is_empty() || code == Code::FetchRange,
        "{:?}",
        place.left()
    );
    code
}

/// The beginning, and then the connection breaks.
fn begun() -> Vec<u8> {
    answer("200 OK", SIZE, "", &BODY[..10])
}

#[tokio::test]
async fn a_server_without_parts_gives_the_whole_again() {
    // It takes no notice, or refuses the question; either way what is there is passed over.
    for refusal in
        [None, Some("416 Range Not Satisfiable"), Some("501 Not Implemented"), Some("400 Bad Request")]
    {
        let server = Server::new(move |asked, stream| {
            stream.write_all(&match (asked.number, asked.from, refusal) {
                (0, ..) => begun(),
                (_, Some(_), Some(refusal)) => answer(refusal, 0, "", b""),
                _ => whole(),
            })
        });
        assert_eq!(fetched(&[server.url()]).await.unwrap(), BODY, "{refusal:?}");
    }
}

#[tokio::test]
async fn a_part_that_was_not_asked_for_is_refused() {
    for range in [
        "bytes 11-35/36",
        "bytes 10-36/36",
        "bytes 10-9/36",
        "bytes 0-5/36",
        "bytes */36",
        "bytes x-35/36",
        "10-35/36",
        "",
    ] {
        let part = answer("206 Partial Content", 26, &format!("Content-Range: {range}\r\n"), &BODY[10..]);
        assert_eq!(code(vec![begun(), part]).await, Code::FetchRange, "{range}");
    }
    // A length that contradicts the range.
    let part = answer("206 Partial Content", 30, "Content-Range: bytes 10-35/36\r\n", &BODY[10..]);
    assert_eq!(code(vec![begun(), part]).await, Code::FetchRange);
    // A part of a file of another size.
    let part = answer("206 Partial Content", 26, "Content-Range: bytes 10-35/40\r\n", &BODY[10..]);
    assert_eq!(code_of_size(vec![begun(), part]).await, Code::FetchSize);
}

async fn code_of_size(answers: Vec<Vec<u8>>) -> Code {
    Place::new().fetch(&[Server::with(answers).url()]).await.unwrap_err().code
}

#[tokio::test]
async fn a_file_of_another_length_is_refused_before_a_byte_is_written() {
    for length in [0, 35, 37, 1 << 40] {
        assert_eq!(code_of_size(vec![answer("200 OK", length, "", b"")]).await, Code::FetchSize, "{length}");
    }
}

#[tokio::test]
async fn a_body_without_an_end_is_given_up_where_the_file_ends() {
    let endless = |head: &'static str, chunked: bool| {
        Server::new(move |_, stream| {
            write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n")?;
            loop {
                if chunked { stream.write_all(b"4\r\nxxxx\r\n")? } else { stream.write_all(&[b'x'; 64])? }
            }
        })
    };
    for server in [endless("Transfer-Encoding: chunked\r\n", true), endless("Connection: close\r\n", false)] {
        let place = Place::new();
        let failure = place.fetch(&[server.url()]).await.unwrap_err();
        assert_eq!(failure.code, Code::FetchSize, "{failure}");
        assert!(place.left().is_empty());
    }
    // The right bytes and more: not even those are taken from it.
    let more = Server::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        stream.write_all(BODY)?;
        stream.flush()?;
        stream.write_all(b"more")
    });
    let place = Place::new();
    assert_eq!(place.fetch(&[more.url()]).await.unwrap_err().code, Code::FetchSize);
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[more.url(), good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), [""]);
}

#[tokio::test]
async fn a_body_that_ends_early_without_a_word_is_told_by_its_size() {
    let short = Server::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        stream.write_all(&BODY[..20])
    });
    let failure = fetched(&[short.url()]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["said"]), (Code::FetchSize, "20 B"));
}

#[tokio::test]
async fn a_tag_that_flaps_makes_no_difference_to_a_file_with_a_digest() {
    let server = Server::new(|asked, stream| {
        let whole = part_of(BODY, asked, &format!("ETag: \"{}\"\r\n", asked.number));
        let length = whole.len() - BODY[asked.from.unwrap_or(0)..].len() + 9;
        stream.write_all(&whole[..length.min(whole.len())])
    });
    assert_eq!(fetched(&[server.url()]).await.unwrap(), BODY);
    assert_eq!(server.ranges(), ["", "9-", "18-", "27-"]);
}

#[tokio::test]
async fn a_tag_that_flaps_ends_a_file_without_a_digest() {
    // The whole each time, and never to its end.
    let server = Server::new(|asked, stream| {
        let whole = answer("200 OK", SIZE, &format!("ETag: \"{}\"\r\n", asked.number), BODY);
        stream.write_all(&whole[..whole.len() - 10])
    });
    let urls = [server.url()];
    let place = Place::new();
    let wanted = Wanted { binding: super::Binding::Tag(urls[0].clone()), ..wanted(&urls, &[]) };
    assert_eq!(place.want(&wanted).await.unwrap_err().code, Code::FetchChanged);
    assert!(place.left().is_empty());
}

#[tokio::test]
async fn a_server_that_drips_is_given_up_for_the_next() {
    let drips = Server::new(|_, stream| {
        stream.write_all(&answer("200 OK", SIZE, "", b""))?;
        for byte in BODY {
            stream.write_all(&[*byte])?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    });
    let mut place = Place::new();
    (place.limits.slow_after, place.limits.slow) = (Duration::from_millis(50), 20);
    assert_eq!(place.fetch(&[drips.url()]).await.unwrap_err().code, Code::FetchSlow);
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[drips.url(), good.url()]).await.unwrap(), BODY);
    // One that says nothing at all, and one that breaks after every byte.
    let mut place = Place::new();
    place.limits.silent = Duration::from_millis(30);
    let silent = Server::new(|_, stream| std::io::Read::read(stream, &mut [0]).map(drop));
    assert_eq!(place.fetch(&[silent.url()]).await.unwrap_err().code, Code::FetchFailed);
    let crumbs = Server::new(|asked, stream| {
        let part = part_of(BODY, asked, "");
        stream.write_all(&part[..=part.len() - SIZE + asked.from.unwrap_or(0)])
    });
    assert_eq!(place.fetch(&[crumbs.url()]).await.unwrap_err().code, Code::FetchFailed);
    assert_eq!(crumbs.ranges(), ["", "1-", "2-"]);
}

/// Sends on to there.
fn sends(to: &str) -> SourceUrl {
    let moved = answer("302 Found", 0, &format!("Location: {to}\r\n"), b"");
    Server::new(move |_, stream| stream.write_all(&moved)).url()
}

async fn sent_on(to: &str, redirects: &[&str]) -> Result<Digest, Failure> {
    let redirects: Vec<String> = redirects.iter().map(|host| (*host).to_owned()).collect();
    Ok(Place::new().want(&wanted(&[sends(to)], &redirects)).await?.digest)
}

#[tokio::test]
async fn an_address_sends_on_only_to_hosts_that_were_named() {
    let good = Server::good(BODY);
    assert_eq!(sent_on(good.url().as_str(), &[]).await.unwrap(), Digest::of(BODY));
    assert_eq!(sent_on(good.url_at("localhost").as_str(), &["localhost"]).await.unwrap(), Digest::of(BODY));
    assert_eq!(good.asked().len(), 2);
    let failure = sent_on(good.url_at("localhost").as_str(), &[]).await.unwrap_err();
    assert_eq!((failure.code, &*failure.args["to"]), (Code::FetchSentOn, "http://localhost"));
    let secret = format!("http://ada:word@127.0.0.1:{}/", good.address.port());
    for elsewhere in ["file:///etc/passwd", "gopher://127.0.0.1/", "/file.tar", "", &secret] {
        assert_eq!(sent_on(elsewhere, &[]).await.unwrap_err().code, Code::FetchSentOn, "{elsewhere}");
    }
    assert_eq!(good.asked().len(), 2);
}

#[tokio::test]
async fn an_address_of_the_internet_does_not_send_into_the_own_network() {
    // Here 127.0.0.1 stands for the internet, and whatever else for the own network.
    let canary = Server::at([127, 0, 0, 2], |asked, stream| stream.write_all(&part_of(BODY, asked, "")));
    for host in ["127.0.0.2", "2130706434", "0x7f.2", "127.2"] {
        let failure = sent_on(canary.url_at(host).as_str(), &["127.0.0.2"]).await.unwrap_err();
        assert_eq!((failure.code, &*failure.args["to"]), (Code::FetchPrivate, "127.0.0.2"), "{host}");
    }
    // A name is looked up where it is asked: one that leads inside is refused, too.
    let mut place = Place::new();
    place.limits.public = |address| address == std::net::IpAddr::from([127, 0, 0, 3]);
    let first = Server::at([127, 0, 0, 3], {
        let to = canary.url_at("localhost");
        move |_, stream| stream.write_all(&answer("302 Found", 0, &format!("Location: {to}\r\n"), b""))
    });
    let failure = place.want(&wanted(&[first.url()], &["localhost".to_owned()])).await.unwrap_err();
    assert_eq!(failure.code, Code::FetchPrivate, "{failure}");
    assert!(canary.asked().is_empty());
    // What the plan names itself may lie in the own network, and send on within it.
    let inside = Server::at([127, 0, 0, 2], {
        let to = canary.url();
        move |_, stream| stream.write_all(&answer("302 Found", 0, &format!("Location: {to}\r\n"), b""))
    });
    assert_eq!(fetched(&[inside.url()]).await.unwrap(), BODY);
}

/// Has one secret for one origin.
struct Kept(WebOrigin);

#[async_trait]
impl Secrets for Kept {
    async fn handle(&self, _: &WebOrigin) -> Result<Option<SecretHandle>, Failure> {
        Ok(None)
    }

    async fn reveal(&self, handle: &SecretHandle, origin: &WebOrigin) -> Result<Secret, Failure> {
        if *origin == self.0 {
            Ok(Secret::new(format!("word-of-{handle}")))
        } else {
            Err(las_types::secret_not_found(handle, origin))
        }
    }
}

/// `ada`'s secret in both ways in which hubs want one.
fn headers_for(origin: &WebOrigin) -> Vec<SecretHeader> {
    let header = |name: &str, before: &str| SecretHeader {
        name: name.to_owned(),
        before: before.to_owned(),
        secret: "ada".parse().unwrap(),
        origin: origin.clone(),
    };
    vec![header("authorization", "Bearer "), header("cookie", "m_session_id=")]
}

#[tokio::test]
async fn a_secret_goes_to_its_own_origin_and_no_further() {
    let good = Server::good(BODY);
    let first = Server::new({
        let to = good.url();
        move |_, stream| stream.write_all(&answer("302 Found", 0, &format!("Location: {to}\r\n"), b""))
    });
    let urls = [first.url()];
    let origin = WebOrigin::of(&urls[0]).unwrap();
    let (headers, kept) = (headers_for(&origin), Kept(origin));
    let authorization = Some(Authorization { headers: &headers, secrets: &kept });
    let wanted = Wanted { authorization, ..wanted(&urls, &[]) };
    assert!(!format!("{wanted:?}").contains("word-of"));
    Place::new().want(&wanted).await.unwrap();
    for told in ["authorization: bearer word-of-ada\r\n", "cookie: m_session_id=word-of-ada\r\n"] {
        assert!(first.asked()[0].contains(told), "{:?}", first.asked());
    }
    assert!(!good.asked()[0].contains("word-of-ada"), "{:?}", good.asked());
}

#[tokio::test]
async fn what_is_not_kept_any_more_ends_in_its_name_and_asks_nobody() {
    let good = Server::good(BODY);
    let urls = [good.url()];
    let headers = headers_for(&WebOrigin::of(&urls[0]).unwrap());
    let authorization = Some(Authorization { headers: &headers, secrets: &las_types::NoSecrets });
    let failure = Place::new().want(&Wanted { authorization, ..wanted(&urls, &[]) }).await.unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::SecretNotFound, "ada"));
    assert!(good.asked().is_empty(), "{:?}", good.asked());
}
