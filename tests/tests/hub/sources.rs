//! What the sources answer, and what their failures are called.

use super::{both, code, hub, hugging_face, model_scope};
use las_hub::{Catalogue, Directory, PlainUrl, no_secrets};
use las_tests::{Fault, FileServer, LET_IN, hub_repository, hub_sample, models};
use las_types::{
    ByteSize, Code, Digest, Gate, ModelQuery, ModelSource, RepositoryId, RepositoryPath, Revision,
    WeightsFormat,
};

fn id(text: &str) -> RepositoryId {
    text.parse().unwrap()
}

fn path(text: &str) -> RepositoryPath {
    text.parse().unwrap()
}

fn revision(text: &str) -> Revision {
    text.parse().unwrap()
}

fn words(words: &str) -> ModelQuery {
    ModelQuery { words: words.to_owned(), ..ModelQuery::default() }
}

async fn names(source: &dyn ModelSource, query: &ModelQuery) -> Vec<String> {
    source.search(query).await.unwrap().models.iter().map(|model| model.id.to_string()).collect()
}

#[tokio::test]
async fn models_are_found_by_words_task_format_and_licence() {
    let (_folder, hub) = hub();
    for (source, _) in both(&hub, None) {
        let source = source.as_ref();
        assert_eq!(names(source, &words("tiny")).await, ["tiny-org/Tiny-GGUF", "tiny-org/Tiny-Safetensors"]);
        assert_eq!(names(source, &words("TINY gguf")).await, ["tiny-org/Tiny-GGUF"]);
        let format = ModelQuery { format: Some(WeightsFormat::Gguf), ..words("tiny") };
        assert_eq!(names(source, &format).await, ["tiny-org/Tiny-GGUF"]);
        let licence = ModelQuery { licence: Some("mit".to_owned()), ..words("tiny") };
        assert_eq!(names(source, &licence).await, ["tiny-org/Tiny-Safetensors"]);
        let task = ModelQuery { task: Some("feature-extraction".to_owned()), ..words("") };
        assert_eq!(names(source, &task).await.len(), 7);
        assert_eq!(names(source, &words("nothing-like-it")).await, [""; 0]);
        // What is private is not told to whom it is none of.
        assert_eq!(names(source, &words("private")).await, [""; 0]);
    }
    for (source, _) in both(&hub, Some(LET_IN)) {
        assert_eq!(names(source.as_ref(), &words("private")).await, ["private-org/Private-GGUF"]);
        let found = source.search(&words("gated")).await.unwrap().models.remove(0);
        assert_eq!(found.gate, Gate::Request);
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_hold_each_model_once() {
    let (_folder, hub) = hub();
    for (source, _) in both(&hub, None) {
        let mut query = ModelQuery { limit: 3, ..words("many") };
        let mut all = Vec::new();
        loop {
            let page = source.search(&query).await.unwrap();
            assert!(page.models.len() <= 3);
            all.extend(page.models.into_iter().map(|model| model.id.to_string()));
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        all.sort();
        assert_eq!(all, (1..=7).map(|number| format!("many-org/Many-{number}")).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_repository_is_shown_with_its_files_sizes_and_digests() {
    let (_folder, hub) = hub();
    let gguf = models::small(7);
    for (source, branch) in both(&hub, None) {
        let shown = source.show(&id("tiny-org/Tiny-GGUF"), None).await.unwrap();
        assert_eq!(shown.revision.as_str(), branch);
        assert_eq!(shown.model.licence.as_deref(), Some("apache-2.0"));
        assert_eq!(shown.model.task.as_deref(), Some("text-generation"));
        assert_eq!(shown.model.formats, [WeightsFormat::Gguf]);
        assert_eq!(shown.model.downloads, Some(500));
        assert!(shown.model.changed.is_some());
        let file = shown.files.iter().find(|file| file.path == path("tiny.gguf")).unwrap();
        assert_eq!(file.size, Some(ByteSize::new(gguf.len() as u64)));
        assert_eq!(file.sha256, Some(Digest::of(&gguf)));
        let inner = source.show(&id("tiny-org/Tiny-Safetensors"), None).await.unwrap();
        assert!(inner.files.iter().any(|file| file.path == path("onnx/inner/model.onnx")));
    }
    let shown = hugging_face(&hub, None).show(&id("tiny-org/Tiny-GGUF"), None).await.unwrap();
    assert_eq!(shown.commit.unwrap().as_str(), hub.commit("tiny-org/Tiny-GGUF"));
    assert_eq!(shown.context, Some(256));
}

#[tokio::test]
async fn a_file_is_located_with_the_host_that_it_is_sent_on_to() {
    let (_folder, hub) = hub();
    let (gguf, tiny) = (models::small(7), id("tiny-org/Tiny-GGUF"));
    for (source, branch) in both(&hub, None) {
        let large = source.locate(&tiny, &revision(branch), &path("tiny.gguf")).await.unwrap();
        assert_eq!(large.sha256, Some(Digest::of(&gguf)));
        assert_eq!(large.size, Some(ByteSize::new(gguf.len() as u64)));
        assert_eq!(large.redirects, [hub.store_host()]);
        assert_eq!(large.headers, []);
        let small = source.locate(&tiny, &revision(branch), &path("config.json")).await.unwrap();
        assert_eq!(small.redirects, [""; 0]);
        assert_eq!(small.size, Some(ByteSize::new(39)));
    }
    // The address of a file names the commit, not the branch.
    let located =
        hugging_face(&hub, None).locate(&tiny, &revision("main"), &path("tiny.gguf")).await.unwrap();
    let commit = hub.commit("tiny-org/Tiny-GGUF");
    assert_eq!(
        located.url.as_str(),
        format!("{}/tiny-org/Tiny-GGUF/resolve/{commit}/tiny.gguf", hub.endpoint())
    );
    // Nothing was asked of the other host.
    assert!(hub.asked().iter().all(|asked| !asked.host.starts_with(&hub.store_host())));
}

#[tokio::test]
async fn what_is_not_there_has_a_name_for_each_kind() {
    let (_folder, hub) = hub();
    let (tiny, file) = (id("tiny-org/Tiny-GGUF"), path("tiny.gguf"));
    for (source, branch) in both(&hub, None) {
        assert_eq!(code(source.show(&id("no/such"), None).await), Code::ModelRepositoryNotFound);
        assert_eq!(code(source.show(&tiny, Some(&revision("v9"))).await), Code::ModelRevisionNotFound);
        assert_eq!(
            code(source.locate(&id("no/such"), &revision(branch), &file).await),
            Code::ModelRepositoryNotFound
        );
        assert_eq!(code(source.locate(&tiny, &revision("v9"), &file).await), Code::ModelRevisionNotFound);
        let absent = source.locate(&tiny, &revision(branch), &path("absent.gguf")).await.unwrap_err();
        assert_eq!(absent.code, Code::ModelFileNotFound);
        assert_eq!(absent.args["path"], "absent.gguf");
    }
}

#[tokio::test]
async fn gated_and_private_repositories_open_with_a_token_that_was_let_in() {
    let (_folder, hub) = hub();
    let (gated, private) = (id("gated-org/Gated-GGUF"), id("private-org/Private-GGUF"));
    for (token, reason) in [(None, "token"), (Some("hf_Stranger"), "access")] {
        for (source, branch) in both(&hub, token) {
            let failure = source.locate(&gated, &revision(branch), &path("gated.gguf")).await.unwrap_err();
            assert_eq!((failure.code, failure.args["reason"].as_str()), (Code::ModelGated, reason));
            assert_eq!(code(source.show(&private, None).await), Code::ModelRepositoryNotFound);
        }
    }
    for (source, branch) in both(&hub, Some(LET_IN)) {
        let located = source.locate(&gated, &revision(branch), &path("gated.gguf")).await.unwrap();
        assert_eq!(located.headers[0].secret.as_str(), "hub-token");
        assert_eq!(located.headers[0].origin.as_str(), hub.endpoint());
        assert!(!format!("{located:?}").contains(LET_IN));
        assert_eq!(source.show(&private, None).await.unwrap().model.gate, Gate::Private);
    }
    let refused = hugging_face(&hub, Some("hf_invalid")).show(&gated, None).await;
    assert_eq!(code(refused), Code::HubTokenRefused);
}

#[tokio::test]
async fn a_hub_that_fails_is_named_with_what_it_did() {
    let (_folder, hub) = hub();
    let tiny = id("tiny-org/Tiny-GGUF");
    for (source, _) in both(&hub, None) {
        hub.faults([Fault::Limited(17)]);
        let limited = source.search(&words("tiny")).await.unwrap_err();
        assert_eq!((limited.code, limited.args["seconds"].as_str()), (Code::HubLimited, "17"));
        hub.faults([Fault::Status(503)]);
        let refused = source.show(&tiny, None).await.unwrap_err();
        assert_eq!((refused.code, refused.args["status"].as_str()), (Code::HubRefused, "503"));
        for fault in [Fault::EndlessBody, Fault::Body("<html>".to_owned()), Fault::Body(String::new())] {
            hub.faults([fault.clone()]);
            assert_eq!(code(source.show(&tiny, None).await), Code::HubAnswerInvalid, "{fault:?}");
        }
        hub.faults([]);
    }
    let outside = r#"{"id": "tiny-org/Tiny-GGUF", "siblings": [{"rfilename": "../../../etc/cron.d/x"}]}"#;
    hub.faults([Fault::Body(outside.to_owned())]);
    assert_eq!(code(hugging_face(&hub, None).show(&tiny, None).await), Code::HubAnswerInvalid);
    let endpoint = hub.endpoint();
    let source = hugging_face(&hub, None);
    drop(hub);
    let gone = source.show(&tiny, None).await.unwrap_err();
    assert_eq!(gone.code, Code::HubUnreachable);
    assert!(gone.args["url"].starts_with(&endpoint));
}

#[tokio::test]
async fn a_revision_that_changes_is_another_commit_and_the_old_one_stays() {
    let (folder, hub) = hub();
    let (source, tiny) = (hugging_face(&hub, None), id("tiny-org/Tiny-GGUF"));
    let before = source.show(&tiny, None).await.unwrap().commit.unwrap();
    std::fs::write(folder.path().join("tiny-org/Tiny-GGUF/tiny.gguf"), models::small(99)).unwrap();
    hub.reload();
    let after = source.show(&tiny, None).await.unwrap();
    assert_ne!(after.commit.as_ref(), Some(&before));
    let old = source.show(&tiny, Some(&revision(before.as_str()))).await.unwrap();
    let digest = |shown: &las_types::ModelRepository| {
        shown.files.iter().find(|file| file.path == path("tiny.gguf")).unwrap().sha256
    };
    assert_eq!(digest(&old), Some(Digest::of(&models::small(7))));
    assert_eq!(digest(&after), Some(Digest::of(&models::small(99))));
    assert_eq!(model_scope(&hub, None).show(&tiny, None).await.unwrap().files.len(), 2);
}

#[tokio::test]
async fn an_address_with_a_digest_is_a_source_of_one_file() {
    let server = FileServer::start();
    let bytes = models::small(1);
    let url = server.file("m/one.gguf", &bytes);
    let source = |hosts: &[&str]| {
        let (name, hosts) =
            ("url".parse().unwrap(), hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>());
        PlainUrl::new(name, url.parse().unwrap(), Digest::of(&bytes), hosts, no_secrets()).unwrap()
    };
    let named = source(&["127.0.0.1"]);
    let found = named.search(&words("one")).await.unwrap().models.remove(0);
    let shown = named.show(&found.id, None).await.unwrap();
    assert_eq!(shown.files[0].size, Some(ByteSize::new(bytes.len() as u64)));
    let located = named.locate(&found.id, &shown.revision, &shown.files[0].path).await.unwrap();
    assert_eq!((located.url.as_str(), located.sha256), (url.as_str(), Some(Digest::of(&bytes))));
    // Nobody named that it may lie within.
    assert_eq!(code(source(&[]).show(&found.id, None).await), Code::AddressInner);
    for bad in ["file:///etc/passwd", "https://hub.example/"] {
        let made =
            PlainUrl::new("url".parse().unwrap(), bad.parse().unwrap(), Digest::of(b""), [], no_secrets());
        assert_eq!(made.err().map(|failure| failure.code), Some(Code::ModelIdInvalid), "{bad}");
    }
}

#[tokio::test]
async fn a_directory_is_a_source_and_nothing_outside_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    hub_repository(folder.path(), "flat", &serde_json::json!({}), &[("flat.gguf", &models::small(3))]);
    std::fs::write(outside.path().join("secret.gguf"), b"secret").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("tiny-org/Linked")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.gguf"), folder.path().join("flat/linked.gguf"))
        .unwrap();
    let source = Directory::new("here".parse().unwrap(), folder.path().to_owned());
    assert_eq!(names(&source, &words("tiny")).await, ["tiny-org/Tiny-GGUF", "tiny-org/Tiny-Safetensors"]);
    let small = ModelQuery { at_most: Some(ByteSize::new(1000)), ..words("tiny") };
    assert_eq!(names(&source, &small).await, ["tiny-org/Tiny-GGUF"]);
    let flat = source.show(&id("flat"), None).await.unwrap();
    assert_eq!(
        flat.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        [".hub.json", "flat.gguf"]
    );
    let located = source.locate(&id("flat"), &flat.revision, &path("flat.gguf")).await.unwrap();
    assert_eq!(located.url.file().unwrap(), folder.path().canonicalize().unwrap().join("flat/flat.gguf"));
    assert_eq!(
        code(source.locate(&id("flat"), &flat.revision, &path("linked.gguf")).await),
        Code::ModelFileNotFound
    );
    assert_eq!(code(source.show(&id("tiny-org/Linked"), None).await), Code::ModelRepositoryNotFound);
    assert_eq!(code(source.show(&id("flat"), Some(&revision("v2"))).await), Code::ModelRevisionNotFound);
    let gone = Directory::new("gone".parse().unwrap(), folder.path().join("gone"));
    assert_eq!(code(gone.search(&words("")).await), Code::IoFailed);
}

#[tokio::test]
async fn the_list_that_comes_along_answers_without_a_network() {
    let (models, failed) = las_registry::curated_models(&las_tests::repository().join("registry"));
    assert!(failed.is_empty(), "{failed:?}");
    let source = Catalogue::new("catalogue".parse().unwrap(), models);
    let found = source.search(&words("qwen3")).await.unwrap();
    assert!(!found.models.is_empty());
    assert!(source.host().is_none());
    for model in found.models {
        let shown = source.show(&model.id, None).await.unwrap();
        let located = source.locate(&model.id, &shown.revision, &shown.files[0].path).await.unwrap();
        assert_eq!(located.url.host(), Some("huggingface.co"));
    }
    assert_eq!(code(source.show(&id("no/such"), None).await), Code::ModelRepositoryNotFound);
}
