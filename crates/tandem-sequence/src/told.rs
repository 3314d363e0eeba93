//! A chain in plain words.

use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, Stage, Timestamp};

use crate::engine::{Chain, Found, Reached};
use crate::model::{Key, Sequence, Step, words};

/// What stands in a sentence for a step that people facts tell.
const HUMAN_SIDE: &str = "human-side context present";
/// Most events that are named of one step.
const EVENTS: usize = 5;

/// A chain as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStory {
    /// The sequence's id.
    pub sequence: String,
    /// Its title.
    pub title: String,
    /// The title for those who may not read employment facts.
    pub shown_as: String,
    /// True if the last step was reached.
    pub complete: bool,
    /// True if it counts as evidence: complete, or far enough.
    pub evidence: bool,
    /// The object that joins the steps; nothing if the subject does.
    pub key: Option<String>,
    /// Until when it could go on.
    pub until: Timestamp,
    /// Every step of the sequence, reached or not.
    pub steps: Vec<StepStory>,
}

/// A step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepStory {
    /// Its name.
    pub name: String,
    /// Stage on the way to harm.
    pub stage: Stage,
    /// True if it is an employment fact, which not everybody may read.
    pub human: bool,
    /// True if a chain may do without it.
    pub optional: bool,
    /// When it was reached; nothing if it was not.
    pub time: Option<Timestamp>,
    /// The object.
    pub object: Option<String>,
    /// Events it rests on.
    pub events: Vec<EventId>,
    /// How many objects or things.
    pub count: u64,
    /// What happened, in plain words; empty if it was not reached.
    pub sentence: String,
}

impl ChainStory {
    /// The texts in which a person's name may stand.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let steps = self.steps.iter_mut();
        let texts = steps.flat_map(|step| step.object.iter_mut().chain([&mut step.sentence]));
        self.key.iter_mut().chain(texts)
    }

    /// The chain as far as it had come at `at`; nothing if that was less than two steps.
    pub fn as_of(mut self, at: Timestamp) -> Option<Self> {
        for step in &mut self.steps {
            if step.time.is_some_and(|time| time > at) {
                (step.time, step.object, step.events, step.count) = (None, None, Vec::new(), 0);
                step.sentence.clear();
                (self.complete, self.evidence) = (false, false);
            }
        }
        if self.key.is_some() {
            let named = self.steps.iter().rev().find_map(|step| step.object.clone());
            self.key = named;
        }
        let reached = self.steps.iter().filter(|step| step.time.is_some()).count();
        (reached >= 2).then_some(self)
    }
}

/// A chain step by step.
pub fn tell(sequence: &Sequence, chain: &Chain) -> ChainStory {
    let reached = |at: usize| {
        chain
            .reached
            .iter()
            .find(|reached| usize::from(reached.step) == at)
    };
    let furthest = chain
        .reached
        .last()
        .map_or(0, |reached| usize::from(reached.step));
    ChainStory {
        sequence: sequence.id.clone(),
        title: sequence.title.clone(),
        shown_as: sequence.shown_as.clone(),
        complete: chain.complete,
        evidence: furthest >= sequence.enough(),
        key: (sequence.key == Key::Object).then(|| object(chain)).flatten(),
        until: chain.first().plus_micros(sequence.within),
        steps: sequence
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| story(step, reached(at)))
            .collect(),
    }
}

fn story(step: &Step, reached: Option<&Reached>) -> StepStory {
    let events = reached.iter().flat_map(|reached| {
        let all = reached
            .id()
            .into_iter()
            .chain(reached.others.iter().map(|id| EventId(*id)));
        all.take(EVENTS)
    });
    StepStory {
        name: step.name.clone(),
        stage: step.stage,
        human: step.is_fact(),
        optional: step.optional,
        time: reached.map(|reached| reached.time),
        object: reached
            .map(|reached| reached.object.clone())
            .filter(|object| !object.is_empty()),
        events: events.collect(),
        count: reached.map_or(0, |reached| reached.count),
        sentence: reached.map(|reached| sentence(step, reached)).unwrap_or_default(),
    }
}

fn sentence(step: &Step, reached: &Reached) -> String {
    let object = if reached.object.is_empty() {
        "something"
    } else {
        &reached.object
    };
    // The object's text is the source's: it is put in last, so that nothing in it is filled.
    let said = step.says.replace("{count}", &reached.count.to_string());
    let mut text = said.replace("{object}", object);
    if let Some(first) = text.chars().next().filter(|_| !said.starts_with('{')) {
        let rest = text.split_off(first.len_utf8());
        text = format!("{}{rest}", first.to_uppercase());
    }
    text.push('.');
    text
}

/// The object a chain is about: that of the step reached last, else an earlier one's.
fn object(chain: &Chain) -> Option<String> {
    let mut named = chain
        .reached
        .iter()
        .rev()
        .filter(|reached| !reached.object.is_empty());
    named.next().map(|reached| reached.object.clone())
}

/// Why a chain is evidence, in plain sentences. Employment facts are not told: who may read them sees them in the chain.
pub fn explanation(sequence: &Sequence, found: &Found) -> String {
    let story = tell(sequence, &found.chain);
    let reached: Vec<_> = story.steps.iter().filter(|step| step.time.is_some()).collect();
    // From the first event on: how long ago something was that people facts say is not told.
    let logged = found.chain.reached.iter().find(|reached| reached.event != 0);
    let took = logged.map_or(0, |first| found.chain.last().0.saturating_sub(first.since.0));
    let within = if took == 0 {
        String::new()
    } else {
        format!(", within {}", words(took))
    };
    let mut text = format!(
        "{} of {} steps in order{within}:",
        reached.len(),
        story.steps.len()
    );
    for step in reached {
        let time = step.time.map(short).unwrap_or_default();
        if step.human {
            text.push_str(&format!(" First, {HUMAN_SIDE}."));
        } else {
            text.push_str(&format!(" {time}: {}", step.sentence));
        }
    }
    if found.more > 0 {
        let (is, s) = if found.more == 1 { ("is", "") } else { ("are", "s") };
        text.push_str(&format!(
            " There {is} {} further such chain{s} that day.",
            found.more
        ));
    }
    text.push_str(" Times are in UTC.");
    text
}

/// `2026-05-04 09:12`.
fn short(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}

#[cfg(test)]
mod tests;
