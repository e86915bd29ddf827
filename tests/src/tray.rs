//! The desktop's side of the tray: it registers items, reads their menus and clicks in them.

use crate::until;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

type Items = Arc<Mutex<Vec<(String, String)>>>;

/// What a desktop's panel answers on the bus.
struct Watcher {
    items: Items,
}

#[expect(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "the shape that the bus's interface asks for"
)]
#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// An item is its own name on the bus with a path, or a path of the sender.
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().unwrap().push(item);
    }

    fn register_status_notifier_host(&self, service: &str) {
        let _ = service;
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A panel that shows tray icons.
pub struct Panel {
    bus: Connection,
    items: Items,
}

/// One line of an icon's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuLine {
    id: i32,
    /// What it says.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// Whether it is checked; none of a line that can't be.
    pub checked: Option<bool>,
}

impl Panel {
    /// On this bus.
    #[track_caller]
    pub fn new(bus: &str) -> Self {
        let items = Items::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let builder = Builder::address(bus).unwrap().serve_at("/StatusNotifierWatcher", watcher).unwrap();
        let bus = builder.name("org.kde.StatusNotifierWatcher").unwrap().build().unwrap();
        Self { bus, items }
    }

    /// The icon that registers itself, once it has.
    #[track_caller]
    pub fn icon(&self) -> Icon<'_> {
        let (owner, path) = until("an icon in the tray", || self.items.lock().unwrap().first().cloned());
        let item = self.proxy(&owner, &path, "org.kde.StatusNotifierItem");
        let menu: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = self.proxy(&owner, menu.as_str(), "com.canonical.dbusmenu");
        Icon { menu }
    }

    fn proxy<'a>(&'a self, owner: &str, path: &str, interface: &'static str) -> Proxy<'a> {
        Proxy::new(&self.bus, owner.to_owned(), path.to_owned(), interface).unwrap()
    }
}

/// An icon in the tray.
pub struct Icon<'a> {
    menu: Proxy<'a>,
}

impl Icon<'_> {
    /// The lines of its menu, without the separators.
    #[track_caller]
    pub fn lines(&self) -> Vec<MenuLine> {
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let none: [&str; 0] = [];
        let (_, (_, _, lines)): Layout = self.menu.call("GetLayout", &(0_i32, -1_i32, &none[..])).unwrap();
        lines.iter().filter_map(|line| read(line)).collect()
    }

    /// Waits for a line that says this and can be clicked, and clicks it.
    #[track_caller]
    pub fn click(&self, label: &str) {
        let line = until(&format!("{label:?} in the tray's menu"), || {
            self.lines().into_iter().find(|line| line.label == label && line.enabled)
        });
        self.clicked(&line);
    }

    /// Waits for a line that begins so and has one below that says this and can be clicked, and clicks that.
    #[track_caller]
    pub fn click_below(&self, beginning: &str, label: &str) {
        let line = until(&format!("{label:?} below {beginning:?} in the tray's menu"), || {
            let lines = self.lines().into_iter().skip_while(|line| !line.label.starts_with(beginning));
            lines.into_iter().find(|line| line.label == label && line.enabled)
        });
        self.clicked(&line);
    }

    #[track_caller]
    fn clicked(&self, line: &MenuLine) {
        let () = self.menu.call("Event", &(line.id, "clicked", Value::from(""), 0_u32)).unwrap();
    }
}

/// A line; none for a separator.
fn read(line: &Value<'_>) -> Option<MenuLine> {
    let Value::Structure(line) = line else { panic!("not a line of a menu: {line:?}") };
    let [id, properties, _] = <&[Value<'_>; 3]>::try_from(Structure::fields(line)).unwrap();
    let properties: HashMap<String, Value<'_>> = properties.try_clone().unwrap().try_into().unwrap();
    let text = |key: &str| {
        properties.get(key).and_then(|value| value.downcast_ref::<&str>().ok()).unwrap_or_default()
    };
    let enabled = properties.get("enabled").is_none_or(|value| value.downcast_ref() != Ok(false));
    let number = |key: &str| properties.get(key).and_then(|value| value.downcast_ref::<i32>().ok());
    let checked = (text("toggle-type") == "checkmark").then(|| number("toggle-state") == Some(1));
    let (id, label) = (id.downcast_ref().unwrap(), text("label").to_owned());
    let line = MenuLine { id, label, enabled, checked };
    (text("type") != "separator").then_some(line)
}
