//! What a rule says about itself.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use serde_norway::{Mapping, Value as Yaml};
use tandem_domain::LogSource;

use super::document::Document;
use super::fault::{Fault, key};
use super::{string, strings, submap};
use crate::insider::{Block, Insider};
use crate::rule::{Body, Level, Rule, RuleStatus};

/// A rule with everything but its log source.
pub(crate) fn rule(path: &str, document: Document<'_>, map: &Mapping, body: Body) -> Result<Rule, Fault> {
    let title = string(map, "title")?.filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Fault::new("`title` is missing").at("title"))?;
    let level = word(
        map,
        "level",
        Level::parse,
        "informational, low, medium, high, critical",
    )?;
    let status = word(
        map,
        "status",
        RuleStatus::parse,
        "stable, test, experimental, deprecated, unsupported",
    )?;
    let tags = strings(map, "tags")?;
    let block = block(map)?;
    let id = match string(map, "id")? {
        Some(id) if !id.trim().is_empty() => id.trim().to_ascii_lowercase(),
        _ => made_id(document.text),
    };
    Ok(Rule {
        insider: Insider::new(&tags, level.unwrap_or_default(), block),
        id,
        name: string(map, "name")?,
        title,
        description: string(map, "description")?.unwrap_or_default(),
        level: level.unwrap_or_default(),
        status: status.unwrap_or_default(),
        author: string(map, "author")?,
        references: strings(map, "references")?,
        falsepositives: strings(map, "falsepositives")?,
        tags,
        logsource: None,
        lists: Vec::new(),
        file: path.to_owned(),
        line: document.line,
        source: document.text.into(),
        body,
    })
}

/// The log source. It must be given: a rule for every event says so with `logsource: {}`.
pub(crate) fn logsource(map: &Mapping) -> Result<LogSource, Fault> {
    if !map.contains_key("logsource") {
        return Err(Fault::new("`logsource` is missing")
            .hint("name the log source, or write `logsource: {}` if the rule is meant for every event"));
    }
    let source = submap(map, "logsource")?;
    let part = |name: &str| string(source, name).map_err(|fault| fault.at("logsource"));
    Ok(LogSource {
        category: part("category")?,
        product: part("product")?,
        service: part("service")?,
    })
}

fn word<T>(map: &Mapping, name: &str, parse: fn(&str) -> Option<T>, known: &str) -> Result<Option<T>, Fault> {
    let Some(text) = string(map, name)? else {
        return Ok(None);
    };
    match parse(text.trim().to_ascii_lowercase().as_str()) {
        Some(value) => Ok(Some(value)),
        None => Err(Fault::new(format!("`{text}` is not a {name}"))
            .at(name)
            .hint(format!("one of: {known}"))),
    }
}

fn block(map: &Mapping) -> Result<Block, Fault> {
    let Some(value) = map.get("tandem") else {
        return Ok(Block::default());
    };
    let block: Block = serde_norway::from_value(value.clone()).map_err(|error| {
        let unknown = match value {
            Yaml::Mapping(map) => map
                .keys()
                .filter_map(key)
                .find(|name| error.to_string().contains(&**name)),
            _ => None,
        };
        let fault = Fault::new(format!("in `tandem`: {error}"));
        unknown.into_iter().fold(fault, Fault::at).at("tandem")
    })?;
    match block.fault() {
        Some(reason) => Err(Fault::new(reason).at("tandem")),
        None => Ok(block),
    }
}

/// An id for a rule that gives none: the same text always gets the same one.
fn made_id(text: &str) -> String {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    format!("text-{:016x}", hasher.finish())
}
