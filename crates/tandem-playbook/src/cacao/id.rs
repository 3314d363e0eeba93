//! Identifiers: `type--uuid` (CACAO 2.0, section 10.10).

/// The type in front of the UUID, if the text is an identifier: a lower-case name, `--`, and a UUID of RFC 4122.
pub fn kind_of(id: &str) -> Option<&str> {
    let (kind, uuid) = id.split_once("--")?;
    (is_kind(kind) && is_uuid(uuid)).then_some(kind)
}

fn is_kind(kind: &str) -> bool {
    let bytes = kind.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    (2..=250).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && edge(bytes.last())
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// True for the canonical text of a UUID of versions 1 to 5 and the RFC 4122 variant.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let sizes: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let digit = |group: usize| groups.get(group).and_then(|g| g.bytes().next());
    sizes == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
        && digit(2).is_some_and(|b| (b'1'..=b'5').contains(&b))
        && digit(3).is_some_and(|b| matches!(b, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'))
}

/// The identifier of a thing that has a name of its own in Tandem. It has the form of a version 4 UUID, as the specification asks
/// of steps, but its bits come from a hash of the parts, so that the same playbook always has the same identifiers.
pub(crate) fn derive(kind: &str, parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"tandem playbook id 1");
    for part in std::iter::once(&kind).chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0_u8; 16];
    hasher.finalize_xof().fill(&mut bytes);
    let mut bits = u128::from_be_bytes(bytes);
    bits &= !((0xf << 76) | (0x3 << 62));
    bits |= (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let mut groups = Vec::new();
    let mut rest = hex.as_str();
    for size in [8, 4, 4, 4, 12] {
        let (group, after) = rest.split_at_checked(size).unwrap_or((rest, ""));
        groups.push(group);
        rest = after;
    }
    format!("{kind}--{}", groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_are_ids_and_depend_on_every_part() {
        let one = derive("action", &["a", "bc"]);
        assert_eq!(kind_of(&one), Some("action"));
        assert_eq!(one, derive("action", &["a", "bc"]));
        assert_ne!(one, derive("action", &["ab", "c"]));
        assert!(
            one.split_once("--")
                .is_some_and(|(_, uuid)| uuid.split('-').nth(2).unwrap().starts_with('4'))
        );
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for wrong in [
            "",
            "action",
            "action--",
            "Action--b348e527-d949-4a86-ab54-1e38d8d9cd9a",
            "action--b348e527d9494a86ab541e38d8d9cd9a",
            "action--b348e527-d949-0a86-ab54-1e38d8d9cd9a",
            "action--b348e527-d949-4a86-cb54-1e38d8d9cd9a",
            "action--b348e527-d949-4a86-ab54-1e38d8d9cdzz",
            "-action--b348e527-d949-4a86-ab54-1e38d8d9cd9a",
            "action-b348e527-d949-4a86-ab54-1e38d8d9cd9a",
        ] {
            assert_eq!(kind_of(wrong), None, "{wrong}");
        }
        assert_eq!(
            kind_of("if-condition--B348e527-d949-1a86-ab54-1e38d8d9cd9a"),
            Some("if-condition")
        );
        assert_eq!(
            kind_of("oauth2--b348e527-d949-4a86-ab54-1e38d8d9cd9a"),
            Some("oauth2")
        );
    }
}
