//! Names of peer groups in words.

use tandem_baseline::is_learned_group;

/// A key of a peer group as people say it: `people|team|clerk|sales|berlin` is `clerk, sales, berlin`.
pub fn peer_group(key: &str) -> String {
    if is_learned_group(key) {
        let number = key.rsplit(':').next().unwrap_or_default();
        return format!("people who work with the same things, group {number}");
    }
    let mut parts = key.split('|');
    let like = parts.next().unwrap_or_default();
    let level = parts.next().unwrap_or_default();
    let named: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let services = like == "services";
    match (level, named.is_empty()) {
        ("all" | "", true) if services => "all service accounts".to_owned(),
        ("all", true) => "people of roles that fewer than ten hold".to_owned(),
        ("", true) if like == "kind:unknown" => "accounts that no people file names".to_owned(),
        ("", true) if like.is_empty() => "people of roles that fewer than ten hold".to_owned(),
        (_, true) => key.replace('|', ", "),
        ("team" | "role", false) if services => format!("{} (service accounts)", named.join(", ")),
        ("team" | "role", false) => named.join(", "),
        (_, false) => key.replace('|', ", "),
    }
}
