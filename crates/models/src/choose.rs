//! Which file of a repository suits a machine.

use crate::PartName;
use las_types::{ByteSize, FileRole, ModelFit, RepositoryFile, WeightsFormat};

mod sets;

/// From the best to the least that is still good.
pub(crate) const GOOD: [&str; 8] = ["Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_L", "Q4_K_M"];
/// What is taken where none of those fits, from the best on.
pub(crate) const SMALL: [&str; 20] = [
    "Q4_K_S", "Q4_1", "IQ4_NL", "Q4_0", "IQ4_XS", "Q3_K_L", "Q3_K_M", "IQ3_M", "Q3_K_S", "IQ3_S", "IQ3_XS",
    "IQ3_XXS", "Q2_K_L", "Q2_K", "Q2_K_S", "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ1_M",
];
/// What else a name may say.
const OTHER: [&str; 6] = ["MXFP4", "IQ1_S", "BF16", "F16", "FP16", "F32"];
/// How files end that an unpickler would follow.
const PICKLES: [&str; 6] = ["bin", "pt", "pth", "ckpt", "pkl", "pickle"];

/// A model in a repository: a file of weights, or all parts of one that was split, and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// In which format.
    pub format: WeightsFormat,
    /// Its weights, in order.
    pub files: Vec<RepositoryFile>,
    /// What goes with them: a projector, a configuration, a tokenizer.
    pub beside: Vec<RepositoryFile>,
    /// Its quantisation, as its name says.
    pub quantisation: Option<&'static str>,
    /// Bytes of its weights; none if any has no published size.
    pub size: Option<ByteSize>,
    /// Whether parts of it are missing.
    pub lacks_parts: bool,
}

/// Why one was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was named.
    Named,
    /// There is no other.
    Only,
    /// It has the name that models have.
    Usual,
    /// The best of those that fit.
    Best,
    /// None of the good ones fits.
    Smaller,
}

impl Why {
    /// As it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Only => "only",
            Self::Usual => "usual",
            Self::Best => "best",
            Self::Smaller => "smaller",
        }
    }
}

impl Candidate {
    fn of(format: WeightsFormat, files: Vec<RepositoryFile>, lacks_parts: bool) -> Self {
        let sizes: Option<Vec<ByteSize>> = files.iter().map(|file| file.size).collect();
        let quantisation = files.first().and_then(|file| quantisation_of(file.path.as_str()));
        let size = sizes.map(|sizes| sizes.into_iter().sum());
        Self { format, quantisation, size, files, beside: Vec::new(), lacks_parts }
    }

    /// All files, weights first.
    pub fn all(&self) -> impl Iterator<Item = &RepositoryFile> {
        self.files.iter().chain(&self.beside)
    }
}

/// The quantisation that a file's name says: the last word of it that is one.
pub fn quantisation_of(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
    let words: Vec<&str> = name.split(['.', '-', ' ']).collect();
    let known = || GOOD.iter().chain(&SMALL).chain(&OTHER).copied();
    let whole = words.iter().rev().find_map(|word| known().find(|one| one == word));
    // Some write it behind a low line: `model_Q4_K_M`.
    whole.or_else(|| {
        let ends = |one: &&str| words.iter().any(|word| word.ends_with(&format!("_{one}")));
        known().filter(ends).max_by_key(|one| one.len())
    })
}

/// Whether a file is one that an unpickler would follow, by its name.
pub fn is_pickle(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| PICKLES.contains(&ending.as_str()))
}

/// The models among the files of a repository, parts put together: those in GGUF, then those in safetensors. What only goes
/// with a model (a projector, an importance matrix) is none.
pub fn candidates(files: &[RepositoryFile]) -> Vec<Candidate> {
    let mut all = gguf(files);
    sets::with_projectors(&mut all, files);
    all.extend(sets::safetensors(files));
    all
}

fn gguf(files: &[RepositoryFile]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for file in files {
        let path = file.path.as_str();
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let format = WeightsFormat::Gguf;
        if FileRole::of(name) != Some(FileRole::Weights) || WeightsFormat::of_path(name) != Some(format) {
            continue;
        }
        match PartName::parse(name) {
            None => all.push(Candidate::of(format, vec![file.clone()], false)),
            Some(part) if part.number == 1 => {
                let at = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let find = |path: String| files.iter().find(|file| file.path.as_str() == path).cloned();
                let parts: Vec<_> = part.all().map(at).filter_map(find).collect();
                let lacks = u32::try_from(parts.len()) != Ok(part.of);
                all.push(Candidate::of(format, parts, lacks));
            }
            Some(_) => {}
        }
    }
    all
}

/// The one that suits a machine, by how each stands to it: the best quantisation from Q8_0 to Q4_K_M that fits, else the best
/// below, else the smallest of what is named otherwise; where none fits, the same of those that fit with limits. None where
/// all are too large. Weights in safetensors are chosen where there is no GGUF, whether they fit or not: no engine here loads them.
pub fn choose(candidates: &[Candidate], fit: impl Fn(&Candidate) -> ModelFit) -> Option<(&Candidate, Why)> {
    let gguf: Vec<&Candidate> = candidates.iter().filter(|one| one.format == WeightsFormat::Gguf).collect();
    if gguf.is_empty() {
        return sets::choose(candidates);
    }
    let whole: Vec<(&Candidate, ModelFit)> =
        gguf.iter().copied().filter(|one| !one.lacks_parts).map(|one| (one, fit(one))).collect();
    let like = |wanted| whole.iter().filter(move |(_, fit)| *fit == wanted).map(|(one, _)| *one);
    if let ([only], Some((_, ModelFit::Fits | ModelFit::Limits))) = (&gguf[..], whole.first()) {
        return Some((only, Why::Only));
    }
    let fits: Vec<&Candidate> = like(ModelFit::Fits).collect();
    let limited: Vec<&Candidate> = like(ModelFit::Limits).collect();
    best(&fits).or_else(|| best(&limited).map(|(one, _)| (one, Why::Smaller)))
}

/// The best of them.
fn best<'a>(all: &[&'a Candidate]) -> Option<(&'a Candidate, Why)> {
    let smallest = |named: &dyn Fn(&Candidate) -> bool| {
        all.iter().copied().filter(|one| named(one)).min_by_key(|one| one.size)
    };
    let of = |name: &str| smallest(&|one| one.quantisation == Some(name));
    let good = GOOD.iter().find_map(|name| of(name)).map(|one| (one, Why::Best));
    let small = || SMALL.iter().find_map(|name| of(name)).map(|one| (one, Why::Smaller));
    good.or_else(small).or_else(|| smallest(&|_| true).map(|one| (one, Why::Smaller)))
}

#[cfg(test)]
mod tests;
