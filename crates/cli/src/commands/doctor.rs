//! Everything unfinished, damaged or drifted.

use crate::context::{Context, View};
use crate::lines::Lines;
use crate::output::{Form, Output};
use crate::render;
use crate::stop::Stop;
use las_api::types::{DriftOutcome, ExitStatus};
use las_api::{DoctorReport, DoctorRequest, ErrorBody, Finding};
use las_app::Options;
use las_i18n::Words;

pub(crate) async fn run(context: &Context, repair: bool) -> Result<(), Stop> {
    let report: DoctorReport = context.ask("doctor_run", DoctorRequest { repair }).await?;
    context.show(&report, text)?;
    match status(&report) {
        Some(status) => Err(Stop::Status(status)),
        None => Ok(()),
    }
}

/// Takes the database back to an older schema, for an older version of the program. No core may run: this
/// one could not use what is left.
pub(crate) async fn go_back(words: &Words, output: Output, schema: i64) -> Result<(), Stop> {
    let had = las_app::go_back(&Options::home_directory(None).map_err(ErrorBody::from)?, schema).await?;
    if output.form == Form::Json {
        return output.document(&serde_json::json!({ "schema": schema, "was": had }));
    }
    let (schema, had) = (schema.to_string(), had.to_string());
    output.line(&words.text("cli-doctor-went-back", &[("schema", &schema), ("was", &had)]))
}

/// What is not as it was written.
const INTEGRITY: [&str; 4] = ["item-damaged", "item-missing", "state-damaged", "state-edited"];

/// Healthy and repaired is 0; damaged bytes are a failed integrity check.
fn status(report: &DoctorReport) -> Option<ExitStatus> {
    let open = || report.findings.iter().filter(|finding| !finding.repaired);
    if open().any(|finding| INTEGRITY.contains(&finding.key.as_str())) {
        return Some(ExitStatus::Integrity);
    }
    open().next().map(|_| ExitStatus::Failed)
}

fn text(report: &DoctorReport, view: &View<'_>) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text += &self::finding(finding, view);
    }
    let checked = report.checked.to_string();
    let open = report.findings.iter().filter(|finding| !finding.repaired).count();
    let summary = if open == 0 {
        view.paint.good(&view.words.text("cli-doctor-healthy", &[("count", &checked)]))
    } else {
        view.paint.bad(
            &view.words.text("cli-doctor-unhealthy", &[("count", &checked), ("open", &open.to_string())]),
        )
    };
    text + &summary + "\n" + &super::secret::stores_text(&report.secret_stores, view)
}

/// One finding: what it is, what was done, and what to do.
pub(crate) fn finding(finding: &Finding, view: &View<'_>) -> String {
    let mut text = String::new();
    let key = format!("finding-{}", finding.key);
    let what = view.words.text_with(&key, &finding.args);
    if finding.repaired {
        // Nothing was wrong with it, and nothing was done.
        let word =
            if finding.outcome == DriftOutcome::Named { "cli-doctor-kept" } else { "cli-doctor-repaired" };
        text.add_line(&format!("{} {what}", view.paint.good(&view.word(word))));
        return text;
    }
    text.add_line(&format!("{} {what}", view.paint.bad(&view.word("cli-doctor-open"))));
    text += &crate::output::details_text(view.words, &finding.details);
    if let Some(again_at) = finding.again_at {
        let times: Vec<_> = finding.repairs.iter().map(|at| render::moment(*at)).collect();
        let args = [("times", &*render::joined(times)), ("again", &*render::moment(again_at))];
        text.add_line(&view.paint.faint(&view.words.text("cli-doctor-left", &args)));
    }
    if let Some(remedy) = view.words.attribute_with(&key, "remedy", &finding.args) {
        text.add_line(&view.paint.faint(&view.words.text("cli-remedy-line", &[("remedy", &remedy)])));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{INTEGRITY, status, text};
    use crate::context::View;
    use crate::output::Paint;
    use las_api::types::{DriftOutcome, ExitStatus};
    use las_api::{DoctorReport, Finding};
    use las_i18n::Words;

    fn report(findings: &[(&str, bool)]) -> DoctorReport {
        let finding = |(key, repaired): &(&str, bool)| Finding {
            key: (*key).to_owned(),
            args: [].into(),
            details: vec![],
            repaired: *repaired,
            outcome: if *repaired { DriftOutcome::Repaired } else { DriftOutcome::Named },
            repairs: vec![],
            again_at: None,
        };
        DoctorReport { findings: findings.iter().map(finding).collect(), checked: 3, secret_stores: vec![] }
    }

    #[test]
    fn the_status_tells_open_findings_from_repaired_ones() {
        assert_eq!(status(&report(&[])), None);
        assert_eq!(status(&report(&[("stray-file", true)])), None);
        assert_eq!(status(&report(&[("stray-file", false)])), Some(ExitStatus::Failed));
        for damaged in INTEGRITY {
            let found = report(&[("stray-file", false), (damaged, false)]);
            assert_eq!(status(&found), Some(ExitStatus::Integrity), "{damaged}");
        }
    }

    #[test]
    fn an_open_finding_has_its_remedy_and_a_repaired_one_has_not() {
        let words = Words::for_user(Some("en"));
        let view = View { words: &words, paint: Paint { on: false } };
        assert_eq!(text(&report(&[("stray-file", false)]), &view).lines().count(), 3);
        assert_eq!(text(&report(&[("stray-file", true)]), &view).lines().count(), 2);
    }
}
