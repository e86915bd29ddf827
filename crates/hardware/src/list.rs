//! The kernel's way to write sets of numbers: `0-3,8`.

/// Larger than any CPU or node number; keeps a malformed range from filling memory.
const MOST: u32 = 65_536;

/// The numbers of a list, in order; what can't be read is left out.
pub(crate) fn numbers(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for part in text.trim().split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.trim().parse::<u32>(), last.trim().parse::<u32>()) {
            found.extend(first..=last.min(MOST));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn lists_are_read_as_the_kernel_writes_them() {
        let cases: [(&str, &[u32]); 6] =
            [("0-3,8\n", &[0, 1, 2, 3, 8]), ("5", &[5]), ("", &[]), ("3-1", &[]), ("x,2", &[2]), ("-", &[])];
        for (text, expected) in cases {
            assert_eq!(numbers(text), expected, "{text:?}");
        }
        assert!(numbers("0-4294967295").len() <= 65_537);
    }
}
