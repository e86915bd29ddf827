//! Generations: see, compare, go back.

use crate::arguments::GenerationVerb;
use crate::change;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::types::{DifferenceKind, Exact, GenerationNumber, Intent, Lock};
use las_api::{ByNumber, DiffRequest, GenerationDiff, GenerationView, NoArguments, StatusView};

pub(crate) async fn run(context: &Context, verb: GenerationVerb) -> Result<(), Stop> {
    match verb {
        GenerationVerb::List => {
            let generations: Vec<GenerationView> = context.ask("generation_list", NoArguments {}).await?;
            context.show(&generations, |generations, view| list_text(generations, view))
        }
        GenerationVerb::Show { number } => {
            let generation: GenerationView =
                context.ask("generation_show", ByNumber { number: GenerationNumber(number) }).await?;
            context.show(&generation, show_text)
        }
        GenerationVerb::Diff { before, after } => {
            let request = DiffRequest { from: GenerationNumber(before), to: GenerationNumber(after) };
            let diff: GenerationDiff = context.ask("generation_diff", request).await?;
            context.show(&diff, diff_text)
        }
        GenerationVerb::Export { number } => {
            let number = match number {
                Some(number) => GenerationNumber(number),
                None => context.ask::<StatusView>("status_show", NoArguments {}).await?.generation,
            };
            let lock: Lock = context.ask("generation_export", ByNumber { number }).await?;
            // A document of its own in either form: it is made to be kept as a file.
            context.output.document(&lock)
        }
        GenerationVerb::Rollback { number, consent } => {
            let intent = Intent::GenerationRollback { to: number.map(GenerationNumber) };
            change::change(context, intent, consent).await
        }
    }
}

fn list_text(generations: &[GenerationView], view: &View<'_>) -> String {
    let mut table = view.heading(&["generation", "made", "by-command", "items"]);
    for generation in generations {
        let mark = if generation.current {
            view.paint.good(&view.word("cli-generation-current"))
        } else {
            String::new()
        };
        table.row([
            format!("{} {mark}", generation.number).trim_end().to_owned(),
            if is_empty_machine(generation) { render::dash() } else { render::moment(generation.made_at) },
            command(generation, view),
            render::joined(generation.items.iter().map(|item| format!("{} {}", item.name, item.version))),
        ]);
    }
    table.render(0, view.paint)
}

/// Generation 0 was made by nobody at no time.
fn is_empty_machine(generation: &GenerationView) -> bool {
    generation.number == GenerationNumber(0)
}

fn command(generation: &GenerationView, view: &View<'_>) -> String {
    if is_empty_machine(generation) {
        return view.word("command-initial");
    }
    let name = &generation.command;
    view.words.known(&format!("command-{name}"), &[]).unwrap_or_else(|| name.clone())
}

fn show_text(generation: &GenerationView, view: &View<'_>) -> String {
    let mut table = view.heading(&["name", "version", "category", "size", "license", "digest"]);
    for item in &generation.items {
        table.row([
            item.name.to_string(),
            item.version.to_string(),
            view.value("category", &item.category),
            item.size.to_string(),
            item.license.clone().unwrap_or_else(render::dash),
            item.digest.to_string(),
        ]);
    }
    list_text(std::slice::from_ref(generation), view) + "\n" + &table.render(0, view.paint)
}

/// What differs, in the colours of what came and what went.
fn diff_text(diff: &GenerationDiff, view: &View<'_>) -> String {
    if diff.differences.is_empty() {
        return format!("{}\n", view.paint.faint(&view.word("cli-generation-same")));
    }
    let version =
        |exact: &Option<Exact>| exact.as_ref().map_or_else(render::dash, |exact| exact.version.to_string());
    let digest =
        |exact: &Option<Exact>| exact.as_ref().map_or_else(render::dash, |exact| exact.digest.to_string());
    let mut table = view.heading(&["name", "change", "before", "after", "digest-before", "digest-after"]);
    for one in &diff.differences {
        let word = view.value("difference", &one.kind);
        let word = match one.kind {
            DifferenceKind::Came => view.paint.good(&word),
            DifferenceKind::Went => view.paint.bad(&word),
            DifferenceKind::Version | DifferenceKind::Digest | DifferenceKind::Views => {
                view.paint.caution(&word)
            }
        };
        table.row([
            one.name.to_string(),
            word,
            version(&one.before),
            version(&one.after),
            digest(&one.before),
            digest(&one.after),
        ]);
    }
    table.render(0, view.paint)
}
