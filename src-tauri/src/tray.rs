//! The tray: open, a line for each operation, start, stop, a line for each service, quit. Start and stop act on the service that
//! ran last; the one that would do nothing is disabled. A line of a service says how it is, and a click starts or stops it. What
//! could not be done the window shows.

mod entries;
mod operations;

use crate::asked;
use crate::core::Core;
use entries::{Entries, is_up};
use las_api::types::{Intent, Operation, OperationId, OperationState, ServiceName};
use las_api::{ById, ErrorBody, StatusView};
use las_i18n::Words;
use operations::{Asked, Operations};
use serde_json::json;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Emitter, Manager, Wry};

const TRAY: &str = "main";
const OPEN: &str = "open";
const START: &str = "start";
const STOP: &str = "stop";
const QUIT: &str = "quit";
/// What the words of an item say that would act on nothing.
const NOTHING: &str = "none";
/// The page's name for what could not be done.
const FAILURE: &str = "tray-failure";

/// What start and stop would act on now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Targets {
    start: Option<ServiceName>,
    stop: Option<ServiceName>,
}

/// The menu, the two items and what they act on, the lines of operations and of services, and the words of all.
struct Tray {
    words: Words,
    menu: Menu<Wry>,
    start: MenuItem<Wry>,
    stop: MenuItem<Wry>,
    targets: Mutex<Targets>,
    entries: Mutex<Entries>,
    operations: Mutex<Operations>,
    /// Held while the state is read and shown: what was read later is shown later.
    reading: tokio::sync::Mutex<()>,
}

impl Tray {
    fn targets(&self) -> MutexGuard<'_, Targets> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn operations(&self) -> MutexGuard<'_, Operations> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, key: &str, target: Option<&impl ToString>) -> String {
        let name = target.map_or_else(|| NOTHING.to_owned(), ToString::to_string);
        self.words.text(key, &[("name", &name)])
    }

    /// Says in the menu what the items act on.
    fn show(&self, targets: Targets) -> tauri::Result<()> {
        self.start.set_text(self.text("tray-start", targets.start.as_ref()))?;
        self.start.set_enabled(targets.start.is_some())?;
        self.stop.set_text(self.text("tray-stop", targets.stop.as_ref()))?;
        self.stop.set_enabled(targets.stop.is_some())?;
        *self.targets() = targets;
        Ok(())
    }
}

/// Puts the icon into the tray.
pub(crate) fn build(app: &AppHandle, words: Words) -> tauri::Result<()> {
    let open = MenuItem::with_id(app, OPEN, words.text("tray-open", &[]), true, None::<&str>)?;
    let start =
        MenuItem::with_id(app, START, words.text("tray-start", &[("name", NOTHING)]), false, None::<&str>)?;
    let stop =
        MenuItem::with_id(app, STOP, words.text("tray-stop", &[("name", NOTHING)]), false, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, words.text("tray-quit", &[]), true, None::<&str>)?;
    let (above, below) = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
    // The lines of operations come behind the first, those of services between the two that act on one and the last.
    let menu = Menu::with_items(app, &[&open, &above, &start, &stop, &below, &quit])?;
    TrayIconBuilder::with_id(TRAY)
        .icon(Image::from_bytes(include_bytes!("../../icons/tray.png"))?)
        .tooltip(words.text("product", &[]))
        .menu(&menu)
        .on_menu_event(on_menu_event)
        .build(app)?;
    app.manage(Tray {
        words,
        menu,
        start,
        stop,
        targets: Mutex::default(),
        entries: Mutex::default(),
        operations: Mutex::default(),
        reading: tokio::sync::Mutex::default(),
    });
    Ok(())
}

/// Whether there is an icon.
pub(crate) fn shown(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that Tauri asks for")]
fn on_menu_event(app: &AppHandle, event: MenuEvent) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let started = |service: ServiceName| (service.clone(), Intent::ServiceStart { service });
    let stopped = |service: ServiceName| (service.clone(), Intent::ServiceStop { service });
    let asked = match event.id().as_ref() {
        OPEN => return show_window(app),
        QUIT => return app.exit(0),
        START => tray.targets().start.clone().map(started),
        STOP => tray.targets().stop.clone().map(stopped),
        id => {
            let asked = tray.operations().asked_by(id);
            match asked {
                Some(Asked::Command(command, id)) => return ask_of_operation(app, command, id),
                Some(Asked::See) => return show_window(app),
                Some(Asked::Why(error)) => return tell_why(app, &error),
                None => tray.entries().asked_by(id),
            }
        }
    };
    if let Some((service, intent)) = asked {
        ask(app, service, intent);
    }
}

fn show_window(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be shown");
        }
    }
}

