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
        let events = hunt.count(&segments).await?;
        let mut counted = Vec::new();
        for (name, field) in fields {
            counted.push(hunt.statistics(name, &field, &segments).await?);
        }
        Ok(HuntFields {
            events,
            fields: counted,
        })
    }
}

impl Hunt {
    /// How many events there are.
    async fn count(&self, segments: &[Segment]) -> Result<u64, ApiError> {
        let sql = format!("select count(*) as n from events{}", self.scope.whole(None));
        let limits = self.app.query_limits(1);
        let found = rows(&self.app.lake.query(&sql, segments, limits).await?)?;
        let count = found.first().and_then(|row| row.number("n"));
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    async fn statistics(
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
        let top = found.iter().map(|row| ValueCount {
            value: row.text("v").unwrap_or_default().chars().take(VALUE).collect(),
            count: row.number("n").unwrap_or_default().unsigned_abs(),
        });
        Ok(FieldStatistics {
            name,
            present: of_all("present"),
            distinct: of_all("kinds"),
            top: top.collect(),
        })
    }
}
