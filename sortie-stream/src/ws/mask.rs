//! Masking (RFC 6455 §5.3): the same operation masks and unmasks.

/// Applies `key` to `bytes`, where the first byte is `offset` bytes into the payload. Whole words at a time: the compiler makes
/// vector instructions of it.
pub fn apply(bytes: &mut [u8], key: [u8; 4], offset: u64) {
    if key == [0; 4] {
        return;
    }
    let mut rotated = key;
    rotated.rotate_left((offset & 3) as usize);
    let [a, b, c, d] = rotated;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for chunk in words {
        *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(rotated.iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_at_every_offset_is_masked_as_byte_by_byte() {
        let key = [0x12, 0x34, 0x56, 0x78];
        for length in 0..70 {
            for offset in 0..9_u64 {
                let plain: Vec<u8> = (0..length).collect();
                let mut masked = plain.clone();
                apply(&mut masked, key, offset);
                let position = usize::try_from(offset).unwrap();
                let expected: Vec<u8> = plain.iter().enumerate().map(|(i, it)| it ^ key[(i + position) % 4]).collect();
                assert_eq!(masked, expected);
            }
        }
    }
}
