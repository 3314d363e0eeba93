//! Chains of acts of a subject, as they stood at a moment.

use std::collections::BTreeSet;

use tandem_domain::{SubjectId, Timestamp};
use tandem_sequence::ChainStory;

use super::ServiceError;
use crate::api::dto::ChainView;
use crate::api::views::{self, Sight};
use crate::app::App;

/// How far back chains are looked for, days.
const BACK: i32 = 120;
/// Chains shown that count as evidence.
const EVIDENCE: usize = 20;
/// Chains shown that may still go on.
const OPEN: usize = 8;

impl App {
    /// A subject's chains as they stood at `at`: first those that count as evidence, then those that could still go on at that moment,
    /// each kind latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn chains(
        &self,
        sight: Sight,
        subject: &SubjectId,
        at: Timestamp,
    ) -> Result<Vec<ChainView>, ServiceError> {
        let rows = self
            .store
            .chains_of(subject, at.day().plus(-BACK), at.day())
            .await?;
        let mut seen = BTreeSet::new();
        let mut stories = Vec::new();
        for (_, row) in rows {
            // Of a chain that went on on several days, the latest one is as far as it came.
            if !seen.insert(row.id) {
                continue;
            }
            let story: ChainStory = serde_json::from_str(&row.body)?;
            stories.extend(story.as_of(at));
        }
        stories.sort_by_key(|story| std::cmp::Reverse(last(story)));
        let (evidence, open): (Vec<_>, Vec<_>) = stories.into_iter().partition(|story| story.evidence);
        // What became evidence later is told as that, and of two open ones about the same thing one.
        let mut told = BTreeSet::new();
        let open = open.into_iter().filter(|story| {
            let became = |known: &ChainStory| mark(known) == mark(story) && last(known) >= last(story);
            story.until >= at && !evidence.iter().any(became) && told.insert(mark(story))
        });
        let open: Vec<_> = open.take(OPEN).collect();
        let shown = evidence.into_iter().take(EVIDENCE).chain(open);
        Ok(shown.map(|story| views::chain(sight, &story)).collect())
    }
}

fn last(story: &ChainStory) -> Option<Timestamp> {
    story.steps.iter().filter_map(|step| step.time).max()
}

/// What a chain is about.
fn mark(story: &ChainStory) -> (String, Option<String>) {
    (story.sequence.clone(), story.key.clone())
}
