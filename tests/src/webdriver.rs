//! A page in the real window or in a browser, used as a person would: by the WebDriver protocol.

use crate::display::Seat;
use crate::running::{Running, program_named};
use crate::{Client, Workstation, until};
use base64::Engine as _;
use rustix::process::Pid;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// How an element is named on the wire.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A page under test; elements are named by their `data-testid`. Dropping it ends the window or browser.
pub struct Browser {
    driver: Running,
    client: Client,
    session: String,
}

/// What a command answered, or the error's name and message.
type Answered = Result<Value, String>;

impl Browser {
    /// What this machine lacks to drive the window.
    pub fn window_lacks() -> Option<&'static str> {
        Seat::lacks().or_else(|| program_named(&["WebKitWebDriver"]).is_none().then_some("WebKitWebDriver"))
    }

    /// What this machine lacks to drive Chromium.
    pub fn chromium_lacks() -> Option<&'static str> {
        ["chromium", "chromedriver"].into_iter().find(|name| program_named(&[name]).is_none())
    }

    /// Opens the desktop window on a seat.
    #[track_caller]
    pub fn window(machine: &Workstation, seat: &Seat) -> Self {
        let start = |port: &str| {
            let program = program_named(&["WebKitWebDriver"]).unwrap();
            let mut command = seat.seat(machine.command(&program, &[port]));
            // Without it the window can't be driven, and asking for a session would wait for ever.
            command.env("TAURI_WEBVIEW_AUTOMATION", "true");
            command
        };
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": desktop_program(), "args": [] } });
        Self::open(start, &wanted)
    }

    /// Opens an address in Chromium without a screen; the page has this size in pixels.
    #[track_caller]
    pub fn chromium(machine: &Workstation, address: &str, size: (u32, u32)) -> Self {
        let own = machine.outside("chromium");
        std::fs::create_dir_all(&own).unwrap();
        let start = |port: &str| {
            let mut command = machine.command(&program_named(&["chromedriver"]).unwrap(), &[port]);
            command.env("TMPDIR", &own);
            command
        };
        let folder = format!("--user-data-dir={}", own.join("profile").display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &folder,
        ];
        // A window is never narrower than a desktop's; a device may be.
        let (width, height) = size;
        let phone = width < 600;
        let metrics =
            json!({ "width": width, "height": height, "pixelRatio": 1.0, "touch": phone, "mobile": phone });
        let options = json!({
            "binary": program_named(&["chromium"]).unwrap(),
            "args": arguments,
            "mobileEmulation": { "deviceMetrics": metrics },
        });
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let browser = Self::open(start, &wanted);
        browser.command("POST", "/url", Some(&json!({ "url": address }))).unwrap();
        browser
    }

    #[track_caller]
    fn open(start: impl Fn(&str) -> std::process::Command, wanted: &Value) -> Self {
        // Another program may take a port between our look and the driver's start.
        let (driver, port) = until("a driver", || {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut driver = Running::start(start(&format!("--port={port}")));
            let listens = until("the driver's port", || {
                let ended = driver.ended();
                (ended || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).then_some(!ended)
            });
            listens.then_some((driver, port))
        });
        let client = Client::new(&format!("127.0.0.1:{port}"));
        let mut browser = Self { driver, client, session: String::new() };
        let body = json!({ "capabilities": { "alwaysMatch": wanted } });
        let opened = browser.send("POST", "/session", Some(&body));
        let opened = opened.unwrap_or_else(|error| panic!("no session: {error}\n{}", browser.driver.said()));
        browser.session = format!("/session/{}", opened["sessionId"].as_str().unwrap());
        browser
    }

    /// The window's or browser's process.
    #[track_caller]
    pub fn process(&self) -> Pid {
        let [process] = crate::running::children(self.driver.process())[..] else {
            panic!("not one process")
        };
        process
    }

    /// What the driver and what it drives said.
    pub fn said(&self) -> String {
        self.driver.said()
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answered {
        let value = self.client.request(method, path, body).json()["value"].take();
        match value.get("error") {
            Some(error) => Err(format!("{error}: {}", value["message"])),
            None => Ok(value),
        }
    }

    fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Answered {
        self.send(method, &format!("{}{path}", self.session), body)
    }

    /// Opens the page anew, and waits until it is there.
    #[track_caller]
    pub fn reload(&self) {
        self.command("POST", "/refresh", Some(&json!({}))).unwrap();
    }

    /// Runs a script in the page, which returns a value.
    #[track_caller]
    pub fn script(&self, script: &str, arguments: &Value) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.command("POST", "/execute/sync", Some(&body)).unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script in the page, which calls its last argument with a value.
    #[track_caller]
    pub fn later(&self, script: &str, arguments: &Value) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.command("POST", "/execute/async", Some(&body))
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The texts of all elements of this name, as they are shown.
    #[track_caller]
    pub fn texts(&self, name: &str) -> Vec<String> {
        let found =
            "return Array.from(document.querySelectorAll(arguments[0]), element => element.innerText)";
        let texts = self.script(found, &json!([selector(name)]));
        texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().trim().to_owned()).collect()
    }

    /// An attribute of each element of this name.
    #[track_caller]
    pub fn attributes(&self, name: &str, attribute: &str) -> Vec<String> {
        let found = "return Array.from(document.querySelectorAll(arguments[0]), element => element.getAttribute(arguments[1]))";
        let values = self.script(found, &json!([selector(name), attribute]));
        values.as_array().unwrap().iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Waits for an element with text, and gives its text.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        self.wait(name, |browser| browser.texts(name).into_iter().next().filter(|text| !text.is_empty()))
    }

    /// Waits for an element.
    #[track_caller]
    pub fn shown(&self, name: &str) {
        self.wait(name, |browser| (!browser.texts(name).is_empty()).then_some(()));
    }

    /// Waits until an element can be clicked, and clicks it.
    #[track_caller]
    pub fn click(&self, name: &str) {
        self.on(name, "click", &json!({}));
    }

    /// Types into an element.
    #[track_caller]
    pub fn write(&self, name: &str, text: &str) {
        self.on(name, "value", &json!({ "text": text }));
    }

    #[track_caller]
    fn on(&self, name: &str, action: &str, body: &Value) {
        self.wait(name, |browser| {
            let sought = json!({ "using": "css selector", "value": selector(name) });
            let element = browser.command("POST", "/element", Some(&sought)).ok()?;
            let path = format!("/element/{}", element[ELEMENT].as_str()?);
            let enabled = browser.command("GET", &format!("{path}/enabled"), None).ok()?;
            // A sheet that is still coming in covers what lies behind it, or moves away from the click.
            let acted = || browser.command("POST", &format!("{path}/{action}"), Some(body)).ok();
            (enabled == true).then(acted).flatten()
        });
    }

    /// Waits for something on the page; fails by saying what is there instead.
    #[track_caller]
    pub fn wait<T>(&self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let mut looks = 0_u32;
        until(what, || {
            looks += 1;
            // So that a failure says what is to be seen.
            if looks.is_multiple_of(500) {
                eprintln!(
                    "waiting for {what} on: {}\n{}",
                    self.script("return document.body.innerText", &json!([])),
                    self.said()
                );
            }
            look(self)
        })
    }

    /// What the browser's console said since the last look, errors only.
    #[track_caller]
    pub fn console_errors(&self) -> Vec<String> {
        let lines = self.command("POST", "/se/log", Some(&json!({ "type": "browser" }))).unwrap();
        let errors = lines.as_array().unwrap().iter().filter(|line| line["level"] == "SEVERE");
        errors.map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Keeps a picture of the page under the build products, and checks that it is one, as large as the page.
    /// What is in the document may not be painted yet on a busy machine, so it is looked at until it is.
    #[track_caller]
    pub fn picture(&self, name: &str) -> PathBuf {
        let folder = pictures();
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        let bytes = until(&format!("something in {}", path.display()), || {
            let picture = self.command("GET", "/screenshot", None).unwrap();
            let bytes = base64::engine::general_purpose::STANDARD.decode(picture.as_str().unwrap()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
            // One colour packs to almost nothing.
            (bytes.len() > 10_000).then_some(bytes)
        });
        assert_eq!(bytes.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]), "{}", path.display());
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        let script = "return [innerWidth * devicePixelRatio, innerHeight * devicePixelRatio]";
        assert_eq!(json!([number(16), number(20)]), self.script(script, &json!([])), "{}", path.display());
        path
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Before its driver, which would kill it: a window is to end in order, with the core that it hosts.
        self.driver.end_children();
    }
}

/// The desktop program under test.
pub fn desktop_program() -> PathBuf {
    PathBuf::from(std::env::var_os("LAS_DESKTOP_BIN").expect("LAS_DESKTOP_BIN is not set: run ./x test"))
}

fn selector(name: &str) -> String {
    if name.starts_with('[') { name.to_owned() } else { format!("[data-testid=\"{name}\"]") }
}

/// Where pictures of the page are kept.
fn pictures() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::repository().join("target"), PathBuf::from);
    Path::new(&target).join("screenshots")
}
