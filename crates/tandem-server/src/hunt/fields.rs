//! How the values of fields are spread over what a search finds.

use std::sync::Arc;

use tandem_detect::hunt::Field;
use tandem_lake::Segment;

use super::sql::{as_text, plain};
use super::{Hunt, named};
use crate::api::dto::{FieldStatistics, HuntAsked, HuntFields, HuntFieldsAsked, ValueCount};
use crate::app::App;
use crate::asker::Asker;
use crate::events::rows;
use crate::http::error::ApiError;

/// Values shown of a field.
const TOP: usize = 10;
/// Longest value shown, characters.
const VALUE: usize = 400;
/// The fields that are counted if nobody names any.
const USUAL: [&str; 12] = [
    "source",
    "class",
    "account",
    "device",
    "src_ip",
    "dst_host",
    "file_name",
    "url_host",
    "operation",
    "resource",
    "process",
    "data_label",
];

impl App {
    /// Counts the values of fields over everything that a search finds.
    ///
    /// # Errors
    /// Forbidden, not understood, too many at once, or a store fails.
    pub async fn hunt_fields(
        self: &Arc<Self>,
        asker: &Asker,
        asked: HuntFieldsAsked,
    ) -> Result<HuntFields, ApiError> {
        let usual = || USUAL.map(str::to_owned).to_vec();
        let names = asked
            .names
            .filter(|names| !names.is_empty())
            .unwrap_or_else(usual);
        let asked = HuntAsked {
            query: asked.query,
            from: asked.from,
            to: asked.to,
            subject: asked.subject,
            ..HuntAsked::default()
        };
        let hunt = Hunt::begin(self, asker, &asked, "hunt.fields").await?;
        let fields = named(&names)?;
        let segments: Vec<Segment> = hunt.days.iter().flat_map(|(_, some)| some).cloned().collect();
        hunt.statistics(fields, &segments).await
    }
}

impl Hunt {
    /// Counts in one pass over the events. A field with more different values than such a pass keeps is counted by the engine, which
    /// spills to disk; that is a pass of its own.
    async fn statistics(
        &self,
        fields: Vec<(String, Field)>,
        segments: &[Segment],
    ) -> Result<HuntFields, ApiError> {
        let columns: Vec<String> = fields
            .iter()
            .enumerate()
            .map(|(at, (_, field))| format!("{} as v{at}", as_text(field)))
            .collect();
        let sql = format!(
            "select {} from events{}",
            columns.join(", "),
            self.scope.whole(None)
        );
        let limits = self.app.query_limits(1);
        let counts = self.app.lake.count_values(&sql, segments, limits, TOP).await?;
        let mut counted = Vec::with_capacity(fields.len());
        for ((name, field), column) in fields.into_iter().zip(counts.columns) {
            counted.push(match column.spread {
                Some(spread) => FieldStatistics {
                    name,
                    present: column.present,
                    distinct: spread.distinct,
                    top: spread.top.into_iter().map(value_count).collect(),
                },
                None => self.many(name, &field, segments).await?,
            });
        }
        Ok(HuntFields {
            events: counts.rows,
            fields: counted,
        })
    }

    /// One field, however many values it has.
    async fn many(
        &self,
        name: String,
        field: &Field,
        segments: &[Segment],
    ) -> Result<FieldStatistics, ApiError> {
        let (text, bare) = (as_text(field), plain(field));
        let condition = self.scope.whole(None);
        let and = if condition.is_empty() { " where" } else { " and" };
        let sql = format!(
            "select v, n, count(*) over () as kinds, sum(n) over () as present from \
             (select {text} as v, count(*) as n from events{condition}{and} {bare} is not null group by 1) as counted \
             order by n desc, v limit {TOP}"
        );
        let limits = self.app.query_limits(TOP);
        let found = rows(&self.app.lake.query(&sql, segments, limits).await?)?;
        let of_all = |column: &str| {
            let first = found.first().and_then(|row| row.number(column));
            first.unwrap_or_default().unsigned_abs()
        };
        let top = found.iter().map(|row| {
            let value = row.text("v").unwrap_or_default().to_owned();
            value_count((value, row.number("n").unwrap_or_default().unsigned_abs()))
        });
        Ok(FieldStatistics {
            name,
            present: of_all("present"),
            distinct: of_all("kinds"),
            top: top.collect(),
        })
    }
}

/// A value as it is shown: cut if it is long.
fn value_count((value, count): (String, u64)) -> ValueCount {
    ValueCount {
        value: value.chars().take(VALUE).collect(),
        count,
    }
}
