//! What Elasticsearch answers to documents.

use std::fmt::Write;

use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::{Bulk, Item};

/// What of an answer is wanted (`filter_path`); forwarders ask only for what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    took: bool,
    errors: bool,
    whole: bool,
    status: bool,
    error: bool,
}

impl Filter {
    /// Reads `filter_path`. What is not understood gives the whole answer.
    pub fn read(path: Option<&str>) -> Self {
        let all = Self {
            took: true,
            errors: true,
            whole: true,
            status: true,
            error: true,
        };
        let Some(path) = path.filter(|path| !path.is_empty()) else {
            return all;
        };
        let mut wanted = Self {
            took: false,
            errors: false,
            whole: false,
            status: false,
            error: false,
        };
        for part in path.split(',') {
            match part.trim() {
                "took" => wanted.took = true,
                "errors" => wanted.errors = true,
                "items" | "items.*" | "items.**" => wanted.whole = true,
                "items.*.status" => wanted.status = true,
                part if part.starts_with("items.*.error") => wanted.error = true,
                _ => return all,
            }
        }
        wanted
    }
}

impl Bulk {
    /// True if any item was not taken.
    pub fn errors(&self) -> bool {
        self.items.iter().any(|item| item.error.is_some())
    }

    /// The answer, once what was taken is durable.
    pub fn answer(&self, took_ms: u64, filter: Filter) -> String {
        let mut out = String::with_capacity(64 + self.items.len() * if filter.whole { 192 } else { 32 });
        let mut comma = '{';
        if filter.errors {
            let _ = write!(out, "{comma}\"errors\":{}", self.errors());
            comma = ',';
        }
        if filter.took {
            let _ = write!(out, "{comma}\"took\":{took_ms}");
            comma = ',';
        }
        // Where nothing of an item passes the filter, Elasticsearch leaves the item out.
        if filter.whole || filter.status || (filter.error && self.errors()) {
            let _ = write!(out, "{comma}\"items\":[");
            comma = ',';
            let mut first = true;
            for (number, item) in self.items.iter().enumerate() {
                let shown = item.shown(self.identity, number, filter);
                if shown.is_empty() {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                let _ = write!(out, "{{\"{}\":{{{shown}}}}}", item.action.as_str());
            }
            out.push(']');
        }
        out.push_str(if comma == '{' { "{}" } else { "}" });
        out
    }
}

impl Item {
    /// The HTTP status of the item.
    pub const fn status(&self) -> u16 {
        if self.error.is_some() { 400 } else { 201 }
    }

    /// Its id, or one that is the same for a retry.
    fn id(&self, identity: u128, number: usize) -> String {
        self.id.clone().unwrap_or_else(|| {
            let made = xxh3_128_with_seed(&identity.to_le_bytes(), number as u64);
            format!("{:020x}", made >> 48)
        })
    }

    fn shown(&self, identity: u128, number: usize, filter: Filter) -> String {
        let mut out = String::new();
        let quote = |text: &str| Value::from(text).to_string();
        if filter.whole {
            let (index, id) = (quote(&self.index), quote(&self.id(identity, number)));
            let _ = write!(out, "\"_index\":{index},\"_id\":{id},");
            if self.error.is_none() {
                out.push_str("\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},");
                let _ = write!(out, "\"_seq_no\":{number},\"_primary_term\":1,");
            }
        }
        if filter.whole || filter.status {
            let _ = write!(out, "\"status\":{},", self.status());
        }
        if let Some((kind, reason)) = self.error.as_ref().filter(|_| filter.whole || filter.error) {
            let (kind, reason) = (quote(kind), quote(reason));
            let _ = write!(out, "\"error\":{{\"type\":{kind},\"reason\":{reason}}},");
        }
        out.pop();
        out
    }
}

/// The answer to a single document.
pub fn single(bulk: &Bulk) -> (u16, String) {
    match bulk.items.first() {
        Some(item) if item.error.is_none() => {
            let filter = Filter::read(None);
            let shown = item.shown(bulk.identity, 0, filter);
            (201, format!("{{{shown}}}"))
        }
        Some(Item {
            error: Some((kind, reason)),
            ..
        }) => (400, failure(400, kind, reason)),
        _ => (400, failure(400, "parse_exception", "request body is required")),
    }
}

/// A refusal of a whole request, in Elasticsearch's shape.
pub fn failure(status: u16, kind: &str, reason: &str) -> String {
    let cause = json!({ "type": kind, "reason": reason });
    json!({
        "error": { "root_cause": [cause], "type": kind, "reason": reason },
        "status": status,
    })
    .to_string()
}

/// There is no room now; clients wait and send again.
pub fn busy() -> String {
    let reason = "rejected execution: what came before is still being stored; send it again";
    failure(429, "es_rejected_execution_exception", reason)
}

/// The answer to whatever sets something up that Tandem has no use for.
pub fn acknowledged() -> String {
    json!({ "acknowledged": true, "shards_acknowledged": true }).to_string()
}
