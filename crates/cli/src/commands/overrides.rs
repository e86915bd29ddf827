//! Overrides of policies: see, set, take back.

use crate::arguments::OverrideVerb;
use crate::change;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::types::{Code, Intent, Override};
use las_api::{ErrorBody, NoArguments};

pub(crate) async fn run(context: &Context, verb: OverrideVerb) -> Result<(), Stop> {
    match verb {
        OverrideVerb::List => {
            let overrides: Vec<Override> = context.ask("override_list", NoArguments {}).await?;
            context.show(&overrides, |overrides, view| list_text(overrides, view))
        }
        OverrideVerb::Set { capability, value, reason, consent } => {
            change::change(context, Intent::OverrideSet { capability, value, reason }, consent).await
        }
        OverrideVerb::Revert { id, consent } => {
            // What is no id names nothing.
            let missing = |_| ErrorBody::new(Code::OverrideNotFound).with("id", &id);
            let intent = Intent::OverrideRevert { id: id.parse().map_err(missing)? };
            change::change(context, intent, consent).await
        }
    }
}

fn list_text(overrides: &[Override], view: &View<'_>) -> String {
    if overrides.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["id", "capability", "value", "state", "reason", "made", "by"]);
    for one in overrides {
        let state = match one.reverted_at {
            None => view.paint.caution(&view.word("cli-override-in-force")),
            Some(at) => view.words.text("cli-override-reverted", &[("at", &render::moment(at))]),
        };
        table.row([
            one.id.to_string(),
            one.capability.clone(),
            one.value.clone(),
            state,
            one.reason.clone(),
            render::moment(one.set_at),
            one.actor.clone(),
        ]);
    }
    table.render(0, view.paint)
}
