//! What goes on where it was: over connections that break, over addresses, over runs.

use super::{
    Asked, BODY, Binding, Code, Digest, Place, SIZE, Server, SourceUrl, Wanted, answer, fetched, part_of,
    wanted, whole,
};
use crate::fetch::{forget, held, tidy};
use las_types::Timestamp;
use std::io::Write as _;

const TAG: &str = "ETag: \"one\"\r\n";

/// A server whose first answer breaks after so many bytes; after that a good one.
fn breaking(after: usize) -> Server {
    Server::new(move |asked, stream| {
        let whole = part_of(BODY, asked, TAG);
        let kept = if asked.number == 0 { whole.len() - SIZE + after } else { whole.len() };
        stream.write_all(&whole[..kept])
    })
}

/// A place in which a part of the body waits, because its only address had no more.
async fn with_part(after: usize) -> Place {
    let mut place = Place::new();
    let tries = std::mem::replace(&mut place.limits.tries, 1);
    let failure = place.fetch(&[breaking(after).url()]).await.unwrap_err();
    assert_eq!(failure.code, Code::FetchFailed);
    place.limits.tries = tries;
    place
}

#[tokio::test]
async fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let server = breaking(13);
    assert_eq!(fetched(&[server.url()]).await.unwrap(), BODY);
    assert_eq!(server.ranges(), ["", "13-"]);
    // A server that begins anew, or a little before: what was there already is not written twice.
    let before = |from: usize| {
        let range = format!("Content-Range: bytes {from}-35/36\r\n");
        answer("206 Partial Content", SIZE - from, &range, &BODY[from..])
    };
    for second in [whole(), before(4)] {
        let server = Server::with(vec![answer("200 OK", SIZE, "", &BODY[..10]), second]);
        assert_eq!(fetched(&[server.url()]).await.unwrap(), BODY);
    }
}

#[tokio::test]
async fn another_file_behind_a_broken_connection_is_not_put_together_with_the_first() {
    let broken = answer("200 OK", SIZE, "", &BODY[..10]);
    let other = answer("200 OK", SIZE, "", &[b'x'; 36]);
    let place = Place::new();
    let failure = place.fetch(&[Server::with(vec![broken, other]).url()]).await.unwrap_err();
    assert_eq!(failure.code, Code::ChecksumMismatch);
    assert!(place.left().is_empty());
}

#[tokio::test]
async fn the_next_run_goes_on_behind_the_last_byte_that_is_on_the_disk() {
    let place = with_part(23).await;
    let [part] = &held(&place.home()).unwrap()[..] else { panic!("one part") };
    assert_eq!((part.have.bytes(), part.size.bytes(), part.digest), (23, 36, Some(Digest::of(BODY))));
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), ["23-"]);
    // Whole and compared it waits for whoever wanted it, and is not asked for again.
    assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY);
    assert_eq!(good.asked().len(), 1);
    forget(&place.home(), Digest::of(BODY)).unwrap();
    assert!(place.left().is_empty());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "damages files of the test's own")]
async fn bytes_that_no_list_speaks_of_are_fetched_again() {
    // As a kill leaves it: written, and not said.
    let place = with_part(23).await;
    let part = place.home().root().join(&held(&place.home()).unwrap()[0].path);
    let mut bytes = std::fs::read(&part).unwrap();
    bytes.extend([0; 9]);
    std::fs::write(&part, &bytes).unwrap();
    // And a line that was torn.
    let list = part.with_extension("list");
    let text = std::fs::read(&list).unwrap();
    std::fs::write(&list, &text[..text.len() - 5]).unwrap();
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), ["20-"]);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "damages files of the test's own")]
async fn a_segment_that_is_not_what_was_written_is_fetched_again_alone() {
    for (at, range) in [(3, "0-9"), (12, "10-19"), (22, "20-22")] {
        let place = with_part(23).await;
        let part = place.home().root().join(&held(&place.home()).unwrap()[0].path);
        let mut bytes = std::fs::read(&part).unwrap();
        bytes[at] ^= 1;
        std::fs::write(&part, &bytes).unwrap();
        let good = Server::good(BODY);
        assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY, "{at}");
        assert_eq!(good.ranges(), [range, "23-"], "{at}");
    }
    // Cut shorter than the list says.
    let place = with_part(23).await;
    let part = place.home().root().join(&held(&place.home()).unwrap()[0].path);
    std::fs::write(&part, &BODY[..15]).unwrap();
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), ["10-19", "20-22", "23-"]);
}

