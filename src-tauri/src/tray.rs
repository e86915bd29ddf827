//! The tray: open, start, stop, quit. Start and stop act on the service that ran last; the one that would do
//! nothing is disabled.

use crate::core::Core;
use las_api::types::{ExecutionPlan, Intent, Operation, ServiceName, ServiceState};
use las_api::{ErrorBody, PlanApproval, PlanRequest, StatusView};
use las_i18n::Words;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

const TRAY: &str = "main";
const OPEN: &str = "open";
const START: &str = "start";
const STOP: &str = "stop";
const QUIT: &str = "quit";
/// What the words of an item say that would act on nothing.
const NOTHING: &str = "none";

/// What start and stop would act on now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Targets {
    start: Option<ServiceName>,
    stop: Option<ServiceName>,
}

/// The two items, what they act on, and their words.
struct Tray {
    words: Words,
    start: MenuItem<Wry>,
    stop: MenuItem<Wry>,
    targets: Mutex<Targets>,
}

impl Tray {
    fn targets(&self) -> MutexGuard<'_, Targets> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
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
    let menu = Menu::with_items(app, &[&open, &above, &start, &stop, &below, &quit])?;
    TrayIconBuilder::with_id(TRAY)
        .icon(Image::from_bytes(include_bytes!("../../icons/tray.png"))?)
        .tooltip(words.text("product", &[]))
        .menu(&menu)
        .on_menu_event(on_menu_event)
        .build(app)?;
    app.manage(Tray { words, start, stop, targets: Mutex::default() });
    Ok(())
}

/// Whether there is an icon.
pub(crate) fn shown(app: &AppHandle) -> bool {
    app.tray_by_id(TRAY).is_some()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that Tauri asks for")]
fn on_menu_event(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => show_window(app),
        START => state(app, |targets| targets.start.map(|service| Intent::ServiceStart { service })),
        STOP => state(app, |targets| targets.stop.map(|service| Intent::ServiceStop { service })),
        QUIT => app.exit(0),
        _ => {}
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

/// States the intent of an item: a plan that needs no person's confirmation, made and approved at once.
fn state(app: &AppHandle, intent: fn(Targets) -> Option<Intent>) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let Some(intent) = intent(tray.targets().clone()) else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = run(&app, intent).await {
            tracing::warn!(%error, "what the tray asked for failed");
            // The window shows the operation and why it failed.
            show_window(&app);
        }
        refresh(&app).await;
    });
}

async fn run(app: &AppHandle, intent: Intent) -> Result<(), ErrorBody> {
    let client = app.state::<Core>().client().await?;
    let plan: ExecutionPlan = client.call("plan_create", PlanRequest { intent }).await?;
    let approval =
        PlanApproval { id: plan.id.to_string(), actor: Some("window".to_owned()), idempotency_key: None };
    client.call::<Operation>("plan_approve", approval).await?;
    Ok(())
}

/// Reads the state again and says in the menu what the items would act on.
pub(crate) async fn refresh(app: &AppHandle) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let status = match app.state::<Core>().client().await {
        Ok(client) => client.call::<StatusView>("status_show", serde_json::json!({})).await,
        Err(error) => Err(error),
    };
    let targets = match status {
        Ok(status) => choose(&status),
        Err(error) => {
            tracing::warn!(%error, "the tray could not read the state");
            Targets::default()
        }
    };
    if let Err(error) = tray.show(targets) {
        tracing::warn!(%error, "the tray's menu could not be changed");
    }
}

/// Stop acts on what runs; start, when nothing does, on what ran last or the first model.
fn choose(status: &StatusView) -> Targets {
    let up = |state| matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting);
    if let Some(service) = status.services.iter().find(|service| up(service.state)) {
        return Targets { start: None, stop: Some(service.name.clone()) };
    }
    let last = status.services.iter().max_by_key(|service| service.since).map(|service| service.name.clone());
    let model = || status.models.iter().find(|model| model.base.is_none());
    let first = || model().and_then(|model| model.name.as_str().parse().ok());
    Targets { start: last.or_else(first), stop: None }
}
