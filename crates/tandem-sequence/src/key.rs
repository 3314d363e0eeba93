//! What joins acts on one object: its content's hash, its name, the resource it is.

use std::borrow::Cow;

use tandem_domain::{Attr, ClassUid, EventRef};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Most names of one event.
const NAMES: usize = 16;
/// Longest text of an object that is kept, characters.
const SHOWN: usize = 120;
/// Longest command line that is looked at, bytes.
const COMMAND: usize = 8 << 10;
/// Longest ending of a file's name, characters.
const ENDING: usize = 10;
/// Names that thousands of files have, and that programs write by themselves.
const EVERYWHERE: &[&str] = &[
    "desktop.ini",
    "thumbs.db",
    ".ds_store",
    "index.html",
    "document.docx",
];
/// Endings of archives: `plans.docx.zip` is `plans.docx` in another shape.
const ARCHIVES: &[&str] = &[
    ".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".gpg", ".aes",
];

const BY_NAME: u64 = 11;
const BY_HASH: u64 = 12;
const BY_RESOURCE: u64 = 13;
const BY_EVENT: u64 = 14;

/// The keys of an event's object; the first one is the one under which it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) keys: Vec<u64>,
    pub(crate) shown: String,
}

impl Keys {
    fn add(&mut self, seed: u64, text: &str) {
        let key = xxh3_64_with_seed(text.as_bytes(), seed);
        if self.keys.len() < NAMES && !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    fn add_name(&mut self, text: &str) -> bool {
        let Some(name) = file_name(text) else { return false };
        self.add(BY_NAME, &name);
        let inner = ARCHIVES.iter().find_map(|end| name.strip_suffix(end));
        if let Some(inner) = inner.filter(|inner| has_ending(inner)) {
            self.add(BY_NAME, inner);
        }
        true
    }
}

/// The keys of the object that an event is about. With `command`, files named in the command line count as well.
pub(crate) fn keys(event: &EventRef<'_>, command: bool) -> Keys {
    let mut found = Keys::default();
    let names = event.attr(Attr::FileName).unwrap_or_default().split(';');
    for name in names.take(NAMES) {
        found.add_name(name);
    }
    if let Some(path) = event.attr(Attr::FilePath) {
        found.add_name(path);
    }
    // Of a program that starts it is the program's own hash, which everybody's has.
    let of_file = !matches!(
        event.head().class,
        ClassUid::ProcessActivity | ClassUid::ModuleActivity | ClassUid::KernelExtensionActivity
    );
    let hash = event.attr(Attr::FileHash).map(str::trim);
    if let Some(hash) = hash.filter(|hash| of_file && hash.len() >= 32) {
        found.add(BY_HASH, &hash.to_ascii_lowercase());
    }
    // The new name of a rename or copy; a folder is none.
    if let Some(path) = event
        .attr(Attr::FileResult)
        .filter(|path| has_ending(last_part(path)))
    {
        found.add_name(path);
    }
    if command {
        for word in words(event.attr(Attr::CommandLine).unwrap_or_default()) {
            if has_ending(last_part(word)) && !is_program(word) {
                found.add_name(word);
            }
        }
    }
    let resource = event
        .attr(Attr::Resource)
        .map(str::trim)
        .filter(|r| !r.is_empty());
    if found.keys.is_empty()
        && let Some(resource) = resource
    {
        found.add(BY_RESOURCE, &resource.to_lowercase());
    }
    found.shown = shown(event, command, resource);
    found
}

/// A key of the event itself, for what names no object.
pub(crate) fn of_event(event: &EventRef<'_>) -> u64 {
    xxh3_64_with_seed(&event.head().id.0.to_le_bytes(), BY_EVENT)
}

/// A small hash of where it happened; 0 if that is not known.
pub(crate) fn device(event: &EventRef<'_>) -> u32 {
    let name = [Attr::Device, Attr::SrcHost, Attr::SrcIp]
        .into_iter()
        .find_map(|attr| event.attr(attr))
        .map(str::trim)
        .unwrap_or_default();
    // A short name and a full one are one computer; an address is whole.
    let short = if name.parse::<std::net::IpAddr>().is_ok() {
        name
    } else {
        name.split('.').next().unwrap_or_default()
    };
    if short.is_empty() {
        return 0;
    }
    (xxh3_64_with_seed(short.to_lowercase().as_bytes(), 0) as u32).max(1)
}

/// A hash of an account, for telling accounts of one subject apart.
pub(crate) fn account(name: &str) -> u64 {
    xxh3_64_with_seed(name.as_bytes(), 1)
}

fn shown(event: &EventRef<'_>, command: bool, resource: Option<&str>) -> String {
    let file = [Attr::FileName, Attr::FilePath]
        .into_iter()
        .find_map(|attr| event.attr(attr))
        .map(|text| text.split(';').next().unwrap_or(text));
    let in_command = || {
        let line = event.attr(Attr::CommandLine).filter(|_| command)?;
        words(line).find(|word| has_ending(last_part(word)) && !is_program(word))
    };
    let named = file.map(last_part).or_else(|| in_command().map(last_part));
    // A right that is granted is told by the group's name.
    let text = named.or(resource).or_else(|| event.attr(Attr::Group));
    text.unwrap_or_default().trim().chars().take(SHOWN).collect()
}

/// The last part of a path in lower case; nothing for what is no name of one file.
fn file_name(text: &str) -> Option<Cow<'_, str>> {
    let name = last_part(text.trim());
    if name.chars().count() < 3 || name.contains('*') {
        return None;
    }
    let lower = name.to_lowercase();
    (!EVERYWHERE.contains(&lower.as_str())).then_some(Cow::Owned(lower))
}

fn last_part(path: &str) -> &str {
    let path = path
        .trim()
        .trim_matches(['"', '\''])
        .trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// True for `name.ending`.
fn has_ending(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty()
            && !end.is_empty()
            && end.chars().count() <= ENDING
            && end.chars().all(char::is_alphanumeric)
            && end.chars().any(char::is_alphabetic)
    })
}

fn is_program(word: &str) -> bool {
    let lower = word.trim_matches(['"', '\'']).to_ascii_lowercase();
    [".exe", ".dll", ".cmd", ".bat", ".ps1", ".com"]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// The words of a command line; what stands in quotation marks is one word, switches are none.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut end = line.len().min(COMMAND);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = line.get(..end).unwrap_or_default();
    let next = move || {
        rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (word, after) = match quote {
            Some(quote) => {
                let inner = rest.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        let done = rest.is_empty();
        rest = after;
        (!done).then_some(word)
    };
    std::iter::from_fn(next).filter(|word| !word.starts_with('-'))
}

#[cfg(test)]
mod tests;
