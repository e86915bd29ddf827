//! Hugging Face's routes.

use super::content::{Gated, Repository, Snapshot, sha256_of};
use super::serve::{Reply, is_large, store_url};
use super::{Asked, Fault, State, lock};
use serde_json::{Value, json};

const BRANCH: &str = "main";
const CHANGED: &str = "2026-01-02T03:04:05.000Z";

pub(super) fn answer(asked: &Asked, state: &State) -> Reply {
    let token = asked.token();
    // One that nobody was given.
    if token.is_some_and(|token| token.contains("invalid")) {
        let words = "Invalid credentials in Authorization header";
        return Reply::json(&json!({ "error": words })).status(401).header("x-error-message", words);
    }
    let path = asked.path.trim_start_matches('/');
    if path == "api/models" {
        return list(asked, state);
    }
    let steps: Vec<&str> = path.split('/').collect();
    match steps.as_slice() {
        ["api", "models", owner, name] => about(asked, state, &format!("{owner}/{name}"), BRANCH),
        ["api", "models", owner, name, "revision", revision @ ..] => {
            about(asked, state, &format!("{owner}/{name}"), &revision.join("/"))
        }
        // The revision of a tree is one step; what follows is a folder.
        ["api", "models", owner, name, "tree", revision, folder @ ..] => {
            tree(asked, state, &format!("{owner}/{name}"), revision, &folder.join("/"))
        }
        ["api", "resolve-cache", "models", owner, name, commit, file @ ..] => {
            resolve(asked, state, &format!("{owner}/{name}"), commit, &file.join("/"), Resolved::Cached)
        }
        [owner, name, "resolve", revision, file @ ..] => {
            resolve(asked, state, &format!("{owner}/{name}"), revision, &file.join("/"), Resolved::Asked)
        }
        _ => failed(404, "", "Sorry, we can't find the page you are looking for."),
    }
}

fn failed(status: u16, code: &str, words: &str) -> Reply {
    let reply = Reply::json(&json!({ "error": words })).status(status).header("x-error-message", words);
    if code.is_empty() { reply } else { reply.header("x-error-code", code) }
}

/// A repository that is not there and one that is not shown are the same; who isn't signed in is told to.
fn missing(token: Option<&str>) -> Reply {
    match token {
        None => failed(401, "RepoNotFound", "Invalid username or password."),
        Some(_) => failed(404, "RepoNotFound", "Repository not found"),
    }
}

/// Finds a repository and its files at a revision.
fn at<'a>(
    found: Option<&'a Repository>,
    token: Option<&str>,
    revision: &str,
) -> Result<(&'a Repository, &'a Snapshot), Reply> {
    let repository = found.filter(|one| one.shows_to(token)).ok_or_else(|| missing(token))?;
    let wrong = || failed(404, "RevisionNotFound", &format!("Invalid rev id: {revision}"));
    repository.at(revision, BRANCH).map(|snapshot| (repository, snapshot)).ok_or_else(wrong)
}

fn tags(repository: &Repository, snapshot: &Snapshot) -> Vec<String> {
    let about = &repository.about;
    let mut tags = about.tags.clone();
    for format in ["gguf", "safetensors"] {
        if snapshot.files.keys().any(|path| path.ends_with(&format!(".{format}"))) {
            tags.push(format.to_owned());
        }
    }
    tags.extend(about.task.clone());
    tags.extend(about.license.as_ref().map(|license| format!("license:{license}")));
    tags.push("region:us".to_owned());
    tags
}

fn described(repository: &Repository, snapshot: &Snapshot) -> Value {
    let about = &repository.about;
    let mut value = json!({
        "_id": snapshot.commit[..24], "id": repository.id, "modelId": repository.id,
        "private": about.gated == Gated::Private, "downloads": about.downloads, "likes": 0,
        "tags": tags(repository, snapshot), "createdAt": CHANGED,
    });
    if let Some(task) = &about.task {
        value["pipeline_tag"] = task.as_str().into();
    }
    value
}

fn more(value: &mut Value, repository: &Repository, snapshot: &Snapshot, blobs: bool) {
    value["author"] = repository.id.split('/').next().unwrap().into();
    value["sha"] = snapshot.commit.as_str().into();
    value["lastModified"] = CHANGED.into();
    value["disabled"] = false.into();
    value["gated"] = if repository.about.gated == Gated::Closed { "manual".into() } else { false.into() };
    let sibling = |(path, bytes): (&String, &std::sync::Arc<[u8]>)| {
        let mut one = json!({ "rfilename": path });
        if blobs {
            let entry = entry(path, bytes);
            one["size"] = entry["size"].clone();
            one["blobId"] = entry["oid"].clone();
            if let Some(lfs) = entry.get("lfs") {
                one["lfs"] =
                    json!({ "sha256": lfs["oid"], "size": lfs["size"], "pointerSize": lfs["pointerSize"] });
            }
        }
        one
    };
    value["siblings"] = snapshot.files.iter().map(sibling).collect();
}

fn entry(path: &str, bytes: &[u8]) -> Value {
    // An id of git's kind; nobody looks into it.
    let mut entry =
        json!({ "type": "file", "oid": sha256_of(bytes)[..40], "size": bytes.len(), "path": path });
    if is_large(bytes) {
        entry["lfs"] = json!({ "oid": sha256_of(bytes), "size": bytes.len(), "pointerSize": 134 });
    }
    entry
}

