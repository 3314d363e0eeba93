//! Motive, way and impact as the API shows them, from what the reader may see.

use std::borrow::Cow;

use tandem_domain::{Indicator, Timestamp};
use tandem_score::motive::Spoken;
use tandem_score::{Impact, phases, spans};

use super::dto::{
    CauseView, ImpactView, MotiveView, PhaseDayView, PhaseSpanView, ReasonView, SpokenView, WayView,
};
use super::views::{Sight, withheld};

/// Days of the way that are told one by one.
const DAYS: usize = 120;

/// The indicators whose text somebody may see: a share or a state would tell of the others.
fn visible(sight: Sight, known: &[Indicator]) -> Cow<'_, [Indicator]> {
    if known.iter().any(|i| withheld(sight, i.group)) {
        let seen = known.iter().filter(|i| !withheld(sight, i.group));
        Cow::Owned(seen.cloned().collect())
    } else {
        Cow::Borrowed(known)
    }
}

/// The impact in numbers and words.
pub fn impact(impact: &Impact) -> ImpactView {
    ImpactView {
        level: impact.level,
        touched: impact.touched,
        reach: impact.reach,
        words: impact.words(),
    }
}

/// Why it may have happened.
pub fn motive(sight: Sight, known: &[Indicator], at: Timestamp) -> MotiveView {
    let seen = visible(sight, known);
    let view = tandem_score::motive(&seen, at);
    MotiveView {
        named: view.named.map(|cause| cause.as_str().to_owned()),
        unknown: view.unknown,
        causes: view
            .causes
            .iter()
            .map(|cause| CauseView {
                cause: cause.cause.as_str().to_owned(),
                share: cause.share,
                for_it: cause.for_it.iter().map(spoken).collect(),
                against: cause.against.iter().map(spoken).collect(),
            })
            .collect(),
        reason: view.reason.map(|reason| reason.as_str().to_owned()),
        reason_unknown: view.reason_unknown,
        reasons: view
            .reasons
            .iter()
            .map(|reason| ReasonView {
                reason: reason.reason.as_str().to_owned(),
                share: reason.share,
            })
            .collect(),
        suggests: view.suggests.iter().map(ToString::to_string).collect(),
        partial: seen.len() < known.len(),
    }
}

fn spoken(spoken: &Spoken) -> SpokenView {
    SpokenView {
        words: spoken.words.to_owned(),
        decibans: spoken.decibans,
        indicators: spoken.indicators.iter().map(ToString::to_string).collect(),
    }
}

/// The way somebody most likely went.
pub fn way(sight: Sight, known: &[Indicator], at: Timestamp) -> WayView {
    let seen = visible(sight, known);
    let days = phases(&seen, at);
    WayView {
        spans: spans(&days)
            .iter()
            .map(|span| PhaseSpanView {
                from: span.from.to_string(),
                to: span.to.to_string(),
                phase: span.phase.as_str().to_owned(),
                probability: span.probability,
                clear: span.is_clear(),
            })
            .collect(),
        days: days
            .iter()
            .skip(days.len().saturating_sub(DAYS))
            .map(|day| PhaseDayView {
                day: day.day.to_string(),
                phase: day.phase.as_str().to_owned(),
                probabilities: day.probabilities.to_vec(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use tandem_domain::{Day, IndicatorGroup, IndicatorId, Motive, SubjectId};

    use super::*;

    fn hr(motive: Motive) -> Indicator {
        Indicator {
            id: IndicatorId(1),
            subject: SubjectId("S-A".into()),
            time: Day(10).start(),
            known: Day(10).start(),
            group: IndicatorGroup::Employment,
            detector: "hr:denied_promotion".into(),
            title: "Promotion denied".into(),
            explanation: String::new(),
            weight: 3.0,
            half_life_days: None,
            until: None,
            threats: Vec::new(),
            motive: Some(motive),
            stage: None,
            object: None,
            techniques: Vec::new(),
            events: Vec::new(),
            event_count: 0,
            impact: 0,
        }
    }

    #[test]
    fn what_the_reader_may_not_see_moves_no_share_and_no_state() {
        let known = [hr(Motive::Grievance)];
        let technical = Sight {
            human_facts: false,
            evidence: true,
        };
        let at = Day(11).end();
        let blind = motive(technical, &known, at);
        assert!((blind.reason_unknown - 1.0).abs() < 1e-9);
        assert!(blind.partial);
        assert!(way(technical, &known, at).spans.is_empty());
        let sees = motive(Sight::ALL, &known, at);
        assert!(sees.reason_unknown < 1.0 && !sees.partial);
        assert!(!way(Sight::ALL, &known, at).spans.is_empty());
    }
}
