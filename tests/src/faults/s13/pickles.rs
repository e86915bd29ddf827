//! Pickles, written word by word.

/// What such files call.
pub(super) const CALLED: [(&str, &str); 14] = [
    ("posix", "system"),
    ("os", "system"),
    ("nt", "system"),
    ("builtins", "eval"),
    ("builtins", "exec"),
    ("__builtin__", "eval"),
    ("subprocess", "Popen"),
    ("runpy", "_run_code"),
    ("webbrowser", "open"),
    ("pty", "spawn"),
    ("socket", "create_connection"),
    ("torch", "load"),
    ("numpy", "load"),
    ("importlib", "import_module"),
];

fn short(text: &str) -> Vec<u8> {
    [&[0x8c, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn framed(protocol: u8, body: &[u8]) -> Vec<u8> {
    [&[0x80, protocol, 0x95], (body.len() as u64).to_le_bytes().as_slice(), body].concat()
}

/// Ways of calling something, by name.
pub(super) fn calling(module: &str, name: &str) -> Vec<(&'static str, Vec<u8>)> {
    let global = format!("c{module}\n{name}\n");
    let text = [b"X\x02\0\0\0id".as_slice()].concat();
    let stack = [short(module), vec![0x94], short(name), vec![0x94, 0x93, 0x94], short("id")].concat();
    let end = [b"\x94\x85\x94R\x94.".as_slice()].concat();
    let built = [global.as_bytes(), b")\x81}X\x01\0\0\0aK\x01sb."].concat();
    vec![
        ("0-global", format!("{global}(S'id'\ntR.").into_bytes()),
        ("0-memo", format!("{global}p0\n(S'id'\np1\ntp2\nRp3\n.").into_bytes()),
        ("0-inst", format!("(S'id'\ni{module}\n{name}\n.").into_bytes()),
        ("0-unicode", format!("{global}(Vid\ntR.").into_bytes()),
        ("0-after-data", format!("(lp0\nI1\na0{global}(S'id'\ntR.").into_bytes()),
        ("1-obj", [b"(".as_slice(), global.as_bytes(), b"U\x02ido."].concat()),
        ("1-short", [global.as_bytes(), b"(U\x02idtR."].concat()),
        ("2-global", [b"\x80\x02".as_slice(), global.as_bytes(), &text, b"\x85R."].concat()),
        ("2-newobj", [b"\x80\x02".as_slice(), global.as_bytes(), &text, b"\x85\x81."].concat()),
        ("2-build", [b"\x80\x02".as_slice(), &built].concat()),
        ("3-bytes", [b"\x80\x03".as_slice(), global.as_bytes(), b"C\x02id\x85R."].concat()),
        ("4-framed", framed(4, &[stack.clone(), end.clone()].concat())),
        ("4-plain", [b"\x80\x04".as_slice(), &stack, &end].concat()),
        ("4-newobj-ex", [b"\x80\x04".as_slice(), &stack, b"\x85}\x92."].concat()),
        ("5-framed", framed(5, &[stack.clone(), end.clone()].concat())),
        ("5-buffer", [b"\x80\x05".as_slice(), b"\x96\x01\0\0\0\0\0\0\0x0", &stack, &end].concat()),
        ("4-cut", framed(4, &stack)),
        ("unmarked-4", [stack, end].concat()),
    ]
}

/// Weights as PyTorch pickles them, without what they call being bad: it is a pickle all the same.
pub(super) fn weights() -> Vec<u8> {
    let mut bytes = b"\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01X\x01\0\0\0wq\x02ctorch._utils\n_rebuild_tensor_v2\nq\x03((".to_vec();
    bytes.extend(b"X\x07\0\0\0storageq\x04ctorch\nFloatStorage\nq\x05X\x01\0\0\x000q\x06X\x03\0\0\0cpuq\x07K\x04tq\x08Q");
    bytes.extend(b"K\0K\x04\x85q\x09K\x01\x85q\x0a\x89h\0)Rq\x0btq\x0cRq\x0ds.");
    bytes
}

/// PyTorch's old form: a magic number, a version, a description, then the weights, each a pickle.
pub(super) fn old_torch() -> Vec<u8> {
    let mut bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0.".to_vec();
    bytes.extend(weights());
    bytes.extend([0; 64]);
    bytes
}