/// Does what a click asks for, after what was asked for before, and shows what came of it.
fn ask(app: &AppHandle, service: ServiceName, intent: Intent) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(tray) = app.try_state::<Tray>() else { return };
        tray.entries().begin(&service);
        refresh(&app).await;
        let outcome = asked::run(&app, intent).await;
        tray.entries().end(&service);
        if let Err(error) = outcome {
            tracing::warn!(%service, %error, "what the tray asked for failed");
            tray.operations().was_told(error.operation);
            tell(&app, Some(&service), &error);
        }
        refresh(&app).await;
    });
}

/// Tells why an operation failed; then its line has done its work.
fn tell_why(app: &AppHandle, error: &ErrorBody) {
    tell(app, None, error);
    let app = app.clone();
    tauri::async_runtime::spawn(async move { refresh(&app).await });
}

/// Pauses an operation, lets it go on or cancels it.
fn ask_of_operation(app: &AppHandle, command: &'static str, id: OperationId) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let outcome = match app.state::<Core>().client().await {
            Ok(client) => {
                client.call::<serde_json::Value>(command, ById { id: id.to_string() }).await.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(%id, command, %error, "what the tray asked for failed");
            tell(&app, None, &error);
        }
        refresh(&app).await;
    });
}

/// Opens the window where it shows the service, or what was done, and why something could not be.
fn tell(app: &AppHandle, service: Option<&ServiceName>, error: &ErrorBody) {
    show_window(app);
    if let Err(error) = app.emit(FAILURE, json!({ "service": service, "error": error })) {
        tracing::warn!(%error, "a failure did not reach the page");
    }
}

/// Shows how far an operation is that goes on; reads the state where more than that changed.
pub(crate) async fn moves(app: &AppHandle, operation: &Operation) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    if tray.operations().may_wait(operation) {
        return;
    }
    let newer = operation.clone();
    let alone = tray.reading.lock().await;
    let shown = on_main_thread(app, move |app| {
        let Some(tray) = app.try_state::<Tray>() else { return Ok(true) };
        tray.operations().moves(&newer, &tray.words)
    });
    let shown = shown.await;
    drop(alone);
    match shown {
        Ok(Some(true) | None) => {}
        Ok(Some(false)) => refresh(app).await,
        Err(error) => tracing::warn!(%error, "the tray's menu could not be changed"),
    }
}

/// Reads the state again and shows it in the menu.
pub(crate) async fn refresh(app: &AppHandle) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let _alone = tray.reading.lock().await;
    let status = match app.state::<Core>().client().await {
        Ok(client) => client.call::<StatusView>("status_show", json!({})).await,
        Err(error) => Err(error),
    };
    let (targets, services, operations) = match status {
        Ok(status) => (choose(&status), status.services, told(status.operations, status.last_operation)),
        Err(error) => {
            tracing::warn!(%error, "the tray could not read the state");
            (Targets::default(), Vec::new(), Vec::new())
        }
    };
    let shown = on_main_thread(app, move |app| {
        let Some(tray) = app.try_state::<Tray>() else { return Ok(()) };
        tray.show(targets)?;
        tray.operations().show(app, &tray.menu, &tray.words, &operations)?;
        let above = tray.operations().height();
        tray.entries().show(app, &tray.menu, &tray.words, &services, above)
    });
    if let Err(error) = shown.await {
        tracing::warn!(%error, "the tray's menu could not be changed");
    }
}

/// A menu is changed there as a whole: whoever held its lines while he waited for that thread, would wait for a click that
/// waits for the lines.
async fn on_main_thread<T: Send + 'static>(
    app: &AppHandle,
    change: impl FnOnce(&AppHandle) -> tauri::Result<T> + Send + 'static,
) -> tauri::Result<Option<T>> {
    let (done, outcome) = tokio::sync::oneshot::channel();
    let there = app.clone();
    app.run_on_main_thread(move || {
        // Nobody waits for it any more once the application ends.
        let _ = done.send(change(&there));
    })?;
    outcome.await.map_or(Ok(None), |outcome| outcome.map(Some))
}

/// What has a line: what is not at its end, and the last one if it failed.
fn told(mut operations: Vec<Operation>, last: Option<Operation>) -> Vec<Operation> {
    operations.extend(last.filter(|last| last.state == OperationState::Failed));
    operations
}

/// Stop acts on what runs; start, when nothing does, on what ran last or the first model.
fn choose(status: &StatusView) -> Targets {
    if let Some(service) = status.services.iter().find(|service| is_up(service.state)) {
        return Targets { start: None, stop: Some(service.name.clone()) };
    }
    let last = status.services.iter().max_by_key(|service| service.since).map(|service| service.name.clone());
    let model = || status.models.iter().find(|model| model.base.is_none());
    let first = || model().and_then(|model| model.name.as_str().parse().ok());
    Targets { start: last.or_else(first), stop: None }
}
