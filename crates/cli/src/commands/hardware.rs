//! The hardware profile.

use crate::context::{Context, View};
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::{Failure, HardwareProfile, ProfileSource};
use las_api::{ErrorBody, NoArguments};
use std::io::Write;
use std::path::Path;

pub(crate) async fn show(context: &Context, record: Option<&Path>) -> Result<(), Stop> {
    let profile: HardwareProfile = context.ask("hardware_show", NoArguments {}).await?;
    if let Some(path) = record {
        let text = serde_json::to_string_pretty(&profile).map_err(Stop::defect)? + "\n";
        write_new(path, &text).map_err(|error| Stop::from(ErrorBody::from(Failure::io(path, error))))?;
        context
            .output
            .note(&context.words.text("cli-hardware-recorded", &[("path", &path.display().to_string())]));
        return Ok(());
    }
    context.show(&profile, text)
}

/// Writes a file that must not be there yet, durably.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

fn text(profile: &HardwareProfile, view: &View<'_>) -> String {
    let words = view.words;
    let mut table = Table::default();
    let mut fact = |key: &str, value: String| table.row([view.paint.faint(&view.word(key)), value]);
    let cpu = &profile.cpu;
    let cores = words.text("cli-count-cores", &[("count", &cpu.cores.to_string())]);
    let threads = words.text("cli-count-threads", &[("count", &cpu.threads.to_string())]);
    fact(
        "cli-hardware-cpu",
        render::in_line(&[cpu.model.trim().to_owned(), cpu.architecture.clone(), cores, threads]),
    );
    fact("cli-hardware-features", cpu.features.join(" "));
    let memory = &profile.memory;
    let sizes = [("total", &*memory.total.to_string()), ("free", &*memory.available.to_string())];
    let mut parts = vec![words.text("cli-machine-memory", &sizes)];
    if let Some(limit) = memory.limit {
        parts.push(words.text("cli-hardware-memory-limit", &[("size", &limit.to_string())]));
    }
    if memory.swap.bytes() > 0 {
        parts.push(words.text("cli-hardware-swap", &[("size", &memory.swap.to_string())]));
    }
    fact("cli-hardware-memory", render::in_line(&parts));
    for gpu in &profile.gpus {
        let mut parts = vec![format!("{}: {}", gpu.index, gpu.model)];
        if gpu.vram.bytes() > 0 {
            parts.push(words.text(
                "cli-machine-memory",
                &[("total", &gpu.vram.to_string()), ("free", &gpu.vram_free.to_string())],
            ));
        } else {
            parts.push(view.word("cli-hardware-shared-memory"));
        }
        parts.extend(gpu.driver.clone());
        parts.extend(gpu.target.clone());
        if !gpu.nvlink_peers.is_empty() {
            parts.push(words.text("cli-hardware-nvlink", &[("peers", &render::joined(&gpu.nvlink_peers))]));
        }
        fact("cli-hardware-gpu", render::in_line(&parts));
    }
    for volume in &profile.volumes {
        let sizes = words.text(
            "cli-hardware-volume",
            &[("size", &volume.size.to_string()), ("free", &volume.free.to_string())],
        );
        fact(
            "cli-hardware-disk",
            render::in_line(&[
                volume.mount.clone(),
                view.value("volume", &volume.kind),
                volume.filesystem.clone(),
                sizes,
            ]),
        );
    }
    fact("cli-hardware-os", render::in_line(&[profile.os.name.clone(), profile.os.kernel.clone()]));
    for engine in &profile.container_engines {
        fact(
            "cli-hardware-containers",
            render::in_line(&[format!("{} {}", engine.name, engine.version), engine.socket.clone()]),
        );
    }
    for absence in &profile.absent {
        let part =
            words.known(&format!("part-{}", absence.part), &[]).unwrap_or_else(|| absence.part.clone());
        let mut text = words.text(&format!("absent-{}", absence.reason), &[("part", &part)]);
        if let Some(detail) = &absence.detail {
            text += &view.paint.faint(&format!(" ({detail})"));
        }
        fact("cli-hardware-absent", text);
    }
    if let ProfileSource::Recorded { path } = &profile.source {
        fact(
            "cli-hardware-source",
            view.paint.caution(&words.text("cli-machine-recorded", &[("path", path)])),
        );
    }
    table.render(0, view.paint)
}
