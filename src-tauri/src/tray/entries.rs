//! One line of the menu for each service that `las service list` has, in its order and with its words. A check says that it
//! runs.

use las_api::types::{Intent, ServiceName, ServiceState, ServiceStatus};
use las_i18n::Words;
use tauri::menu::{CheckMenuItem, Menu, PredefinedMenuItem};
use tauri::{AppHandle, Wry};

/// What the id of a service's line begins with.
const SERVICE: &str = "service:";
/// How many lines are above those of services, besides those of operations.
const ABOVE: usize = 4;

struct Entry {
    service: ServiceName,
    state: ServiceState,
    item: CheckMenuItem<Wry>,
}

/// The lines of services.
#[derive(Default)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    /// Between them and what is above.
    line: Option<PredefinedMenuItem<Wry>>,
    /// Services of which something was asked that is not done yet, as often as it was.
    asked: Vec<ServiceName>,
}

/// Whether it runs, or is about to.
pub(super) fn is_up(state: ServiceState) -> bool {
    matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting)
}

/// How a service is, as the command line writes it.
fn word(service: &ServiceStatus, words: &Words) -> String {
    let key = match service.state {
        _ if service.is_degraded() => "service-state-degraded",
        ServiceState::Starting => "service-state-starting",
        ServiceState::Ready => "service-state-ready",
        ServiceState::Restarting => "service-state-restarting",
        ServiceState::Failed => "service-state-failed",
        ServiceState::Stopped => "service-state-stopped",
    };
    words.text(key, &[])
}

impl Entries {
    /// The service whose line has this id, and what a click on it asks for: to stop what runs, to start what does not.
    pub(super) fn asked_by(&self, id: &str) -> Option<(ServiceName, Intent)> {
        let name = id.strip_prefix(SERVICE)?;
        let entry = self.entries.iter().find(|entry| entry.service.as_str() == name)?;
        let service = entry.service.clone();
        let intent = if is_up(entry.state) {
            Intent::ServiceStop { service: service.clone() }
        } else {
            Intent::ServiceStart { service: service.clone() }
        };
        Some((service, intent))
    }

    /// Something is asked of a service: until it is done its line can't be clicked.
    pub(super) fn begin(&mut self, service: &ServiceName) {
        self.asked.push(service.clone());
    }

    /// What was asked of it is done, or failed.
    pub(super) fn end(&mut self, service: &ServiceName) {
        if let Some(place) = self.asked.iter().position(|asked| asked == service) {
            self.asked.swap_remove(place);
        }
    }

    /// Makes the lines those of these services: only what differs is changed, so that a menu that is open stays open. So many
    /// places above them the operations have.
    pub(super) fn show(
        &mut self,
        app: &AppHandle,
        menu: &Menu<Wry>,
        words: &Words,
        services: &[ServiceStatus],
        operations: usize,
    ) -> tauri::Result<()> {
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| services.iter().any(|service| service.name == entry.service));
        self.entries = kept;
        for entry in gone {
            menu.remove(&entry.item)?;
        }
        let above = ABOVE + operations;
        self.part(app, menu, above, services.is_empty())?;
        for (index, service) in services.iter().enumerate() {
            if self.entries.get(index).is_none_or(|entry| entry.service != service.name) {
                let id = format!("{SERVICE}{}", service.name);
                let item = CheckMenuItem::with_id(app, id, "", true, false, None::<&str>)?;
                menu.insert(&item, above + 1 + index)?;
                let entry = Entry { service: service.name.clone(), state: service.state, item };
                self.entries.insert(index, entry);
            }
            if let Some(entry) = self.entries.get_mut(index) {
                entry.state = service.state;
                let state = word(service, words);
                entry.item.set_text(
                    words.text("tray-service", &[("name", service.name.as_str()), ("state", &state)]),
                )?;
                // A click checks it by itself; what holds is what is.
                entry.item.set_checked(is_up(service.state))?;
                entry.item.set_enabled(!self.asked.contains(&service.name))?;
            }
        }
        Ok(())
    }

    /// A line between them and what is above, where there are any.
    fn part(&mut self, app: &AppHandle, menu: &Menu<Wry>, above: usize, empty: bool) -> tauri::Result<()> {
        match (&self.line, empty) {
            (None, false) => {
                let line = PredefinedMenuItem::separator(app)?;
                menu.insert(&line, above)?;
                self.line = Some(line);
            }
            (Some(line), true) => {
                menu.remove(line)?;
                self.line = None;
            }
            _ => {}
        }
        Ok(())
    }
}
