//! What services say.

use crate::App;
use las_api::ServiceLogRequest;
use las_types::{Code, Failure, LogPage};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Lines of an answer, if nobody says how many.
const LINES: u64 = 200;
/// How long an answer may wait for a line.
const LONGEST: u64 = 30;
/// How often it is looked whether there is one.
const PACE: Duration = Duration::from_millis(200);

pub(super) async fn logs(app: &Arc<App>, request: ServiceLogRequest) -> Result<LogPage, Failure> {
    let ServiceLogRequest { name, lines, after, contains, wait } = request;
    let known = super::machine::all_services(app).await?;
    if known.iter().all(|service| service.name != name) {
        return Err(Failure::new(Code::ServiceNotFound).with("name", &name));
    }
    let most = usize::try_from(lines.unwrap_or(LINES)).unwrap_or(usize::MAX);
    let until = Instant::now() + Duration::from_secs(wait.unwrap_or(0).min(LONGEST));
    loop {
        let contains = contains.clone().unwrap_or_default();
        let page = app.executor.service_log(&name, after.clone(), contains, most).await?;
        if !page.lines.is_empty() || Instant::now() >= until {
            return Ok(page);
        }
        sleep(PACE).await;
    }
}
