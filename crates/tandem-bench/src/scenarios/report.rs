//! Tables for people, figures for programs.

use serde_json::{Map, Value};
use tandem_domain::Alert;

use super::Judgement;

/// Prints one company's outcome.
pub fn seed(seed: u64, judged: &Judgement) {
    println!(
        "\nseed {seed}: {} subjects, {} alerts on {} days",
        judged.subjects, judged.alerts, judged.days
    );
    println!(
        "{:<22} {:<10} {:<10} {:<10} {:<10} {:>8}",
        "story", "first act", "harm", "first", "in time", "best dB"
    );
    for outcome in &judged.stories {
        let story = &outcome.story;
        println!(
            "{:<22} {:<10} {:<10} {:<10} {:<10} {:>8.1}",
            story.id,
            story.first_act.day().to_string(),
            story.harm_complete.day().to_string(),
            outcome
                .alerts
                .first()
                .map_or_else(|| "-".to_owned(), |a| a.day.to_string()),
            if outcome.found() {
                "yes".to_owned()
            } else {
                format!("NO, by {}", outcome.until)
            },
            outcome.best_score
        );
    }
    println!(
        "innocents in the queue: {} of {}",
        judged.flagged.len(),
        judged.innocents
    );
    for flagged in &judged.flagged {
        let highest = flagged.alerts.iter().max_by(|a, b| a.score.total_cmp(&b.score));
        println!(
            "  {:<20} {}",
            flagged.kind,
            highest.map_or_else(String::new, describe)
        );
        println!("  {:<20} harmless because: {}", "", flagged.note);
    }
    println!(
        "alerts about people of stories: {} of {}; other people in the queue: {}",
        judged.about_stories, judged.alerts, judged.others
    );
}

fn describe(alert: &Alert) -> String {
    format!("{:.1} dB on {}: {}", alert.score, alert.day, alert.title)
}

/// Prints and sets the sums.
pub fn all(judged: &[Judgement], figures: &mut Map<String, Value>) {
    let stories: usize = judged.iter().map(|j| j.stories.len()).sum();
    let found = judged
        .iter()
        .flat_map(|j| &j.stories)
        .filter(|s| s.found())
        .count();
    let before = judged
        .iter()
        .flat_map(|j| &j.stories)
        .filter(|s| s.alerts.first().is_some_and(|a| a.raised < s.story.harm_complete))
        .count();
    let alerts: usize = judged.iter().map(|j| j.alerts).sum();
    let about: usize = judged.iter().map(|j| j.about_stories).sum();
    let innocents: usize = judged.iter().map(|j| j.innocents).sum();
    let flagged: usize = judged.iter().map(|j| j.flagged.len()).sum();
    println!(
        "\n{found} of {stories} stories in the queue in time, {before} before the harm was complete; {flagged} of {innocents} innocents flagged; {about} of {alerts} alerts about people of stories"
    );
    for (key, value) in [
        ("stories", stories),
        ("stories_in_time", found),
        ("stories_before_harm", before),
        ("innocents", innocents),
        ("innocents_flagged", flagged),
        ("alerts", alerts),
        ("alerts_about_stories", about),
    ] {
        figures.insert(key.to_owned(), Value::from(value));
    }
}