fn list(asked: &Asked, state: &State) -> Reply {
    let content = lock(&state.content);
    let token = asked.token();
    let filters: Vec<&str> =
        asked.query.get("filter").into_iter().flatten().flat_map(|filter| filter.split(',')).collect();
    let fits = |repository: &&Repository| {
        let words = asked.value("search").unwrap_or_default().to_lowercase();
        let tags = tags(repository, repository.newest());
        let author = asked.value("author");
        repository.shows_to(token)
            && words.split_whitespace().all(|word| repository.id.to_lowercase().contains(word))
            && author.is_none_or(|author| repository.id.split('/').next() == Some(author))
            && asked.value("pipeline_tag").is_none_or(|task| repository.about.task.as_deref() == Some(task))
            && filters.iter().all(|filter| tags.iter().any(|tag| tag == filter))
    };
    let all: Vec<_> = content.by_downloads().into_iter().filter(fits).collect();
    let limit = asked.value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1000_usize).min(1000);
    let from: usize = asked.value("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let full = asked.value("full").is_some();
    let page = all.iter().skip(from).take(limit).map(|repository| {
        let mut value = described(repository, repository.newest());
        if full {
            more(&mut value, repository, repository.newest(), false);
        }
        value
    });
    let mut reply = Reply::json(&page.collect());
    if from + limit < all.len() {
        let pairs = asked.target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs: Vec<&str> = pairs.split('&').filter(|pair| !pair.starts_with("cursor=")).collect();
        let cursor = format!("cursor={}", from + limit);
        pairs.push(&cursor);
        let usual = format!("http://{}/api/models?{}", state.hub, pairs.join("&"));
        let next = lock(&state.faults).iter().find_map(|fault| match fault {
            Fault::NextPageAt(url) => Some(url.clone()),
            _ => None,
        });
        reply = reply.header("link", format!("<{}>; rel=\"next\"", next.unwrap_or(usual)));
    }
    reply
}

fn about(asked: &Asked, state: &State, id: &str, revision: &str) -> Reply {
    let content = lock(&state.content);
    let (repository, snapshot) = match at(content.repository(id), asked.token(), revision) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let mut value = described(repository, snapshot);
    more(&mut value, repository, snapshot, asked.value("blobs").is_some());
    if let Some(license) = &repository.about.license {
        value["cardData"] = json!({ "license": license });
    }
    if let Some(context) = repository.about.context {
        value["gguf"] = json!({ "total": 1_967_808, "architecture": "llama", "context_length": context });
    }
    if plain(state) {
        for sibling in value["siblings"].as_array_mut().into_iter().flatten() {
            sibling.as_object_mut().map(|sibling| sibling.remove("lfs"));
        }
    }
    value["usedStorage"] = snapshot.files.values().map(|bytes| bytes.len()).sum::<usize>().into();
    Reply::json(&value)
}

fn plain(state: &State) -> bool {
    lock(&state.faults).contains(&Fault::Plain)
}

fn tree(asked: &Asked, state: &State, id: &str, revision: &str, folder: &str) -> Reply {
    let content = lock(&state.content);
    let snapshot = match at(content.repository(id), asked.token(), revision) {
        Ok((_, snapshot)) => snapshot,
        Err(reply) => return reply,
    };
    let recursive = asked.value("recursive").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let before = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut entries = Vec::new();
    let mut folders = std::collections::BTreeSet::new();
    for (path, bytes) in &snapshot.files {
        let Some(rest) = path.strip_prefix(&before) else { continue };
        for (end, _) in rest.match_indices('/') {
            if (recursive || !rest[..end].contains('/'))
                && folders.insert(format!("{before}{}", &rest[..end]))
            {
                entries.push(json!({ "type": "directory", "oid": snapshot.commit, "size": 0, "path": format!("{before}{}", &rest[..end]) }));
            }
        }
        if recursive || !rest.contains('/') {
            entries.push(entry(path, bytes));
        }
    }
    if entries.is_empty() && !folder.is_empty() {
        return failed(404, "EntryNotFound", &format!("{folder} does not exist on \"{revision}\""));
    }
    Reply::json(&entries.into())
}

/// By which address a file was asked for.
#[derive(Clone, Copy)]
enum Resolved {
    /// By the one that names a revision.
    Asked,
    /// By the one to which that sends on.
    Cached,
}

fn resolve(asked: &Asked, state: &State, id: &str, revision: &str, file: &str, by: Resolved) -> Reply {
    let content = lock(&state.content);
    let token = asked.token();
    let (repository, snapshot) = match at(content.repository(id), token, revision) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    if !repository.lets_in(token) {
        let words = format!("Access to model {id} is restricted.");
        return failed(if token.is_none() { 401 } else { 403 }, "GatedRepo", &words);
    }
    let commit = &snapshot.commit;
    let Some(bytes) = snapshot.files.get(file) else {
        return failed(404, "EntryNotFound", "Entry not found").header("x-repo-commit", commit);
    };
    let tag = format!("\"{}\"", &sha256_of(bytes)[..40]);
    let sent_on = lock(&state.faults).iter().find_map(|fault| match fault {
        Fault::FilesSentOn(url) => Some(url.clone()),
        _ => None,
    });
    if (is_large(bytes) && !plain(state)) || sent_on.is_some() {
        let to = sent_on.unwrap_or_else(|| store_url(bytes, state));
        return Reply::moved(302, to)
            .header("x-repo-commit", commit)
            .header("etag", tag)
            .header("x-linked-size", bytes.len().to_string())
            .header("x-linked-etag", format!("\"{}\"", sha256_of(bytes)))
            .header("accept-ranges", "bytes");
    }
    match by {
        Resolved::Asked => Reply::moved(307, format!("/api/resolve-cache/models/{id}/{commit}/{file}"))
            .header("x-repo-commit", commit)
            .header("etag", tag)
            .header("x-linked-size", bytes.len().to_string()),
        Resolved::Cached => Reply::file(bytes).header("x-repo-commit", commit).header("etag", tag),
    }
}
