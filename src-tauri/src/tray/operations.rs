//! A line of the menu for each operation that is not at its end: what it is for and how far it is, in the words of the command
//! line, and below it what pauses it, lets it go on and cancels it. What failed last has a line whose click tells why.
//!
//! They are not inside a menu of their own: the label of one that changes does not reach the desktop's panel.

use las_api::ErrorBody;
use las_api::types::{Operation, OperationId, OperationState};
use las_i18n::Words;
use std::time::{Duration, Instant};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::{AppHandle, Wry};

/// What ids begin with.
const OPERATION: &str = "operation:";
const PAUSE: &str = "pause:";
const CANCEL: &str = "cancel:";
const FAILED: &str = "failed:";
/// How many lines are above those of operations.
const ABOVE: usize = 1;
/// Progress comes many times a second; nobody reads so fast.
const APART: Duration = Duration::from_millis(500);

/// What a click asks for.
pub(super) enum Asked {
    /// This command of the table, about this operation.
    Command(&'static str, OperationId),
    /// To see it in the window.
    See,
    /// To be told why one failed.
    Why(Box<ErrorBody>),
}

/// The line of one operation.
struct Line {
    operation: Operation,
    item: Item,
}

enum Item {
    Moving { whole: MenuItem<Wry>, pause: MenuItem<Wry>, cancel: MenuItem<Wry> },
    Failed(MenuItem<Wry>),
}

impl Item {
    fn places(&self) -> Vec<&MenuItem<Wry>> {
        match self {
            Self::Moving { whole, pause, cancel } => vec![whole, pause, cancel],
            Self::Failed(item) => vec![item],
        }
    }
}

/// The lines of operations.
#[derive(Default)]
pub(super) struct Operations {
    lines: Vec<Line>,
    /// Between them and what is above.
    part: Option<PredefinedMenuItem<Wry>>,
    /// When progress was shown last.
    moved: Option<Instant>,
    /// Of which somebody was told why it failed.
    told: Option<OperationId>,
}

impl Operations {
    /// How many places of the menu they take.
    pub(super) fn height(&self) -> usize {
        self.height_of(self.lines.len()) + usize::from(self.part.is_some())
    }

    /// How many the first so many of them take.
    fn height_of(&self, first: usize) -> usize {
        self.lines.iter().take(first).map(|line| line.item.places().len()).sum()
    }

    /// What a click on the line with this id asks for.
    pub(super) fn asked_by(&mut self, id: &str) -> Option<Asked> {
        let of = |beginning: &str| {
            let id = id.strip_prefix(beginning)?;
            self.lines.iter().map(|line| &line.operation).find(|operation| operation.id.to_string() == id)
        };
        if let Some(operation) = of(PAUSE) {
            let paused = operation.state == OperationState::Paused;
            let command = if paused { "operation_resume" } else { "operation_pause" };
            return Some(Asked::Command(command, operation.id));
        }
        if let Some(operation) = of(CANCEL) {
            return Some(Asked::Command("operation_cancel", operation.id));
        }
        if of(OPERATION).is_some() {
            return Some(Asked::See);
        }
        let failed = of(FAILED)?;
        let (id, why) = (failed.id, ErrorBody::of(failed)?);
        self.was_told(Some(id));
        Some(Asked::Why(Box::new(why)))
    }

    /// Somebody was told why it failed: it needs no line.
    pub(super) fn was_told(&mut self, operation: Option<OperationId>) {
        self.told = operation.or(self.told);
    }

    /// Whether this is an operation that only went on, and so recently that nothing need be shown of it.
    pub(super) fn may_wait(&self, newer: &Operation) -> bool {
        let known = self.lines.iter().find(|line| line.operation.id == newer.id);
        let recently = self.moved.is_some_and(|moved| moved.elapsed() < APART);
        known.is_some_and(|line| line.operation.state == newer.state) && recently
    }

    /// Shows how far an operation is. Gives false where that is not all: its line is another, or there is none.
    pub(super) fn moves(&mut self, newer: &Operation, words: &Words) -> tauri::Result<bool> {
        let Some(line) = self.lines.iter_mut().find(|line| line.operation.id == newer.id) else {
            return Ok(false);
        };
        if line.operation.state != newer.state {
            return Ok(false);
        }
        self.moved = Some(Instant::now());
        line.operation = newer.clone();
        line.show(words)?;
        Ok(true)
    }

