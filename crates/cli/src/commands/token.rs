//! Tokens for programs.

use crate::arguments::TokenVerb;
use crate::context::{Context, View};
use crate::output::Form;
use crate::render;
use crate::stop::Stop;
use las_api::{ById, NoArguments, TokenCreated, TokenRequest, TokenView};

pub(crate) async fn run(context: &Context, verb: TokenVerb) -> Result<(), Stop> {
    match verb {
        TokenVerb::List => {
            let tokens: Vec<TokenView> = context.ask("token_list", NoArguments {}).await?;
            context.show(&tokens, |tokens, view| list_text(tokens, view))
        }
        TokenVerb::Create { label } => {
            let created: TokenCreated = context.ask("token_create", TokenRequest { label }).await?;
            // The value alone on standard output, so that a script can take it.
            context.show(&created, |created, _| format!("{}\n", created.value))?;
            context
                .output
                .note(&context.words.text("cli-token-created", &[("id", &created.token.id.to_string())]));
            Ok(())
        }
        TokenVerb::Revoke { id } => {
            let answer: serde_json::Value = context.ask("token_revoke", ById { id: id.clone() }).await?;
            if context.output.form == Form::Json {
                return context.output.document(&answer);
            }
            context.output.note(&context.words.text("cli-token-revoked", &[("id", &id)]));
            Ok(())
        }
    }
}

fn list_text(tokens: &[TokenView], view: &View<'_>) -> String {
    if tokens.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["id", "label", "made"]);
    for token in tokens {
        table.row([token.id.to_string(), token.label.clone(), render::moment(token.made_at)]);
    }
    table.render(0, view.paint)
}
