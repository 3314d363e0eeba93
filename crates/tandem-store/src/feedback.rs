//! What people concluded, and what it was about: for the precision of rules and detectors.

use std::collections::BTreeMap;

use tandem_domain::{Alert, Indicator, IndicatorId, Timestamp};

use crate::alerts::alert_row;
use crate::error::{StoreError, from_json};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch};

/// Indicators sought with one statement.
const IDS: usize = 400;
const DOING: &str = "reading what people concluded";

impl Store {
    /// Alerts that people concluded, with when they did so last, the newest day first; also those that a later analysis did not
    /// raise again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn concluded_alerts(&self, limit: usize) -> Result<Vec<(Alert, Timestamp)>, StoreError> {
        let text = "SELECT a.body, a.families, s.status, s.verdict, COALESCE((SELECT MAX(h.at) FROM alert_history h WHERE h.alert = a.id), 0) \
                    FROM alert_states s JOIN alerts a ON a.id = s.id WHERE s.status = 'closed' AND s.verdict IS NOT NULL \
                    ORDER BY a.day DESC, a.id LIMIT $1"
            .to_owned();
        fetch(&self.pool, text, vec![count(limit)], DOING)
            .await?
            .iter()
            .map(|row| Ok((alert_row(row)?.alert, Timestamp(row.int(4)?))))
            .collect()
    }

    /// Which detector made each of some indicators; those that are not kept any more are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn detectors_of(
        &self,
        ids: &[IndicatorId],
    ) -> Result<BTreeMap<IndicatorId, String>, StoreError> {
        let mut found = BTreeMap::new();
        for piece in ids.chunks(IDS) {
            let filter = among(piece);
            let text = format!("SELECT id, detector FROM indicators{}", filter.text());
            for row in &fetch(&self.pool, text, filter.cells(), DOING).await? {
                if let Some(id) = IndicatorId::parse(&row.text(0)?) {
                    found.insert(id, row.text(1)?);
                }
            }
        }
        Ok(found)
    }

    /// Some indicators whole; those that are not kept any more are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn indicators_with(&self, ids: &[IndicatorId]) -> Result<Vec<Indicator>, StoreError> {
        let mut found = Vec::new();
        for piece in ids.chunks(IDS) {
            let filter = among(piece);
            let text = format!(
                "SELECT body FROM indicators{} ORDER BY day, time, id",
                filter.text()
            );
            for row in &fetch(&self.pool, text, filter.cells(), DOING).await? {
                found.push(from_json("indicator", &row.text(0)?)?);
            }
        }
        Ok(found)
    }
}

fn among(ids: &[IndicatorId]) -> Where {
    let mut filter = Where::default();
    let places: Vec<String> = ids
        .iter()
        .map(|id| filter.value(Cell::Text(id.to_string())))
        .collect();
    filter.and_plain(&format!("id IN ({})", places.join(", ")));
    filter
}
