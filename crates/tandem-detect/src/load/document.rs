//! YAML documents: several in one file, each read by itself.

use serde_norway::{Mapping, Value as Yaml};

use super::fault::Fault;

/// Largest document, bytes.
const MAX_BYTES: usize = 1 << 20;

/// One document of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// The line of the file on which it begins, from 1.
    pub(crate) line: usize,
}

/// The documents of a file, without empty ones.
pub(crate) fn split(text: &str) -> impl Iterator<Item = Document<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let (mut start, mut first_line, mut at) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." || bare.starts_with("--- ") {
            documents.push(Document {
                text: text.get(start..at).unwrap_or_default(),
                line: first_line,
            });
            // What stands behind the dashes on the same line is dropped: rules put nothing there but comments.
            (start, first_line) = (at + line.len(), index + 2);
        }
        at += line.len();
    }
    documents.push(Document {
        text: text.get(start..).unwrap_or_default(),
        line: first_line,
    });
    documents.into_iter().filter(|document| {
        document
            .text
            .lines()
            .map(str::trim)
            .any(|line| !line.is_empty() && !line.starts_with('#'))
    })
}

/// Reads a document as a mapping.
pub(crate) fn parse(document: Document<'_>) -> Result<Mapping, Fault> {
    if document.text.len() > MAX_BYTES {
        return Err(Fault::new(format!(
            "the document is longer than {MAX_BYTES} bytes"
        )));
    }
    match serde_norway::from_str(document.text) {
        Ok(Yaml::Mapping(map)) => Ok(map),
        Ok(_) => Err(Fault::new("the document is not a mapping")),
        Err(error) => {
            let fault = Fault::new(format!("invalid YAML: {error}"));
            Err(match error.location() {
                Some(place) => fault.place(place.line(), place.column()),
                None => fault,
            })
        }
    }
}
