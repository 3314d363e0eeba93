//! Fields with modifiers (`CommandLine|contains|all`) and their values.

use serde_norway::Value as Yaml;

use super::Lists;
use super::detection::leaf;
use super::fault::{Fault, key};
use crate::field::Place;
use crate::item::{Item, Target};
use crate::pattern::{Cidr, Compare, Flags, Number, Pattern, Regexp, Relation, TextPattern, TimePart};
use crate::rule::Node;
use crate::text::encode::{self, Utf16};
use crate::text::tokens::Tokens;

/// Most ways to write one value that `windash` may stand for before an encoding, or placeholders may expand to.
const MAX_SPELLINGS: usize = 100_000;
/// Most ways to spell dashes before an encoding: five to the power of three.
const MAX_DASHES: usize = 125;

const KNOWN: &str = "contains, startswith, endswith, all, re (i, m, s), cidr, base64, base64offset, wide, utf16, \
utf16le, utf16be, windash, exists, cased, lt, lte, gt, gte, neq, fieldref, expand, minute, hour, day, week, month, year";

/// A change of the value, in the order written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Windash,
    Utf16(Utf16),
    Base64,
    Base64Offset,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    Regexp(Flags),
    Cidr,
    Exists,
    FieldRef,
    Number(Compare),
    Time(TimePart, Compare),
}

/// All modifiers of one field.
#[derive(Debug, Clone)]
struct Chain {
    mode: Mode,
    /// `*` before, `*` after.
    open: (bool, bool),
    positioned: bool,
    changes: Vec<Change>,
    all: bool,
    cased: bool,
    negate: bool,
    expand: bool,
}

