//! Tokens for programs that use the endpoint.

use super::parsed;
use crate::App;
use crate::tokens::Tokens;
use las_api::{ById, NoArguments, TokenCreated, TokenRequest, TokenView};
use las_runtime::SystemClock;
use las_state::Token;
use las_types::{Clock, Code, Failure, TokenId};
use std::sync::Arc;

fn view(token: Token) -> TokenView {
    TokenView { id: token.id, label: token.label, made_at: token.made_at }
}

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<Vec<TokenView>, Failure> {
    Ok(app.control.state().tokens().await?.into_iter().map(|(token, _)| view(token)).collect())
}

pub(super) async fn create(
    app: &Arc<App>,
    request: TokenRequest,
    interface: &str,
) -> Result<TokenCreated, Failure> {
    let (token, value) =
        Tokens::create(app.control.state(), request.label, SystemClock.now(), interface).await?;
    Ok(TokenCreated { token: view(token), value })
}

pub(super) async fn revoke(app: &Arc<App>, request: ById, interface: &str) -> Result<NoArguments, Failure> {
    let id: TokenId = parsed(&request.id, Code::TokenNotFound)?;
    if app.control.state().remove_token(id, SystemClock.now(), interface).await? {
        Ok(NoArguments {})
    } else {
        Err(Failure::new(Code::TokenNotFound).with("id", id))
    }
}
