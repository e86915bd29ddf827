//! Ways to write an address that leads into this machine or its network.

/// Hosts that lead to this machine, where something listens for whoever comes.
const OWN: [&str; 44] = [
    "127.0.0.3",
    "127.0.0.3.",
    "127.3",
    "127.0.3",
    "2130706435",
    "0x7f000003",
    "0x7F000003",
    "017700000003",
    "0x7f.0.0.3",
    "0x7f.0x0.0x0.0x3",
    "0177.0.0.3",
    "0177.0.0.03",
    "00000177.0.0.3",
    "0x7f.3",
    "0177.3",
    "127.0.0.0x3",
    "%31%32%37.0.0.3",
    "127%2e0%2e0%2e3",
    "１２７.0.0.3",
    "①②⑦.⓪.⓪.③",
    "127。0。0。3",
    "127．0．0．3",
    "[::ffff:127.0.0.3]",
    "[::ffff:7f00:3]",
    "[0:0:0:0:0:ffff:7f00:3]",
    "[0000:0000:0000:0000:0000:ffff:7f00:0003]",
    "[::FFFF:127.0.0.3]",
    "[::127.0.0.3]",
    "[64:ff9b::7f00:3]",
    "[64:ff9b::127.0.0.3]",
    "[2002:7f00:3::1]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "0.0.0.0",
    "0",
    "0x0",
    "localhost",
    "LOCALHOST",
    "LocalHost.",
    "canary.localhost",
    "user@127.0.0.3",
    "hub.example:80@127.0.0.3",
    "127.0.0.2:80@127.0.0.3",
];

/// Hosts of networks that are nobody else's.
const INNER: [&str; 22] = [
    "10.0.0.1",
    "10.255.255.254",
    "172.16.0.1",
    "172.31.255.1",
    "192.168.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "[ff02::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
];

/// What isn't an address of the web, or hardly one; `HOST` stands for a host and its port.
const ODD: [&str; 14] = [
    "file:///etc/passwd",
    "file://HOST/etc/passwd",
    "gopher://HOST/_GET%20/",
    "ftp://HOST/model.gguf",
    "dict://HOST/d:x",
    "ws://HOST/",
    "unix:///run/las.sock",
    "data:text/plain,GGUF",
    "javascript:fetch('http://HOST')",
    "//HOST/model.gguf",
    "/\\HOST/model.gguf",
    "\\\\HOST\\model.gguf",
    "http:HOST/model.gguf",
    "http:///HOST/model.gguf",
];

/// All of them, by what they are called, with the port on which somebody listens.
pub(super) fn forms() -> Vec<&'static str> {
    OWN.into_iter().chain(INNER).chain(ODD).collect()
}

/// The address that a form stands for.
pub(super) fn address(form: &str, scheme: &str, port: u16) -> String {
    if ODD.contains(&form) {
        form.replace("HOST", &format!("127.0.0.3:{port}"))
    } else {
        format!("{scheme}://{form}:{port}/canary/model.gguf")
    }
}
