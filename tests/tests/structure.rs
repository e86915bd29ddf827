//! The rules of the house, held over the tree itself.

mod layers;
mod parity;
mod supply;
mod tidy;

#[test]
fn layers_see_only_what_they_may() {
    layers::hold();
}

#[test]
fn every_interface_has_every_command() {
    parity::holds();
}

#[test]
fn the_tree_is_tidy() {
    tidy::hold();
}