/// Reads one entry of a selection; `field` with its modifiers, empty for keywords.
pub(crate) fn item(field: &str, value: &Yaml, lists: &Lists) -> Result<Node, Fault> {
    let mut parts = field.split('|');
    let name = parts.next().unwrap_or_default().trim();
    let modifiers: Vec<&str> = parts.map(str::trim).collect();
    let chain = Chain::parse(&modifiers, name.is_empty())?;
    let target = if name.is_empty() {
        Target::Keywords
    } else {
        Target::Field(name.into())
    };
    if Place::of(name) == Place::Unknown {
        return Err(Fault::new(format!(
            "`{name}` is not an attribute of the core view"
        )));
    }
    let values = match value {
        Yaml::Sequence(values) if values.is_empty() => return Err(Fault::new("the list of values is empty")),
        Yaml::Sequence(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let modifiers = modifiers.join("|");
    let build = |patterns| {
        let mut item = Item::new(target.clone(), &modifiers, patterns);
        item.negate = chain.negate;
        leaf(item)
    };
    let mut patterns = Vec::new();
    for value in values {
        patterns.push(chain.patterns(value, lists)?);
    }
    if chain.all && patterns.len() > 1 {
        return Ok(Node::And(patterns.into_iter().map(build).collect()));
    }
    Ok(build(patterns.into_iter().flatten().collect()))
}

impl Chain {
    fn parse(modifiers: &[&str], keywords: bool) -> Result<Self, Fault> {
        let mut chain = Self {
            mode: Mode::Text,
            open: (false, false),
            positioned: false,
            changes: Vec::new(),
            all: false,
            cased: false,
            negate: false,
            expand: false,
        };
        for modifier in modifiers {
            chain.add(modifier)?;
        }
        if chain.negate && chain.all {
            return Err(Fault::new("`neq` and `all` cannot be combined"));
        }
        let expandable = matches!(chain.mode, Mode::Text | Mode::Cidr);
        if chain.mode != Mode::Text && !chain.changes.is_empty() || chain.expand && !expandable {
            return Err(Fault::new(format!(
                "`{}` combines modifiers for text with others",
                modifiers.join("|")
            )));
        }
        if chain.positioned && !matches!(chain.mode, Mode::Text | Mode::FieldRef) {
            return Err(Fault::new(format!(
                "`{}` combines a place in text with another test",
                modifiers.join("|")
            )));
        }
        if keywords && !matches!(chain.mode, Mode::Text | Mode::Regexp(_)) {
            return Err(Fault::new(format!(
                "keywords cannot take `{}`",
                modifiers.join("|")
            )));
        }
        if keywords && !chain.positioned {
            chain.open = (true, true);
        }
        Ok(chain)
    }

    fn add(&mut self, modifier: &str) -> Result<(), Fault> {
        match modifier {
            "contains" => self.place((true, true))?,
            "startswith" => self.place((false, true))?,
            "endswith" => self.place((true, false))?,
            "all" => self.all = true,
            "cased" => self.cased = true,
            "neq" => self.negate = true,
            "expand" => self.expand = true,
            "windash" => self.change(Change::Windash)?,
            "wide" | "utf16le" => self.change(Change::Utf16(Utf16::Little))?,
            "utf16be" => self.change(Change::Utf16(Utf16::Big))?,
            "utf16" => self.change(Change::Utf16(Utf16::Marked))?,
            "base64" => self.change(Change::Base64)?,
            "base64offset" => self.change(Change::Base64Offset)?,
            "re" => self.mode(Mode::Regexp(Flags::default()))?,
            "i" | "m" | "s" => self.flag(modifier)?,
            "cidr" => self.mode(Mode::Cidr)?,
            "exists" => self.mode(Mode::Exists)?,
            "fieldref" => self.mode(Mode::FieldRef)?,
            other => self.compare(other)?,
        }
        Ok(())
    }

    fn place(&mut self, open: (bool, bool)) -> Result<(), Fault> {
        if self.positioned {
            return Err(Fault::new(
                "only one of `contains`, `startswith` and `endswith` may be given",
            ));
        }
        (self.open, self.positioned) = (open, true);
        Ok(())
    }

    fn change(&mut self, change: Change) -> Result<(), Fault> {
        // `contains|windash` is common and means the same in either order; a wildcard cannot be encoded.
        if self.positioned && change != Change::Windash {
            return Err(Fault::new(
                "a place (`contains`, `startswith`, `endswith`) stands before an encoding",
            )
            .hint("put it last: `base64offset|contains`"));
        }
        self.changes.push(change);
        Ok(())
    }

    fn mode(&mut self, mode: Mode) -> Result<(), Fault> {
        if self.mode != Mode::Text {
            return Err(Fault::new("two modifiers that exclude each other"));
        }
        self.mode = mode;
        Ok(())
    }

    fn flag(&mut self, flag: &str) -> Result<(), Fault> {
        let Mode::Regexp(flags) = &mut self.mode else {
            return Err(Fault::new(format!("`{flag}` is only defined after `re`")));
        };
        match flag {
            "i" => flags.ignore_case = true,
            "m" => flags.multi_line = true,
            _ => flags.dot_all = true,
        }
        Ok(())
    }

    fn compare(&mut self, modifier: &str) -> Result<(), Fault> {
        if let Some(part) = TimePart::parse(modifier) {
            let compare = match self.mode {
                Mode::Number(compare) => compare,
                Mode::Text => Compare::Equal,
                _ => return Err(Fault::new("two modifiers that exclude each other")),
            };
            self.mode = Mode::Time(part, compare);
            return Ok(());
        }
        let Some(compare) = Compare::parse(modifier).filter(|_| modifier != "eq") else {
            return Err(Fault::new(format!("unknown modifier `{modifier}`")).hint(format!("known: {KNOWN}")));
        };
        self.mode = match self.mode {
            Mode::Text => Mode::Number(compare),
            Mode::Time(part, Compare::Equal) => Mode::Time(part, compare),
            _ => return Err(Fault::new("two modifiers that exclude each other")),
        };
        Ok(())
    }

    /// The patterns that one value stands for; any of them is enough.
    fn patterns(&self, value: &Yaml, lists: &Lists) -> Result<Vec<(Pattern, String)>, Fault> {
        if matches!(value, Yaml::Null) {
            if self.mode != Mode::Text || self.positioned || !self.changes.is_empty() {
                return Err(Fault::new("null cannot be combined with these modifiers"));
            }
            return Ok(vec![(Pattern::Null, "null".to_owned())]);
        }
        let Some(text) = key(value) else {
            return Err(Fault::new("a value must be text, a number, true, false or null"));
        };
        if self.mode == Mode::Text {
            return self.texts(&text, lists);
        }
        if self.mode == Mode::Cidr && self.expand {
            let spelled = expand(&text, lists)?;
            let ranges = spelled
                .iter()
                .map(|range| self.other(value, range.as_literal().unwrap_or_default()));
            return ranges.collect();
        }
        self.other(value, &text).map(|pattern| vec![pattern])
    }

    fn other(&self, value: &Yaml, text: &str) -> Result<(Pattern, String), Fault> {
        let pattern = match self.mode {
            Mode::Text => return Err(Fault::new("text is handled elsewhere")),
            Mode::Regexp(flags) => {
                let regexp = Regexp::new(text, flags).map_err(|error| Fault::new(error.to_string()))?;
                Pattern::Regexp(Box::new(regexp))
            }
            Mode::Cidr => {
                let cidr = Cidr::parse(text);
                Pattern::Cidr(cidr.ok_or_else(|| Fault::new(format!("`{text}` is not an address range")))?)
            }
            Mode::Exists => match value {
                Yaml::Bool(wanted) => Pattern::Exists(*wanted),
                _ => return Err(Fault::new("`exists` takes true or false")),
            },
            Mode::FieldRef if text.is_empty() => return Err(Fault::new("`fieldref` names no field")),
            Mode::FieldRef => Pattern::FieldRef {
                other: text.into(),
                relation: match self.open {
                    (false, false) => Relation::Equal,
                    (true, true) => Relation::Contains,
                    (false, true) => Relation::StartsWith,
                    (true, false) => Relation::EndsWith,
                },
                cased: self.cased,
            },
            Mode::Number(compare) => {
                let number = Number::parse(text);
                Pattern::Number(
                    compare,
                    number.ok_or_else(|| Fault::new(format!("`{text}` is not a number")))?,
                )
            }
            Mode::Time(part, compare) => {
                let number = text
                    .parse()
                    .map_err(|_| Fault::new(format!("`{text}` is not a whole number")))?;
                Pattern::Time(part, compare, number)
            }
        };
        Ok((pattern, text.to_owned()))
    }

    fn texts(&self, text: &str, lists: &Lists) -> Result<Vec<(Pattern, String)>, Fault> {
        let mut values = if self.expand {
            expand(text, lists)?
        } else {
            vec![Tokens::parse(text)]
        };
        let mut cased = self.cased;
        let mut changes = self.changes.iter().peekable();
        while let Some(change) = changes.next() {
            let mut bytes: Option<Vec<Vec<u8>>> = None;
            match change {
                Change::Windash => values = values.into_iter().map(Tokens::windash).collect(),
                Change::Utf16(order) => {
                    let texts = plain(&values)?;
                    bytes = Some(texts.iter().map(|text| encode::utf16(text, *order)).collect());
                }
                Change::Base64 | Change::Base64Offset => {
                    bytes = Some(plain(&values)?.into_iter().map(String::into_bytes).collect());
                }
            }
            let Some(bytes) = bytes else { continue };
            let encoding = match change {
                Change::Utf16(_) => {
                    changes.next_if(|next| matches!(next, Change::Base64 | Change::Base64Offset))
                }
                other => Some(other),
            };
            // What encodings make is data, in which case counts.
            cased = cased || encoding.is_some();
            values = encoded(&bytes, encoding)?;
        }
        let make = |tokens: Tokens| {
            let wrapped = tokens.wrapped(self.open.0, self.open.1);
            let pattern = TextPattern::new(wrapped, cased).map_or(Pattern::Present, Pattern::Text);
            (pattern, text.to_owned())
        };
        Ok(values.into_iter().map(make).collect())
    }
}

/// The values as plain text, with dashes spelled out.
fn plain(values: &[Tokens]) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for value in values {
        let Some(spelled) = value.spell_dashes(MAX_DASHES) else {
            return Err(Fault::new("too many dashes before an encoding"));
        };
        for text in spelled {
            let text = text.as_literal().map(str::to_owned);
            out.push(text.ok_or_else(|| {
                Fault::new("wildcards cannot be encoded").hint("escape them with a backslash")
            })?);
        }
    }
    Ok(out)
}

fn encoded(values: &[Vec<u8>], encoding: Option<&Change>) -> Result<Vec<Tokens>, Fault> {
    let mut out = Vec::new();
    for bytes in values {
        match encoding {
            Some(Change::Base64) => out.push(Tokens::literal(&encode::base64(bytes))),
            Some(Change::Base64Offset) => {
                let looks = encode::base64_offsets(bytes);
                if looks.iter().any(String::is_empty) {
                    return Err(Fault::new("the value is too short for `base64offset`"));
                }
                out.extend(looks.iter().map(|look| Tokens::literal(look)));
            }
            _ => {
                let text = std::str::from_utf8(bytes);
                let text = text
                    .map_err(|_| Fault::new("these 16-bit units are not text; encode them with `base64`"))?;
                out.push(Tokens::literal(text));
            }
        }
    }
    Ok(out)
}

/// Every value that placeholders (`%name%`) in `text` stand for.
fn expand(text: &str, lists: &Lists) -> Result<Vec<Tokens>, Fault> {
    let mut values = vec![Tokens::default()];
    let mut rest = text;
    while let Some((before, name, after)) = placeholder(rest) {
        let Some(list) = lists.get(name) else {
            return Err(Fault::new(format!(
                "the placeholder `%{name}%` stands for nothing: it has no list"
            ))
            .hint(crate::lists::way_out(name)));
        };
        let before = Tokens::parse(before);
        let joined =
            |value: &Tokens, entry: &String| value.clone().concat(&before).concat(&Tokens::parse(entry));
        if values.len().saturating_mul(list.len()) > MAX_SPELLINGS {
            return Err(Fault::new(format!(
                "placeholders stand for more than {MAX_SPELLINGS} values"
            )));
        }
        values = values
            .iter()
            .flat_map(|value| list.iter().map(|entry| joined(value, entry)))
            .collect();
        rest = after;
    }
    let tail = Tokens::parse(rest);
    Ok(values.into_iter().map(|value| value.concat(&tail)).collect())
}

/// The names of the placeholders in a text.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = placeholder(rest)?;
        rest = after;
        Some(name)
    })
}

/// The first `%name%` in a text, with what stands before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('%')?;
        let inside = text.get(open + 1..)?;
        let close = inside.find('%')?;
        let name = inside.get(..close)?;
        if !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        {
            return Some((text.get(..open)?, name, inside.get(close + 1..)?));
        }
        from = open + 1;
    }
}
