//! The everyday searches, as a value instead of SQL text.

use tandem_domain::{ClassUid, EventId, Timestamp};

use crate::query::TABLE;

/// Which events to find. Everything that is set must hold; what is empty or absent does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFilter {
    /// Any of these ids.
    pub ids: Vec<EventId>,
    /// Any of these canonical accounts.
    pub accounts: Vec<String>,
    /// Of this class.
    pub class: Option<ClassUid>,
    /// From this source.
    pub source: Option<String>,
    /// With this text, in any case, in the native view or in the raw record.
    pub text: Option<String>,
    /// Not earlier.
    pub from: Option<Timestamp>,
    /// Not later.
    pub to: Option<Timestamp>,
    /// Latest first instead of earliest first.
    pub latest_first: bool,
}

impl EventFilter {
    /// The search as SQL, as an analyst could have written it.
    pub fn to_sql(&self, limit: usize) -> String {
        let order = if self.latest_first { " DESC" } else { "" };
        format!(
            "SELECT * FROM {TABLE}{} ORDER BY time{order}, event_id{order} LIMIT {limit}",
            self.where_clause()
        )
    }

    /// ` WHERE …`, or nothing if everything is wanted.
    pub(crate) fn where_clause(&self) -> String {
        let mut parts = Vec::new();
        if !self.ids.is_empty() {
            parts.push(any_of("event_id", self.ids.iter().map(ToString::to_string)));
        }
        if !self.accounts.is_empty() {
            parts.push(any_of("account", self.accounts.iter().cloned()));
        }
        parts.extend(
            self.class
                .map(|class| any_of("class", [class.as_str().to_owned()])),
        );
        parts.extend(
            self.source
                .iter()
                .map(|source| any_of("source", [source.clone()])),
        );
        parts.extend(
            self.from
                .map(|from| format!("time >= {}", quoted(&from.to_string()))),
        );
        parts.extend(self.to.map(|to| format!("time <= {}", quoted(&to.to_string()))));
        if let Some(text) = self.text.as_deref().filter(|text| !text.is_empty()) {
            // The native view is JSON text, in which quotes and backslashes are written with a backslash.
            let in_json = serde_json::to_string(text).unwrap_or_default();
            let in_json = in_json
                .strip_prefix('"')
                .and_then(|t| t.strip_suffix('"'))
                .unwrap_or(text);
            let (fields, raw) = (quoted(&containing(in_json)), quoted(&containing(text)));
            parts.push(format!("(fields ILIKE {fields} OR raw ILIKE {raw})"));
        }
        if parts.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", parts.join(" AND "))
        }
    }
}

fn any_of(column: &str, values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| quoted(&value)).collect();
    match values.as_slice() {
        [one] => format!("{column} = {one}"),
        many => format!("{column} IN ({})", many.join(", ")),
    }
}

/// A text literal of SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A pattern for LIKE that means "contains exactly this".
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
