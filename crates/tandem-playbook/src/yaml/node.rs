//! YAML with places: every key and value knows its line and column, so that each complaint about a playbook can point at it.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use crate::fault::{Path, Place, Segment};

/// Deepest nesting accepted.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most nodes one file may have, repeated anchors counted each time.
pub(crate) const MAX_NODES: usize = 100_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Null,
    /// A text; `true` if it stands without quotes and may be meant as a number or a truth.
    Text(String, bool),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) at: Place,
    pub(crate) key: String,
    pub(crate) value: Node,
}

/// Why a file is not readable YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) at: Place,
    pub(crate) reason: String,
}

impl YamlError {
    pub(crate) fn new(at: Place, reason: impl Into<String>) -> Self {
        Self {
            at,
            reason: reason.into(),
        }
    }
}

impl From<ScanError> for YamlError {
    fn from(error: ScanError) -> Self {
        let at = Place {
            line: error.marker().line(),
            column: error.marker().col() + 1,
        };
        Self::new(at, error.info())
    }
}

impl Node {
    /// Where the value at the end of a path stands; the nearest place there is, if part of the path is missing.
    pub(crate) fn place(&self, path: &Path) -> Place {
        let mut at = self.at;
        let mut node = self;
        for segment in path.segments() {
            let next = match (segment, &node.kind) {
                (Segment::Key(key), Kind::Map(entries)) => entries
                    .iter()
                    .find(|entry| entry.key == *key)
                    .map(|entry| (entry.at, &entry.value)),
                (Segment::Index(index), Kind::List(items)) => items.get(*index).map(|item| (item.at, item)),
                _ => None,
            };
            let Some((place, inner)) = next else { return at };
            (at, node) = (place, inner);
        }
        at
    }
}

/// Reads the only document of a file.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
    };
    let mut document = None;
    while let Some((event, at)) = reader.next()? {
        if matches!(
            event,
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd
        ) {
            continue;
        }
        if document.is_some() {
            return Err(YamlError::new(
                at,
                "a second document begins here; one file holds one playbook",
            ));
        }
        document = Some(reader.node(event, at, 0)?);
    }
    document.ok_or_else(|| YamlError::new(Place { line: 1, column: 1 }, "the file is empty"))
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, Place)>, YamlError> {
        let Some(next) = self.parser.next_event() else {
            return Ok(None);
        };
        let (event, span) = next?;
        Ok(Some((
            event,
            Place {
                line: span.start.line(),
                column: span.start.col() + 1,
            },
        )))
    }

    fn must(&mut self, at: Place) -> Result<(Event<'t>, Place), YamlError> {
        self.next()?
            .ok_or_else(|| YamlError::new(at, "the file ends in the middle of a value"))
    }

    fn node(&mut self, event: Event<'t>, at: Place, depth: usize) -> Result<Node, YamlError> {
        self.count(1, at)?;
        if depth > MAX_DEPTH {
            return Err(YamlError::new(
                at,
                format!("nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        let (anchor, kind) = match event {
            Event::Scalar(text, style, anchor, _) => (anchor, scalar(text.into_owned(), style)),
            Event::SequenceStart(anchor, _) => (anchor, self.list(at, depth)?),
            Event::MappingStart(anchor, _) => (anchor, self.map(at, depth)?),
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let node = known
                    .ok_or_else(|| YamlError::new(at, "an alias to an anchor that is not closed yet"))?;
                let (nodes, levels) = size(&node);
                self.count(nodes, at)?;
                if depth + levels > MAX_DEPTH {
                    return Err(YamlError::new(
                        at,
                        format!("nested deeper than {MAX_DEPTH} levels"),
                    ));
                }
                return Ok(node);
            }
            _ => return Err(YamlError::new(at, "a value was expected here")),
        };
        let node = Node { at, kind };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn count(&mut self, more: usize, at: Place) -> Result<(), YamlError> {
        self.nodes += more;
        if self.nodes > MAX_NODES {
            return Err(YamlError::new(
                at,
                format!("more than {MAX_NODES} values in one file"),
            ));
        }
        Ok(())
    }

    fn list(&mut self, start: Place, depth: usize) -> Result<Kind, YamlError> {
        let mut items = Vec::new();
        loop {
            let (event, at) = self.must(start)?;
            if event == Event::SequenceEnd {
                return Ok(Kind::List(items));
            }
            items.push(self.node(event, at, depth + 1)?);
        }
    }

    fn map(&mut self, start: Place, depth: usize) -> Result<Kind, YamlError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, at) = self.must(start)?;
            let key = match event {
                Event::MappingEnd => return Ok(Kind::Map(entries)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(YamlError::new(at, "a key must be plain text")),
            };
            if let Some(line) = known.insert(key.clone(), at.line) {
                return Err(YamlError::new(
                    at,
                    format!("the key `{key}` stands twice (first on line {line})"),
                ));
            }
            let (event, value_at) = self.must(at)?;
            let value = self.node(event, value_at, depth + 1)?;
            entries.push(Entry { at, key, value });
        }
    }
}

fn scalar(text: String, style: ScalarStyle) -> Kind {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_str(), "" | "~" | "null") {
        Kind::Null
    } else {
        Kind::Text(text, plain)
    }
}

/// How many values there are in a value, and how deep they lie.
fn size(node: &Node) -> (usize, usize) {
    let inner: Vec<&Node> = match &node.kind {
        Kind::Null | Kind::Text(..) => Vec::new(),
        Kind::List(items) => items.iter().collect(),
        Kind::Map(entries) => entries.iter().map(|entry| &entry.value).collect(),
    };
    inner
        .into_iter()
        .map(size)
        .fold((1, 0), |(nodes, levels), (more, deep)| {
            (nodes + more, levels.max(deep + 1))
        })
}
