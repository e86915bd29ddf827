use super::{Candidate, Why, candidates, choose, is_pickle, quantisation_of};
use las_types::{ByteSize, ModelFit, RepositoryFile};

const GIB: u64 = 1 << 30;

fn files(all: &[(&str, u64)]) -> Vec<RepositoryFile> {
    let file = |(path, size): &(&str, u64)| RepositoryFile {
        path: path.parse().unwrap(),
        size: Some(ByteSize::new(*size)),
        sha256: None,
    };
    all.iter().map(file).collect()
}

#[test]
fn a_name_says_its_quantisation() {
    for (path, expected) in [
        ("Qwen3-8B-Q4_K_M.gguf", Some("Q4_K_M")),
        ("q8/qwen3.q8_0.gguf", Some("Q8_0")),
        ("model-IQ3_XXS-00001-of-00002.gguf", Some("IQ3_XXS")),
        ("model_Q4_K_M.gguf", Some("Q4_K_M")),
        ("gpt-oss-20b-mxfp4.gguf", Some("MXFP4")),
        ("tiny-f16.gguf", Some("F16")),
        ("tiny.gguf", None),
    ] {
        assert_eq!(quantisation_of(path), expected, "{path}");
    }
}

/// Those of so many gibibytes fit, those of one more with limits.
fn within(gib: u64) -> impl Fn(&Candidate) -> ModelFit {
    move |one| match one.size.unwrap().bytes() {
        size if size <= gib * GIB => ModelFit::Fits,
        size if size <= (gib + 1) * GIB => ModelFit::Limits,
        _ => ModelFit::TooLarge,
    }
}

#[test]
fn the_best_that_fits_is_chosen_and_why_is_told() {
    let all = files(&[
        ("a-F16.gguf", 16 * GIB),
        ("a-Q8_0.gguf", 8 * GIB),
        ("a-Q6_K.gguf", 6 * GIB),
        ("a-Q4_K_M.gguf", 5 * GIB),
        ("a-Q3_K_S.gguf", 3 * GIB),
        ("mmproj-a-F16.gguf", GIB),
        ("README.md", 100),
    ]);
    let all = candidates(&all);
    assert_eq!(all.len(), 5);
    for (room, expected) in [
        (64, Some(("Q8_0", Why::Best))),
        (7, Some(("Q6_K", Why::Best))),
        (4, Some(("Q3_K_S", Why::Smaller))),
        (2, Some(("Q3_K_S", Why::Smaller))),
        (1, None),
    ] {
        let chosen = choose(&all, within(room));
        assert_eq!(chosen.map(|(one, why)| (one.quantisation.unwrap(), why)), expected, "{room}");
    }
    let only = candidates(&files(&[("tiny.gguf", 100)]));
    assert_eq!(choose(&only, within(1)).unwrap().1, Why::Only);
}

#[test]
fn parts_are_one_model_and_a_missing_one_makes_it_none() {
    let whole = files(&[
        ("q8/a-Q8_0-00001-of-00002.gguf", GIB),
        ("q8/a-Q8_0-00002-of-00002.gguf", GIB),
        ("b-Q8_0-00001-of-00003.gguf", GIB),
        ("b-Q8_0-00003-of-00003.gguf", GIB),
    ]);
    let all = candidates(&whole);
    assert_eq!(
        all.iter().map(|one| (one.files.len(), one.lacks_parts)).collect::<Vec<_>>(),
        [(2, false), (2, true)]
    );
    assert_eq!(choose(&all, within(64)).unwrap().0.files.len(), 2);
}

#[test]
fn what_an_unpickler_would_follow_is_known_by_its_name() {
    assert!(is_pickle("pytorch_model.bin") && is_pickle("a/x.PT") && !is_pickle("a.safetensors"));
}
