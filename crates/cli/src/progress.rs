//! An operation's steps as lines: drawn over itself on a terminal, one finished line a step elsewhere.

use crate::context::{Context, View};
use crate::output::{Form, Output};
use crate::render;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use las_api::types::{ExecutionPlan, Operation, OperationState, Progress, Working};
use las_i18n::Words;
use std::collections::BTreeSet;
use std::time::Duration;

const REDRAWN_EVERY: Duration = Duration::from_millis(120);

/// The steps of one operation.
pub(crate) struct StepLines {
    output: Output,
    words: Words,
    texts: Vec<String>,
    /// Which steps were said to be done.
    said: BTreeSet<usize>,
    /// What is said once when undoing begins.
    undoing: Option<String>,
    bar: Option<ProgressBar>,
    /// The step that the bar shows.
    drawn: Option<usize>,
}

impl StepLines {
    pub(crate) fn new(context: &Context, plan: &ExecutionPlan) -> Self {
        let view = View { words: &context.words, paint: context.output.note_paint() };
        // With JSON the events are the progress.
        let drawing = context.output.can_draw() && context.output.form == Form::Text;
        Self {
            output: context.output,
            words: Words::for_user(Some(context.words.language())),
            texts: plan.steps.iter().map(|step| render::step(step, &view)).collect(),
            said: BTreeSet::new(),
            undoing: Some(view.value("operation-state", &OperationState::Undoing)),
            bar: drawing.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())),
            drawn: None,
        }
    }

    /// Shows where the operation is.
    pub(crate) fn show(&mut self, operation: &Operation) {
        match operation.state {
            OperationState::Running => {
                let progress = &operation.progress;
                self.done_until(place(progress.step));
                progress.finished.iter().for_each(|step| self.done(place(*step)));
                if let Some(working) = progress.working.first() {
                    self.draw(working, progress);
                }
            }
            OperationState::Undoing => {
                if let Some(text) = self.undoing.take() {
                    self.clear();
                    self.say(&text);
                }
            }
            OperationState::Succeeded => self.done_until(usize::MAX),
            OperationState::Paused | OperationState::Failed | OperationState::Cancelled => self.clear(),
        }
        if operation.state.is_at_rest() {
            self.clear();
        }
    }

    fn done_until(&mut self, step: usize) {
        (0..step.min(self.texts.len())).for_each(|index| self.done(index));
    }

    fn done(&mut self, index: usize) {
        if self.said.insert(index) {
            self.say(&step_line(index, &self.texts, "100 %"));
        }
    }

    /// The first of the steps in work, and how fast all of them move.
    fn draw(&mut self, working: &Working, progress: &Progress) {
        let Some(bar) = &self.bar else { return };
        let (step, total) = (place(working.step), working.total.bytes());
        if self.drawn != Some(step) {
            self.drawn = Some(step);
            let form = if total > 0 { "{msg} {bar:24} {percent} % {prefix}" } else { "{msg} {spinner}" };
            // The forms are fixed; with a mistake in them indicatif's own form stays.
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style);
            }
            bar.set_message(step_line(step, &self.texts, ""));
            bar.reset();
            bar.enable_steady_tick(REDRAWN_EVERY);
        }
        bar.set_prefix(render::pace_of(progress, &self.words));
        bar.set_length(total);
        bar.set_position(working.done.bytes());
    }

    fn say(&self, text: &str) {
        match (&self.bar, self.output.form) {
            (_, Form::Json) => {}
            (Some(bar), Form::Text) => bar.suspend(|| self.output.note(text)),
            (None, Form::Text) => self.output.note(text),
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for StepLines {
    fn drop(&mut self) {
        self.clear();
    }
}

fn place(step: u32) -> usize {
    usize::try_from(step).unwrap_or(usize::MAX)
}

/// `[2/4] Install llama.cpp 0.2.15 (46 MB) 100 %`
fn step_line(index: usize, texts: &[String], outcome: &str) -> String {
    let text = texts.get(index).map_or("", String::as_str);
    format!("[{}/{}] {text} {outcome}", index + 1, texts.len()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::step_line;

    #[test]
    fn a_step_is_one_line() {
        let texts = ["Install".to_owned(), "Check".to_owned()];
        assert_eq!(step_line(1, &texts, "100 %"), "[2/2] Check 100 %");
        assert_eq!(step_line(0, &texts, ""), "[1/2] Install");
    }
}
