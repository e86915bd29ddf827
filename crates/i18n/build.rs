//! Tells cargo that a new file in `locales/` means a new build: the files are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../locales");
}
