//! Detector output becomes indicators: rule matches, correlations, behaviour.

use std::collections::BTreeMap;

use tandem_baseline::DayScore;
use tandem_detect::Rule;
use tandem_domain::{Day, EventId, Indicator, IndicatorGroup, IndicatorId, SubjectId, Timestamp};
use tandem_score::{Model, behaviour_weight, fact_weight};
use xxhash_rust::xxh3::xxh3_128;

/// Most events an indicator names.
const EVENTS: usize = 50;
/// What the title of an unusual day begins with; the channel that did most follows in words.
pub const UNUSUAL_DAY: &str = "unusual day: ";

/// What one rule saw of one subject on one day.
#[derive(Debug, Clone)]
pub struct RuleDay<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Who.
    pub subject: SubjectId,
    /// First match.
    pub first: Timestamp,
    /// Last match.
    pub last: Timestamp,
    /// Matches.
    pub count: u64,
    /// Events, at most 50.
    pub events: Vec<EventId>,
    /// Objects acted upon, with how often.
    pub objects: BTreeMap<String, u64>,
    /// What the rule says in plain words about its first match.
    pub sentence: String,
    /// Further matches that the rule's suppression window held back, today's and those of earlier days that were not told of.
    pub held_back: u64,
    /// The most critical asset among the objects, and how critical it is, 0 to 3.
    pub asset: Option<(String, u8)>,
}

impl<'a> RuleDay<'a> {
    /// An empty day of a rule.
    pub fn new(rule: &'a Rule, subject: SubjectId, first: Timestamp) -> Self {
        Self {
            rule,
            subject,
            first,
            last: first,
            count: 0,
            events: Vec::new(),
            objects: BTreeMap::new(),
            sentence: String::new(),
            held_back: 0,
            asset: None,
        }
    }

    /// Takes the plain words of a match, the first one's only; an account's name gives way to the pseudonym.
    pub fn say(&mut self, sentence: &str, account: &str) {
        if self.sentence.is_empty() {
            let hidden = if account.is_empty() {
                sentence.to_owned()
            } else {
                sentence.replace(account, self.subject.as_str())
            };
            hidden.trim_end_matches('.').clone_into(&mut self.sentence);
        }
    }

    /// Adds one match.
    pub fn add(&mut self, time: Timestamp, events: &[EventId], object: Option<&str>, count: u64) {
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.count += count;
        let room = EVENTS.saturating_sub(self.events.len());
        self.events.extend(events.iter().take(room));
        if let Some(object) = object.filter(|_| self.objects.len() < 100) {
            *self.objects.entry(object.to_owned()).or_default() += 1;
        }
    }

    /// Adds matches that the rule's suppression window held back, with the events that are known of them.
    pub fn hold_back(&mut self, matches: u64, events: &[EventId]) {
        self.held_back += matches;
        let room = EVENTS.saturating_sub(self.events.len());
        self.events.extend(events.iter().take(room));
    }

    /// The indicator, or nothing for a rule whose level carries no weight (it only feeds correlations and searches).
    pub fn indicator(self) -> Option<Indicator> {
        let weight = fact_weight(self.rule.level.as_str());
        if weight <= 0.0 {
            return None;
        }
        let detector = format!("rule:{}", self.rule.id);
        let object = self
            .objects
            .iter()
            .max_by_key(|(name, n)| (**n, std::cmp::Reverse(name.as_str())))
            .map(|(o, _)| o.clone());
        Some(Indicator {
            id: content_id(&self.subject, &detector, self.first.day()),
            time: self.last,
            known: self.last,
            group: IndicatorGroup::Fact,
            explanation: self.explanation(object.as_deref()),
            title: self.rule.title.clone(),
            weight,
            half_life_days: Model::group(IndicatorGroup::Fact).half_life_days,
            until: None,
            threats: self.rule.insider.threats.clone(),
            motive: self.rule.insider.motive,
            stage: self.rule.insider.stage,
            object,
            techniques: self.rule.insider.techniques.clone(),
            event_count: self.count + self.held_back,
            // What a rule says of its objects in general, or what the company says of this one.
            impact: self
                .rule
                .insider
                .impact
                .max(self.asset.as_ref().map_or(0, |(_, step)| *step)),
            events: self.events,
            subject: self.subject,
            detector,
        })
    }

    fn explanation(&self, object: Option<&str>) -> String {
        let mut text = if self.sentence.is_empty() {
            self.rule.title.clone()
        } else {
            self.sentence.clone()
        };
        if self.count > 1 {
            text.push_str(&format!("; {} times that day", self.count));
        }
        if self.held_back > 0
            && let Some(suppress) = &self.rule.insider.suppress
        {
            let further = if self.held_back == 1 {
                "1 further match was".to_owned()
            } else {
                format!("{} further matches were", self.held_back)
            };
            text.push_str(&format!(
                "; {further} held back by the rule's window of {}",
                suppress.words()
            ));
        }
        match (object, self.objects.len()) {
            (Some(object), 1) if !text.contains(object) => text.push_str(&format!(" ({object})")),
            (Some(object), n) if n > 1 => text.push_str(&format!(" (on {n} objects, most often {object})")),
            _ => {}
        }
        text.push('.');
        if let Some((name, step)) = self.asset.as_ref().filter(|(_, step)| *step >= 2) {
            let how = if *step >= 3 {
                "a crown jewel"
            } else {
                "of high criticality"
            };
            text.push_str(&format!(" The list of assets names {name} as {how}."));
        }
        text
    }
}

/// One day's behaviour as an indicator, or nothing if the day was usual.
pub fn behaviour(subject: &SubjectId, day: Day, score: &DayScore) -> Option<Indicator> {
    let weight = behaviour_weight(score.p);
    if !score.warm || weight <= 0.0 {
        return None;
    }
    let mut channels: Vec<_> = score.channels.iter().filter(|c| c.contribution > 0.0).collect();
    channels.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let first = channels.first()?;
    let detector = "behaviour".to_owned();
    let sentences: Vec<_> = channels.iter().take(4).map(|c| c.sentence.as_str()).collect();
    let odds = 1.0 / score.p.max(1e-6);
    Some(Indicator {
        id: content_id(subject, &detector, day),
        subject: subject.clone(),
        time: day.end(),
        known: day.end(),
        group: IndicatorGroup::Behaviour,
        title: format!("{UNUSUAL_DAY}{}", first.channel.words()),
        explanation: format!(
            "{} A day this unusual comes about once in {odds:.0} days of a person like this.",
            sentences.join(" ")
        ),
        weight,
        half_life_days: Model::group(IndicatorGroup::Behaviour).half_life_days,
        until: None,
        threats: Vec::new(),
        motive: None,
        stage: None,
        object: None,
        techniques: Vec::new(),
        events: Vec::new(),
        event_count: channels.len() as u64,
        impact: 0,
        detector,
    })
}

/// The id that a replay finds again: subject, detector and day.
pub fn content_id(subject: &SubjectId, detector: &str, day: Day) -> IndicatorId {
    IndicatorId(xxh3_128(format!("{subject}|{detector}|{}", day.0).as_bytes()))
}
