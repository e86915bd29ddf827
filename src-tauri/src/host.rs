//! Whether the desktop shows tray icons.

/// Asks the session bus for a tray host; no bus, no watcher or no host is a no.
#[cfg(target_os = "linux")]
pub(crate) fn present() -> bool {
    use gio::prelude::*;
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const PATIENCE_MS: i32 = 500;
    let Ok(bus) = gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE) else {
        return false;
    };
    let asked = (WATCHER, "IsStatusNotifierHostRegistered").to_variant();
    bus.call_sync(
        Some(WATCHER),
        "/StatusNotifierWatcher",
        "org.freedesktop.DBus.Properties",
        "Get",
        Some(&asked),
        None,
        gio::DBusCallFlags::NO_AUTO_START,
        PATIENCE_MS,
        gio::Cancellable::NONE,
    )
    .is_ok_and(|answer| {
        let value = answer.child_value(0);
        value.as_variant().unwrap_or(value).get::<bool>() == Some(true)
    })
}

/// Windows and macOS always have a place for tray icons.
#[cfg(not(target_os = "linux"))]
pub(crate) fn present() -> bool {
    true
}
