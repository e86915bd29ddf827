//! The doctor's report.

use crate::App;
use las_api::{DoctorReport, DoctorRequest, Finding};
use las_control::Discovery;
use las_types::{Code, Failure, Stray};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) async fn run(app: &Arc<App>, request: DoctorRequest) -> Result<DoctorReport, Failure> {
    let repair = if request.repair { Stray::Remove } else { Stray::Name };
    let diagnosis = app.control.diagnose(repair).await?;
    Ok(DoctorReport {
        findings: diagnosis.discoveries.into_iter().map(finding).collect(),
        checked: diagnosis.checked,
    })
}

fn finding(discovery: Discovery) -> Finding {
    let make = |key: &str, args: &[(&str, String)], repaired| Finding {
        key: key.to_owned(),
        args: args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
        details: Vec::new(),
        repaired,
    };
    match discovery {
        Discovery::Unfinished { operation } => {
            make("operation-unfinished", &[("id", operation.to_string())], false)
        }
        Discovery::Interrupted { operation, intent } => make(
            "operation-interrupted",
            &[("id", operation.to_string()), ("intent", intent.to_owned())],
            true,
        ),
        Discovery::ServiceEnded { service } => make("service-ended", &[("name", service.to_string())], true),
        Discovery::StateRestored { aside } => make("state-restored", &[("path", aside)], true),
        Discovery::LedgerLinesLost { count } => {
            make("ledger-lines-lost", &[("count", count.to_string())], true)
        }
        Discovery::LedgerAnchorRestored => make("ledger-anchor-restored", &[], true),
        Discovery::StrayFile { path, removed } => make("stray-file", &[("path", path)], removed),
        Discovery::Damaged { name, code, repaired } => {
            let key = if matches!(code, Code::ChecksumMismatch) { "item-damaged" } else { "item-missing" };
            make(key, &[("name", name.to_string()), ("code", code.to_string())], repaired)
        }
    }
}
