//! What past queues rested on, and the evidence that still counts: for filling them again under other settings.

use tandem_domain::{Day, Indicator, IndicatorGroup, Side, SubjectId};

use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, fetch};

const DOING: &str = "reading past queues";
/// Groups of which everything counts until it ends or has faded slowly: they are few, so all of them are read.
const LASTING: [IndicatorGroup; 5] = [
    IndicatorGroup::Access,
    IndicatorGroup::Employment,
    IndicatorGroup::RedFlag,
    IndicatorGroup::Hotline,
    IndicatorGroup::Mitigation,
];

impl Store {
    /// What the queues of some days rested on, as it was saved, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_days(&self, from: Day, to: Day) -> Result<Vec<(Day, Vec<u8>)>, StoreError> {
        let text = "SELECT day, body FROM queue_days WHERE day >= $1 AND day <= $2 ORDER BY day".to_owned();
        let cells = vec![Cell::Int(i64::from(from.0)), Cell::Int(i64::from(to.0))];
        fetch(&self.pool, text, cells, DOING)
            .await?
            .iter()
            .map(|r| Ok((Day(r.int(0)? as i32), r.blob(1)?)))
            .collect()
    }

    /// Everybody's indicators of red flags, hotline reports and employment context that became known from `from` to `to`, and all
    /// mitigation of that time; oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn human_side(&self, from: Day, to: Day) -> Result<Vec<Indicator>, StoreError> {
        let mut filter = Where::default();
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        let groups: Vec<String> = LASTING
            .iter()
            .filter(|group| group.side() == Side::Human)
            .map(|group| filter.value(Cell::Text(group.as_str().to_owned())))
            .collect();
        filter.and_plain(&format!("family IN ({})", groups.join(", ")));
        self.indicators(filter).await
    }

    /// Indicators that may still count: of behaviour and facts those that became known from `from` to `to`, of the other groups
    /// all until `to`; oldest first. Of one subject, or of everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn indicators_counting(
        &self,
        subject: Option<&SubjectId>,
        from: Day,
        to: Day,
    ) -> Result<Vec<Indicator>, StoreError> {
        let mut filter = Where::default();
        if let Some(subject) = subject {
            filter.and("subject = ?", Cell::Text(subject.0.clone()));
        }
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        let first = filter.value(Cell::Int(i64::from(from.0)));
        let lasting: Vec<String> = LASTING
            .iter()
            .map(|group| filter.value(Cell::Text(group.as_str().to_owned())))
            .collect();
        filter.and_plain(&format!("(day >= {first} OR family IN ({}))", lasting.join(", ")));
        self.indicators(filter).await
    }
}
