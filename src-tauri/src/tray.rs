//! The tray: open, start or stop the model's engine, quit.

use crate::core::Core;
use las_api::types::{ExecutionPlan, Intent, ModuleName, Operation, ServiceName, ServiceState};
use las_api::{ErrorBody, PlanApproval, PlanRequest, StatusView};
use las_i18n::Words;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

const TRAY: &str = "main";
const OPEN: &str = "open";
const TOGGLE: &str = "toggle";
const QUIT: &str = "quit";

/// What the tray's one switch would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Switch {
    Start(ModuleName),
    Stop(ServiceName),
    Nothing,
}

/// The switch, its menu item and its words.
struct Tray {
    words: Words,
    item: MenuItem<Wry>,
    switch: Mutex<Switch>,
}

impl Tray {
    fn switch(&self) -> MutexGuard<'_, Switch> {
        self.switch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the icon into the tray.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    let words = Words::for_user(None);
    let open = MenuItem::with_id(app, OPEN, words.text("tray-open", &[]), true, None::<&str>)?;
    let item = MenuItem::with_id(app, TOGGLE, words.text("tray-nothing", &[]), false, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, words.text("tray-quit", &[]), true, None::<&str>)?;
    let (above, below) = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
    let menu = Menu::with_items(app, &[&open, &above, &item, &below, &quit])?;
    TrayIconBuilder::with_id(TRAY)
        .icon(Image::from_bytes(include_bytes!("../../icons/tray.png"))?)
        .tooltip(words.text("product", &[]))
        .menu(&menu)
        .on_menu_event(on_menu_event)
        .build(app)?;
    app.manage(Tray { words, item, switch: Mutex::new(Switch::Nothing) });
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
        TOGGLE => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                if let Err(error) = toggle(&app).await {
                    tracing::warn!(%error, "the tray's switch failed");
                    // The window shows the operation and why it failed.
                    show_window(&app);
                }
                refresh(&app).await;
            });
        }
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

/// Does what the switch says: a plan that needs no person's confirmation, made and approved at once.
async fn toggle(app: &AppHandle) -> Result<(), ErrorBody> {
    let Some(tray) = app.try_state::<Tray>() else { return Ok(()) };
    let intent = match tray.switch().clone() {
        Switch::Start(model) => Intent::ModelLoad { model },
        Switch::Stop(service) => Intent::ServiceStop { service },
        Switch::Nothing => return Ok(()),
    };
    let client = app.state::<Core>().client().await?;
    let plan: ExecutionPlan = client.call("plan_create", PlanRequest { intent }).await?;
    let approval = PlanApproval { id: plan.id.to_string(), actor: Some("window".to_owned()) };
    client.call::<Operation>("plan_approve", approval).await?;
    Ok(())
}

/// Reads the state again and says in the menu what the switch would do.
pub(crate) async fn refresh(app: &AppHandle) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let status = match app.state::<Core>().client().await {
        Ok(client) => client.call::<StatusView>("status_show", serde_json::json!({})).await,
        Err(error) => Err(error),
    };
    let next = match status {
        Ok(status) => choose(&status),
        Err(error) => {
            tracing::warn!(%error, "the tray could not read the state");
            Switch::Nothing
        }
    };
    let text = match &next {
        Switch::Start(model) => tray.words.text("tray-start", &[("name", &model.to_string())]),
        Switch::Stop(service) => tray.words.text("tray-stop", &[("name", &service.to_string())]),
        Switch::Nothing => tray.words.text("tray-nothing", &[]),
    };
    let enabled = next != Switch::Nothing;
    *tray.switch() = next;
    if let Err(error) = tray.item.set_text(text).and_then(|()| tray.item.set_enabled(enabled)) {
        tracing::warn!(%error, "the tray's menu could not be changed");
    }
}

/// Stops what runs; else starts what ran last, or the first model.
fn choose(status: &StatusView) -> Switch {
    let up = |state| matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting);
    if let Some(service) = status.services.iter().find(|service| up(service.state)) {
        return Switch::Stop(service.name.clone());
    }
    let last = status.services.iter().max_by_key(|service| service.since).map(|service| &service.model);
    let model =
        last.or_else(|| status.models.iter().find(|model| model.base.is_none()).map(|model| &model.name));
    model.cloned().map_or(Switch::Nothing, Switch::Start)
}
