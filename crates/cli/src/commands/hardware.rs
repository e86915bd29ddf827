//! The hardware profile.

use crate::context::{Context, View};
use crate::output::{Form, Output};
use crate::render;
use crate::stop::Stop;
use crate::table::Table;
use las_api::types::{ByteSize, Caches, Failure, Gpu, HardwareProfile, Measurement, ProfileSource, Sandbox};
use las_api::{ErrorBody, NoArguments};
use las_i18n::Words;
use std::io::Write;
use std::path::Path;

pub(crate) async fn run(context: &Context, record: Option<&Path>, measure: bool) -> Result<(), Stop> {
    let profile: HardwareProfile = if measure {
        context.ask("hardware_measure", NoArguments {}).await?
    } else {
        context.ask("hardware_show", NoArguments {}).await?
    };
    show(&context.words, context.output, &profile, record)
}

/// The profile without a core: looking at the machine needs none, and becoming one takes longer than that.
pub(crate) fn show_own(
    words: &Words,
    output: Output,
    flags: Vec<(String, String)>,
    record: Option<&Path>,
) -> Result<(), Stop> {
    let options = las_app::Options::from_environment(None, flags).map_err(ErrorBody::from)?;
    show(words, output, &las_app::hardware(&options)?, record)
}

fn show(words: &Words, output: Output, profile: &HardwareProfile, record: Option<&Path>) -> Result<(), Stop> {
    if let Some(path) = record {
        let text = serde_json::to_string_pretty(profile).map_err(Stop::defect)? + "\n";
        write_new(path, &text).map_err(|error| Stop::from(ErrorBody::from(Failure::io(path, error))))?;
        output.note(&words.text("cli-hardware-recorded", &[("path", &path.display().to_string())]));
        return Ok(());
    }
    match output.form {
        Form::Json => output.document(profile),
        Form::Text => output.data(&text(profile, &View { words, paint: output.paint() })),
    }
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
    let virtual_machine = if cpu.virtual_machine { view.word("hardware-virtual") } else { String::new() };
    fact(
        "cli-hardware-cpu",
        render::in_line(&[
            cpu.model.trim().to_owned(),
            cpu.architecture.clone(),
            cores,
            threads,
            virtual_machine,
        ]),
    );
    fact("cli-hardware-features", cpu.features.join(" "));
    if cpu.caches != Caches::default() {
        let kibibytes = |size: ByteSize| (size.bytes() >> 10).to_string();
        let [l1d, l2, l3] = [cpu.caches.l1d, cpu.caches.l2, cpu.caches.l3].map(kibibytes);
        fact(
            "cli-hardware-caches",
            words.text("hardware-caches", &[("l1d", &l1d), ("l2", &l2), ("l3", &l3)]),
        );
    }
    let memory = &profile.memory;
    let sizes = [("total", &*memory.total.to_string()), ("free", &*memory.available.to_string())];
    let mut parts = vec![words.text("cli-machine-memory", &sizes)];
    if let Some(limit) = memory.limit {
        parts.push(words.text("cli-hardware-memory-limit", &[("size", &limit.to_string())]));
    }
    if memory.swap.bytes() > 0 {
        parts.push(words.text("cli-hardware-swap", &[("size", &memory.swap.to_string())]));
    }
    parts.extend(memory.bandwidth.map(|rate| rate_text(rate, view)));
    fact("cli-hardware-memory", render::in_line(&parts));
    for gpu in &profile.gpus {
        fact("cli-hardware-gpu", gpu_text(gpu, view));
    }
    for npu in &profile.npus {
        let parts = [Some(npu.device.clone()), npu.driver.clone(), npu.id.clone()];
        fact("cli-hardware-npu", render::in_line(&parts.into_iter().flatten().collect::<Vec<_>>()));
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
                volume.read_rate.map(|rate| rate_text(rate, view)).unwrap_or_default(),
            ]),
        );
    }
    fact("cli-hardware-os", render::in_line(&[profile.os.name.clone(), profile.os.kernel.clone()]));
    fact("cli-hardware-network", view.value("network", &profile.network));
    fact("cli-hardware-sandbox", sandbox_text(&profile.sandbox, view));
    if let Some(battery) = &profile.battery {
        let state = view.value("battery", &battery.state);
        let percent = battery
            .percent
            .map(|percent| words.text("hardware-percent", &[("percent", &percent.to_string())]));
        let parts: Vec<String> = std::iter::once(state).chain(percent).collect();
        fact("cli-hardware-battery", render::in_line(&parts));
    }
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
    fact("cli-hardware-identity", profile.identity().short());
    if let ProfileSource::Recorded { path } = &profile.source {
        fact(
            "cli-hardware-source",
            view.paint.caution(&words.text("cli-machine-recorded", &[("path", path)])),
        );
    }
    table.render(0, view.paint)
}

/// A rate, and when it was measured.
fn rate_text(rate: Measurement, view: &View<'_>) -> String {
    let day = rate.measured_at.to_zoned(jiff::tz::TimeZone::system()).date().to_string();
    view.words.text("hardware-rate", &[("rate", &rate.per_second.to_string()), ("day", &day)])
}

fn gpu_text(gpu: &Gpu, view: &View<'_>) -> String {
    let words = view.words;
    let mut parts = vec![format!("{}: {}", gpu.index, gpu.model)];
    if gpu.vram.bytes() > 0 {
        parts.push(words.text(
            "cli-machine-memory",
            &[("total", &gpu.vram.to_string()), ("free", &gpu.vram_free.to_string())],
        ));
    }
    if gpu.vram.bytes() == 0 || gpu.unified_memory {
        parts.push(view.word("cli-hardware-shared-memory"));
    }
    parts.extend([&gpu.driver, &gpu.runtime, &gpu.target].into_iter().flatten().cloned());
    if let Some(link) = gpu.pcie {
        let numbers = [("generation", &*link.generation.to_string()), ("width", &*link.width.to_string())];
        parts.push(words.text("hardware-pcie", &numbers));
    }
    for (key, peers) in [("hardware-nvlink", &gpu.nvlink_peers), ("hardware-xgmi", &gpu.xgmi_peers)] {
        if !peers.is_empty() {
            parts.push(words.text(key, &[("peers", &render::joined(peers))]));
        }
    }
    render::in_line(&parts)
}

fn sandbox_text(sandbox: &Sandbox, view: &View<'_>) -> String {
    let landlock = match sandbox.landlock_abi {
        Some(abi) => view.words.text("hardware-landlock-abi", &[("abi", &abi.to_string())]),
        None => view.value("support", &sandbox.landlock),
    };
    view.words.text(
        "hardware-sandbox",
        &[
            ("landlock", &landlock),
            ("namespaces", &view.value("support", &sandbox.user_namespaces)),
            ("cgroup", &view.value("cgroup", &sandbox.cgroup)),
            ("seccomp", &view.value("support", &sandbox.seccomp)),
        ],
    )
}
