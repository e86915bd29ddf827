//! What this process was given open by whoever started it.

/// The first that is no standard stream.
const FIRST: i32 = 3;

/// Keeps files that a shell or a service manager left open in this process from every program that it starts, engines and
/// services among them. Called before anything else is opened.
pub fn close_inherited_on_exec() {
    close_fds::set_fds_cloexec(FIRST, &[]);
}
