//! Rule collections: documents of one file that build on one another by `action`, as older rules of the community still do.
//!
//! `global` is the ground of every document after it, `repeat` changes the rule before, `reset` ends the ground. They left the
//! specification with version 2; what they meant is what pySigma does with them.

use std::collections::BTreeSet;

use serde_norway::{Mapping, Value as Yaml};

use super::document::{Document, parse};
use super::fault::{Fault, RuleError};
use super::{Lists, Loaded, one};

/// What a document of a file begins with.
#[derive(Default)]
pub(super) struct Collection<'d> {
    ground: Mapping,
    before: Before<'d>,
    ids: BTreeSet<String>,
}

/// The rule that a `repeat` changes.
#[derive(Default)]
enum Before<'d> {
    #[default]
    Nothing,
    /// As its document has it: read again only if something repeats it.
    Text(Document<'d>),
    Made(Mapping),
}

impl<'d> Collection<'d> {
    /// What the next document turns out to be; nothing for one that only changes what follows.
    pub(super) fn next(
        &mut self,
        path: &str,
        document: Document<'d>,
        lists: &Lists,
    ) -> Option<Result<Loaded, Box<RuleError>>> {
        let read = parse(document).and_then(|map| self.rule(path, document, map, lists));
        read.map_err(|fault| Box::new(fault.locate(path, document)))
            .transpose()
    }

    fn rule(
        &mut self,
        path: &str,
        document: Document<'d>,
        mut map: Mapping,
        lists: &Lists,
    ) -> Result<Option<Loaded>, Fault> {
        let action = map.remove("action");
        let base = match action.as_ref().map(Yaml::as_str) {
            None if self.ground.is_empty() => {
                self.before = Before::Text(document);
                return one(path, document, &map, lists).map(Some);
            }
            None => self.ground.clone(),
            Some(Some("global")) => {
                merge(&mut self.ground, map);
                return Ok(None);
            }
            Some(Some("reset")) => {
                self.ground = Mapping::new();
                return Ok(None);
            }
            Some(Some("repeat")) => match std::mem::take(&mut self.before) {
                Before::Made(made) => made,
                Before::Text(text) => parse(text)?,
                Before::Nothing => {
                    return Err(
                        Fault::new("there is no rule before this one that could be repeated").at("action"),
                    );
                }
            },
            Some(_) => {
                return Err(Fault::new("an action is `global`, `repeat` or `reset`")
                    .at("action")
                    .hint("leave `action` out, or write one complete rule per document"));
            }
        };
        let own_id = map.contains_key("id");
        let mut made = base;
        merge(&mut made, map);
        // Two rules cannot have the id of their common ground.
        let id = made.get("id").and_then(Yaml::as_str).map(str::to_owned);
        if id.is_some_and(|id| !self.ids.insert(id)) && !own_id {
            made.remove("id");
        }
        let text = serde_norway::to_string(&made).map_err(|error| Fault::new(error.to_string()))?;
        self.before = Before::Made(made.clone());
        let whole = Document {
            text: &text,
            line: document.line,
        };
        one(path, whole, &made, lists).map(Some)
    }
}

/// Puts `over` over `base`: mappings entry by entry, everything else as a whole.
fn merge(base: &mut Mapping, over: Mapping) {
    for (key, value) in over {
        let Yaml::Mapping(inner) = value else {
            base.insert(key, value);
            continue;
        };
        match base.get_mut(&key) {
            Some(Yaml::Mapping(under)) => merge(under, inner),
            _ => {
                base.insert(key, Yaml::Mapping(inner));
            }
        }
    }
}
