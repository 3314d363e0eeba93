//! Comparison of numbers (`lt`, `lte`, `gt`, `gte`).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use tandem_domain::Value;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Compare {
    /// `lt`
    Less,
    /// `lte`
    LessEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterEqual,
    /// Equal.
    Equal,
    /// `neq`
    NotEqual,
}

impl Compare {
    /// The comparison a modifier or a correlation's condition names.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lt" => Self::Less,
            "lte" => Self::LessEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterEqual,
            "eq" => Self::Equal,
            "neq" => Self::NotEqual,
            _ => return None,
        })
    }

    /// True if `order`, of the given to the wanted value, satisfies it.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
        }
    }

    /// True if more can only help: once it holds for a growing count, it goes on holding.
    pub(crate) fn is_lower_bound(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterEqual)
    }
}

/// A number; whole ones stay exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// A whole number.
    Int(i64),
    /// Any other.
    Float(f64),
}

impl Number {
    /// Reads a number from text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(int) = text.parse() {
            return Some(Self::Int(int));
        }
        // `parse` would also take "inf" and "nan".
        let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        text.parse::<f64>()
            .ok()
            .filter(|float| numeric && float.is_finite())
            .map(Self::Float)
    }

    /// The number an event's value is, or its text says.
    pub(crate) fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Int(int) => Some(Self::Int(int)),
            Value::Float(float) => Some(Self::Float(float)),
            Value::Text(text) => Self::parse(text),
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// As a floating-point number.
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// Orders two numbers; `None` if one is not a number.
    pub(crate) fn cmp(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => Some(left.cmp(&right)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}
