use super::{NotLaidOut, lay_out, part};
use crate::{ollama_weights, repository_of_folder};
use las_types::{
    Ability, Adoption, AdoptionMethod, ByteSize, Category, Digest, Installed, LaidContent, LaidFile,
    ModelFacts, ModelTool, Placement, Source,
};

fn item(source: Source) -> Installed {
    Installed {
        name: "tiny-chat".parse().unwrap(),
        category: Category::Model,
        version: "0.0.0+abc".parse().unwrap(),
        digest: Digest::of(b"weights"),
        size: ByteSize::new(7),
        placement: Placement::Blob,
        source,
        license: None,
        program: None,
        model: Some(ModelFacts {
            format: "gguf".to_owned(),
            architecture: "llama".to_owned(),
            quantisation: "F32".to_owned(),
            ..ModelFacts::default()
        }),
        views: Vec::new(),
    }
}

fn local(path: &str) -> Installed {
    item(Source::LocalFile { path: path.to_owned(), adopted: None })
}

fn of_hub(revision: Option<&str>) -> Installed {
    let adoption = Adoption {
        tool: ModelTool::HuggingFace,
        by: AdoptionMethod::HardLink,
        id: Some("tiny-org/Tiny-GGUF".to_owned()),
        revision: revision.map(str::to_owned),
    };
    item(Source::LocalFile { path: "/hf/t.gguf".to_owned(), adopted: Some(Box::new(adoption)) })
}

fn paths(files: &[LaidFile]) -> Vec<&str> {
    files.iter().map(|file| file.path.as_str()).collect()
}

fn text(file: &LaidFile) -> &str {
    match &file.content {
        LaidContent::Text { text } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_tool_gets_the_names_that_it_looks_for() {
    let model = local("/m/Tiny Chat.gguf");
    let of = |tool| lay_out(tool, &model, None).unwrap();
    assert_eq!(paths(&of(ModelTool::Folder)), ["tiny-chat/Tiny_Chat.gguf"]);
    assert_eq!(paths(&of(ModelTool::LmStudio)), ["localaistack/tiny-chat/Tiny_Chat.gguf"]);
    assert_eq!(paths(&of(ModelTool::ComfyUi)), ["text_encoders/Tiny_Chat.gguf"]);
    let jan = of(ModelTool::Jan);
    assert_eq!(paths(&jan), ["tiny-chat/Tiny_Chat.gguf", "tiny-chat/model.yml"]);
    assert!(text(&jan[1]).starts_with("model_path: \"llamacpp/models/tiny-chat/Tiny_Chat.gguf\"\n"));
    let beside = lay_out(ModelTool::ComfyUi, &model, Some("/big \"one\"")).unwrap();
    assert_eq!(beside[1].path, "extra_model_paths.tiny-chat.yaml");
    assert_eq!(
        text(&beside[1]),
        "localaistack:\n  base_path: \"/big \\\"one\\\"\"\n  text_encoders: text_encoders/\n"
    );
    let studio = lay_out(ModelTool::LmStudio, &of_hub(None), None).unwrap();
    assert_eq!(paths(&studio), ["tiny-org/Tiny-GGUF/t.gguf"]);
}

#[test]
fn ollamas_manifest_names_the_weights_and_a_configuration_that_is_there() {
    let model = local("/m/sha256-abc");
    let files = lay_out(ModelTool::Ollama, &model, None).unwrap();
    let [weights, config, manifest] = &files[..] else { panic!("{files:?}") };
    assert_eq!(weights.path, format!("blobs/sha256-{}", model.digest.hex()));
    assert_eq!(config.path, format!("blobs/sha256-{}", Digest::of(text(config).as_bytes()).hex()));
    assert_eq!(manifest.path, "manifests/registry.ollama.ai/library/tiny-chat/latest");
    let named = ollama_weights(text(manifest).as_bytes()).unwrap();
    assert_eq!((named.len(), named[0].digest, named[0].size), (1, model.digest, model.size));
    assert!(text(manifest).contains(&Digest::of(text(config).as_bytes()).to_string()));
}

#[test]
fn hugging_faces_cache_is_laid_out_only_for_what_came_from_a_commit() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let model = of_hub(Some(commit));
    let files = lay_out(ModelTool::HuggingFace, &model, None).unwrap();
    let folder = "models--tiny-org--Tiny-GGUF";
    assert_eq!(repository_of_folder(folder).unwrap().to_string(), "tiny-org/Tiny-GGUF");
    let blob = model.digest.hex();
    assert_eq!(
        paths(&files),
        [
            &*format!("{folder}/blobs/{blob}"),
            &*format!("{folder}/snapshots/{commit}/t.gguf"),
            &*format!("{folder}/refs/main")
        ]
    );
    assert_eq!(files[1].content, LaidContent::Link { to: format!("../../blobs/{blob}") });
    assert_eq!(text(&files[2]), commit);
    for other in [of_hub(Some("main")), of_hub(None), local("/m/t.gguf")] {
        assert_eq!(lay_out(ModelTool::HuggingFace, &other, None), Err(NotLaidOut::Repository));
    }
}

#[test]
fn what_a_tool_can_not_use_is_not_laid_out_for_it() {
    let mut adapter = local("/m/a.gguf");
    adapter.model.as_mut().unwrap().abilities = vec![Ability::Adapter];
    let mut other = local("/m/a.safetensors");
    other.model.as_mut().unwrap().format = "safetensors".to_owned();
    for tool in [ModelTool::Ollama, ModelTool::LmStudio, ModelTool::Jan] {
        assert_eq!(lay_out(tool, &adapter, None), Err(NotLaidOut::Adapter));
        assert_eq!(lay_out(tool, &other, None), Err(NotLaidOut::Format));
    }
    assert_eq!(paths(&lay_out(ModelTool::ComfyUi, &adapter, None).unwrap()), ["loras/a.gguf"]);
    assert_eq!(paths(&lay_out(ModelTool::Folder, &other, None).unwrap()), ["tiny-chat/a.safetensors"]);
}

#[test]
fn no_name_of_a_file_leads_anywhere() {
    for (name, plain) in [
        ("..", "_.."),
        (".hidden", "_.hidden"),
        ("", "_"),
        ("a/b", "a_b"),
        ("a\nb\\c", "a_b_c"),
        ("ümlaut", "_mlaut"),
    ] {
        assert_eq!(part(name), plain);
    }
    let hostile = ["/m/../../..gguf", "/m/\u{202e}fugg.gguf", "/m/a\nmodel_path: x.gguf", "/m/.gguf"];
    for path in hostile {
        for tool in [ModelTool::Folder, ModelTool::LmStudio, ModelTool::Jan, ModelTool::ComfyUi] {
            for file in lay_out(tool, &local(path), Some("/f")).unwrap() {
                let parts: Vec<_> = file.path.split('/').collect();
                assert!(parts.iter().all(|one| part(one) == **one), "{tool:?}: {}", file.path);
            }
        }
    }
}
