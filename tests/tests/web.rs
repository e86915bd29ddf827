//! The same page over HTTP, in a browser.

mod accessibility;
mod adopting;
mod finding;
mod history;
mod importing;
mod machine;
mod overrides;
mod pulling;
mod secrets;
mod services;
mod sources;
mod viewing;

use crate::page::{ask, no_inline_script_runs, set_up};
use las_tests::{Browser, SessionKeyring, Workstation, skip};

const DESKTOP: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (390, 844);

/// Says so and gives true where there is no browser.
fn no_browser(test: &str) -> bool {
    let lacks = Browser::chromium_lacks();
    lacks.inspect(|program| skip(&format!("web::{test}"), &format!("{program} is not installed"))).is_some()
}

fn reaches_an_answer(size: (u32, u32), name: &str) {
    let machine = Workstation::new();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    set_up(&page, &format!("{name}-first-run"));
    ask(&page, &format!("{name}-chat"));
    assert_eq!(page.console_errors(), [""; 0]);
    let address = page.script("return location.href", &serde_json::json!([]));
    assert!(!address.as_str().unwrap().contains("token"), "the token leaves the address: {address}");
    let wide =
        page.script("return document.documentElement.scrollWidth > innerWidth", &serde_json::json!([]));
    assert_eq!(wide, false, "nothing is wider than the screen");
    no_inline_script_runs(&page);
}

#[test]
fn the_page_over_http_reaches_the_same_answer() {
    if !no_browser("the_page_over_http_reaches_the_same_answer") {
        reaches_an_answer(DESKTOP, "web");
    }
}

#[test]
fn the_page_on_a_phone_reaches_the_same_answer() {
    if !no_browser("the_page_on_a_phone_reaches_the_same_answer") {
        reaches_an_answer(PHONE, "phone");
    }
}

#[test]
fn a_page_without_its_token_says_so() {
    if no_browser("a_page_without_its_token_says_so") {
        return;
    }
    let machine = Workstation::new();
    let core = machine.serve();
    let (address, _) = core.page().split_once('#').unwrap();
    let page = Browser::chromium(&machine, address, DESKTOP);
    page.shown("error-card");
    assert_eq!(page.attributes("error-card", "data-code"), ["unauthorized"]);
}

#[test]
fn an_override_is_set_and_taken_back() {
    if !no_browser("an_override_is_set_and_taken_back") {
        overrides::is_set_and_taken_back(DESKTOP);
    }
}

#[test]
fn a_model_of_another_tool_is_adopted_by_a_plan_that_was_seen() {
    if !no_browser("a_model_of_another_tool_is_adopted_by_a_plan_that_was_seen") {
        adopting::by_a_plan_that_was_seen(DESKTOP);
    }
}

#[test]
fn a_model_comes_from_an_address_and_the_page_says_what_removing_it_frees() {
    if !no_browser("a_model_comes_from_an_address_and_the_page_says_what_removing_it_frees") {
        sources::from_an_address_and_gone_again(DESKTOP);
    }
}

#[test]
fn a_model_is_laid_out_for_another_tool_by_a_plan_that_was_seen() {
    if !no_browser("a_model_is_laid_out_for_another_tool_by_a_plan_that_was_seen") {
        viewing::is_made_shown_and_taken_away(DESKTOP);
    }
}

#[test]
fn a_model_is_pulled_paused_had_and_repaired_from_the_page() {
    if !no_browser("a_model_is_pulled_paused_had_and_repaired_from_the_page") {
        pulling::the_whole_way(DESKTOP);
    }
}

#[test]
fn a_pull_is_cancelled_from_the_page() {
    if !no_browser("a_pull_is_cancelled_from_the_page") {
        pulling::is_cancelled(PHONE);
    }
}

#[test]
fn models_are_found_by_task_format_and_licence_as_a_list_or_as_cards() {
    if !no_browser("models_are_found_by_task_format_and_licence_as_a_list_or_as_cards") {
        finding::by_filters(DESKTOP);
    }
}

#[test]
fn models_that_fit_this_machine_and_a_size_are_found_without_a_network_on_a_phone() {
    if !no_browser("models_that_fit_this_machine_and_a_size_are_found_without_a_network_on_a_phone") {
        finding::by_what_fits(PHONE);
    }
}

#[test]
fn a_split_model_is_imported_by_the_form_and_shown_with_its_files() {
    if !no_browser("a_split_model_is_imported_by_the_form_and_shown_with_its_files") {
        importing::a_split_model(DESKTOP);
    }
}

#[test]
fn a_folder_of_weights_is_imported_by_the_form_with_a_warning_of_its_code() {
    if !no_browser("a_folder_of_weights_is_imported_by_the_form_with_a_warning_of_its_code") {
        importing::a_folder_of_weights(PHONE);
    }
}

#[test]
fn a_secret_is_kept_by_the_page_never_shown_again_and_removed() {
    let test = "a_secret_is_kept_by_the_page_never_shown_again_and_removed";
    if no_browser(test) {
        return;
    }
    match SessionKeyring::lacks() {
        Some(program) => skip(&format!("web::{test}"), &format!("{program} is not installed")),
        None => secrets::is_kept_and_removed(DESKTOP),
    }
}

/// Both sizes: what is hidden or moved on the one is not on the other.
fn is_accessible(test: &str, size: (u32, u32)) {
    if no_browser(test) {
        return;
    }
    match accessibility::checker() {
        None => skip(&format!("web::{test}"), "the page's packages are not installed"),
        Some(checker) => accessibility::nothing_serious(&checker, size),
    }
}

#[test]
fn no_serious_accessibility_findings() {
    is_accessible("no_serious_accessibility_findings", DESKTOP);
}

#[test]
fn no_serious_accessibility_findings_on_a_phone() {
    is_accessible("no_serious_accessibility_findings_on_a_phone", PHONE);
}

#[test]
fn the_page_shows_and_checks_the_ledger() {
    if !no_browser("the_page_shows_and_checks_the_ledger") {
        history::ledger_and_lock(DESKTOP);
    }
}

#[test]
fn the_page_compares_generations_and_finds_modules() {
    if !no_browser("the_page_compares_generations_and_finds_modules") {
        history::differences(DESKTOP);
    }
}

#[test]
fn the_page_says_why_an_upgrade_gave_way() {
    if !no_browser("the_page_says_why_an_upgrade_gave_way") {
        history::why_an_upgrade_gave_way(DESKTOP);
    }
}

#[test]
fn a_machine_with_gpus_of_two_makers_is_shown() {
    if !no_browser("a_machine_with_gpus_of_two_makers_is_shown") {
        machine::gpus_of_two_makers(DESKTOP);
    }
}

#[test]
fn gpus_joined_by_nvlink_are_shown_with_their_peers() {
    if !no_browser("gpus_joined_by_nvlink_are_shown_with_their_peers") {
        machine::gpus_joined_by_nvlink(DESKTOP);
    }
}

#[test]
fn a_service_has_a_page_that_says_how_it_is() {
    if !no_browser("a_service_has_a_page_that_says_how_it_is") {
        services::has_a_page(DESKTOP);
    }
}

#[test]
fn a_service_that_is_given_up_says_why_on_its_page() {
    if !no_browser("a_service_that_is_given_up_says_why_on_its_page") {
        services::says_why_it_is_given_up(DESKTOP);
    }
}

#[test]
fn a_service_that_others_need_is_stopped_by_a_plan_that_was_seen() {
    if !no_browser("a_service_that_others_need_is_stopped_by_a_plan_that_was_seen") {
        services::shows_what_else_it_stops(DESKTOP);
    }
}
