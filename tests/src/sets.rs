//! Models of several files, made to order: a GGUF file cut into parts, weights in safetensors with what lies beside them.

use las_models::{GgufHeader, Tensor, read_gguf};
use serde_json::{Map, Value, json};

const ALIGNMENT: usize = 32;

/// Cuts a GGUF file into that many parts, as llama.cpp's own tool does: all metadata in the first, tensors in their order.
pub fn split_gguf(bytes: &[u8], parts: usize) -> Vec<Vec<u8>> {
    let header = read_gguf(&mut std::io::Cursor::new(bytes), bytes.len() as u64).unwrap();
    let per = header.tensors.len().div_ceil(parts);
    let groups: Vec<&[Tensor]> = header.tensors.chunks(per).collect();
    assert_eq!(groups.len(), parts);
    let count = u64::from_le_bytes(bytes[16..24].try_into().unwrap());
    // The metadata end where the first tensor is described.
    let first = described(&header.tensors[0], header.tensors[0].offset);
    let end = bytes.windows(first.len()).position(|window| window == first).unwrap();
    let one = |(number, tensors): (usize, &&[Tensor])| {
        let (own, count) = if number == 0 { (&bytes[24..end], count) } else { (&bytes[..0], 0) };
        let mut part = b"GGUF\x03\0\0\0".to_vec();
        part.extend((tensors.len() as u64).to_le_bytes());
        part.extend((count + 3).to_le_bytes());
        part.extend(own);
        part.extend(pair("split.no", 2, &u16::try_from(number).unwrap().to_le_bytes()));
        part.extend(pair("split.count", 2, &u16::try_from(parts).unwrap().to_le_bytes()));
        let all = i32::try_from(header.tensors.len()).unwrap();
        part.extend(pair("split.tensors.count", 5, &all.to_le_bytes()));
        let mut data = Vec::new();
        for tensor in *tensors {
            part.extend(described(tensor, data.len() as u64));
            data.extend(content(&header, tensor, bytes));
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
        }
        part.resize(part.len().next_multiple_of(ALIGNMENT), 0);
        part.extend(data);
        part
    };
    groups.iter().enumerate().map(one).collect()
}

fn pair(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [&(key.len() as u64).to_le_bytes()[..], key.as_bytes(), &kind.to_le_bytes(), value].concat()
}

fn described(tensor: &Tensor, offset: u64) -> Vec<u8> {
    let mut bytes = (tensor.name.len() as u64).to_le_bytes().to_vec();
    bytes.extend(tensor.name.as_bytes());
    bytes.extend(u32::try_from(tensor.dimensions.len()).unwrap().to_le_bytes());
    bytes.extend(tensor.dimensions.iter().flat_map(|dimension| dimension.to_le_bytes()));
    bytes.extend(tensor.kind.number().to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes
}

fn content<'a>(header: &GgufHeader, tensor: &Tensor, bytes: &'a [u8]) -> &'a [u8] {
    let begin = usize::try_from(header.data_offset + tensor.offset).unwrap();
    &bytes[begin..begin + usize::try_from(tensor.bytes).unwrap()]
}

/// The name of a part, from 1 on.
pub fn part_name(stem: &str, number: usize, of: usize, ending: &str) -> String {
    format!("{stem}-{number:05}-of-{of:05}.{ending}")
}

/// Weights in safetensors: each tensor of 16-bit floats with its name and as many bytes, an even number.
pub fn safetensors(tensors: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut header, mut data) = (Map::new(), Vec::new());
    for (name, bytes) in tensors {
        let begin = data.len();
        data.extend(*bytes);
        let about =
            json!({ "dtype": "BF16", "shape": [bytes.len() / 2], "data_offsets": [begin, data.len()] });
        header.insert((*name).to_owned(), about);
    }
    let text = Value::Object(header).to_string();
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &data].concat()
}

/// The index of weights that are in several files: each tensor and its file.
pub fn safetensors_index(tensors: &[(&str, &str)]) -> Vec<u8> {
    let map: Map<String, Value> =
        tensors.iter().map(|(tensor, file)| ((*tensor).to_owned(), json!(file))).collect();
    json!({ "metadata": { "total_size": 1 }, "weight_map": map }).to_string().into_bytes()
}

/// A `config.json` of a small language model, with what is added to it.
pub fn model_config(more: &Value) -> Vec<u8> {
    let mut config = json!({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048, "torch_dtype": "bfloat16",
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config.to_string().into_bytes()
}

/// A `tokenizer.json` that knows two tokens.
pub fn tokenizer_json() -> Vec<u8> {
    json!({ "model": { "type": "BPE", "vocab": { "a": 0, "b": 1 } } }).to_string().into_bytes()
}
