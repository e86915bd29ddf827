//! A conversation on the terminal.

use super::{Question, message, say};
use crate::context::Context;
use crate::stop::Stop;

/// Reads questions line by line until the end of input; the conversation so far goes along.
pub(super) async fn open(context: &Context, question: &Question) -> Result<(), Stop> {
    let output = context.output;
    output.note(&context.word("cli-chat-opening"));
    let mut messages = question.opening();
    loop {
        output.ask("> ");
        let line = tokio::select! {
            line = tokio::task::spawn_blocking(read_line) => line.map_err(Stop::defect)?,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else {
            output.note("");
            return Ok(());
        };
        if line.trim().is_empty() {
            continue;
        }
        messages.push(message("user", line.trim_end()));
        let said = tokio::select! {
            said = say(context, question, &messages) => Some(said?),
            // Only this answer is stopped.
            _ = tokio::signal::ctrl_c() => None,
        };
        if let Some(answer) = said {
            messages.push(answer.message());
        } else {
            // A question without answer would confuse the next one.
            messages.pop();
            output.note(&format!("\n{}", context.word("cli-chat-stopped")));
        }
    }
}

/// The next line; none at the end of input.
fn read_line() -> Option<String> {
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line),
    }
}
