//! The digest of a tensor layout.

use las_types::Digest;

/// SHA-256 over the names, types and shapes of tensors, whatever their order in the file.
///
/// Of each tensor, in the order of the names' bytes: the name, the type's name, the number of dimensions, the dimensions as
/// the format writes them. A text goes in as its length and its bytes, a number in 64 bits, little endian. Equal digests
/// mean that the tensors of one can stand in for those of the other; across formats they say nothing.
pub(crate) fn digest<'a>(tensors: impl Iterator<Item = (&'a str, &'a str, &'a [u64])>) -> Digest {
    let mut all: Vec<_> = tensors.collect();
    all.sort_unstable();
    let mut bytes = Vec::new();
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    for (name, kind, shape) in all {
        text(&mut bytes, name);
        text(&mut bytes, kind);
        bytes.extend((shape.len() as u64).to_le_bytes());
        bytes.extend(shape.iter().flat_map(|dimension| dimension.to_le_bytes()));
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn it_depends_on_names_types_and_shapes_and_not_on_their_order() {
        let one = ("a", "F32", [2, 3].as_slice());
        let other = ("b", "F16", [4].as_slice());
        let whole = digest([one, other].into_iter());
        assert_eq!(whole, digest([other, one].into_iter()));
        for changed in [
            ("c", "F32", [2, 3].as_slice()),
            ("a", "F16", &[2, 3]),
            ("a", "F32", &[3, 2]),
            ("a", "F32", &[2]),
        ] {
            assert_ne!(whole, digest([changed, other].into_iter()), "{changed:?}");
        }
        // What belongs to a name is no part of the type.
        assert_ne!(
            digest([("aF", "32", [].as_slice())].into_iter()),
            digest([("a", "F32", [].as_slice())].into_iter())
        );
    }
}
