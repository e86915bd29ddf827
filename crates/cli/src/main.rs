//! The command line, `las`: each verb states an intent or reads a view; the core does the rest.
//!
//! Invariants: data goes to standard output, everything else to standard error; the exit status is
//! the error code's; no text for people is in this crate; `las --version` parses no texts and
//! starts no runtime. It does not decide anything: plans, policies and state are the core's.

mod arguments;
mod change;
mod commands;
mod context;
mod follow;
mod help;
mod lines;
mod output;
mod progress;
mod render;
mod stop;
mod table;

use arguments::{Arguments, Verb};
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};
use commands::serve::{Exposure, serve};
use context::{Context, Core};
use las_i18n::Words;
use las_server::AttachOptions;
use output::{Form, Output, Verbosity};
use std::ffi::OsString;
use std::process::ExitCode;
use stop::Stop;

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let arguments = match parse(&typed) {
        Ok(arguments) => arguments,
        Err(status) => return ExitCode::from(status),
    };
    let words = Words::for_user(arguments.lang.as_deref());
    let output = Output {
        form: if arguments.json { Form::Json } else { Form::Text },
        verbosity: if arguments.quiet { Verbosity::Quiet } else { Verbosity::Normal },
    };
    if let Verb::Completion { shell } = arguments.verb {
        let mut script = vec![];
        clap_complete::generate(shell, &mut help::localised(&words), "las", &mut script);
        return ExitCode::from(end(&words, output, output.data(&String::from_utf8_lossy(&script))));
    }
    log(output);
    // Two workers: this command may host the core, whose engine talks while we wait.
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ExitCode::from(end(&words, output, Err(Stop::defect(error)))),
    };
    let language = arguments.lang.clone();
    let outcome = runtime.block_on(run(arguments.verb, words, output));
    // A read of the terminal may still wait in the background; nobody needs its line.
    runtime.shutdown_background();
    ExitCode::from(end(&Words::for_user(language.as_deref()), output, outcome))
}

/// Runs a verb as client of the core, or as the core.
async fn run(verb: Verb, words: Words, output: Output) -> Result<(), Stop> {
    if let Verb::Serve { addr, expose } = verb {
        let exposure = if expose { Exposure::Network } else { Exposure::Loopback };
        return serve(&words, output, addr, exposure).await;
    }
    if let Verb::Doctor { schema: Some(schema), .. } = verb {
        return commands::doctor::go_back(&words, output, schema).await;
    }
    // Only the doctor may put a damaged database aside.
    let repair_state = matches!(verb, Verb::Doctor { repair: true, .. });
    let session = las_server::attach(AttachOptions { repair_state, ..AttachOptions::new("cli") }).await?;
    let core = if session.hosts_core() { Core::Here } else { Core::Elsewhere };
    let context = Context { client: session.client.clone(), words, output, core };
    let outcome = commands::dispatch(&context, verb).await;
    if session.has_guests() {
        context.output.note(&context.word("cli-core-in-use"));
    }
    // Also after a failure or an interrupt: a core hosted here must stop its engines.
    session.close().await;
    outcome
}

/// The log goes to standard error: `LAS_LOG` says what (`info`, `las_runtime=debug` …), else warnings.
fn log(output: Output) {
    let builder = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(output.note_paint().on);
    match tracing_subscriber::EnvFilter::try_from_env("LAS_LOG") {
        Ok(filter) => builder.with_env_filter(filter).init(),
        Err(_) => builder.with_max_level(tracing::Level::WARN).init(),
    }
}

/// What was typed, or the status to end with after help, version or a usage error was printed.
fn parse(typed: &[OsString]) -> Result<Arguments, u8> {
    let error = match Arguments::command()
        .try_get_matches_from(typed)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
    {
        Ok(arguments) => return Ok(arguments),
        Err(error) => error,
    };
    let error = if error.kind() == ErrorKind::DisplayVersion {
        error
    } else {
        // Something for people is about to be shown: once more, with texts.
        let words = Words::for_user(language(typed).as_deref());
        help::localised(&words).try_get_matches_from(typed).err().unwrap_or(error)
    };
    let status = u8::try_from(error.exit_code()).unwrap_or(2);
    // A closed pipe is no failure of ours.
    let _ = error.print();
    Err(status)
}

/// The language asked for, where the arguments as a whole could not be read.
fn language(typed: &[OsString]) -> Option<String> {
    let mut texts = typed.iter().filter_map(|text| text.to_str());
    while let Some(text) = texts.next() {
        match text.strip_prefix("--lang") {
            Some("") => return texts.next().map(str::to_owned),
            Some(rest) => return rest.strip_prefix('=').map(str::to_owned),
            None => {}
        }
    }
    None
}

/// The exit status of an outcome, after saying what failed.
fn end(words: &Words, output: Output, outcome: Result<(), Stop>) -> u8 {
    let Err(stop) = outcome else { return 0 };
    let status = stop.status();
    match stop {
        // If even the error can't be written, the status still says it.
        Stop::Failure(error) => drop(output.failure(words, &error)),
        Stop::Output(error) if status != 0 => {
            let detail = [("path", "stdout"), ("detail", &*error.to_string())];
            output.note(&words.text("error-io-failed", &detail));
        }
        Stop::Output(_) | Stop::Status(_) | Stop::Interrupted => {}
    }
    status
}

#[cfg(test)]
mod texts;
