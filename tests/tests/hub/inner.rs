//! Row S10: no address that a stranger names leads into this machine or its network.

use super::{both, code, hub, hugging_face, model_scope};
use las_hub::{HuggingFace, PlainUrl, no_secrets};
use las_tests::{Fault, FileServer, LET_IN};
use las_types::{Code, Digest, ModelQuery, ModelSource as _, SourceUrl};

/// Ways of writing the canary's address. `localhost` stands for any name whose answer is an address within.
fn written(port: &str) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.1.",
        "１２７.０.０.１",
    ];
    hosts.iter().map(|host| format!("http://{host}:{port}/canary.gguf")).collect()
}

fn canary() -> (FileServer, String) {
    let canary = FileServer::start();
    let url = canary.file("canary.gguf", b"canary");
    let port = url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    (canary, port)
}

#[tokio::test]
async fn an_address_that_leads_within_is_refused_and_nothing_is_asked_there() {
    let (canary, port) = canary();
    for address in written(&port) {
        // What is no address at all has been refused already.
        let Ok(url) = address.parse::<SourceUrl>() else { continue };
        let source = PlainUrl::new("url".parse().unwrap(), url, Digest::of(b""), [], no_secrets());
        let source = source.unwrap_or_else(|failure| panic!("{address}: {failure}"));
        let found = source.search(&ModelQuery::default()).await.unwrap().models.remove(0);
        assert_eq!(code(source.show(&found.id, None).await), Code::AddressInner, "{address}");
    }
    for scheme in ["gopher", "ftp", "dict", "ldap", "data", "jar"] {
        assert!(format!("{scheme}://127.0.0.1:{port}/canary.gguf").parse::<SourceUrl>().is_err(), "{scheme}");
    }
    assert_eq!(canary.asked(), [""; 0]);
}

#[tokio::test]
async fn a_hub_that_sends_on_within_is_not_followed() {
    let (canary, port) = canary();
    let (_folder, hub) = hub();
    let (tiny, file) = ("tiny-org/Tiny-GGUF".parse().unwrap(), "tiny.gguf".parse().unwrap());
    let mut addresses = written(&port);
    addresses.extend(
        ["file:///etc/passwd", "gopher://127.0.0.1/", "http://169.254.169.254/latest/"].map(str::to_owned),
    );
    for address in addresses {
        for (source, branch) in both(&hub, Some(LET_IN)) {
            hub.faults([Fault::FilesSentOn(address.clone())]);
            let located = source.locate(&tiny, &branch.parse().unwrap(), &file).await;
            let refused = code(located);
            assert!(matches!(refused, Code::AddressInner | Code::HubAnswerInvalid), "{address}: {refused}");
            hub.faults([Fault::SentOn(address.clone())]);
            let shown = code(source.show(&tiny, None).await);
            assert!(matches!(shown, Code::HubSentOn | Code::HubAnswerInvalid), "{address}: {shown}");
            let found = code(source.search(&ModelQuery::default()).await);
            assert!(matches!(found, Code::HubSentOn | Code::HubAnswerInvalid), "{address}: {found}");
        }
    }
    assert_eq!(canary.asked(), [""; 0]);
}

#[tokio::test]
async fn a_next_page_on_another_origin_gets_no_token_and_no_question() {
    let (canary, port) = canary();
    let (_folder, hub) = hub();
    hub.faults([Fault::NextPageAt(format!("http://127.0.0.1:{port}/canary.gguf?cursor=2"))]);
    let query = ModelQuery { limit: 2, ..ModelQuery::default() };
    assert_eq!(code(hugging_face(&hub, Some(LET_IN)).search(&query).await), Code::HubSentOn);
    assert_eq!(canary.asked(), [""; 0]);
}

/// Row S16, as far as it is the sources': a token goes to its origin and stands nowhere else.
#[tokio::test]
async fn a_token_is_sent_to_its_own_origin_alone_and_stands_in_no_failure() {
    let (_folder, own) = hub();
    let (_other_folder, other) = hub();
    let tiny = "tiny-org/Tiny-GGUF".parse().unwrap();
    let file = "tiny.gguf".parse().unwrap();
    let mut failures = Vec::new();
    for (source, branch) in both(&own, Some(LET_IN)) {
        source.locate(&tiny, &branch.parse().unwrap(), &file).await.unwrap();
        own.faults([Fault::SentOn(other.endpoint())]);
        failures.push(source.show(&tiny, None).await.unwrap_err());
        for fault in [Fault::Status(500), Fault::Limited(1), Fault::Body("x".to_owned()), Fault::Status(401)]
        {
            own.faults([fault]);
            failures.push(source.show(&tiny, None).await.unwrap_err());
        }
        own.faults([]);
    }
    // A token for another origin is not that of this one.
    let (name, endpoint) = ("other".parse().unwrap(), other.endpoint().parse().unwrap());
    let source = HuggingFace::new(name, &endpoint, super::secrets(&own, Some(LET_IN))).unwrap();
    source.show(&tiny, None).await.unwrap();
    assert!(other.asked().iter().all(|asked| !format!("{asked:?}").contains(LET_IN)));
    assert!(own.asked().iter().any(|asked| asked.token() == Some(LET_IN)));
    assert!(own.asked().iter().all(|asked| !asked.target.contains(LET_IN)));
    // What no header can hold is sent nowhere.
    let broken = model_scope(&own, Some("a\r\nx-evil: 1")).show(&tiny, None).await.unwrap_err();
    assert_eq!(broken.code, Code::HubTokenRefused);
    failures.push(broken);
    for failure in failures {
        assert!(!format!("{failure:?} {failure}").contains(LET_IN), "{failure:?}");
    }
}
