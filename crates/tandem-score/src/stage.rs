//! Order matters: stages reached one after the other weigh more than the same facts scattered.

use tandem_domain::{Indicator, IndicatorGroup, Stage, Timestamp};

use crate::model::{STAGE_BONUS, STAGE_BONUS_CAP, STAGE_WINDOW_DAYS};

/// The bonus at `at` for stages reached in order, decibans, and the path as (stage, when it was reached).
///
/// The path is built greedily: an indicator joins if its stage is later than the last one on the path and at most
/// [`STAGE_WINDOW_DAYS`] after it. The best path over all starting points counts. Each step after the first adds
/// [`STAGE_BONUS`], which fades with half-life [`STAGE_WINDOW_DAYS`]; human-side facts may start a path but a path without
/// technical evidence adds nothing. `indicators` must be sorted by time.
pub fn sequence_bonus(indicators: &[&Indicator], at: Timestamp) -> (f64, Vec<(Stage, Timestamp)>) {
    let staged: Vec<_> = indicators
        .iter()
        .filter(|i| i.weight > 0.0 && i.group != IndicatorGroup::Mitigation)
        .filter_map(|i| i.stage.map(|stage| (stage, i.time, is_technical(i))))
        .collect();
    // best[k]: heaviest path that ends at k; each indicator looks back only inside the window.
    let mut best: Vec<Path> = Vec::with_capacity(staged.len());
    let mut winner: Option<usize> = None;
    for (k, &(stage, time, technical)) in staged.iter().enumerate() {
        let mut own = Path {
            bonus: 0.0,
            technical: u8::from(technical),
            previous: None,
        };
        for j in (0..k).rev() {
            let (earlier_stage, earlier_time, _) = staged[j];
            if time.days_since(earlier_time) > STAGE_WINDOW_DAYS {
                break;
            }
            if earlier_stage >= stage {
                continue;
            }
            let step = STAGE_BONUS * 0.5_f64.powf(at.days_since(time).max(0.0) / STAGE_WINDOW_DAYS);
            let technical_steps = best[j].technical.saturating_add(u8::from(technical));
            // A human-side fact may open the path, but every step that adds weight must rest on technical evidence.
            let bonus = best[j].bonus + if technical { step } else { 0.0 };
            if bonus > own.bonus {
                own = Path {
                    bonus,
                    technical: technical_steps,
                    previous: Some(j),
                };
            }
        }
        if winner.is_none_or(|w| own.bonus > best_bonus(&best, w)) {
            winner = Some(k);
        }
        best.push(own);
    }
    let Some(winner) = winner.filter(|w| best[*w].bonus > 0.0) else {
        return (0.0, Vec::new());
    };
    let mut path = Vec::new();
    let mut cursor = Some(winner);
    while let Some(k) = cursor {
        path.push((staged[k].0, staged[k].1));
        cursor = best[k].previous;
    }
    path.reverse();
    (best[winner].bonus.min(STAGE_BONUS_CAP), path)
}

#[derive(Debug, Clone, Copy)]
struct Path {
    bonus: f64,
    technical: u8,
    previous: Option<usize>,
}

fn best_bonus(best: &[Path], at: usize) -> f64 {
    best.get(at).map_or(0.0, |path| path.bonus)
}

fn is_technical(indicator: &Indicator) -> bool {
    matches!(indicator.group, IndicatorGroup::Behaviour | IndicatorGroup::Fact)
}
