//! One value of a rule, compiled: what a field's value is compared with.

mod address;
mod clock;
mod number;
mod regexp;
mod text;

pub(crate) use address::Cidr;
pub(crate) use clock::TimePart;
pub(crate) use number::{Compare, Number};
pub(crate) use regexp::{Flags, Regexp};
pub(crate) use text::{Shape, TextPattern};

use tandem_domain::Value;

/// A field's value as patterns see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// The value itself.
    pub(crate) value: Value<'a>,
    /// Its text; numbers and booleans are written out.
    pub(crate) plain: &'a str,
    /// Its text folded for comparison without regard to case.
    pub(crate) folded: &'a str,
}

/// How two fields are compared (`fieldref`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Equal.
    Equal,
    /// The left one contains the right one.
    Contains,
    /// The left one begins with the right one.
    StartsWith,
    /// The left one ends with the right one.
    EndsWith,
}

impl Relation {
    /// Compares two values' texts.
    pub(crate) fn holds(self, left: &str, right: &str) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Contains => left.contains(right),
            Self::StartsWith => left.starts_with(right),
            Self::EndsWith => left.ends_with(right),
        }
    }
}

/// What a value is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    /// `null`: the field is absent or null.
    Null,
    /// `exists`: the field is there (true) or not (false), whatever its value.
    Exists(bool),
    /// `*`: any value but null.
    Present,
    /// Text, perhaps with wildcards.
    Text(TextPattern),
    /// `re`.
    Regexp(Box<Regexp>),
    /// `cidr`.
    Cidr(Cidr),
    /// `lt`, `lte`, `gt`, `gte`.
    Number(Compare, Number),
    /// `minute` to `year`.
    Time(TimePart, Compare, i64),
    /// `fieldref`: the name of the other field.
    FieldRef {
        /// The field compared with.
        other: Box<str>,
        /// In which way.
        relation: Relation,
        /// With regard to case.
        cased: bool,
    },
}

impl Pattern {
    /// True if one value fits. Absence ([`Self::Null`], [`Self::Exists`]) and other fields ([`Self::FieldRef`]) are the
    /// item's business and never fit here, save for a null value.
    pub(crate) fn fits(&self, cell: Cell<'_>) -> bool {
        if matches!(cell.value, Value::Null) {
            return matches!(self, Self::Null);
        }
        match self {
            Self::Null | Self::Exists(_) | Self::FieldRef { .. } => false,
            Self::Present => true,
            Self::Text(text) => text.fits(cell.plain, cell.folded),
            Self::Regexp(regexp) => regexp.is_match(cell.plain),
            Self::Cidr(cidr) => cidr.contains_text(cell.plain),
            Self::Number(compare, wanted) => Number::of(cell.value)
                .and_then(|given| given.cmp(*wanted))
                .is_some_and(|order| compare.holds(order)),
            Self::Time(part, compare, wanted) => part
                .of(cell.value)
                .is_some_and(|given| compare.holds(given.cmp(wanted))),
        }
    }
}

#[cfg(test)]
mod tests;
