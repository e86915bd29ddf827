//! How models stand to this machine, before they are fetched or loaded.

use super::hub::{fitting, notes};
use crate::arguments::ModelFitArguments;
use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use las_api::types::{
    DevicePart, FitBasis, FitDevice, FitLimit, FitPlacement, HardwareProfile, ModelFitReport, SpeedRange,
    SpeedUnknown,
};
use las_api::{ModelFitRequest, ModelFitView, NoArguments};
use std::fmt::Write as _;

pub(crate) async fn show(context: &Context, asked: ModelFitArguments) -> Result<(), Stop> {
    if asked.measure {
        let _: HardwareProfile = context.ask("hardware_measure", NoArguments {}).await?;
    }
    let request = ModelFitRequest {
        id: asked.what.id,
        file: asked.what.file,
        source: asked.source,
        revision: asked.revision,
        context: asked.context.map(u64::from),
        cache: asked.kv,
    };
    let fit: ModelFitView = context.ask("model_fit", request).await?;
    context.show(&fit, text)
}

fn text(fit: &ModelFitView, view: &View<'_>) -> String {
    let mut text = notes(fit.offline, &fit.failures, view);
    if fit.models.len() > 1 {
        text += &table(&fit.models, view);
    }
    let chosen = fit.chosen.and_then(|place| usize::try_from(place).ok());
    let shown = match &fit.models[..] {
        [only] => Some(only),
        all => chosen.and_then(|place| all.get(place)),
    };
    match shown {
        Some(report) => text += &card(report, view),
        None => {
            let _ = writeln!(text, "{}", view.paint.faint(&view.word("cli-fit-none-chosen")));
        }
    }
    text
}

fn table(models: &[ModelFitReport], view: &View<'_>) -> String {
    let mut table = view.heading(&["path", "quantisation", "size", "needs", "fit", "speed"]);
    for report in models {
        let here = &report.here;
        table.row([
            report.file.as_ref().map_or_else(render::dash, ToString::to_string),
            report.quantisation.clone().unwrap_or_else(render::dash),
            report.size.to_string(),
            here.memory.total.to_string(),
            fitting(here.verdict.fit, view),
            report.speed.map_or_else(render::dash, |speed| range(speed, view)),
        ]);
    }
    table.render(0, view.paint)
}

fn card(report: &ModelFitReport, view: &View<'_>) -> String {
    let mut text = String::new();
    let id = report.id.as_ref().map(ToString::to_string).or_else(|| report.name.clone()).unwrap_or_default();
    let facts = [
        id,
        report.file.as_ref().map(ToString::to_string).unwrap_or_default(),
        report.quantisation.clone().unwrap_or_default(),
        report.parameters.map(render::parameters).unwrap_or_default(),
        report.size.to_string(),
    ];
    let _ = writeln!(text, "{}", render::in_line(&facts));
    text += &placement("fit-here", &report.here, report.parallel, view);
    if let Some(with_gpus) = &report.with_gpus {
        text += &placement("fit-with-gpus", with_gpus, report.parallel, view);
    }
    let speed = match (report.speed, report.speed_unknown) {
        (Some(speed), _) => view.words.text("fit-speed", &[("range", &range(speed, view))]),
        (None, Some(SpeedUnknown::NotMeasured)) => view.word("cli-fit-speed-not-measured"),
        (None, _) => String::new(),
    };
    if !speed.is_empty() {
        let _ = writeln!(text, "{speed}");
    }
    if let Some(load) = &report.measured {
        let peak = load.peak.to_string();
        let mut said = view.words.text("fit-measured", &[("peak", &peak)]);
        if let Some(speed) = load.speed {
            said += " ";
            said += &view.words.text("fit-measured-speed", &[("speed", &thousandths(speed))]);
        }
        let _ = writeln!(text, "{said}");
    }
    text
}

