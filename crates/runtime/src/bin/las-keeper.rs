//! `las-keeper SOCKET`: keeps the program of one service, whatever becomes of the core that started it.

fn main() -> std::process::ExitCode {
    las_runtime::keep()
}