#[tokio::test]
async fn the_next_mirror_goes_on_in_the_middle_of_a_file() {
    let first = Server::new(|asked, stream| {
        let whole = part_of(BODY, asked, TAG);
        stream.write_all(if asked.number == 0 { &whole[..whole.len() - 14] } else { b"" })
    });
    let second = Server::new(|asked, stream| stream.write_all(&part_of(BODY, asked, "ETag: \"other\"\r\n")));
    assert_eq!(fetched(&[first.url(), second.url()]).await.unwrap(), BODY);
    assert_eq!(second.ranges(), ["22-"]);
}

#[tokio::test]
async fn parts_of_two_files_are_told_apart_by_the_digest_and_each_mirror_is_asked_for_the_whole() {
    let other: &[u8] = &[b'x'; SIZE];
    let wrong = Server::new(move |asked, stream| {
        let whole = part_of(other, asked, "");
        stream.write_all(if asked.number == 0 { &whole[..whole.len() - 14] } else { b"" })
    });
    let good = Server::good(BODY);
    let place = Place::new();
    assert_eq!(place.fetch(&[wrong.url(), good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), ["22-", ""]);
    // The same over two runs.
    let mut place = Place::new();
    place.limits.tries = 1;
    let wrong = Server::with(vec![answer("200 OK", SIZE, "", &other[..15])]);
    place.fetch(&[wrong.url()]).await.unwrap_err();
    let good = Server::good(BODY);
    assert_eq!(place.fetch(&[good.url()]).await.unwrap(), BODY);
    assert_eq!(good.ranges(), ["15-", ""]);
}

/// The body without a published digest.
fn unpublished(urls: &[SourceUrl]) -> Wanted<'_> {
    let binding = Binding::Tag(urls[0].clone());
    Wanted { binding, ..wanted(urls, &[]) }
}

#[tokio::test]
async fn without_a_digest_the_tag_binds_the_parts_of_one_origin() {
    let server = breaking(13);
    let urls = [server.url()];
    let place = Place::new();
    let done = place.want(&unpublished(&urls)).await.unwrap();
    assert_eq!((done.digest, std::fs::read(done.path).unwrap()), (Digest::of(BODY), BODY.to_vec()));
    assert_eq!(server.ranges(), ["", "13-"]);
    assert!(server.asked()[1].contains("if-range: \"one\"\r\n"), "{:?}", server.asked());
    // Another origin begins anew, whatever its tag.
    let broken = Server::with(vec![answer("200 OK", SIZE, TAG, &BODY[..20])]);
    let good = Server::good(BODY);
    let place = Place::new();
    let urls = [broken.url(), good.url()];
    assert_eq!(place.want(&unpublished(&urls)).await.unwrap().digest, Digest::of(BODY));
    assert_eq!(good.ranges(), [""]);
}

#[tokio::test]
async fn without_a_digest_a_run_goes_on_with_the_origin_and_tag_of_the_one_before() {
    let mut place = Place::new();
    place.limits.tries = 1;
    let server = Server::new(|asked, stream| {
        let whole = part_of(BODY, asked, TAG);
        let changed = part_of(&[b'x'; SIZE], &Asked { from: None, ..*asked }, "ETag: \"two\"\r\n");
        stream.write_all(match asked.number {
            0 => &whole[..whole.len() - 14],
            1 => &whole[..whole.len() - 5],
            _ => &changed,
        })
    });
    let urls = [server.url()];
    assert_eq!(place.want(&unpublished(&urls)).await.unwrap_err().code, Code::FetchFailed);
    assert_eq!(place.want(&unpublished(&urls)).await.unwrap_err().code, Code::FetchFailed);
    // Now the origin has another file: it is that, as a whole.
    assert_eq!(place.want(&unpublished(&urls)).await.unwrap().digest, Digest::of(&[b'x'; SIZE]));
    assert_eq!(server.ranges(), ["", "22-", "31-"]);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "files of the test's own")]
async fn what_nobody_can_or_will_go_on_with_is_dropped_at_a_start() {
    let place = with_part(23).await;
    let home = place.home();
    let now = Timestamp::now();
    std::fs::write(home.partial().join("stranger"), b"x").unwrap();
    std::fs::write(home.partial().join(".new-something.list"), b"x").unwrap();
    tidy(&home, now).unwrap();
    assert_eq!(place.left().len(), 2, "the part and its list: {:?}", place.left());
    let later = now + std::time::Duration::from_hours(8 * 24);
    tidy(&home, later).unwrap();
    assert!(place.left().is_empty());
    // A list of nothing, as a kill right after the beginning leaves it.
    let head =
        super::super::journal::Head { size: 9, digest: Some(Digest::of(b"x")), origin: None, tag: None };
    let list = home.partial().join(Digest::of(b"x").hex()).with_extension("list");
    super::super::journal::Journal::begin(&list, &head, &[]).unwrap();
    tidy(&home, now).unwrap();
    assert!(place.left().is_empty());
    assert!(held(&home).unwrap().is_empty());
}
