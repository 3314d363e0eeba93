//! Proposals to tune a rule, as data that people review. Nothing here changes a rule.

use serde::{Deserialize, Serialize};
use similar::TextDiff;
use thiserror::Error;

use crate::text::Reason;
use crate::verdicts::{DetectorRecord, Interval};
use crate::words::Function;

/// Fewest alerts about which something was said before a rule is judged by them.
pub const SAID_LEAST: u64 = 10;
/// A rule whose precision is below this with 97.5 % confidence makes more work than it is worth.
pub const PRECISION_LEAST: f64 = 0.5;
/// Longest rule, bytes.
const RULE_MOST: usize = 1 << 18;
/// Most values of an exception.
const VALUES_MOST: usize = 100;
/// Longest name or value of an exception, bytes.
const VALUE_LONGEST: usize = 500;

/// Sigma's levels, mildest first (Sigma specification, `level`).
const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Suggestion {
    /// One level milder.
    LowerLevel,
    /// An exception: what has that value in that field does not match.
    Except {
        /// Name of the new filter; `filter_` is put before it. Small letters, digits and `_`.
        name: String,
        /// A field, as the rule's log source names it.
        field: String,
        /// Its values.
        values: Vec<String>,
    },
}

/// Why there is no proposal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoProposal {
    /// Too few verdicts.
    #[error("only {0} alerts were concluded, at least {SAID_LEAST} are needed; wait for more verdicts")]
    TooFew(u64),
    /// Good enough.
    #[error("the rule's precision may well be enough; look again when more alerts are concluded")]
    GoodEnough,
    /// Nothing milder.
    #[error("the rule has the mildest level or none; suggest an exception instead")]
    NoLevel,
    /// No place to put an exception.
    #[error("the text has no single `detection:` with a one-line `condition:`; write the exception by hand")]
    NoCondition,
    /// A filter of that name exists.
    #[error("the rule has a filter `{0}` already; choose another name")]
    NameTaken(String),
    /// Name, field or value that cannot be written.
    #[error("a name, field or value is empty, too long or not plain text; correct it")]
    BadException,
    /// Too long a rule.
    #[error("the rule is longer than {RULE_MOST} bytes; it is not looked at")]
    TooLong,
}

/// A proposal to tune a rule. It is reviewed by people of both departments and put into effect, if at all, by whoever changes
/// the rules' files; Tandem never does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningProposal {
    /// The rule.
    pub rule: String,
    /// What was concluded about it.
    pub record: DetectorRecord,
    /// Its precision.
    pub precision: Interval,
    /// What is suggested.
    pub suggestion: Suggestion,
    /// Why.
    pub reason: Reason,
    /// The change, as a unified diff of the rule's text.
    pub diff: String,
    /// The rule's text as it would be.
    pub proposed: String,
    /// Who has to review it: both departments, for what one no longer sees the other may need.
    pub reviewers: Vec<Function>,
}

/// A proposal for a rule of which too much came to nothing, or why there is none.
///
/// `rule` is the text of one rule. The change is made in the text, so that comments and order stay.
///
/// # Errors
/// When verdicts are few, precision may be enough, or the text has no place for the change.
pub fn propose(
    record: &DetectorRecord,
    rule: &str,
    suggestion: Suggestion,
) -> Result<TuningProposal, NoProposal> {
    if rule.len() > RULE_MOST {
        return Err(NoProposal::TooLong);
    }
    let said = record.said();
    let precision = record.precision.ok_or(NoProposal::TooFew(said))?;
    if said < SAID_LEAST {
        return Err(NoProposal::TooFew(said));
    }
    if precision.high >= PRECISION_LEAST {
        return Err(NoProposal::GoodEnough);
    }
    let proposed = match &suggestion {
        Suggestion::LowerLevel => lower_level(rule)?,
        Suggestion::Except { name, field, values } => except(rule, name, field, values)?,
    };
    let diff = TextDiff::from_lines(rule, &proposed)
        .unified_diff()
        .context_radius(3)
        .header("rule as it is", "rule as proposed")
        .to_string();
    let reason = format!(
        "{} of {said} concluded alerts were what they looked like: {:.0} % ({:.0} to {:.0} % with 95 % confidence)",
        record.true_positive,
        100.0 * precision.share,
        100.0 * precision.low,
        100.0 * precision.high,
    );
    Ok(TuningProposal {
        rule: record.detector.clone(),
        record: record.clone(),
        precision,
        suggestion,
        reason: Reason::own(&reason),
        diff,
        proposed,
        reviewers: vec![Function::ItLead, Function::CorporateLead],
    })
}

/// Where a filter belongs: the rule that it narrows.
#[derive(Debug, Clone, Copy)]
pub struct Narrowed<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// Its title.
    pub title: &'a str,
    /// `category`, `product` and `service` of its log source.
    pub logsource: [Option<&'a str>; 3],
}

