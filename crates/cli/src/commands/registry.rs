//! Registries: where manifests come from, and who vouches for them.

use crate::arguments::RegistryVerb;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::{NoArguments, RegistryStanding, RegistryView};

pub(crate) async fn run(context: &Context, verb: RegistryVerb) -> Result<(), Stop> {
    match verb {
        RegistryVerb::List => {
            let registries: Vec<RegistryView> = context.ask("registry_list", NoArguments {}).await?;
            context.show(&registries, |registries, view| list_text(registries, view))
        }
    }
}

fn list_text(registries: &[RegistryView], view: &View<'_>) -> String {
    let mut table = view.heading(&["registry", "standing", "manifests", "path"]);
    for registry in registries {
        table.row([
            view.value("registry-origin", &registry.origin),
            standing(registry, view),
            registry.manifests.to_string(),
            registry.path.clone(),
        ]);
    }
    let mut text = table.render(0, view.paint);
    for registry in registries {
        for line in warnings(registry, view) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn standing(registry: &RegistryView, view: &View<'_>) -> String {
    let word = view.value("registry-standing", &registry.standing);
    match registry.standing {
        RegistryStanding::Signed => {
            let key = registry.key.clone().unwrap_or_else(render::dash);
            let index = registry.index.clone().unwrap_or_else(render::dash);
            view.paint.good(&view.words.text("registry-signed-by", &[("key", &key), ("index", &index)]))
        }
        RegistryStanding::Unsigned => view.paint.caution(&word),
        RegistryStanding::Refused => view.paint.bad(&word),
        RegistryStanding::Shipped | RegistryStanding::Absent => word,
    }
}

/// What a person should know before trusting a registry's modules: why nothing of it is there, or
/// that nobody vouches for it, and which of its files were set aside.
pub(crate) fn warnings(registry: &RegistryView, view: &View<'_>) -> Vec<String> {
    let origin = view.value("registry-origin", &registry.origin);
    let args = [("origin", origin.as_str()), ("path", registry.path.as_str())];
    let mut lines = Vec::new();
    match registry.standing {
        RegistryStanding::Refused => {
            lines.push(view.paint.bad(&view.words.text("registry-refused", &args)));
            lines.extend(registry.failure.as_ref().map(|failure| render::error(failure, view)));
        }
        RegistryStanding::Unsigned => {
            lines.push(view.paint.caution(&view.words.text("registry-unsigned", &args)));
        }
        RegistryStanding::Shipped | RegistryStanding::Absent | RegistryStanding::Signed => {}
    }
    lines.extend(registry.rejected.iter().map(|one| render::error(&one.failure, view)));
    lines
}
