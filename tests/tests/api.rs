//! The product over HTTP, as a program uses it.

mod endpoint;
mod openai_client;
mod pictures;
mod probes;
mod routes;

#[test]
fn tcp_needs_a_token_our_host_and_our_origin() {
    routes::tcp_needs_a_token_our_host_and_our_origin();
}
