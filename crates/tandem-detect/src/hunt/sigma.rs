//! A question as a Sigma rule (Sigma specification 2.1), with a correlation if it must be found several times.

use serde_norway::{Mapping, Value as Yaml};
use tandem_domain::{Stage, Threat};

use super::show::modifier_text;
use super::{Field, Query, Term, Test};
use crate::rule::Level;

/// What a rule says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleAbout {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub description: String,
    /// Who made it.
    pub author: String,
    /// How serious a match is.
    pub level: Level,
    /// The threat it points to.
    pub threat: Threat,
    /// The stage on the way to harm.
    pub stage: Stage,
    /// How often it must be found; once, if absent.
    pub threshold: Option<Threshold>,
}

/// How often, in which time, by what.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Id of the rule that is counted; the correlation has the id of [`RuleAbout`].
    pub base_id: String,
    /// How many matches.
    pub count: u32,
    /// Within how many minutes.
    pub minutes: u32,
    /// Of the same value of these fields; of the same acting account if none is given.
    pub group_by: Vec<Field>,
}

/// What Sigma cannot say of a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{term}` cannot be said in a rule: {why}")]
pub struct Unsayable {
    /// The term or field.
    pub term: String,
    /// Why.
    pub why: &'static str,
}

/// The name by which correlations group by the acting account.
const ACCOUNT: &str = "attr:account";

/// The rule's text.
///
/// # Errors
/// [`Unsayable`], with the first term that Sigma has no words for.
pub fn rule_yaml(query: &Query, about: &RuleAbout) -> Result<String, Unsayable> {
    let detection = Writer::default().detection(query)?;
    let base = document(about, |map| {
        put(map, "logsource", Yaml::Mapping(Mapping::new()));
        put(map, "detection", Yaml::Mapping(detection));
    });
    let Some(threshold) = &about.threshold else {
        return Ok(text(&base));
    };
    let counted = RuleAbout {
        id: threshold.base_id.clone(),
        title: format!("{}, each time", about.title),
        ..about.clone()
    };
    let mut base = base;
    put(&mut base, "id", counted.id.into());
    put(&mut base, "title", counted.title.into());
    let correlation = correlation(threshold)?;
    let whole = document(about, |map| put(map, "correlation", Yaml::Mapping(correlation)));
    Ok(format!("{}---\n{}", text(&base), text(&whole)))
}

/// The log source of rules that hold for the rows of a scheduled query, as product and service.
pub const QUERY_SOURCE: (&str, &str) = ("tandem", "scheduled_query");

/// The text of a rule for what a scheduled query answers: it says what its rows mean. No event is compared with it; who asks the query
/// says what it found ([`BaseMatch`](crate::BaseMatch)). A threshold is of no effect: SQL counts by itself.
pub fn query_rule_yaml(about: &RuleAbout) -> String {
    let mut source = Mapping::new();
    put(&mut source, "product", QUERY_SOURCE.0.into());
    put(&mut source, "service", QUERY_SOURCE.1.into());
    // Sigma wants a condition. An event that pretends to come from this source would have to know the id.
    let mut rows = Mapping::new();
    put(&mut rows, "scheduled_query", about.id.as_str().into());
    let mut detection = Mapping::new();
    put(&mut detection, "rows", Yaml::Mapping(rows));
    put(&mut detection, "condition", "rows".into());
    text(&document(about, |map| {
        put(map, "logsource", Yaml::Mapping(source));
        put(map, "detection", Yaml::Mapping(detection));
    }))
}

fn put(map: &mut Mapping, key: &str, value: Yaml) {
    map.insert(key.into(), value);
}

fn text(map: &Mapping) -> String {
    // Text, numbers, lists and mappings of them can always be written.
    serde_norway::to_string(map).unwrap_or_default()
}

fn document(about: &RuleAbout, body: impl FnOnce(&mut Mapping)) -> Mapping {
    let mut map = Mapping::new();
    put(&mut map, "title", about.title.as_str().into());
    put(&mut map, "id", about.id.as_str().into());
    put(&mut map, "status", "experimental".into());
    put(&mut map, "description", about.description.as_str().into());
    put(&mut map, "author", about.author.as_str().into());
    put(&mut map, "level", about.level.as_str().into());
    body(&mut map);
    let mut insider = Mapping::new();
    let threats: Vec<Yaml> = vec![about.threat.as_str().into()];
    put(&mut insider, "threats", Yaml::Sequence(threats));
    put(&mut insider, "stage", about.stage.as_str().into());
    put(&mut map, "tandem", Yaml::Mapping(insider));
    map
}

fn correlation(threshold: &Threshold) -> Result<Mapping, Unsayable> {
    let mut group_by = Vec::new();
    for field in &threshold.group_by {
        group_by.push(match field {
            Field::Text("account") => ACCOUNT.to_owned(),
            other => name(other)?,
        });
    }
    if group_by.is_empty() {
        group_by.push(ACCOUNT.to_owned());
    }
    let texts = |texts: Vec<String>| Yaml::Sequence(texts.into_iter().map(Yaml::from).collect());
    let mut condition = Mapping::new();
    put(&mut condition, "gte", u64::from(threshold.count).into());
    let mut map = Mapping::new();
    put(&mut map, "type", "event_count".into());
    put(&mut map, "rules", texts(vec![threshold.base_id.clone()]));
    put(&mut map, "group-by", texts(group_by));
    put(&mut map, "timespan", format!("{}m", threshold.minutes).into());
    put(&mut map, "condition", Yaml::Mapping(condition));
    Ok(map)
}

