//! YAML with places: every key and value knows its line and column, so that each complaint about a mapping can point at it.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

/// Deepest nesting accepted.
const MAX_DEPTH: usize = 32;
/// Most nodes one file may have, repeated anchors counted each time.
const MAX_NODES: usize = 200_000;

/// A place in a file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) at: Place,
    pub(super) key: String,
    pub(super) value: Node,
}

/// Why a file is not readable YAML.
#[derive(Debug)]
pub(super) struct YamlError {
    pub(super) at: Place,
    pub(super) reason: String,
}

impl YamlError {
    fn new(at: Place, reason: impl Into<String>) -> Self {
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

/// Reads every document of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, YamlError> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
    };
    let mut documents = Vec::new();
    while let Some((event, at)) = reader.next()? {
        if !matches!(
            event,
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd
        ) {
            documents.push(reader.node(event, at, 0)?);
        }
    }
    Ok(documents)
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
                self.count(size(&node), at)?;
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
        loop {
            let (event, at) = self.must(start)?;
            let key = match event {
                Event::MappingEnd => return Ok(Kind::Map(entries)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(YamlError::new(at, "a key must be plain text")),
            };
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                let line = first.at.line;
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
        Kind::Text(text)
    }
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Null | Kind::Text(_) => 1,
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
    }
}
