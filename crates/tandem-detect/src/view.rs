//! One event laid out for matching: each value once, with its folded text, found by field.

use tandem_domain::Value;
use tandem_domain::event::EventRef;

use crate::field::{CoreField, FieldId, write_value};
use crate::pattern::Cell;
use crate::text::fold::fold_into;

const END: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Stored<'b> {
    value: Value<'b>,
    from: u32,
    to: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    stamp: u32,
    first: u32,
    last: u32,
}

/// What of an event is to be laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want<'a> {
    /// For each name of the batch, its field.
    pub(crate) names: &'a [Option<FieldId>],
    /// For each field, whether any rule at hand looks at it.
    pub(crate) used: &'a [bool],
    /// The fields of the core view that rules at hand look at.
    pub(crate) core: &'a [(FieldId, CoreField)],
    /// Keyword rules are at hand: every value and the raw record are needed.
    pub(crate) words: bool,
}

/// The layout; kept from event to event so that its memory is reused.
#[derive(Debug, Default)]
pub(crate) struct View<'b> {
    cells: Vec<Stored<'b>>,
    slots: Vec<Slot>,
    text: String,
    stamp: u32,
    words: usize,
}

impl<'b> View<'b> {
    /// An empty view for that many fields.
    pub(crate) fn new(fields: usize) -> Self {
        Self {
            slots: vec![Slot::default(); fields],
            ..Self::default()
        }
    }

    /// Lays out an event, forgetting the one before.
    pub(crate) fn load(&mut self, event: EventRef<'b>, want: Want<'_>) {
        self.cells.clear();
        self.text.clear();
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.slots.fill(Slot::default());
            self.stamp = 1;
        }
        for field in event.fields() {
            let id = want.names.get(field.id.0 as usize).copied().flatten();
            let used = id.filter(|id| want.used.get(id.0 as usize) == Some(&true));
            if used.is_some() || want.words {
                self.push(used, field.value);
            }
        }
        if want.words && !event.raw().is_empty() {
            self.push(None, Value::Text(event.raw()));
        }
        self.words = self.cells.len();
        for (id, core) in want.core {
            if let Some(value) = core.of(&event) {
                self.push(Some(*id), value);
            }
        }
    }

    fn push(&mut self, field: Option<FieldId>, value: Value<'b>) {
        let from = self.text.len() as u32;
        match value {
            Value::Text(text) => fold_into(text, &mut self.text),
            other => write_value(other, &mut self.text),
        }
        let index = self.cells.len() as u32;
        self.cells.push(Stored {
            value,
            from,
            to: self.text.len() as u32,
            next: END,
        });
        let Some(slot) = field.and_then(|id| self.slots.get_mut(id.0 as usize)) else {
            return;
        };
        if slot.stamp == self.stamp {
            if let Some(last) = self.cells.get_mut(slot.last as usize) {
                last.next = index;
            }
            slot.last = index;
        } else {
            *slot = Slot {
                stamp: self.stamp,
                first: index,
                last: index,
            };
        }
    }

    fn cell(&self, stored: &Stored<'b>) -> Cell<'_> {
        let folded = self
            .text
            .get(stored.from as usize..stored.to as usize)
            .unwrap_or_default();
        let plain = match stored.value {
            Value::Text(text) => text,
            _ => folded,
        };
        Cell {
            value: stored.value,
            plain,
            folded,
        }
    }

    /// The values of a field.
    pub(crate) fn cells(&self, field: FieldId) -> Cells<'_, 'b> {
        let slot = self
            .slots
            .get(field.0 as usize)
            .filter(|slot| slot.stamp == self.stamp);
        Cells {
            view: self,
            next: slot.map_or(END, |slot| slot.first),
            row_end: None,
        }
    }

    /// Every value, and the raw record: where keywords are looked for.
    pub(crate) fn words(&self) -> Cells<'_, 'b> {
        Cells {
            view: self,
            next: 0,
            row_end: Some(self.words as u32),
        }
    }
}

/// The values of one field, or all of them.
pub(crate) struct Cells<'v, 'b> {
    view: &'v View<'b>,
    next: u32,
    /// Where a walk over all cells ends; a walk over one field follows its chain.
    row_end: Option<u32>,
}

impl<'v> Iterator for Cells<'v, '_> {
    type Item = Cell<'v>;

    fn next(&mut self) -> Option<Cell<'v>> {
        if self.row_end.is_some_and(|end| self.next >= end) {
            return None;
        }
        let stored = self.view.cells.get(self.next as usize)?;
        self.next = if self.row_end.is_some() {
            self.next + 1
        } else {
            stored.next
        };
        Some(self.view.cell(stored))
    }
}
