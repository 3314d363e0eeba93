//! What one record holds of the fields that mappings ask for, found in a single pass over the record.
//!
//! Every field name that any mapping mentions has a *slot*. A batch numbers its field names itself, so each thread keeps a
//! table from the batch's numbers to slots; an entry is checked against the name's text before use, because a batch may
//! renumber after it was cleared. So an event costs one text comparison a field and no hashing.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tandem_domain::Value;
use tandem_domain::event::{EventBuilder, NameId};

/// Number of a field name that mappings mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(pub(super) u32);

/// All field names that the loaded mappings mention.
#[derive(Debug, Default)]
pub(super) struct Names {
    slots: FxHashMap<Box<str>, Slot>,
    texts: Vec<Box<str>>,
    /// Names that end in `.*`, without the star: they stand for every field below.
    prefixes: Vec<(Box<str>, Slot)>,
}

impl Names {
    /// The slot of a field name, or of every field below one if it ends in `.*`.
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = Slot(self.texts.len() as u32);
        self.slots.insert(name.into(), slot);
        self.texts.push(name.into());
        if let Some(prefix) = name.strip_suffix('*').filter(|prefix| prefix.ends_with('.')) {
            self.prefixes.push((prefix.into(), slot));
        }
        slot
    }

    /// The slot of the longest prefix that `name` lies below.
    fn group(&self, name: &str) -> Option<Slot> {
        let above = self
            .prefixes
            .iter()
            .filter(|(prefix, _)| name.starts_with(&**prefix));
        above
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(_, slot)| *slot)
    }

    pub(super) fn text(&self, slot: Slot) -> &str {
        self.texts.get(slot.0 as usize).map_or("", |text| text)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}

#[derive(Debug, Default)]
struct Known {
    name: Box<str>,
    slot: Option<Slot>,
    group: Option<Slot>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Presence {
    stamp: u32,
    entry: u32,
    repeats: bool,
}

/// Memory kept between events of one thread.
#[derive(Debug, Default)]
pub(super) struct Tables {
    owner: u64,
    known: Vec<Known>,
    present: Vec<Presence>,
    stamp: u32,
}

/// A field of the record that some mapping asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'e> {
    pub(super) slot: Slot,
    pub(super) id: NameId,
    pub(super) value: Value<'e>,
}

/// One record as mappings see it.
pub(super) struct View<'e, 't> {
    entries: SmallVec<[Found<'e>; 48]>,
    tables: &'t Tables,
}

impl Tables {
    /// Reads a record. `owner` is the identity of the loaded mappings, whose slots the table holds.
    pub(super) fn read<'e, 't>(
        &'t mut self,
        owner: u64,
        names: &Names,
        event: &'e EventBuilder<'_>,
    ) -> View<'e, 't> {
        if self.owner != owner || self.stamp == u32::MAX {
            *self = Self {
                owner,
                ..Self::default()
            };
        }
        self.present.resize(names.len(), Presence::default());
        self.stamp += 1;
        let mut entries = SmallVec::new();
        for field in event.fields() {
            let at = field.id.0 as usize;
            if self.known.len() <= at {
                self.known.resize_with(at + 1, Known::default);
            }
            let Some(known) = self.known.get_mut(at) else {
                continue;
            };
            if *known.name != *field.name {
                let slot = names.slots.get(field.name).copied();
                *known = Known {
                    name: field.name.into(),
                    slot,
                    group: names.group(field.name),
                };
            }
            for slot in [known.slot, known.group].into_iter().flatten() {
                let Some(presence) = self.present.get_mut(slot.0 as usize) else {
                    continue;
                };
                if presence.stamp == self.stamp {
                    presence.repeats = true;
                } else {
                    *presence = Presence {
                        stamp: self.stamp,
                        entry: entries.len() as u32,
                        repeats: false,
                    };
                }
                entries.push(Found {
                    slot,
                    id: field.id,
                    value: field.value,
                });
            }
        }
        View {
            entries,
            tables: self,
        }
    }
}

impl<'e> View<'e, '_> {
    fn presence(&self, slot: Slot) -> Option<Presence> {
        let presence = self.tables.present.get(slot.0 as usize)?;
        (presence.stamp == self.tables.stamp).then_some(*presence)
    }

    /// The first field of that name.
    pub(super) fn first(&self, slot: Slot) -> Option<Found<'e>> {
        self.entries.get(self.presence(slot)?.entry as usize).copied()
    }

    /// True if the record has the field, whatever its value.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.presence(slot).is_some()
    }

    /// True if the record has the field with a value.
    pub(super) fn says_something(&self, slot: Slot) -> bool {
        self.all(slot).any(|found| match found.value {
            Value::Null => false,
            Value::Text(text) => meaningful(text).is_some(),
            _ => true,
        })
    }

    /// True if the field stands more than once, that is, if it is a list.
    pub(super) fn repeats(&self, slot: Slot) -> bool {
        self.presence(slot).is_some_and(|presence| presence.repeats)
    }

    /// Every value of the field.
    pub(super) fn all(&self, slot: Slot) -> impl Iterator<Item = Found<'e>> {
        let presence = self.presence(slot);
        let start = presence.map_or(self.entries.len(), |presence| presence.entry as usize);
        let end = match presence {
            Some(presence) if !presence.repeats => start + 1,
            _ => self.entries.len(),
        };
        self.entries
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .filter(move |found| found.slot == slot)
            .copied()
    }
}

/// Room for the text of a number.
pub(super) type Digits = [u8; 32];

/// A value as text. Numbers are written into `room`; null is nothing.
pub(super) fn text_of<'v>(value: &Value<'v>, room: &'v mut Digits) -> Option<&'v str> {
    use std::io::Write as _;
    let mut rest = &mut room[..];
    let free = rest.len();
    match value {
        Value::Null => return None,
        Value::Text(text) => return Some(text),
        Value::Bool(true) => return Some("true"),
        Value::Bool(false) => return Some("false"),
        Value::Int(number) => write!(rest, "{number}").ok()?,
        Value::Float(number) => write!(rest, "{number}").ok()?,
    }
    let used = free - rest.len();
    std::str::from_utf8(room.get(..used)?).ok()
}

/// The text without surrounding blanks, if it says anything: sources write `-` or nothing for "absent".
pub(super) fn meaningful(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text != "-" && text != "(null)").then_some(text)
}
