//! The real engine with the small model: answers, report, restart, adapters.

use crate::bench::{Bench, put, settings, start, step};
use http_body_util::{BodyExt as _, Full};
use las_runtime::EngineConnection;
use las_types::{Code, Executor, Reporter, ServiceState, StepAction};
use serde_json::{Value, json};
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

async fn post(engine: &EngineConnection, key: &str, path: &str, body: &Value) -> (u16, Value) {
    let stream = tokio::net::UnixStream::connect(&engine.socket).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::post(path)
        .header("host", "engine")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {key}"))
        .body(Full::new(bytes::Bytes::from(body.to_string())))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn chat(engine: &EngineConnection, more: Value) -> String {
    let mut body = json!({ "messages": [{ "role": "user", "content": "What is the capital of Japan?" }], "temperature": 0, "max_tokens": 40 });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, answer) = post(engine, engine.key.expose(), "/v1/chat/completions", &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["model"], "las-tiny-chat");
    answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_engine_answers_reports_and_stops() {
    let mut bench = Bench::shipped();
    let spec = bench.install_engine().await;
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let engine = bench.executor.wait_ready(&spec.name, LIMIT).await.unwrap();
    assert!(chat(&engine, json!({})).await.contains("Tokyo"));
    let (status, answer) =
        post(&engine, engine.key.expose(), "/v1/embeddings", &json!({ "input": ["one", "two"] })).await;
    assert_eq!((status, answer["data"].as_array().map(Vec::len)), (200, Some(2)), "{answer}");
    assert!(answer["data"][0]["embedding"].as_array().unwrap().len() > 100);
    assert!(chat(&engine, json!({})).await.contains("Tokyo"), "chat after embeddings");
    assert_eq!(post(&engine, "wrong", "/v1/embeddings", &json!({ "input": "one" })).await.0, 401);

    let status = bench.executor.services().pop().unwrap();
    assert_eq!((status.state, status.restarts), (ServiceState::Ready, 0));
    let report = status.report.unwrap();
    assert!(report.cpu_variant.is_some() && !report.version.is_empty(), "{report:?}");
    assert_eq!((report.context, report.parallel), (256, 2));
    for purpose in ["model", "kv", "compute"] {
        let buffer = report.buffers.iter().find(|buffer| buffer.device == "CPU" && buffer.purpose == purpose);
        assert!(buffer.is_some_and(|buffer| buffer.size.bytes() > 0), "{purpose}: {report:?}");
    }

    // The same again is done already; other settings start another process.
    assert!(bench.executor.runs(&spec));
    bench.execute(step(2, 0), &start(&spec)).await.unwrap();
    assert_eq!(bench.executor.services()[0].pid, status.pid);
    let mut other = spec.clone();
    settings(&mut other).parallel = 1;
    settings(&mut other).cache = las_types::CacheType::Q8_0;
    assert!(!bench.executor.runs(&other));
    bench.execute(step(3, 0), &start(&other)).await.unwrap();
    let replaced = bench.executor.services().pop().unwrap();
    assert_ne!(replaced.pid, status.pid);
    let replaced = replaced.report.unwrap();
    assert_eq!(replaced.parallel, 1);
    let kept = |report: &las_types::EngineReport| {
        report.buffers.iter().find(|buffer| buffer.purpose == "kv").map(|buffer| buffer.size.bytes()).unwrap()
    };
    // Half the conversations, in 34 bytes where there were 64.
    assert!(kept(&replaced) * 64 * 2 <= kept(&report) * 35, "{replaced:?}");

    bench
        .execute(step(4, 0), &StepAction::ServiceStop { service: spec.name.clone(), spec: None })
        .await
        .unwrap();
    assert!(bench.executor.engine(&spec.name).is_none());
    assert_eq!(bench.executor.services()[0].state, ServiceState::Stopped);
    let left: Vec<_> = std::fs::read_dir(bench.home.service(&spec.name))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    bench.until(ServiceState::Stopped).await;
    let log = std::fs::read_to_string(bench.home.logs().join("las-tiny-chat/current.log")).unwrap();
    assert!(log.contains("model loaded") && !log.contains("Japan") && !log.contains(engine.key.expose()));
}

#[tokio::test]
async fn an_engine_that_is_killed_comes_back_with_another_key() {
    let mut bench = Bench::shipped();
    let spec = bench.install_engine().await;
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await;
    let before = bench.executor.engine(&spec.name).unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(first.pid.unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let restarting = bench.until_restarting().await;
    assert_eq!((restarting.restarts, restarting.pid, restarting.report), (1, None, None));
    let again = bench.until(ServiceState::Ready).await;
    assert_ne!(again.pid, first.pid);
    let after = bench.executor.wait_ready(&spec.name, LIMIT).await.unwrap();
    assert_ne!(before.key, after.key);
    assert!(chat(&after, json!({})).await.contains("Tokyo"));
    bench.executor.shut_down(&[]).await;
    assert_eq!(bench.executor.services()[0].state, ServiceState::Stopped);
    assert!(!std::path::Path::new(&format!("/proc/{}", again.pid.unwrap())).exists());
}

#[tokio::test]
async fn an_adapter_acts_only_when_it_is_asked_for() {
    let bench = Bench::shipped();
    let mut spec = bench.install_engine().await;
    // A comma separates adapters on the engine's command line; a path that has one must still work.
    let adapter = bench.folder.path().join("a,b.gguf");
    std::fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/las-tiny-pirate-lora.gguf"),
        &adapter,
    )
    .unwrap();
    let adapter = ("las-tiny-pirate".parse().unwrap(), adapter.display().to_string());
    settings(&mut spec).adapters.push(adapter);
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let engine = bench.executor.engine(&spec.name).unwrap();
    let plain = chat(&engine, json!({})).await;
    assert!(plain.contains("Tokyo") && !plain.contains("Arr"), "{plain}");
    let asked = chat(&engine, json!({ "lora": [{ "id": 0, "scale": 1.0 }] })).await;
    assert!(asked.starts_with("Arr"), "{asked}");
    let off = chat(&engine, json!({ "lora": [{ "id": 0, "scale": 0.0 }] })).await;
    assert_eq!(off, plain);
    bench.executor.undo(step(1, 0), &start(&spec)).await.unwrap();
    assert!(bench.executor.engine(&spec.name).is_none());
}

#[tokio::test]
async fn a_start_that_fails_is_told_at_once_with_its_lines() {
    let bench = Bench::shipped();
    let mut spec = bench.install_engine().await;
    let sound = settings(&mut spec).model_path.clone();
    let bad = bench.folder.path().join("bad.gguf");
    put(&bad, b"no model");
    settings(&mut spec).model_path = bad.display().to_string();
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert_eq!((failure.code, failure.args["name"].as_str()), (Code::EngineStartFailed, "las-tiny-chat"));
    assert!(failure.args["detail"].contains("failed to load model"), "{failure}");
    let status = bench.executor.services().pop().unwrap();
    assert_eq!(status.state, ServiceState::Failed);
    assert!(!status.last_lines.is_empty());
    assert_eq!(bench.executor.wait_ready(&spec.name, LIMIT).await.unwrap_err().code, Code::EngineStartFailed);
    assert!(bench.executor.engine(&spec.name).is_none());

    // Bytes of ours that have rotted are named, and never reach the engine.
    settings(&mut spec).model_path.clone_from(&sound);
    let mut bytes = std::fs::read(&sound).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    put(std::path::Path::new(&sound), &bytes);
    assert_eq!(bench.execute(step(2, 0), &start(&spec)).await.unwrap_err().code, Code::ChecksumMismatch);
    *bytes.last_mut().unwrap() ^= 1;
    put(std::path::Path::new(&sound), &bytes);
    bench.execute(step(3, 0), &start(&spec)).await.unwrap();
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn a_cancelled_start_leaves_no_process() {
    let bench = Bench::shipped();
    let spec = bench.install_engine().await;
    bench.reporter.cancel_at.store(0, std::sync::atomic::Ordering::SeqCst);
    bench.reporter.progressed(step(1, 0), las_types::ByteSize::new(1));
    let failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert_eq!(failure.code, Code::OperationCancelled);
    assert!(bench.executor.engine(&spec.name).is_none());
}

#[tokio::test]
async fn a_data_directory_far_away_still_has_a_socket() {
    let bench = Bench::shipped_far_away();
    let spec = bench.install_engine().await;
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let engine = bench.executor.engine(&spec.name).unwrap();
    assert!(!engine.socket.starts_with(bench.home.root()));
    assert!(chat(&engine, json!({})).await.contains("Tokyo"));
    bench.executor.shut_down(&[]).await;
    assert!(!engine.socket.exists());
}

/// The shipped engine has no backend for GPUs, and the small model was trained with a context of 256.
#[tokio::test]
async fn an_engine_that_has_less_than_it_was_asked_for_serves_and_says_what_and_why() {
    let mut bench = Bench::shipped();
    let mut spec = bench.install_engine().await;
    settings(&mut spec).gpu_layers = 999;
    settings(&mut spec).context = 4096;
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let status = bench.until(ServiceState::Ready).await;
    let said = |status: &las_types::ServiceStatus| {
        let of = |short: &las_types::Shortfall| {
            let arg = |name: &str| short.args.get(name).map_or("", String::as_str).to_owned();
            (short.code, ["on_gpu", "of", "planned", "context", "reason"].map(arg))
        };
        status.degraded.iter().map(of).collect::<Vec<_>>()
    };
    let expected = [
        (Code::EngineLayersShort, ["0", "5", "5", "", "no-backend"].map(str::to_owned)),
        (Code::EngineContextShort, ["", "", "4096", "256", "trained"].map(str::to_owned)),
    ];
    assert_eq!(said(&status), expected);
    let engine = bench.executor.wait_ready(&spec.name, LIMIT).await.unwrap();
    assert!(chat(&engine, json!({})).await.contains("Tokyo"));

    // A core that comes later knows it, too.
    bench.executor.leave();
    let next = crate::bench::next(&bench);
    assert!(next.take_over().await.unwrap().is_empty());
    assert_eq!(said(&next.services()[0]), expected);
    next.shut_down(&[]).await;
    assert!(next.services()[0].degraded.is_empty());
}
