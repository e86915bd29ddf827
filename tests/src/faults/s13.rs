//! S13: files that bring code and are called models: pickles, PyTorch's archives, files that are two things at once, other
//! formats, under names of models. Each is refused by its content, through importing as well, and nothing of it stays.

mod corpus;
mod pickles;

use super::damaged::watched;
use super::{Report, Run};
use crate::Workstation;
use corpus::{Due, Hostile, corpus};
use las_models::{FileKind, ModelError, read_model, read_safetensors, sniff};

/// What the codes of a refusal are.
const REFUSALS: [&str; 6] = [
    "model-runs-code",
    "model-two-formats",
    "model-not-gguf",
    "model-malformed",
    "model-truncated",
    "model-empty",
];
/// How often each is called what it is not.
const NAMES: [&str; 8] = [
    "model.gguf",
    "model.safetensors",
    "MODEL.GGUF",
    "pytorch_model.bin",
    "model.pt",
    "adapter_model.bin.gguf",
    "model-00001-of-00002.gguf",
    "model",
];

/// That a reader of either format refuses it, for the right reason.
fn by_content(hostile: &Hostile) -> Result<(), String> {
    let gguf = watched(&hostile.bytes, |file, length| read_model(file, length))?;
    let Err(gguf) = gguf else { return Err("accepted: as GGUF".to_owned()) };
    let safetensors = watched(&hostile.bytes, |file, length| {
        sniff(file, length)?.expect(FileKind::Safetensors)?;
        read_safetensors(file, length)
    })?;
    let Err(safetensors) = safetensors else { return Err("accepted: as safetensors".to_owned()) };
    let either = |right: fn(&ModelError) -> bool| right(&gguf) || right(&safetensors);
    let right = match hostile.due {
        Due::Pickle => either(|error| matches!(error, ModelError::RunsCode { .. })),
        Due::Two => either(|error| matches!(error, ModelError::TwoFormats { .. })),
        Due::Other => either(|error| matches!(error, ModelError::NotModel { .. } | ModelError::Empty)),
        Due::Refused => true,
    };
    if right { Ok(()) } else { Err(format!("reason: {gguf:?}, {safetensors:?}")) }
}

/// That importing it is refused with the same code whatever it is called.
fn by_import(hostile: &Hostile, number: usize, machine: &Workstation) -> Result<(), String> {
    let mut codes = Vec::new();
    for name in [NAMES[number % NAMES.len()], NAMES[0]] {
        let file = machine.file(&format!("{number}-{name}"), &hostile.bytes);
        let mode = if number.is_multiple_of(2) { "--copy" } else { "--reference" };
        let ran = machine.json(&["model", "import", &file, mode, "--yes"]);
        let code = ran.code().unwrap_or_default();
        if ran.status != Some(9) || !REFUSALS.contains(&code.as_str()) {
            return Err(format!("accepted: {ran}"));
        }
        codes.push(code);
    }
    if codes[0] == codes[1] { Ok(()) } else { Err(format!("name: {codes:?} by its name alone")) }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let machine = Workstation::new();
    let before = (machine.contents(), machine.current());
    let all = corpus();
    let cases: Vec<_> =
        all.iter().enumerate().map(|(number, hostile)| (hostile.name.clone(), (number, hostile))).collect();
    // Each is looked at; of the imports, which take a process each, a sample.
    let looked = run.each(cases.clone(), |(_, hostile)| by_content(hostile));
    let sample = run.sample(cases, run.choose(30, usize::MAX));
    let core = machine.serve();
    let imported = run.each(sample, |(number, hostile)| by_import(hostile, *number, &machine));
    core.stop();
    let (kinds, imports) = (looked.cases, imported.cases);
    let mut report = looked.and(imported);
    if (machine.contents(), machine.current()) != before {
        report.failures.push("all: left: something stays of what was refused".to_owned());
    }
    machine.is_healthy();
    let figure = format!(
        "{kinds} hostile files: {} accepted, {} refused for another reason; {imports} imported under two names: {} left behind",
        report.count("accepted"),
        report.count("reason"),
        report.count("left"),
    );
    Ok(report.with_figure(figure))
}

#[cfg(test)]
mod tests {
    use super::corpus::corpus;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_more_than_a_hundred_of_them_each_with_a_name_of_its_own() {
        let all = corpus();
        let names: BTreeSet<&str> = all.iter().map(|hostile| hostile.name.as_str()).collect();
        assert!(all.len() >= 120 && names.len() == all.len(), "{} {}", all.len(), names.len());
    }
}