    /// Makes the lines those of these operations: only what differs is changed, so that a menu that is open stays open.
    pub(super) fn show(
        &mut self,
        app: &AppHandle,
        menu: &Menu<Wry>,
        words: &Words,
        operations: &[Operation],
    ) -> tauri::Result<()> {
        let told = self.told;
        let operations: Vec<_> = operations.iter().filter(|one| Some(one.id) != told).collect();
        let stays = |line: &Line| {
            let now = operations.iter().find(|one| one.id == line.operation.id);
            let now = now.map(|one| one.state.is_final());
            now == Some(line.operation.state.is_final())
        };
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.lines).into_iter().partition(stays);
        self.lines = kept;
        for line in gone {
            for place in line.item.places() {
                menu.remove(place)?;
            }
        }
        self.part(app, menu, operations.is_empty())?;
        for (index, operation) in operations.iter().enumerate() {
            if self.lines.get(index).is_none_or(|line| line.operation.id != operation.id) {
                let item = make(app, operation, words)?;
                let above = ABOVE + 1 + self.height_of(index);
                for (below, place) in item.places().into_iter().enumerate() {
                    menu.insert(place, above + below)?;
                }
                self.lines.insert(index, Line { operation: (*operation).clone(), item });
            }
            if let Some(line) = self.lines.get_mut(index) {
                line.operation = (*operation).clone();
                line.show(words)?;
            }
        }
        Ok(())
    }

    /// A line between them and what is above, where there are any.
    fn part(&mut self, app: &AppHandle, menu: &Menu<Wry>, empty: bool) -> tauri::Result<()> {
        match (&self.part, empty) {
            (None, false) => {
                let part = PredefinedMenuItem::separator(app)?;
                menu.insert(&part, ABOVE)?;
                self.part = Some(part);
            }
            (Some(part), true) => {
                menu.remove(part)?;
                self.part = None;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Line {
    fn show(&self, words: &Words) -> tauri::Result<()> {
        let label = label(&self.operation, words);
        match &self.item {
            Item::Failed(item) => item.set_text(label),
            Item::Moving { whole, pause, cancel } => {
                let state = self.operation.state;
                let paused = state == OperationState::Paused;
                let fetches = self.operation.progress.total.bytes() > 0;
                whole.set_text(label)?;
                pause.set_text(
                    words.text(if paused { "operation-continue" } else { "operation-pause" }, &[]),
                )?;
                pause.set_enabled(paused || (state == OperationState::Running && fetches))?;
                cancel.set_enabled(state != OperationState::Undoing)
            }
        }
    }
}

fn make(app: &AppHandle, operation: &Operation, words: &Words) -> tauri::Result<Item> {
    let (id, none) = (operation.id, None::<&str>);
    if operation.state.is_final() {
        return Ok(Item::Failed(MenuItem::with_id(app, format!("{FAILED}{id}"), "", true, none)?));
    }
    let pause = MenuItem::with_id(app, format!("{PAUSE}{id}"), "", false, none)?;
    let cancel = words.text("operation-cancel", &[]);
    let cancel = MenuItem::with_id(app, format!("{CANCEL}{id}"), cancel, true, none)?;
    let whole = MenuItem::with_id(app, format!("{OPERATION}{id}"), "", true, none)?;
    Ok(Item::Moving { whole, pause, cancel })
}

/// `Get the model org/name: 25 % · 1.2 GB of 4.7 GB · 94 MB/s · 0:38 left`; what does not run says so first.
fn label(operation: &Operation, words: &Words) -> String {
    let state = match operation.state {
        OperationState::Running => None,
        OperationState::Undoing => Some("operation-state-undoing"),
        OperationState::Paused => Some("operation-state-paused"),
        OperationState::Succeeded => Some("operation-state-succeeded"),
        OperationState::Failed => Some("operation-state-failed"),
        OperationState::Cancelled => Some("operation-state-cancelled"),
    };
    let progress = &operation.progress;
    let mut parts: Vec<String> = state.map(|key| words.text(key, &[])).into_iter().collect();
    if matches!(operation.state, OperationState::Running | OperationState::Paused) {
        let phrases = progress.percent().into_iter().chain(progress.phrases());
        parts.extend(phrases.map(|phrase| words.text_with(&phrase.key, &phrase.args)));
    }
    if parts.is_empty() {
        parts.push(words.text("operation-state-running", &[]));
    }
    let intent = operation.intent.phrase();
    let what = words.text_with(&intent.key, &intent.args);
    let text = words.text("tray-operation", &[("what", &what), ("state", &parts.join(" · "))]);
    // A menu takes a single one for the mark of a letter.
    text.replace('&', "&&")
}
