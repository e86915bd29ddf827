//! Which addresses are of the internet, and which lie within: this machine, its network, its provider's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies. What a stranger names (a redirect, a host's DNS entry, an address in a model card) may only
/// be an address of the internet: otherwise whoever writes it reaches what this machine reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressScope {
    /// Of the internet.
    Public,
    /// Of this machine, a private or local network, or none that a single machine has.
    Inner,
}

impl AddressScope {
    /// Where an address lies. An IPv6 address that holds an IPv4 address is judged by that one.
    ///
    /// After the special-purpose registries of IANA (RFC 6890 and what updates it).
    pub fn of(address: IpAddr) -> Self {
        let inner = match address {
            IpAddr::V4(address) => inner_v4(address),
            IpAddr::V6(address) => held_v4(address).map_or_else(|| inner_v6(address), inner_v4),
        };
        if inner { Self::Inner } else { Self::Public }
    }
}

fn inner_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b) {
        // This network, private, loopback; shared with a provider; link-local; private; private; benchmarks.
        (0 | 10 | 127, _) | (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18 | 19) => {
            true
        }
        // Protocol assignments, documentation, 6to4 relays.
        (192, 0) => c == 0 || c == 2,
        (192, 88) => c == 99,
        (198, 51) => c == 100,
        (203, 0) => c == 113,
        // Multicast, reserved, broadcast.
        _ => a >= 224,
    }
}

fn inner_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Documentation, and protocol assignments (Teredo among them).
        [0x2001, 0xdb8, ..] => true,
        [0x2001, second, ..] => second < 0x200,
        [0x3fff, second, ..] => second < 0x1000,
        // Only 2000::/3 is given to the internet; ::1, fc00::/7, fe80::/10 and ff00::/8 lie outside.
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, translated (RFC 6052) or 6to4.
fn held_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0..=1] => None,
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::AddressScope;

    #[test]
    fn what_lies_within_is_told_from_the_internet_in_every_way_of_writing_it() {
        for inner in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "fc00::1",
            "100::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
        ] {
            assert_eq!(AddressScope::of(inner.parse().unwrap()), AddressScope::Inner, "{inner}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2a00:1450::1",
            "2002:101:101::1",
        ] {
            assert_eq!(AddressScope::of(public.parse().unwrap()), AddressScope::Public, "{public}");
        }
    }
}
