//! The real window on a screen without a desktop, through WebDriver and the message bus.

mod first_run;
mod operations;
mod services;
mod shared_core;
mod tray;

use las_tests::{Browser, Seat, skip};

/// Runs a test unless this machine lacks what it needs, which is said.
fn unless(lacks: Option<&str>, test: &str, run: fn()) {
    match lacks {
        Some(program) => skip(&format!("desktop::{test}"), &format!("{program} is not installed")),
        None => run(),
    }
}

#[test]
fn first_run_to_a_streamed_answer() {
    unless(Browser::window_lacks(), "first_run_to_a_streamed_answer", first_run::reaches_an_answer);
}

#[test]
fn the_window_and_the_cli_share_one_core() {
    unless(Browser::window_lacks(), "the_window_and_the_cli_share_one_core", shared_core::is_used_by_both);
}

#[test]
fn the_tray_opens_starts_stops_and_quits() {
    unless(Seat::lacks(), "the_tray_opens_starts_stops_and_quits", tray::does_what_it_says);
}

#[test]
fn without_a_tray_closing_the_window_quits() {
    unless(Seat::lacks(), "without_a_tray_closing_the_window_quits", tray::is_not_needed);
}

#[test]
fn the_tray_shows_pauses_and_cancels_what_runs_as_the_command_line_does() {
    let test = "the_tray_shows_pauses_and_cancels_what_runs_as_the_command_line_does";
    unless(Browser::window_lacks(), test, || operations::are_in_the_tray("en"));
}

#[test]
fn the_tray_has_the_words_of_the_command_line_for_what_runs_in_chinese() {
    let test = "the_tray_has_the_words_of_the_command_line_for_what_runs_in_chinese";
    unless(Browser::window_lacks(), test, || operations::are_in_the_tray("zh-CN"));
}

#[test]
fn the_tray_and_the_window_show_a_service_as_the_command_line_does() {
    let test = "the_tray_and_the_window_show_a_service_as_the_command_line_does";
    unless(Browser::window_lacks(), test, || services::has_one_set_of_words("en"));
}

#[test]
fn the_tray_and_the_window_have_the_words_of_the_command_line_in_chinese() {
    let test = "the_tray_and_the_window_have_the_words_of_the_command_line_in_chinese";
    unless(Browser::window_lacks(), test, || services::has_one_set_of_words("zh-CN"));
}
