//! Changes of the configuration: one step, that writes its file.

use las_resolver::Draft;
use las_types::{ByteSize, ConfigStore, Effect, Failure, Installed, Note, PlanStep, StepAction};

/// What setting a key means, or with no value taking it out of the file. Codes: `config-key-unknown`,
/// `config-invalid`.
pub(crate) fn draft(
    installed: &[Installed],
    config: &dyn ConfigStore,
    key: &str,
    value: Option<&str>,
) -> Result<Draft, Failure> {
    let edit = config.edit(key, value)?;
    let mut draft = Draft { outcome: installed.to_vec(), ..Draft::default() };
    if edit.before.as_deref() == Some(&edit.after) || (edit.before.is_none() && edit.after.is_empty()) {
        return Ok(draft);
    }
    let note = match (edit.origin.beats_file(), edit.effect) {
        (Some(_), _) => "config-outranked",
        (None, Effect::AtOnce) => "config-at-once",
        (None, Effect::AtNextStart) => "config-at-next-start",
    };
    draft.notes.push(Note::new(note));
    let bytes = ByteSize::new(u64::try_from(edit.after.len()).unwrap_or(u64::MAX));
    let action = StepAction::ConfigWrite { path: edit.path, before: edit.before, after: edit.after };
    draft.steps.push(PlanStep::next(0, action, bytes, "restore-config"));
    Ok(draft)
}
