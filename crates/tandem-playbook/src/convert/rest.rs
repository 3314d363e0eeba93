//! What a foreign playbook says beyond Tandem's words, as the difference between two JSON objects.
//!
//! `{"@absent": true}` in a difference means: Tandem would write this property, the foreign playbook does not have it.

use serde_json::{Value, json};

use super::EXTENSION;
use crate::cacao::Json;

/// What must be laid over `own` to get `foreign`. The keys in `without` are left alone.
pub(super) fn difference(own: &Json, foreign: &Json, without: &[&str]) -> Json {
    let mut out = Json::new();
    for (key, value) in foreign.iter().filter(|(key, _)| !skipped(key, without)) {
        match (own.get(key), value) {
            (Some(mine), theirs) if mine == theirs => {}
            (Some(Value::Object(mine)), Value::Object(theirs)) => {
                let inner = difference(mine, theirs, &[]);
                if !inner.is_empty() {
                    out.insert(key.clone(), Value::Object(inner));
                }
            }
            (None, Value::Object(theirs)) if theirs.contains_key(EXTENSION) => {
                let inner = difference(&Json::new(), theirs, &[]);
                if !inner.is_empty() {
                    out.insert(key.clone(), Value::Object(inner));
                }
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    for key in own
        .keys()
        .filter(|key| !skipped(key, without) && !foreign.contains_key(*key))
    {
        let ours_alone = own
            .get(key)
            .and_then(Value::as_object)
            .is_some_and(|map| map.contains_key(EXTENSION));
        if !ours_alone {
            out.insert(key.clone(), absent());
        }
    }
    out
}

/// Lays a difference over `own`.
pub(super) fn overlay(own: &mut Json, difference: &Json) {
    for (key, value) in difference.iter().filter(|(key, _)| !key.starts_with('@')) {
        match (own.get_mut(key), value) {
            (_, value) if *value == absent() => {
                own.shift_remove(key);
            }
            (Some(Value::Object(mine)), Value::Object(theirs)) => overlay(mine, theirs),
            _ => {
                own.insert(key.clone(), value.clone());
            }
        }
    }
}

fn absent() -> Value {
    json!({"@absent": true})
}

fn skipped(key: &str, without: &[&str]) -> bool {
    key == EXTENSION || without.contains(&key)
}
