//! ModelScope's routes.

use super::content::{Gated, Repository, Snapshot, sha256_of};
use super::serve::{Reply, is_large, store_url};
use super::{Asked, Fault, State, lock};
use serde_json::{Value, json};

const BRANCH: &str = "master";
/// 2026-01-02T03:04:05Z.
const CHANGED: u64 = 1_767_323_045;

pub(super) fn answer(asked: &Asked, state: &State) -> Reply {
    let path = asked.path.trim_start_matches('/');
    if path == "openapi/v1/models" {
        return list(asked, state);
    }
    let steps: Vec<&str> = path.split('/').collect();
    match steps.as_slice() {
        ["api", "v1", "models", owner, name, rest @ ..] => {
            repository(asked, state, &format!("{owner}/{name}"), &rest.join("/"))
        }
        _ => failed(404, 10_010_200_001, "not found"),
    }
}

fn wrapped(data: &Value) -> Reply {
    Reply::json(
        &json!({ "Code": 200, "Data": data, "Message": "success", "RequestId": "r", "Success": true }),
    )
}

fn failed(status: u16, code: u64, words: &str) -> Reply {
    let body = json!({ "Code": code, "Data": null, "Message": words, "RequestId": "r", "Success": false });
    Reply::json(&body).status(status)
}

/// Its clients send a token in a cookie, others as a bearer.
fn token(asked: &Asked) -> Option<&str> {
    let cookie = || {
        let cookies = asked.headers.get("cookie")?;
        cookies.split("; ").find_map(|cookie| cookie.strip_prefix("m_session_id="))
    };
    asked.token().or_else(cookie)
}

fn list(asked: &Asked, state: &State) -> Reply {
    let content = lock(&state.content);
    let words = asked.value("search").unwrap_or_default().to_lowercase();
    let wanted = |name: &str| asked.value(&format!("filter.{name}"));
    let fits = |repository: &&Repository| {
        let about = &repository.about;
        repository.shows_to(token(asked))
            && words.split_whitespace().all(|word| repository.id.to_lowercase().contains(word))
            && asked.value("owner").is_none_or(|owner| repository.id.split('/').next() == Some(owner))
            && wanted("task").is_none_or(|task| about.task.as_deref() == Some(task))
            && wanted("license").is_none_or(|license| about.license.as_deref() == Some(license))
    };
    let all: Vec<_> = content.by_downloads().into_iter().filter(fits).collect();
    let number =
        |name: &str, usual: usize| asked.value(name).and_then(|value| value.parse().ok()).unwrap_or(usual);
    let (page, size) = (number("page_number", 1).max(1), number("page_size", 10));
    let shown = all.iter().skip((page - 1) * size).take(size).map(|repository| {
        let about = &repository.about;
        json!({
            "id": repository.id, "display_name": repository.id, "description": "", "license": about.license,
            "tasks": about.task.iter().collect::<Vec<_>>(), "tags": about.tags, "downloads": about.downloads, "likes": 0,
            "created_at": CHANGED, "last_modified": CHANGED, "private": about.gated == Gated::Private,
            "gated": about.gated == Gated::Closed,
            "file_size": repository.newest().files.values().map(|bytes| bytes.len()).sum::<usize>(),
        })
    });
    Reply::json(&json!({
        "success": true, "request_id": "r",
        "data": { "models": shown.collect::<Vec<_>>(), "total_count": all.len(), "page_number": page, "page_size": size },
    }))
}

fn repository(asked: &Asked, state: &State, id: &str, rest: &str) -> Reply {
    let content = lock(&state.content);
    let Some(repository) = content.repository(id).filter(|one| one.shows_to(token(asked))) else {
        return failed(404, 10_010_205_001, &format!("model {id} not exists"));
    };
    let revision = asked.value("Revision").unwrap_or(BRANCH);
    match rest {
        "" => wrapped(&about(repository)),
        "revisions" => wrapped(&revisions(repository)),
        _ => {
            let Some(snapshot) = repository.at(revision, BRANCH) else {
                return failed(404, 10_010_205_003, &format!("revision {revision} not found"));
            };
            match rest {
                "repo/files" => wrapped(&files(asked, snapshot)),
                "repo" if !repository.lets_in(token(asked)) => failed(403, 10_010_101_003, "no permission"),
                "repo" => file(asked, state, snapshot),
                _ => failed(404, 10_010_200_001, "not found"),
            }
        }
    }
}

fn about(repository: &Repository) -> Value {
    let (about, newest) = (&repository.about, repository.newest());
    let (owner, name) = repository.id.split_once('/').unwrap();
    json!({
        "Id": 1, "Path": owner, "Name": name, "ChineseName": name, "License": about.license, "Revision": BRANCH,
        "Downloads": about.downloads, "Stars": 0, "LastUpdatedTime": CHANGED, "CreatedTime": CHANGED,
        "Visibility": if about.gated == Gated::Private { 1 } else { 5 },
        "ApprovalMode": i32::from(about.gated == Gated::Closed),
        "Tasks": about.task.iter().map(|task| json!({ "Name": task })).collect::<Vec<_>>(),
        "Tags": about.tags, "StorageSize": newest.files.values().map(|bytes| bytes.len()).sum::<usize>(),
    })
}

fn revisions(repository: &Repository) -> Value {
    let one = |revision: &str| json!({ "Revision": revision, "CreatedAt": CHANGED });
    let tags: Vec<_> = repository.about.versions.iter().map(|version| one(version)).collect();
    json!({ "RevisionMap": { "Branches": [one(BRANCH)], "Tags": tags } })
}

fn files(asked: &Asked, snapshot: &Snapshot) -> Value {
    let root =
        asked.value("Root").map(|root| format!("{}/", root.trim_matches('/'))).filter(|root| root != "/");
    let recursive = asked.value("Recursive").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let before = root.unwrap_or_default();
    let mut folders = std::collections::BTreeSet::new();
    let mut listed = Vec::new();
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    for (path, bytes) in &snapshot.files {
        let Some(rest) = path.strip_prefix(&before) else { continue };
        for (end, _) in rest.match_indices('/') {
            let folder = format!("{before}{}", &rest[..end]);
            if (recursive || !rest[..end].contains('/')) && folders.insert(folder.clone()) {
                listed.push(json!({
                    "Type": "tree", "Path": folder, "Name": name(&folder), "Size": 0, "Sha256": "",
                    "Revision": snapshot.commit, "CommittedDate": CHANGED,
                }));
            }
        }
        if recursive || !rest.contains('/') {
            listed.push(json!({
                "Type": "blob", "Path": path, "Name": name(path), "Size": bytes.len(), "Sha256": sha256_of(bytes),
                "Revision": snapshot.commit, "CommittedDate": CHANGED, "IsLFS": is_large(bytes),
            }));
        }
    }
    json!({ "Files": listed })
}

fn file(asked: &Asked, state: &State, snapshot: &Snapshot) -> Reply {
    let Some(bytes) = asked.value("FilePath").and_then(|path| snapshot.files.get(path)) else {
        return failed(404, 10_990_101_004, "file not found");
    };
    let sent_on = lock(&state.faults).iter().find_map(|fault| match fault {
        Fault::FilesSentOn(url) => Some(url.clone()),
        _ => None,
    });
    if is_large(bytes) || sent_on.is_some() {
        let to = sent_on.unwrap_or_else(|| store_url(bytes, state));
        return Reply::moved(302, to).header("x-linked-etag", format!("\"{}\"", sha256_of(bytes)));
    }
    Reply::file(bytes).header("etag", format!("\"{}\"", sha256_of(bytes)))
}
