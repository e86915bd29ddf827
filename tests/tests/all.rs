//! Every scenario, in one binary; a test's name begins with its area.

mod api;
mod cli;
mod desktop;
mod faults;
mod hub;
mod page;
mod structure;
mod web;
