//! Prints the TypeScript types of the wire.

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn main() {
    print!("{}", las_api::typescript());
}
