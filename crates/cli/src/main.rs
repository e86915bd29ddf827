//! The command line, `las`: each verb states an intent or reads a view; the core does the rest.
//!
//! Invariants: data goes to standard output, everything else to standard error; the exit status is
//! the error code's; no text for people is in this crate; `las --version` parses no texts and
//! starts no runtime. It does not decide anything: plans, policies and state are the core's.

mod arguments;
mod change;
mod commands;
mod configured;
mod context;
mod follow;
mod help;
mod lines;
mod output;
mod progress;
mod render;
mod stop;
mod table;

use arguments::{Arguments, AuditVerb, ConfigVerb, ModuleVerb, Verb};
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};
use commands::serve::serve;
use context::{Context, Core};
use las_api::ErrorBody;
use las_app::logging;
use las_i18n::Words;
use las_server::AttachOptions;
use output::{Form, Output, Verbosity};
use std::ffi::OsString;
use std::process::ExitCode;
use stop::Stop;

fn main() -> ExitCode {
    las_app::close_inherited_on_exec();
    let typed: Vec<OsString> = std::env::args_os().collect();
    let arguments = match parse(&typed) {
        Ok(arguments) => arguments,
        Err(status) => return ExitCode::from(status),
    };
    let flags = configured::flags(&arguments);
    let loaded = configured::load(flags.clone());
    let words = configured::words(loaded.as_ref().ok(), arguments.lang.as_deref());
    let output = Output {
        form: if arguments.json { Form::Json } else { Form::Text },
        verbosity: if arguments.quiet { Verbosity::Quiet } else { Verbosity::Normal },
    };
    if let Verb::Completion { shell } = arguments.verb {
        let mut script = vec![];
        clap_complete::generate(shell, &mut help::localised(&words), "las", &mut script);
        return ExitCode::from(end(&words, output, output.data(&String::from_utf8_lossy(&script))));
    }
    if let Verb::Config(ConfigVerb::Validate) = arguments.verb {
        let outcome = commands::config::validate(&words, output, flags);
        return ExitCode::from(end(&words, output, outcome));
    }
    // Without a configuration there is nothing that says what to log; the core won't start either.
    let mut problem = None;
    match &loaded {
        Ok(loaded) => {
            let colour = if output.note_paint().on { logging::Colour::On } else { logging::Colour::Off };
            logging::start(loaded.config(), colour);
        }
        Err(problems) => problem = problems.first().cloned(),
    }
    // Two workers: this command may host the core, whose engine talks while we wait.
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ExitCode::from(end(&words, output, Err(Stop::defect(error)))),
    };
    let said = configured::words(loaded.as_ref().ok(), arguments.lang.as_deref());
    let outcome = runtime.block_on(run(arguments.verb, Setting { words, output, flags, problem }));
    // A read of the terminal may still wait in the background; nobody needs its line.
    runtime.shutdown_background();
    ExitCode::from(end(&said, output, outcome))
}

/// What a verb is run with.
struct Setting {
    words: Words,
    output: Output,
    /// Flags that are keys of the configuration.
    flags: Vec<(String, String)>,
    /// Why the configuration can't be accepted.
    problem: Option<ErrorBody>,
}

/// Runs a verb as client of the core, or as the core.
async fn run(verb: Verb, setting: Setting) -> Result<(), Stop> {
    let Setting { words, output, flags, problem } = setting;
    if let Verb::Serve { .. } = verb {
        return serve(&words, output, flags).await;
    }
    if let Verb::Doctor { schema: Some(schema), .. } = verb {
        return commands::doctor::go_back(&words, output, schema).await;
    }
    if let Verb::Audit(AuditVerb::Verify { file: Some(path) }) = &verb {
        return commands::audit::verify_file(&words, output, path);
    }
    if let Verb::Module(ModuleVerb::Source { archive, folder, urls }) = verb {
        return commands::module::describe_source(output, &archive, folder, urls);
    }
    // With a core it is asked, like anybody else would ask it.
    if let Verb::Hardware { record, measure: false } = &verb
        && !las_server::lives(None)?
    {
        return commands::hardware::show_own(&words, output, flags, record.as_deref());
    }
    // Only the doctor may put a damaged database aside.
    let repair_state = matches!(verb, Verb::Doctor { repair: true, .. });
    let attached = AttachOptions { repair_state, flags, ..AttachOptions::new("cli") };
    let session = las_server::attach(attached).await?;
    // A core that runs already has a configuration that it accepted.
    if let Some(problem) = problem {
        output.tell_failure(&words, &problem);
    }
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
        let language = language(typed);
        let flags = language.iter().map(|language| ("language".to_owned(), language.clone())).collect();
        let words = configured::words(configured::load(flags).as_ref().ok(), language.as_deref());
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
