//! What a service needs in its data before its first start, made by programs of its module.

use super::task::{Ending, Task, asked_to_end, exit};
use crate::blocking;
use crate::process::{Launch, NotStarted};
use crate::service::{self, Preparation, Prepared};
use las_types::Failure;
use std::sync::Arc;

impl Task {
    /// Makes what is not there; how the start ended, if it comes to nothing by that.
    pub(super) async fn make(&mut self, prepared: &Prepared) -> Option<Ending> {
        for one in prepared.preparations() {
            let made = match blocking::run_unwatched({
                let one = one.clone();
                move || one.begin()
            })
            .await
            {
                Ok(true) => self.make_one(prepared, one).await,
                Ok(false) => continue,
                Err(failure) => Err(crashed(failure, Vec::new())),
            };
            let one = one.clone();
            let named = blocking::run_unwatched(move || {
                if made.is_ok() { one.complete().map(|()| None) } else { one.give_up().map(|()| made.err()) }
            });
            match named.await {
                Ok(None) => {}
                Ok(Some(ending)) => return Some(ending),
                Err(failure) => return Some(crashed(failure, Vec::new())),
            }
        }
        None
    }

    async fn make_one(&mut self, prepared: &Prepared, one: &Preparation) -> Result<(), Ending> {
        let spec = self.spec.clone();
        let launch = prepared.launch(&spec);
        let launch = Launch { program: &one.program, arguments: &one.arguments, ..launch };
        let started = self.launch(&launch, Arc::new(|_| {})).await;
        let process = started.map_err(|failure| crashed(failure, Vec::new()))?;
        let mut asked = self.asked.clone();
        let grace = launch.stopping.grace;
        let (ended, late) = tokio::select! {
            ended = process.ended() => (ended, false),
            () = tokio::time::sleep(one.limit) => (process.stop(grace).await, true),
            _ = asked_to_end(&mut asked) => {
                process.stop(grace).await;
                return Err(Ending::Asked);
            }
        };
        let reason = match ended.status {
            _ if late => NotStarted::TimedOut(one.limit),
            Some(status) if status.success() => return Ok(()),
            Some(status) => NotStarted::Ended(status),
            None => NotStarted::Other,
        };
        let (code, name) = (service::not_started(&self.spec), &self.spec.name);
        let failure = reason.failure(code, name, &ended.last_lines);
        let exit = exit(ended.status.filter(|_| !late));
        Err(Ending::Crashed { ready_for: None, failure, exit, lines: ended.last_lines })
    }
}

fn crashed(failure: Failure, lines: Vec<String>) -> Ending {
    Ending::Crashed { ready_for: None, failure, exit: None, lines }
}
