//! The schema, version by version. A version that was released is never edited; the next one is added.

/// Each entry is one version: statements separated by `;`. `{blob}` and `{id}` differ between the databases.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001.sql"),
    include_str!("../migrations/0002.sql"),
    include_str!("../migrations/0003.sql"),
    include_str!("../migrations/0004.sql"),
    include_str!("../migrations/0005.sql"),
    include_str!("../migrations/0006.sql"),
    include_str!("../migrations/0007.sql"),
    include_str!("../migrations/0008.sql"),
    include_str!("../migrations/0009.sql"),
];

/// Fills in the words that differ.
pub(crate) fn statements(text: &str, postgres: bool) -> Vec<String> {
    let blob = if postgres { "BYTEA" } else { "BLOB" };
    let id = if postgres {
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    };
    let filled = text.replace("{blob}", blob).replace("{id}", id);
    let without_comments: String = filled
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n");
    without_comments
        .split(';')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}
