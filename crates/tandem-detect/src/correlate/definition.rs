//! What a correlation rule says.

use std::collections::BTreeMap;

use crate::condition::Expr;
use crate::pattern::Compare;
use crate::rule::RuleIdx;

/// A correlation's type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// How many matches.
    EventCount,
    /// How many different values.
    ValueCount,
    /// The sum of a number.
    ValueSum,
    /// Its mean.
    ValueAvg,
    /// Its percentile, 0 to 100.
    ValuePercentile(f64),
    /// All rules within the time span.
    Temporal,
    /// All rules within the time span, in the order given.
    TemporalOrdered,
}

/// Limits on a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bounds {
    /// The field, or fields, whose values count.
    pub(crate) fields: Vec<String>,
    pub(crate) tests: Vec<(Compare, f64)>,
}

impl Bounds {
    /// True if `value` is within all limits.
    pub(crate) fn hold(&self, value: f64) -> bool {
        let within = |(compare, limit): &(Compare, f64)| {
            value.partial_cmp(limit).is_some_and(|order| compare.holds(order))
        };
        self.tests.iter().all(within)
    }

    /// True if a growing value goes on satisfying them; otherwise they can be judged only when the window has closed.
    pub(crate) fn only_lower(&self) -> bool {
        self.tests.iter().all(|(compare, _)| compare.is_lower_bound())
    }

    /// The largest limit: nothing above it needs to be told apart.
    pub(crate) fn largest(&self) -> f64 {
        self.tests.iter().map(|(_, limit)| *limit).fold(0.0, f64::max)
    }
}

/// When a correlation holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// When all its rules matched.
    All,
    /// When a number is within limits (for `temporal`: the number of different rules that matched).
    Bounds(Bounds),
    /// When a condition over the rules' names holds.
    Expr(Expr),
}

/// A correlation rule.
#[derive(Debug, Clone)]
pub(crate) struct Correlation {
    pub(crate) kind: Kind,
    /// The rules it looks at, by name or id.
    pub(crate) rules: Vec<String>,
    /// The same, resolved.
    pub(crate) members: Vec<RuleIdx>,
    pub(crate) group_by: Vec<String>,
    /// Microseconds.
    pub(crate) timespan: i64,
    pub(crate) test: Test,
    /// For a name used in `group_by` or as a value: the field each rule has it in.
    pub(crate) aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// Its rules' matches also count by themselves.
    pub(crate) generate: bool,
}

impl Correlation {
    /// The field in which the rule at `position` has `key`.
    pub(crate) fn field<'a>(&'a self, key: &'a str, position: usize) -> &'a str {
        let alias = self
            .aliases
            .get(key)
            .and_then(|fields| fields.get(self.rules.get(position)?));
        alias.map_or(key, String::as_str)
    }

    /// The fields whose values it counts or adds.
    pub(crate) fn value_fields(&self) -> &[String] {
        match &self.test {
            Test::Bounds(bounds) => &bounds.fields,
            Test::All | Test::Expr(_) => &[],
        }
    }

    /// True if it can be judged only when its window has closed.
    pub(crate) fn waits(&self) -> bool {
        match &self.test {
            Test::All => false,
            Test::Expr(expr) => expr.has_not(),
            Test::Bounds(bounds) => !bounds.only_lower(),
        }
    }
}
