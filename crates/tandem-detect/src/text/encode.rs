//! Encodings of Sigma's `base64`, `base64offset`, `wide`, `utf16le`, `utf16be` and `utf16` modifiers.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648, section 4) with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = ALPHABET
                .get((group >> (18 - 6 * place) & 63) as usize)
                .copied()
                .unwrap_or(b'=');
            out.push(if place <= chunk.len() { letter as char } else { '=' });
        }
    }
    out
}

/// The three ways `bytes` can look inside longer base64 text, by its offset modulo three. Letters that also depend on the
/// neighbouring bytes are left out.
pub(crate) fn base64_offsets(bytes: &[u8]) -> [String; 3] {
    [0usize, 1, 2].map(|offset| {
        let mut shifted = vec![b' '; offset];
        shifted.extend_from_slice(bytes);
        let whole = base64(&shifted);
        let from = [0, 2, 3].get(offset).copied().unwrap_or(0);
        let cut = [0, 3, 2].get(shifted.len() % 3).copied().unwrap_or(0);
        whole
            .get(from..whole.len().saturating_sub(cut))
            .unwrap_or_default()
            .to_owned()
    })
}

/// How text becomes 16-bit units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Utf16 {
    /// `utf16le` and `wide`.
    Little,
    /// `utf16be`.
    Big,
    /// `utf16`: a byte-order mark, then little endian.
    Marked,
}

/// UTF-16 bytes of `text`.
pub(crate) fn utf16(text: &str, order: Utf16) -> Vec<u8> {
    let mark = (order == Utf16::Marked).then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units
        .flat_map(|unit| match order {
            Utf16::Big => unit.to_be_bytes(),
            Utf16::Little | Utf16::Marked => unit.to_le_bytes(),
        })
        .collect()
}
