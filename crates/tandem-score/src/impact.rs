//! How much harm would be done: the second number of the board, beside the likelihood and never multiplied with it.
//!
//! Two things make it: what was touched (what the rule says of the objects, and how critical the assets are), and how far the
//! person's rights reach. A reach alone is no harm yet, so it counts one step less than an object that was in fact touched.

use serde::Serialize;
use tandem_domain::{Indicator, IndicatorGroup};

use crate::model::Model;

/// Highest step.
pub const HIGHEST: u8 = 3;

/// Impact, and what makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Impact {
    /// 0 (none) to 3 (crown jewel): the larger of what was touched and one step less than the reach.
    pub level: u8,
    /// The most critical object touched, 0 to 3.
    pub touched: u8,
    /// How far the rights reach, 0 to 3.
    pub reach: u8,
}

impl Impact {
    /// The impact of a subject's evidence. `exposure` is what the rights could harm, decibans, 0 to 5.
    pub(crate) fn of(model: &Model, usable: &[&Indicator], exposure: f64) -> Self {
        let touched = usable
            .iter()
            .filter(|i| i.group != IndicatorGroup::Mitigation && model.weight(i) > 0.0)
            .map(|i| i.impact.min(HIGHEST))
            .max()
            .unwrap_or(0);
        let reach = reach(exposure);
        // Nobody is on the board for their rights alone.
        let with_evidence = usable
            .iter()
            .any(|i| matches!(i.group, IndicatorGroup::Behaviour | IndicatorGroup::Fact));
        Self {
            level: if with_evidence {
                touched.max(reach.saturating_sub(1))
            } else {
                touched
            },
            touched,
            reach,
        }
    }

    /// In plain words, one sentence for each thing that makes it.
    pub fn words(&self) -> Vec<String> {
        let touched = match self.touched {
            0 => "Nothing that was touched is marked as important.",
            1 => "What was touched is of ordinary importance.",
            2 => "What was touched is important: losing it would be felt.",
            _ => "What was touched is among the most valuable things there are.",
        };
        let reach = match self.reach {
            0 => "Nothing is known of far-reaching rights.",
            1 => "The person's rights reach little beyond their own work.",
            2 => "The person's rights reach well beyond their own work.",
            _ => "The person's rights reach nearly everything.",
        };
        let mut words = vec![touched.to_owned(), reach.to_owned()];
        if self.level > self.touched {
            words.push(
                "The rights, not the objects, decide the column: they count one step less than an object touched."
                    .to_owned(),
            );
        }
        words
    }
}

/// Steps of reach: none, at most 1, at most 3, more decibans of exposure (`low`, `medium` and `high` of an `exposure_change`).
fn reach(exposure: f64) -> u8 {
    match exposure {
        x if x > 3.0 => 3,
        x if x > 1.0 => 2,
        x if x > 0.0 => 1,
        _ => 0,
    }
}
