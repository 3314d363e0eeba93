//! Subjects and their scores over time.

use sqlx::any::AnyRow;
use tandem_domain::{Day, SubjectId};

use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch};

const DOING: &str = "reading subjects";
/// People whose pseudonyms are read with one statement.
const AT_ONCE: usize = 400;

/// A score at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// Who.
    pub subject: SubjectId,
    /// Decibans.
    pub score: f64,
    /// Band.
    pub level: String,
}

impl ScoreRow {
    pub(crate) fn cells(self, day: Day) -> Vec<Cell> {
        vec![
            Cell::Text(self.subject.0),
            Cell::Int(i64::from(day.0)),
            Cell::Real(self.score),
            Cell::Text(self.level),
        ]
    }
}

/// A subject as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectRow {
    /// Pseudonym.
    pub subject: SubjectId,
    /// The person's key in the people facts; never leaves the server.
    pub person: String,
    /// Decibans.
    pub score: f64,
    /// Band.
    pub level: String,
    /// Department as known.
    pub department: String,
    /// Role as known.
    pub role: String,
    /// Kind of person.
    pub kind: String,
    /// Everything else that lists show, JSON.
    pub body: String,
}

impl SubjectRow {
    pub(crate) fn cells(self, day: Day) -> Vec<Cell> {
        vec![
            Cell::Text(self.subject.0),
            Cell::Text(self.person),
            Cell::Int(i64::from(day.0)),
            Cell::Real(self.score),
            Cell::Text(self.level),
            Cell::Text(self.department),
            Cell::Text(self.role),
            Cell::Text(self.kind),
            Cell::Text(self.body),
        ]
    }
}

/// Which subjects.
#[derive(Debug, Clone, Default)]
pub struct SubjectFilter {
    /// Part of pseudonym, department or role.
    pub text: Option<String>,
    /// Any of these levels.
    pub levels: Vec<String>,
    /// This department.
    pub department: Option<String>,
    /// `score`, `id` or `department`.
    pub sort: String,
    /// How many.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
}

impl SubjectFilter {
    fn condition(&self) -> Where {
        let mut filter = Where::default();
        if let Some(text) = &self.text {
            let text = text.to_lowercase();
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let pattern = format!("%{escaped}%");
            filter.and(
                "LOWER(subject || ' ' || department || ' ' || role) LIKE ? ESCAPE '\\'",
                Cell::Text(pattern),
            );
        }
        if let Some(department) = &self.department {
            filter.and("department = ?", Cell::Text(department.clone()));
        }
        if !self.levels.is_empty() {
            let marks: Vec<String> = self
                .levels
                .iter()
                .map(|l| filter.value(Cell::Text(l.clone())))
                .collect();
            filter.and_plain(&format!("level IN ({})", marks.join(", ")));
        }
        filter
    }
}

const COLUMNS: &str = "subject, person, score, level, department, role, kind, body";

fn subject_row(r: &AnyRow) -> Result<SubjectRow, StoreError> {
    Ok(SubjectRow {
        subject: SubjectId(r.text(0)?),
        person: r.text(1)?,
        score: r.real(2)?,
        level: r.text(3)?,
        department: r.text(4)?,
        role: r.text(5)?,
        kind: r.text(6)?,
        body: r.text(7)?,
    })
}

impl Store {
    /// Subjects that match.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects(&self, filter: &SubjectFilter) -> Result<Vec<SubjectRow>, StoreError> {
        let order = match filter.sort.as_str() {
            "id" => "subject",
            "department" => "department, score DESC, subject",
            _ => "score DESC, subject DESC",
        };
        let mut condition = filter.condition();
        let limit = condition.value(count(filter.limit));
        let offset = condition.value(count(filter.offset));
        let text = format!(
            "SELECT {COLUMNS} FROM subjects{} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
            condition.text()
        );
        fetch(&self.pool, text, condition.cells(), DOING)
            .await?
            .iter()
            .map(subject_row)
            .collect()
    }

    /// How many subjects match; limit and offset do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_subjects(&self, filter: &SubjectFilter) -> Result<u64, StoreError> {
        let condition = filter.condition();
        let text = format!("SELECT COUNT(*) FROM subjects{}", condition.text());
        let rows = fetch(&self.pool, text, condition.cells(), DOING).await?;
        rows.first().map_or(Ok(0), |r| r.int(0).map(i64::unsigned_abs))
    }

    /// Every person's key with its pseudonym, in the order of the pseudonyms.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pseudonyms(&self) -> Result<Vec<(String, SubjectId)>, StoreError> {
        let text = "SELECT person, subject FROM subjects ORDER BY subject".to_owned();
        let rows = fetch(&self.pool, text, Vec::new(), DOING).await?;
        rows.iter()
            .map(|r| Ok((r.text(0)?, SubjectId(r.text(1)?))))
            .collect()
    }

    /// The pseudonyms of some people, by their keys; who has none is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pseudonyms_of(&self, people: &[String]) -> Result<Vec<(String, SubjectId)>, StoreError> {
        let mut found = Vec::new();
        for piece in people.chunks(AT_ONCE) {
            let mut filter = Where::default();
            let places: Vec<String> = piece
                .iter()
                .map(|person| filter.value(Cell::Text(person.clone())))
                .collect();
            filter.and_plain(&format!("person IN ({})", places.join(", ")));
            let text = format!("SELECT person, subject FROM subjects{}", filter.text());
            for row in &fetch(&self.pool, text, filter.cells(), DOING).await? {
                found.push((row.text(0)?, SubjectId(row.text(1)?)));
            }
        }
        Ok(found)
    }

    /// One subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject(&self, subject: &SubjectId) -> Result<Option<SubjectRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM subjects WHERE subject = $1");
        fetch(&self.pool, text, vec![Cell::Text(subject.0.clone())], DOING)
            .await?
            .first()
            .map(subject_row)
            .transpose()
    }

    /// A subject's scores from `from` to `to`, oldest first; days without evidence have none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scores_of(
        &self,
        subject: &SubjectId,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, f64, String)>, StoreError> {
        let text = "SELECT day, score, level FROM scores WHERE subject = $1 AND day >= $2 AND day <= $3 ORDER BY day".to_owned();
        let cells = vec![
            Cell::Text(subject.0.clone()),
            Cell::Int(i64::from(from.0)),
            Cell::Int(i64::from(to.0)),
        ];
        let rows = fetch(&self.pool, text, cells, DOING).await?;
        rows.iter()
            .map(|r| Ok((Day(r.int(0)? as i32), r.real(1)?, r.text(2)?)))
            .collect()
    }
}
