//! The libraries of an engine: those that lie beside it, and those that its process has loaded.

use std::path::Path;

/// Names of the libraries through which an engine computes on GPUs: `libggml-cuda.so`.
const GPU: [&str; 6] = ["cuda", "hip", "musa", "opencl", "sycl", "vulkan"];

/// What an engine computes with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Libraries {
    /// The variant for this processor that it has loaded.
    pub(super) cpu_variant: Option<String>,
    /// Whether it comes with a library for processors, so that one for GPUs would lie there, too.
    pub(super) in_parts: bool,
    /// Those for GPUs that lie beside it.
    pub(super) there: Vec<String>,
    /// Those for GPUs that it has loaded.
    pub(super) loaded: Vec<String>,
}

impl Libraries {
    /// Of an engine's program that runs with this number. Its maps say what is loaded even where its log, which begins after
    /// the libraries were tried, does not.
    pub(super) fn of(program: &Path, pid: u32) -> Self {
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        let entries = program.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let names =
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        Self::from(names, &maps)
    }

    fn from(beside: impl Iterator<Item = String>, maps: &str) -> Self {
        let mapped: Vec<&str> = maps.lines().filter_map(|line| part_of(line.rsplit_once('/')?.1)).collect();
        let beside: Vec<String> = beside.filter_map(|name| part_of(&name).map(str::to_owned)).collect();
        let cpu = |part: &str| part.strip_prefix("cpu").map(|rest| rest.trim_start_matches('-').to_owned());
        let gpus = |parts: &mut dyn Iterator<Item = &str>| {
            let mut all: Vec<String> = parts.filter(|part| GPU.contains(part)).map(str::to_owned).collect();
            all.sort();
            all.dedup();
            all
        };
        Self {
            cpu_variant: mapped.iter().find_map(|part| cpu(part)).filter(|variant| !variant.is_empty()),
            in_parts: beside.iter().any(|part| cpu(part).is_some()),
            there: gpus(&mut beside.iter().map(String::as_str)),
            loaded: gpus(&mut mapped.iter().copied()),
        }
    }
}

/// `cuda` of `libggml-cuda.so.0`.
fn part_of(name: &str) -> Option<&str> {
    Some(name.strip_prefix("libggml-")?.split_once(".so")?.0)
}

#[cfg(test)]
mod tests {
    use super::Libraries;

    const MAPS: &str = "\
7f0000000000-7f0000001000 r-xp 00000000 fe:00 1 /store/e/libggml-base.so.0
7f0000002000-7f0000003000 r-xp 00000000 fe:00 2 /store/e/libggml-cpu-zen4.so
7f0000002000-7f0000003000 rw-p 00000000 fe:00 2 /store/e/libggml-cpu-zen4.so
7f0000004000-7f0000005000 r-xp 00000000 fe:00 3 /store/e/libggml-vulkan.so
7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0 [vdso]
";

    fn of(beside: &[&str], maps: &str) -> Libraries {
        Libraries::from(beside.iter().map(|name| (*name).to_owned()), maps)
    }

    #[test]
    fn what_lies_beside_an_engine_and_what_it_has_loaded_are_told_apart() {
        let beside = [
            "llama-server",
            "libggml-base.so.0",
            "libggml-cpu-zen4.so",
            "libggml-cuda.so",
            "libggml-vulkan.so",
        ];
        let found = of(&beside, MAPS);
        assert_eq!((found.cpu_variant.as_deref(), found.in_parts), (Some("zen4"), true));
        assert_eq!(
            (found.there, found.loaded),
            (vec!["cuda".into(), "vulkan".into()], vec!["vulkan".into()])
        );
    }

    #[test]
    fn of_an_engine_in_one_piece_nothing_is_known() {
        assert_eq!(of(&["llama-server", "libllama.so"], ""), Libraries::default());
    }
}