fn placement(key: &str, placed: &FitPlacement, parallel: u32, view: &View<'_>) -> String {
    let mut text = String::new();
    let verdict = &placed.verdict;
    let _ = writeln!(text, "{} {}", view.word(key), fitting(verdict.fit, view));
    let mut line = |said: String| {
        let _ = writeln!(text, "  {said}");
    };
    for limit in &verdict.limits {
        line(view.paint.caution(&limited(limit, view)));
    }
    if let Some(most) = verdict.allowed {
        let most = render::parameters(most);
        line(view.paint.bad(&view.words.text("fit-not-allowed", &[("most", &most)])));
    }
    if let Some(lacks) = verdict.lacks {
        line(view.paint.bad(&view.words.text("fit-lacks", &[("lacks", &lacks.to_string())])));
    }
    if let Some(offer) = &verdict.offer {
        let args = [
            ("quantisation", offer.quantisation.as_str()),
            ("needs", &offer.needs.to_string()),
            ("context", &offer.context.to_string()),
        ];
        line(view.words.text("fit-offer", &args));
    }
    let memory = &placed.memory;
    let args = [
        ("total", memory.total.to_string()),
        ("weights", memory.weights.to_string()),
        ("cache", memory.cache.to_string()),
        ("overhead", memory.overhead.to_string()),
        ("context", placed.context.to_string()),
        ("parallel", parallel.to_string()),
        ("type", placed.cache.as_str().to_owned()),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    line(view.words.text("fit-needs", &args));
    for part in &placed.parts {
        line(held(part, view));
    }
    let mut basis = view.value("fit-basis", &placed.basis);
    if placed.basis != FitBasis::Measured {
        let args = [("least", &*placed.least.to_string()), ("most", &*placed.most.to_string())];
        basis += " ";
        basis += &view.words.text("fit-range", &args);
    }
    line(view.paint.faint(&basis));
    if !verdict.sure {
        line(view.paint.caution(&view.word("fit-unsure")));
    }
    text
}

fn held(part: &DevicePart, view: &View<'_>) -> String {
    let device = match &part.device {
        FitDevice::Main => view.word("fit-device-main"),
        FitDevice::Gpu { index, model } => {
            view.words.text("fit-device-gpu", &[("index", &index.to_string()), ("model", model)])
        }
    };
    let args = [
        ("device", device.as_str()),
        ("layers", &part.layers.to_string()),
        ("needs", &part.needs.to_string()),
        ("room", &part.room.to_string()),
    ];
    view.words.text("fit-part", &args)
}

fn limited(limit: &FitLimit, view: &View<'_>) -> String {
    let text = |key: &str, one: (&str, &str), other: (&str, &str)| view.words.text(key, &[one, other]);
    match limit {
        FitLimit::GpuLayers { on_gpu, of } => {
            text("fit-limit-gpu-layers", ("on_gpu", &on_gpu.to_string()), ("of", &of.to_string()))
        }
        FitLimit::Context { tokens, asked } => {
            text("fit-limit-context", ("tokens", &tokens.to_string()), ("asked", &asked.to_string()))
        }
        FitLimit::Trained { tokens, asked } => {
            text("fit-limit-trained", ("tokens", &tokens.to_string()), ("asked", &asked.to_string()))
        }
        FitLimit::Cache { cache } => view.words.text("fit-limit-cache", &[("type", cache.as_str())]),
    }
}

fn range(speed: SpeedRange, view: &View<'_>) -> String {
    let args = [("least", thousandths(speed.least)), ("most", thousandths(speed.most))];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    view.words.text("fit-tokens", &args)
}

/// Thousandths with no more digits than are worth it.
fn thousandths(number: u64) -> String {
    if number >= 10_000 {
        (number / 1000).to_string()
    } else {
        format!("{}.{}", number / 1000, number % 1000 / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn small_figures_have_a_decimal_and_large_ones_none() {
        assert_eq!([800, 5882, 12_345].map(thousandths), ["0.8", "5.8", "12"]);
    }
}
