//! Views: models laid out as other tools expect them.

use crate::arguments::ModelViewVerb;
use crate::change;
use crate::commands::scan::absolute;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::NoArguments;
use las_api::types::{Intent, LaidOutNow, LaidState};
use std::fmt::Write as _;

pub(crate) async fn run(context: &Context, verb: ModelViewVerb) -> Result<(), Stop> {
    match verb {
        ModelViewVerb::Add { model, tool, at, consent } => {
            let folder = at.as_deref().map(absolute).transpose()?;
            change::change(context, Intent::ModelViewAdd { model, tool, folder }, consent).await
        }
        ModelViewVerb::List => {
            let views: Vec<LaidOutNow> = context.ask("model_view_list", NoArguments {}).await?;
            context.show(&views, |views, view| list_text(views, view))
        }
        ModelViewVerb::Remove { model, tool, at, consent } => {
            let folder = at.as_deref().map(absolute).transpose()?;
            change::change(context, Intent::ModelViewRemove { model, tool, folder }, consent).await
        }
    }
}

fn list_text(views: &[LaidOutNow], view: &View<'_>) -> String {
    if views.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-none")));
    }
    let mut table = view.heading(&["name", "tool", "by", "state", "path"]);
    for one in views {
        let worst = one.states.iter().copied().max().unwrap_or(LaidState::Whole);
        let word = view.value("view-state", &worst);
        table.row([
            one.model.to_string(),
            view.value("model-tool", &one.view.tool),
            view.value("view-link", &one.view.by),
            if worst == LaidState::Whole { view.paint.good(&word) } else { view.paint.caution(&word) },
            one.view.folder.clone(),
        ]);
    }
    let mut text = table.render(0, view.paint);
    for one in views {
        let _ = writeln!(text, "{}", view.paint.faint(&render::joined(one.view.paths())));
    }
    text
}
