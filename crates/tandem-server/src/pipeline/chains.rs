//! Chains of acts become indicators, and rows that show each step.

use tandem_domain::{Indicator, IndicatorGroup, SubjectId};
use tandem_people::FactIndicator;
use tandem_score::{Model, fact_weight};
use tandem_sequence::{
    Chain, ChainStory, DayOutcome, EmploymentFact, FactStep, Found, Sequence, Sequences, explanation, tell,
};
use tandem_store::ChainRow;
use xxhash_rust::xxh3::xxh3_128;

use super::indicators::content_id;

/// Most events an indicator names.
const EVENTS: usize = 50;

/// A chain of one subject, step by step.
pub(super) struct Told {
    /// Whose.
    pub(super) subject: SubjectId,
    /// Its steps.
    pub(super) story: ChainStory,
    id: String,
}

/// What a day's chains come to.
pub(super) struct DayChains {
    /// Of chains that count.
    pub(super) indicators: Vec<Indicator>,
    /// Of all that went on.
    pub(super) stories: Vec<Told>,
}

impl DayChains {
    /// As they are kept, once names are taken out.
    ///
    /// # Errors
    /// Never for stories that were told here.
    pub(super) fn rows(&self) -> Result<Vec<ChainRow>, serde_json::Error> {
        let row = |told: &Told| {
            Ok(ChainRow {
                id: told.id.clone(),
                subject: told.subject.clone(),
                body: serde_json::to_string(&told.story)?,
            })
        };
        self.stories.iter().map(row).collect()
    }
}

/// The employment facts among those that became known: they may be steps.
pub(super) fn fact_steps(facts: &[FactIndicator]) -> Vec<FactStep> {
    let step = |told: &FactIndicator| {
        let name = told.indicator.detector.strip_prefix("hr:")?;
        Some(FactStep {
            subject: told.person.to_string(),
            fact: EmploymentFact::parse(name)?,
            // Nothing may come after a fact that was not known then.
            time: told.indicator.time.max(told.indicator.known),
        })
    };
    facts.iter().filter_map(step).collect()
}

/// Indicators and stories of a day. `subject` gives the pseudonym of a person's key.
pub(super) fn told(
    book: &Sequences,
    outcome: &DayOutcome,
    subject: &mut impl FnMut(&str) -> SubjectId,
) -> DayChains {
    let mut all = DayChains {
        indicators: Vec::new(),
        stories: Vec::new(),
    };
    for found in &outcome.found {
        let Some(sequence) = book.get(&found.chain.sequence) else {
            continue;
        };
        let told = story(sequence, &found.chain, subject(&found.chain.subject));
        all.indicators.push(indicator(sequence, found, &told));
        all.stories.push(told);
    }
    for chain in &outcome.open {
        if let Some(sequence) = book.get(&chain.sequence) {
            all.stories.push(story(sequence, chain, subject(&chain.subject)));
        }
    }
    all
}

/// A chain keeps its id from day to day while it goes on from the same beginning.
fn story(sequence: &Sequence, chain: &Chain, subject: SubjectId) -> Told {
    let event = chain.reached.first().map_or(0, |first| first.event);
    let mark = format!("{subject}|{}|{}|{event}", sequence.id, chain.first().0);
    Told {
        subject,
        story: tell(sequence, chain),
        id: format!("{:032x}", xxh3_128(mark.as_bytes())),
    }
}

fn indicator(sequence: &Sequence, found: &Found, told: &Told) -> Indicator {
    let detector = format!("sequence:{}", sequence.id);
    let last = found.chain.last();
    let reached = || told.story.steps.iter().filter(|step| step.time.is_some());
    let mut events: Vec<_> = reached().flat_map(|step| step.events.iter().copied()).collect();
    events.truncate(EVENTS);
    let named = || reached().rev().find_map(|step| step.object.clone());
    Indicator {
        id: content_id(&told.subject, &detector, last.day()),
        subject: told.subject.clone(),
        time: last,
        known: last,
        group: IndicatorGroup::Fact,
        title: sequence.shown_as.clone(),
        explanation: explanation(sequence, found),
        weight: fact_weight(sequence.level.as_str()),
        half_life_days: Model::group(IndicatorGroup::Fact).half_life_days,
        until: None,
        threats: sequence.threats.clone(),
        motive: sequence.motive,
        stage: reached().next_back().map(|step| step.stage),
        object: told.story.key.clone().or_else(named),
        techniques: sequence.techniques.clone(),
        event_count: events.len() as u64,
        events,
        impact: sequence.impact,
        detector,
    }
}
