//! The window and the tray over the control core.
//!
//! Invariants: every change goes through the table of commands in `las-api`; the page can call three
//! commands of this shell and nothing of the system's; a core that this process hosts is closed before
//! the process ends, so that no engine outlives it.
//!
//! What this crate does not do: it decides nothing and keeps no state of the machine; it has no text of
//! its own (the tray's words come from `locales/`).
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod asked;
mod chat;
mod commands;
mod core;
mod forward;
mod host;
mod tray;

use crate::chat::Conversations;
use crate::core::Core;
use las_app::{ConfigSources, logging};
use las_i18n::Words;
use std::io::IsTerminal;
use tauri::{AppHandle, Manager, RunEvent, Window, WindowEvent};

fn main() -> tauri::Result<()> {
    las_app::close_inherited_on_exec();
    // What is wrong with the configuration the page shows: it asks a core, and none starts.
    let loaded =
        ConfigSources::from_environment(None, Vec::new()).ok().and_then(|sources| sources.load().ok());
    if let Some(loaded) = &loaded {
        let colour = if std::io::stderr().is_terminal() { logging::Colour::On } else { logging::Colour::Off };
        logging::start(loaded.config(), colour);
    }
    let words = Words::for_user(loaded.as_ref().and_then(|loaded| loaded.config().language.tag()));
    let app = tauri::Builder::default()
        .manage(Core::default())
        .manage(Conversations::default())
        .invoke_handler(tauri::generate_handler![commands::call, commands::chat, commands::chat_cancel])
        .on_window_event(on_window_event)
        .setup(|app| {
            if host::present() {
                tray::build(app.handle(), words)?;
            }
            forward::start(app.handle());
            end_on_signal(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            tauri::async_runtime::block_on(app.state::<Core>().close());
        }
    });
    Ok(())
}

/// Closing hides the window where the tray can show it again; elsewhere it quits.
fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && tray::shown(window.app_handle())
        && host::present()
        && window.hide().is_ok()
    {
        api.prevent_close();
    }
}

/// Ends in order when the session or a person asks the process to.
fn end_on_signal(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        app.exit(0);
    });
}
