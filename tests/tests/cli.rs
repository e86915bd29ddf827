//! The product through its command line, as a person or a script uses it.

mod adopting;
mod answers;
mod apply;
mod approvals;
mod archives;
mod audit;
mod bad_files;
mod bad_resources;
mod ceilings;
mod chains;
mod companions;
mod config;
mod connecting;
mod containers;
mod crashes;
mod damage;
mod databases;
mod descriptors;
mod disk;
mod drift;
mod explained;
mod fetching;
mod finding;
mod fit;
mod generations;
mod idle;
mod logs;
mod main_job;
mod model_files;
mod modes;
mod overrides;
mod pausing;
mod privileges;
mod pulling;
mod registries;
mod repairing;
mod repeated;
mod searching;
mod secrets;
mod services;
mod sets;
mod sharing;
mod sources;
mod together;
mod upgrades;
mod verifying;
mod viewing;

#[test]
fn a_kill_at_every_point_of_an_install_loses_nothing() {
    crashes::of_an_install();
}

#[test]
fn a_kill_at_every_point_of_a_rollback_loses_nothing() {
    crashes::of_a_rollback();
}
