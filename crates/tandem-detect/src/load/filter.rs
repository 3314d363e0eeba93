//! Filters: exceptions kept apart from the rules they narrow, so that an update of the rules does not lose them (Sigma
//! filters specification 2.1).

use serde_norway::{Mapping, Value as Yaml};
use tandem_domain::{Day, LogSource};

use super::fault::Fault;
use super::{Lists, detection, meta, string, strings, submap};
use crate::condition::Expr;
use crate::rule::{Body, Detection, Rule, Selection};

/// Which rules a filter narrows.
#[derive(Debug, Clone)]
enum Reach {
    /// Those it names.
    Named(Vec<String>),
    /// All whose log source it covers.
    Any,
}

/// A filter.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    title: String,
    logsource: LogSource,
    reach: Reach,
    detection: Detection,
    /// Who answers for it.
    owner: Option<String>,
    /// The last day on which it holds.
    until: Option<Day>,
}

/// Reads a filter document.
pub(crate) fn parse(map: &Mapping, lists: &Lists) -> Result<Filter, Fault> {
    let title = string(map, "title")?.ok_or_else(|| Fault::new("`title` is missing"))?;
    let section = submap(map, "filter")?;
    let reach = match section.get("rules") {
        Some(Yaml::String(any)) if any.eq_ignore_ascii_case("any") => Reach::Any,
        _ => Reach::Named(strings(section, "rules").map_err(|fault| fault.at("filter"))?),
    };
    if matches!(&reach, Reach::Named(names) if names.is_empty()) {
        return Err(Fault::new("a filter must name the rules it narrows")
            .at("filter")
            .hint("`rules: any` for all"));
    }
    let detection = detection::inner(section, &["rules"], lists).map_err(|fault| fault.at("filter"))?;
    let (owner, until) = match map.get("tandem") {
        None | Some(Yaml::Null) => (None, None),
        Some(_) => ours(submap(map, "tandem")?).map_err(|fault| fault.at("tandem"))?,
    };
    Ok(Filter {
        owner,
        until,
        title,
        logsource: meta::logsource(map)?,
        reach,
        detection,
    })
}

/// Who answers for a filter, and the last day on which it holds.
fn ours(block: &Mapping) -> Result<(Option<String>, Option<Day>), Fault> {
    if let Some(odd) = block
        .keys()
        .filter_map(Yaml::as_str)
        .find(|key| !["owner", "until"].contains(key))
    {
        return Err(Fault::new(format!("a filter has no `{odd}`")).hint("`owner` and `until`"));
    }
    let until = match string(block, "until")? {
        None => None,
        Some(text) => Some(Day::parse(&text).ok_or_else(|| {
            Fault::new(format!("`{text}` is no day"))
                .at("until")
                .hint("write YYYY-MM-DD, the last day on which it holds")
        })?),
    };
    let owner = string(block, "owner")?;
    if until.is_some() && owner.is_none() {
        return Err(
            Fault::new("an exception that ends needs somebody who answers for it").hint("add `owner`"),
        );
    }
    Ok((owner, until))
}

impl Filter {
    /// True if it no longer holds on that day.
    pub(crate) fn is_over(&self, today: Day) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// That it no longer holds, and whom to ask.
    pub(crate) fn over(&self) -> String {
        let (owner, until) = (
            self.owner.as_deref().unwrap_or("nobody"),
            self.until.unwrap_or_default(),
        );
        format!(
            "the exception ended on {until}, so the rules find again what it left out; {owner} answers for it"
        )
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// The names of rules that do not exist among `rules`.
    pub(crate) fn unknown<'a>(&'a self, rules: &'a [Rule]) -> impl Iterator<Item = &'a str> {
        let names: &[String] = match &self.reach {
            Reach::Named(names) => names,
            Reach::Any => &[],
        };
        names
            .iter()
            .map(String::as_str)
            .filter(|name| !rules.iter().any(|rule| rule.is_called(name)))
    }

    /// Narrows the rule if the filter is meant for it.
    pub(crate) fn apply(&self, rule: &mut Rule) {
        let covered = rule
            .logsource
            .as_ref()
            .is_some_and(|logsource| self.logsource.covers(logsource));
        let meant = match &self.reach {
            Reach::Any => covered,
            Reach::Named(names) => names.iter().any(|name| rule.is_called(name)),
        };
        let Body::Detection(detection) = &mut rule.body else {
            return;
        };
        if !meant || !covered {
            return;
        }
        let offset = detection.selections.len();
        let named = |selection: &Selection| Selection {
            name: format!("{} ({})", selection.name, self.title),
            node: selection.node.clone(),
        };
        detection
            .selections
            .extend(self.detection.selections.iter().map(named));
        let own = shifted(&self.detection.condition, offset);
        let before = std::mem::replace(&mut detection.condition, Expr::And(Vec::new()));
        detection.condition = Expr::And(vec![before, own]);
    }
}

fn shifted(expr: &Expr, offset: usize) -> Expr {
    let all = |parts: &[Expr]| parts.iter().map(|part| shifted(part, offset)).collect();
    match expr {
        Expr::And(parts) => Expr::And(all(parts)),
        Expr::Or(parts) => Expr::Or(all(parts)),
        Expr::Not(part) => Expr::Not(Box::new(shifted(part, offset))),
        Expr::Leaf(at) => Expr::Leaf(at + offset),
    }
}
