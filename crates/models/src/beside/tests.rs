use super::{AdapterConfig, Beside, ModelConfig, Templates, safetensors_facts, tokenizer};
use crate::read_safetensors;
use las_types::{Ability, Digest};
use serde_json::json;

fn config(value: &serde_json::Value) -> ModelConfig {
    ModelConfig::parse(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_configuration_says_what_a_header_would() {
    let found = config(&json!({
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": 1024, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 40960,
        "torch_dtype": "bfloat16", "sliding_window": null, "quantization_config": { "quant_method": "awq" },
    }));
    assert_eq!((found.architectures[0].as_str(), found.model_type.as_str()), ("Qwen3ForCausalLM", "qwen3"));
    assert_eq!((found.layers, found.heads, found.kv_heads, found.context), (28, 16, 8, 40960));
    assert_eq!((found.dtype.as_deref(), found.quantisation.as_deref()), (Some("bfloat16"), Some("awq")));
    assert_eq!((found.sliding_window, found.code), (None, None));
    let old = config(
        &json!({ "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024 }),
    );
    assert_eq!((old.hidden_size, old.layers, old.kv_heads, old.context), (768, 12, 12, 1024));
    let nested = config(
        &json!({ "model_type": "gemma3", "text_config": { "hidden_size": 2560, "num_hidden_layers": 34 } }),
    );
    assert_eq!((nested.hidden_size, nested.layers), (2560, 34));
}

#[test]
fn code_of_a_models_own_is_shown_and_pinned() {
    let map = json!({ "auto_map": { "AutoModel": "modeling_x.Model", "AutoTokenizer": ["tok.Slow", null] } });
    let code = config(&map).code.unwrap();
    assert_eq!(code.classes["AutoModel"], "modeling_x.Model");
    assert_eq!(code.classes["AutoTokenizer"], "tok.Slow");
    let other =
        json!({ "auto_map": { "AutoTokenizer": ["tok.Slow", null], "AutoModel": "modeling_x.Other" } });
    assert_ne!(config(&other).code.unwrap().digest, code.digest);
    let turned = json!({ "auto_map": { "AutoTokenizer": "tok.Slow", "AutoModel": "modeling_x.Model" } });
    assert_eq!(config(&turned).code.unwrap().digest, code.digest);
    for bad in [json!({ "auto_map": { "AutoModel": 1 } }), json!({ "auto_map": { "A": "x".repeat(2000) } })] {
        assert!(ModelConfig::parse(bad.to_string().as_bytes()).is_err());
    }
    let elsewhere = Templates::parse(map.to_string().as_bytes()).unwrap();
    assert_eq!(elsewhere.code, Some(code));
}

#[test]
fn tokenizers_are_counted_by_their_highest_number() {
    let bpe = json!({
        "model": { "type": "BPE", "vocab": { "a": 0, "b": 1 }, "merges": [["a", "b"]] },
        "added_tokens": [{ "id": 7, "content": "<end>", "special": true }],
    });
    let found = tokenizer(bpe.to_string().as_bytes()).unwrap();
    assert_eq!((found.kind.as_str(), found.tokens), ("BPE", 8));
    assert_eq!(found.digest, Digest::of(bpe.to_string().as_bytes()));
    let unigram =
        json!({ "model": { "type": "Unigram", "vocab": [["a", -1.5], ["b", -2]] }, "added_tokens": null });
    assert_eq!(tokenizer(unigram.to_string().as_bytes()).unwrap().tokens, 2);
    for bad in [
        json!({}),
        json!([]),
        json!({ "model": { "vocab": { "a": -1 } } }),
        json!({ "model": { "vocab": { "a": u64::MAX } } }),
        json!({ "model": { "vocab": 1 } }),
    ] {
        assert!(tokenizer(bad.to_string().as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn templates_are_pinned_by_their_bytes() {
    let one = Templates::parse(json!({ "chat_template": "{{ tools }}" }).to_string().as_bytes()).unwrap();
    assert_eq!(one.digests()["default"], Digest::of(b"{{ tools }}"));
    assert!(one.tools);
    let list = json!({ "chat_template": [{ "name": "rag", "template": "x" }, { "name": "default", "template": "y" }] });
    let list = Templates::parse(list.to_string().as_bytes()).unwrap();
    assert_eq!(list.texts.keys().collect::<Vec<_>>(), ["default", "rag"]);
    for bad in [json!({ "chat_template": 1 }), json!({ "chat_template": [{}] })] {
        assert!(Templates::parse(bad.to_string().as_bytes()).is_err());
    }
    let long = json!({ "chat_template": "x".repeat(1_100_000) });
    assert!(Templates::parse(long.to_string().as_bytes()).is_err());
}

#[test]
fn bombs_are_refused() {
    let deep = "[".repeat(1_000_000);
    let open = format!("{{\"model\":{{\"vocab\":{deep}");
    assert!(tokenizer(open.as_bytes()).is_err());
    assert!(tokenizer(format!("{{\"x\":{deep}").as_bytes()).is_err());
    let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(2_000_000));
    for parsed in [ModelConfig::parse(wide.as_bytes()).map(drop), Templates::parse(wide.as_bytes()).map(drop)]
    {
        assert!(parsed.unwrap_err().to_string().contains("2 MiB"));
    }
    assert!(ModelConfig::parse(&deep.as_bytes()[..100_000]).is_err());
    assert!(AdapterConfig::parse(b"{}").is_err());
    assert!(ModelConfig::parse(b"[]").is_err());
}

#[test]
fn weights_and_what_lies_beside_them_give_the_same_facts_as_a_header() {
    let text = r#"{"model.embed.weight":{"dtype":"BF16","shape":[4,2],"data_offsets":[0,16]}}"#;
    let bytes = [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes(), &[0; 16]].concat();
    let header = read_safetensors(&mut std::io::Cursor::new(&bytes), bytes.len() as u64).unwrap();
    let beside = Beside {
        config: Some(config(&json!({
            "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": 2048, "sliding_window": 512,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "linear_attention"],
        }))),
        templates: Some(
            Templates::parse(json!({ "chat_template": "{{ x }}" }).to_string().as_bytes()).unwrap(),
        ),
        ..Beside::default()
    };
    let facts = safetensors_facts(&header, &beside);
    assert_eq!(
        (facts.format.as_str(), facts.architecture.as_str(), facts.quantisation.as_str()),
        ("safetensors", "llama", "BF16")
    );
    assert_eq!((facts.parameters.parameters(), facts.tensor_bytes.bytes()), (8, 16));
    assert_eq!(facts.kv_bytes_per_token.bytes(), 3 * 2 * 2 * 16 * 2);
    assert_eq!(facts.window.unwrap().kv_bytes_per_token.bytes(), 2 * 2 * 2 * 16 * 2);
    assert_eq!(facts.abilities, [Ability::Chat, Ability::Json, Ability::Embeddings]);
    let adapter = json!({ "peft_type": "LORA", "r": 8, "lora_alpha": 16, "base_model_name_or_path": "org/base",
        "target_modules": ["q_proj"] });
    let adapter = AdapterConfig::parse(adapter.to_string().as_bytes()).unwrap();
    let facts = safetensors_facts(&header, &Beside { adapter: Some(adapter), ..Beside::default() });
    assert_eq!(facts.abilities, [Ability::Adapter]);
    let said = facts.adapter.unwrap();
    assert_eq!((said.kind.as_str(), said.rank, said.alpha.as_deref()), ("lora", Some(8), Some("16")));
    assert_eq!(said.base_name.as_deref(), Some("org/base"));
}