fn name(field: &Field) -> Result<String, Unsayable> {
    field.sigma_name().map_err(|why| Unsayable {
        term: field.to_string(),
        why,
    })
}

/// Selections written so far, and how many of each kind there are.
#[derive(Default)]
struct Writer {
    map: Mapping,
    selections: u32,
    filters: u32,
    words: u32,
}

impl Writer {
    fn detection(mut self, query: &Query) -> Result<Mapping, Unsayable> {
        let (condition, _) = self.part(query, true)?;
        put(&mut self.map, "condition", condition.into());
        Ok(self.map)
    }

    /// The condition that says a part, and whether it stands by itself without brackets.
    fn part(&mut self, query: &Query, positive: bool) -> Result<(String, bool), Unsayable> {
        match query {
            Query::And(parts) => self.and(parts, positive),
            Query::Or(parts) => {
                let mut said = Vec::new();
                for part in parts {
                    said.push(self.bracketed(part, positive)?);
                }
                Ok((said.join(" or "), false))
            }
            Query::Not(part) => Ok((format!("not {}", self.bracketed(part, !positive)?), true)),
            Query::Term(term) => Ok((self.term(term, positive)?, true)),
        }
    }

    fn bracketed(&mut self, query: &Query, positive: bool) -> Result<String, Unsayable> {
        let (said, alone) = self.part(query, positive)?;
        Ok(if alone { said } else { format!("({said})") })
    }

    /// Terms about different fields become one selection, as people write rules.
    fn and(&mut self, parts: &[Query], positive: bool) -> Result<(String, bool), Unsayable> {
        let mut together = Mapping::new();
        let mut others = Vec::new();
        for part in parts {
            match part {
                Query::Term(term) if term.field.is_some() => {
                    let (key, value) = entry(term)?;
                    let key = Yaml::from(key);
                    if together.contains_key(&key) {
                        others.push(part);
                    } else {
                        together.insert(key, value);
                    }
                }
                other => others.push(other),
            }
        }
        let mut said = Vec::new();
        if !together.is_empty() {
            said.push(self.selection(Yaml::Mapping(together), positive));
        }
        for part in others {
            said.push(self.bracketed(part, positive)?);
        }
        let alone = said.len() == 1;
        Ok((said.join(" and "), alone))
    }

    fn term(&mut self, term: &Term, positive: bool) -> Result<String, Unsayable> {
        if term.field.is_none() {
            let words = term.values.iter().map(|word| Yaml::from(word.as_str()));
            let words = Yaml::Sequence(words.collect());
            self.words += 1;
            let name = format!("keywords_{}", self.words);
            put(&mut self.map, &name, words);
            return Ok(name);
        }
        let (key, value) = entry(term)?;
        let mut map = Mapping::new();
        put(&mut map, &key, value);
        Ok(self.selection(Yaml::Mapping(map), positive))
    }

    fn selection(&mut self, value: Yaml, positive: bool) -> String {
        let (kind, count) = if positive {
            ("selection", &mut self.selections)
        } else {
            ("filter", &mut self.filters)
        };
        *count += 1;
        let name = format!("{kind}_{count}");
        put(&mut self.map, &name, value);
        name
    }
}

/// A term's key and value in a selection.
fn entry(term: &Term) -> Result<(String, Yaml), Unsayable> {
    let unsayable = |why| Unsayable {
        term: term.to_string(),
        why,
    };
    let Some(field) = &term.field else {
        return Err(unsayable("it has no field"));
    };
    let name = field.sigma_name().map_err(unsayable)?;
    let all = if term.all { "|all" } else { "" };
    let key = format!("{name}{}{all}", modifier_text(term.test));
    if let Test::Exists(there) = term.test {
        return Ok((key, Yaml::Bool(there)));
    }
    let mut values = Vec::new();
    for value in &term.values {
        let said = if *field == Field::Number("status_id") {
            status(term.test, value)
                .ok_or_else(|| unsayable("Sigma names outcomes: write 0, 1 or 2 as they are"))?
        } else {
            value.as_str()
        };
        values.push(Yaml::from(said));
    }
    let value = match values.pop() {
        Some(only) if values.is_empty() => only,
        Some(last) => {
            values.push(last);
            Yaml::Sequence(values)
        }
        None => Yaml::Sequence(values),
    };
    Ok((key, value))
}

/// OCSF's `status_id` as rules write it.
fn status(test: Test, value: &str) -> Option<&'static str> {
    let Test::Text {
        place: super::Place::Whole,
        ..
    } = test
    else {
        return None;
    };
    match value {
        "0" => Some("unknown"),
        "1" => Some("success"),
        "2" => Some("failure"),
        _ => None,
    }
}
