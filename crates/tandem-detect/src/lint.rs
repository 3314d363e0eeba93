//! What is not wrong with a rule but makes it worse: hard to find, to judge or to keep.

use serde_norway::Value as Yaml;

use crate::cases::RuleCases;
use crate::condition::Expr;
use crate::rule::Rule;

/// Longest title (Sigma rules specification 2.1, "title"), characters.
const TITLE_MOST: usize = 256;

/// What could be better in a rule, each in one sentence.
pub fn lint(rule: &Rule) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |holds: bool, what: &str| {
        if holds {
            found.push(what.to_owned());
        }
    };
    let map = match serde_norway::from_str::<Yaml>(&rule.source) {
        Ok(Yaml::Mapping(map)) => map,
        _ => serde_norway::Mapping::new(),
    };
    let given = |key: &str| map.get(key).is_some_and(|value| !value.is_null());
    say(
        !given("id"),
        "it has no id; give it a UUID, so that it can be named",
    );
    say(
        given("id") && !is_uuid(&rule.id),
        "its id is no UUID (8-4-4-4-12 hexadecimal digits)",
    );
    say(
        rule.title.chars().count() > TITLE_MOST,
        "its title is longer than 256 characters",
    );
    say(
        rule.description.is_empty(),
        "it does not say what it finds; add a description",
    );
    say(
        rule.author.is_none(),
        "it does not say who wrote it; add an author",
    );
    say(!given("level"), "it has no level; without one it counts as low");
    say(
        !given("status"),
        "it has no status; without one it counts as test",
    );
    say(
        rule.falsepositives.is_empty(),
        "it names no harmless causes; whoever reads its alerts needs them (falsepositives)",
    );
    say(
        rule.insider.threats.is_empty() && rule.insider.stage.is_none(),
        "neither its tags nor a `tandem` block say which threat it speaks of",
    );
    match RuleCases::beside(rule) {
        Some(Ok(cases)) => say(
            !cases.is_whole(),
            "its tests need something that it must match and something that it must not",
        ),
        Some(Err(_)) => {}
        None => say(
            true,
            "nothing tests it; write `tests` with what it must match and what it must not",
        ),
    }
    found.extend(crate::suppress::nonsense(rule).into_iter().map(str::to_owned));
    found.extend(rule.people_left_out().into_iter().map(|list| {
        format!(
            "it leaves out who is in `%{list}%`, which there stands for everybody who ever was; use the list where it must match"
        )
    }));
    found.extend(unused(rule).map(|name| format!("the condition does not use the selection `{name}`")));
    found
}

/// True for a UUID as text (RFC 9562, section 4).
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Selections that the condition does not name.
fn unused(rule: &Rule) -> impl Iterator<Item = &str> {
    let detection = rule.detection();
    let mut used = Vec::new();
    if let Some(detection) = detection {
        leaves(&detection.condition, &mut used);
    }
    let selections = detection.map_or(&[][..], |detection| &detection.selections);
    selections
        .iter()
        .enumerate()
        .filter(move |(at, _)| !used.contains(at))
        .map(|(_, selection)| selection.name.as_str())
}

fn leaves(expr: &Expr, out: &mut Vec<usize>) {
    expr.positive_leaves(true, out);
    expr.positive_leaves(false, out);
}

#[cfg(test)]
mod tests;