/// The same exception as a document of its own (Sigma filters specification 2.1), for rules of others, which the next update
/// brings back as they were.
///
/// # Errors
/// When it is no exception, or a name, field or value cannot be written.
pub fn filter_document(rule: &Narrowed<'_>, suggestion: &Suggestion) -> Result<String, NoProposal> {
    let Suggestion::Except { name, field, values } = suggestion else {
        return Err(NoProposal::BadException);
    };
    let logsource = || ["category", "product", "service"].into_iter().zip(rule.logsource);
    let mut parts = [rule.rule, rule.title]
        .into_iter()
        .chain(rule.logsource.into_iter().flatten());
    if !is_writable(name, field, values) || parts.any(|text| text.chars().any(char::is_control)) {
        return Err(NoProposal::BadException);
    }
    let mut text = format!(
        "title: {}\nlogsource:",
        quoted(&format!("Reviewed exception: {}", rule.title))
    );
    if rule.logsource.iter().all(Option::is_none) {
        text.push_str(" {}");
    }
    text.push('\n');
    for (key, value) in logsource() {
        if let Some(value) = value {
            text.push_str(&format!("    {key}: {}\n", quoted(value)));
        }
    }
    text.push_str(&format!(
        "filter:\n    rules:\n        - {}\n    {name}:\n        {field}:\n",
        quoted(rule.rule)
    ));
    for value in values {
        text.push_str(&format!("            - {}\n", quoted(value)));
    }
    text.push_str(&format!("    condition: not {name}\n"));
    Ok(text)
}

/// The text with its top-level `level:` one step milder.
fn lower_level(rule: &str) -> Result<String, NoProposal> {
    let mut found = false;
    let lines = rule.split_inclusive('\n').map(|line| {
        let value = line.strip_prefix("level:").map(str::trim).unwrap_or_default();
        let at = LEVELS.iter().position(|level| *level == value);
        match at.and_then(|at| at.checked_sub(1)).and_then(|at| LEVELS.get(at)) {
            Some(milder) if !found => {
                found = true;
                line.replacen(value, milder, 1)
            }
            _ => line.to_owned(),
        }
    });
    let changed: String = lines.collect();
    if found {
        Ok(changed)
    } else {
        Err(NoProposal::NoLevel)
    }
}

/// The text with one more filter in `detection:`, taken out of the condition.
fn except(rule: &str, name: &str, field: &str, values: &[String]) -> Result<String, NoProposal> {
    if !is_writable(name, field, values) {
        return Err(NoProposal::BadException);
    }
    let filter = format!("filter_{name}");
    let (mut inside, mut done, mut detections) = (false, false, 0);
    let mut changed = String::with_capacity(rule.len() + 200);
    for line in rule.split_inclusive('\n') {
        let bare = line.trim_end();
        if !bare.starts_with([' ', '#']) && !bare.is_empty() {
            inside = bare == "detection:";
            detections += usize::from(inside);
        }
        let key = bare.trim_start();
        if inside && key.split(':').next() == Some(filter.as_str()) {
            return Err(NoProposal::NameTaken(filter));
        }
        let condition = key.strip_prefix("condition:").map(str::trim);
        match condition.filter(|c| inside && !done && is_one_line(c)) {
            Some(condition) => {
                let indent: String = line.chars().take_while(|c| *c == ' ').collect();
                changed.push_str(&format!("{indent}{filter}:\n{indent}    {field}:\n"));
                for value in values {
                    changed.push_str(&format!("{indent}        - {}\n", quoted(value)));
                }
                changed.push_str(&format!("{indent}condition: ({condition}) and not {filter}\n"));
                done = true;
            }
            None => changed.push_str(line),
        }
    }
    if done && detections == 1 {
        Ok(changed)
    } else {
        Err(NoProposal::NoCondition)
    }
}

/// True if an exception can be written into a rule and is one: a plain name, a field, and values that are not everything.
fn is_writable(name: &str, field: &str, values: &[String]) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let plain_field = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '|' | '-');
    let fits = |text: &str| !text.is_empty() && text.len() <= VALUE_LONGEST;
    fits(name)
        && name.chars().all(small)
        && fits(field)
        && field.chars().all(plain_field)
        && (1..=VALUES_MOST).contains(&values.len())
        && values
            .iter()
            .all(|v| fits(v) && !v.chars().any(char::is_control) && !matches_all(v))
}

/// Only wildcards: an exception for everything would switch the rule off.
fn matches_all(value: &str) -> bool {
    value.chars().all(|c| matches!(c, '*' | '?' | ' '))
}

/// A plain condition on one line: not a list, a block, a quoted text, an aggregation, or with a comment.
fn is_one_line(condition: &str) -> bool {
    !condition.is_empty()
        && !condition.starts_with(['[', '>', '"', '\'', '&', '*'])
        && !condition.contains(['#', '|'])
}

/// A YAML text in single quotes, in which only the quote itself is doubled (YAML 1.2, 7.3.2).
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
