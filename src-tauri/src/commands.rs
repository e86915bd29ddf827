//! What the page may call.

use crate::chat::Conversations;
use crate::core::Core;
use las_api::ErrorBody;
use las_api::types::Code;
use serde_json::{Value, json};
use tauri::State;
use tauri::ipc::Channel;

/// Runs a command of the table.
#[tauri::command]
pub(crate) async fn call(
    command: String,
    arguments: Value,
    core: State<'_, Core>,
) -> Result<Value, ErrorBody> {
    if las_api::command(&command).is_none() {
        return Err(ErrorBody::new(Code::CommandUnknown).with("what", command));
    }
    core.client().await?.call_value(&command, arguments).await
}

/// Streams an answer: each piece, as JSON in the OpenAI form, through the channel.
#[tauri::command]
pub(crate) async fn chat(
    id: u32,
    mut request: Value,
    channel: Channel<String>,
    core: State<'_, Core>,
    conversations: State<'_, Conversations>,
) -> Result<(), ErrorBody> {
    let mut cancelled = conversations.begin(id);
    if let Some(fields) = request.as_object_mut() {
        fields.insert("stream".to_owned(), Value::Bool(true));
        fields.insert("stream_options".to_owned(), json!({ "include_usage": true }));
    }
    let answer = async {
        let mut pieces = core.client().await?.post_stream("/v1/chat/completions", &request).await?;
        while let Some(piece) = pieces.next().await {
            // A channel whose page has gone takes nothing more; dropping the stream stops the engine.
            if channel.send(piece?).is_err() {
                break;
            }
        }
        Ok(())
    };
    let outcome = tokio::select! {
        outcome = answer => outcome,
        _ = &mut cancelled => Ok(()),
    };
    conversations.end(id);
    outcome
}

/// Stops an answer.
#[tauri::command]
pub(crate) async fn chat_cancel(id: u32, conversations: State<'_, Conversations>) -> Result<(), ErrorBody> {
    conversations.end(id);
    Ok(())
}
