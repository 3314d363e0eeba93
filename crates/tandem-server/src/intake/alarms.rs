//! What is wrong with a source, in plain words.

use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sources::{HealthNow, Phase};

use super::marks::{Gap, Mark};

const MINUTE: i64 = 60 * MICROS_PER_SECOND;
/// A clock this far ahead is wrong: NTP keeps machines within a second, and batches make times older, never newer.
const SKEW: i64 = 2 * MINUTE;
/// Events older than this when they come are late.
const LATE: i64 = 60 * MINUTE;
/// How long a gap is told.
const GAP_TOLD: i64 = 24 * 60 * MINUTE;
/// How long a lag is told after it was last seen.
const SEEN: i64 = 60 * MINUTE;

/// What kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// It does not run.
    Failing,
    /// Nothing has come for longer than it may be silent.
    Silent,
    /// It was silent, and speaks again.
    Gap,
    /// Its events come late.
    Lag,
    /// Its clock is ahead.
    ClockSkew,
    /// No rule can see its events.
    UnknownFormat,
}

/// Something that people should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What kind.
    pub kind: AlarmKind,
    /// Since when, as far as is known.
    pub since: Option<Timestamp>,
    /// What, why, and what to do.
    pub sentence: String,
}

/// What is wrong with a source of the settings, the most urgent first. `silent_after` is in minutes; 0 for never.
pub fn alarms(
    health: &HealthNow,
    mark: &Mark,
    silent_after: u64,
    begun: Timestamp,
    now: Timestamp,
) -> Vec<Alarm> {
    let mut found = Vec::new();
    if health.phase == Phase::Failing {
        let (since, why) = match &health.trouble {
            Some((at, why)) => (Some(*at), why.clone()),
            None => (None, "it is not known why".to_owned()),
        };
        found.push(Alarm {
            kind: AlarmKind::Failing,
            since,
            sentence: format!("This source does not run: {why}. It is started again by itself."),
        });
    }
    let last = mark.last.or(health.last);
    let allowed = i64::try_from(silent_after)
        .unwrap_or(i64::MAX)
        .saturating_mul(MINUTE);
    let waited = now.0.saturating_sub(last.unwrap_or(begun).0);
    if silent_after > 0 && waited > allowed {
        let ago = span(waited);
        let sentence = if last.is_some() {
            format!(
                "This source has been silent for {ago}. See whether its sender runs and reaches Tandem; \
                 if it is often silent, raise `silent_after_minutes`."
            )
        } else {
            format!(
                "Nothing has come from this source since Tandem began to wait for it {ago} ago. See whether its sender is set up."
            )
        };
        found.push(Alarm {
            kind: AlarmKind::Silent,
            since: last,
            sentence,
        });
    }
    let recent = |gap: &&Gap| now.0.saturating_sub(gap.to.0) < GAP_TOLD;
    found.extend(mark.gaps.iter().rev().take(3).filter(recent).map(|gap| Alarm {
        kind: AlarmKind::Gap,
        since: Some(gap.from),
        sentence: format!(
            "Nothing came for {} until {}. Whether records are missing only its sender can tell.",
            span(gap.to.0.saturating_sub(gap.from.0)),
            gap.to
        ),
    }));
    if let Some((ahead, seen)) = mark.ahead
        && ahead > SKEW
    {
        found.push(Alarm {
            kind: AlarmKind::ClockSkew,
            since: Some(seen),
            sentence: format!(
                "Events came with a time {} in the future: the clock of a sender, or the time zone set for this source, is wrong.",
                span(ahead)
            ),
        });
    }
    if let Some((behind, seen)) = mark.behind
        && behind > LATE
        && now.0.saturating_sub(seen.0) < SEEN
    {
        found.push(Alarm {
            kind: AlarmKind::Lag,
            since: Some(seen),
            sentence: format!(
                "The newest event of the last delivery was {} old. The sender lags, reads an old log, or has a wrong clock or time zone.",
                span(behind)
            ),
        });
    }
    found.sort_by_key(|alarm| alarm.kind);
    found
}

/// A length of time in words.
fn span(micros: i64) -> String {
    let minutes = micros / MINUTE;
    let counted = |number: i64, what: &str| {
        if number == 1 {
            format!("1 {what}")
        } else {
            format!("{number} {what}s")
        }
    };
    match minutes {
        ..120 => counted(minutes.max(1), "minute"),
        120..2880 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_700_000_000 * MICROS_PER_SECOND + minutes * MINUTE)
    }

    fn kinds(mark: &Mark, health: &HealthNow, now: Timestamp) -> Vec<AlarmKind> {
        alarms(health, mark, 120, at(0), now)
            .iter()
            .map(|alarm| alarm.kind)
            .collect()
    }

    #[test]
    fn a_source_is_silent_after_the_time_that_it_may_be() {
        let mark = Mark {
            last: Some(at(0)),
            ..Mark::default()
        };
        let health = HealthNow::default();
        assert!(kinds(&mark, &health, at(120)).is_empty());
        assert_eq!(kinds(&mark, &health, at(121)), [AlarmKind::Silent]);
        let told = alarms(&health, &mark, 120, at(0), at(180));
        assert!(
            told[0].sentence.contains("silent for 3 hours"),
            "{}",
            told[0].sentence
        );
        assert!(
            alarms(&health, &mark, 0, at(0), at(100_000)).is_empty(),
            "0 is never"
        );
    }

    #[test]
    fn a_source_that_never_spoke_is_told_since_the_start() {
        let told = alarms(&HealthNow::default(), &Mark::default(), 120, at(0), at(121));
        assert_eq!((told[0].kind, told[0].since), (AlarmKind::Silent, None));
    }

    #[test]
    fn a_gap_a_lag_and_a_wrong_clock_are_told_and_end() {
        let mark = Mark {
            last: Some(at(300)),
            gaps: vec![Gap {
                from: at(0),
                to: at(300),
            }],
            ahead: Some((5 * MINUTE, at(300))),
            behind: Some((90 * MINUTE, at(300))),
        };
        let health = HealthNow::default();
        let all = [AlarmKind::Gap, AlarmKind::Lag, AlarmKind::ClockSkew];
        assert_eq!(kinds(&mark, &health, at(301)), all);
        let later = kinds(&mark, &health, at(300 + 24 * 60));
        assert!(!later.contains(&AlarmKind::Gap) && !later.contains(&AlarmKind::Lag));
    }

    #[test]
    fn what_does_not_run_comes_first_with_its_reason() {
        let health = HealthNow {
            phase: Phase::Failing,
            trouble: Some((at(1), "the port is in use".into())),
            ..HealthNow::default()
        };
        let told = alarms(&health, &Mark::default(), 120, at(0), at(500));
        assert_eq!(told[0].kind, AlarmKind::Failing);
        assert!(told[0].sentence.contains("the port is in use"));
    }
}
