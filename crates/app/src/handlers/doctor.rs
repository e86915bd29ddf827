//! The doctor's report.

use crate::App;
use las_api::{DoctorReport, DoctorRequest, Finding};
use las_control::{Discovery, Mend};
use las_types::{Drift, DriftOutcome, Failure};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) async fn run(app: &Arc<App>, request: DoctorRequest) -> Result<DoctorReport, Failure> {
    let mend = if request.repair { Mend::Everything } else { Mend::Nothing };
    let diagnosis = app.control.diagnose(mend).await?;
    let met = diagnosis.discoveries.into_iter().map(finding);
    Ok(DoctorReport {
        findings: met.chain(diagnosis.drifts.iter().map(drifted)).collect(),
        checked: diagnosis.checked,
        secret_stores: app.secrets.states().await,
    })
}

/// A drift as interfaces show it.
pub(super) fn drifted(drift: &Drift) -> Finding {
    Finding {
        key: drift.kind.to_string(),
        args: drift.args.clone(),
        repaired: !drift.is_open(),
        outcome: drift.outcome,
        repairs: drift.repairs.clone(),
        again_at: drift.again_at,
        details: Vec::new(),
    }
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
        outcome: if repaired { DriftOutcome::Repaired } else { DriftOutcome::Named },
        repairs: Vec::new(),
        again_at: None,
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
        Discovery::Incident(incident) => Finding { args: incident.detail, ..make(&incident.kind, &[], true) },
        Discovery::StateDamaged { detail } => make("state-damaged", &[("detail", detail)], false),
        Discovery::ServiceEnded { service } => make("service-ended", &[("name", service.to_string())], true),
        Discovery::PartlyFetched(part) => {
            let args =
                [("path", part.path), ("have", part.have.to_string()), ("size", part.size.to_string())];
            Finding { outcome: DriftOutcome::Named, ..make("partly-fetched", &args, true) }
        }
        Discovery::PolicyHole { set, machine } => {
            Finding { details: machine, ..make("policy-hole", &[("set", set)], false) }
        }
    }
}
