//! From one day's indicators of a subject to one alert candidate: title, sentences, threat.

use tandem_domain::{Day, Indicator, IndicatorGroup};
use tandem_score::{Candidate, Explanation, RowKind, is_technical};

/// Most sentences of an alert.
const SENTENCES: usize = 5;
/// Most indicators an alert lists.
const LISTED: usize = 40;
/// An indicator that adds less than this is not worth a sentence, decibans.
const WORTH_SAYING: f64 = 0.5;

/// Says a candidate in words: title, sentences, and what it rests on.
///
/// `live` are the subject's indicators, `day` the day of the queue.
pub fn complete(candidate: &mut Candidate, explanation: &Explanation, live: &[Indicator], day: Day) {
    let rows = rows(explanation, live, day);
    candidate.title = title(&rows);
    candidate.sentences = sentences(&rows);
    candidate.indicators = rows.iter().take(LISTED).map(|(_, i)| i.id).collect();
}

/// The title of what an explanation rests on.
pub fn title_of(explanation: &Explanation, live: &[Indicator], day: Day) -> String {
    title(&rows(explanation, live, day))
}

/// What adds and takes away, with the indicator of each: what happened today before what lingers, heaviest first.
fn rows<'a>(explanation: &Explanation, live: &'a [Indicator], day: Day) -> Vec<(f64, &'a Indicator)> {
    let mut rows: Vec<_> = explanation
        .rows
        .iter()
        .filter(|row| row.kind == RowKind::Indicator)
        .filter_map(|row| {
            Some((
                row.contribution,
                live.iter().find(|i| Some(i.id) == row.indicator)?,
            ))
        })
        .collect();
    // Heaviest first; what happened today before what lingers.
    rows.sort_by(|a, b| {
        let today = |i: &Indicator| i.known.day() == day;
        today(b.1)
            .cmp(&today(a.1))
            .then(b.0.abs().total_cmp(&a.0.abs()))
            .then(a.1.id.cmp(&b.1.id))
    });
    rows
}

fn title(rows: &[(f64, &Indicator)]) -> String {
    let technical: Vec<_> = rows
        .iter()
        .filter(|(c, i)| *c >= WORTH_SAYING && is_technical(i))
        .collect();
    let Some((_, first)) = technical.first() else {
        return "accumulated evidence".to_owned();
    };
    match technical
        .iter()
        .skip(1)
        .map(|(_, i)| i.title.as_str())
        .find(|t| *t != first.title)
    {
        Some(second) => format!("{}; {}", first.title, second),
        None => first.title.clone(),
    }
}

fn sentences(rows: &[(f64, &Indicator)]) -> Vec<String> {
    let mut said = Vec::new();
    for (contribution, indicator) in rows {
        // Who may read human-side facts depends on the reader, so they are added when the alert is shown.
        let sensitive = matches!(
            indicator.group,
            IndicatorGroup::Employment | IndicatorGroup::RedFlag | IndicatorGroup::Hotline
        );
        if sensitive || contribution.abs() < WORTH_SAYING || said.len() >= SENTENCES {
            continue;
        }
        let text = format!("{}: {}", indicator.time.day(), indicator.explanation);
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}
