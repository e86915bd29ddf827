//! Reads `tauri.conf.json`, and makes one permission for each own command: a page can call nothing else.

fn main() {
    // The page is part of the binary: a newer one makes a newer binary.
    println!("cargo::rerun-if-changed=../ui/dist");
    let commands = tauri_build::AppManifest::new().commands(&["call", "chat", "chat_cancel"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
