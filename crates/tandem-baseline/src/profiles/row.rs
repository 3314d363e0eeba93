//! One active subject's day in work.

use crate::features::{Circle, Features};
use crate::profile::{Known, Subject};
use crate::score::{Parts, SubjectDay};

/// Active days at which the view through the own usual surprise counts half.
const OWN_VIEW_DAYS: f64 = 30.0;

/// What is known of a row grows from step to step of [`super::Profiles::score_day`].
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) given: &'a SubjectDay<'a>,
    pub(crate) features: Features,
    pub(crate) circle: Circle<'a>,
    pub(crate) known: Known,
    /// Channels of which as much as today is in doubt already.
    pub(crate) awaited: Vec<u8>,
    /// Surprise left after the peers' day, as `ln(1 + nats)`, by channel; only above 0, without running totals.
    pub(crate) left: Vec<(u8, f64)>,
    /// The same of the running totals.
    pub(crate) running: Vec<(u8, f64)>,
    /// [`Self::left`] against the own usual, for every live channel.
    pub(crate) own: Vec<(u8, f64)>,
    pub(crate) parts: Parts,
    /// Share of the score per channel of [`Self::left`].
    pub(crate) shares: Vec<f64>,
    /// How much the view through the own usual counts, 0 to 1.
    pub(crate) own_weight: f64,
    pub(crate) order: f64,
    /// The three views' log ranks in the window, together.
    pub(crate) fused: f64,
    /// Most of what is unusual is an excess of earlier days that is still in doubt, and no larger than then.
    pub(crate) repeats: bool,
    pub(crate) p: f64,
}

impl<'a> Row<'a> {
    /// A row with its features.
    pub(crate) fn new(
        given: &'a SubjectDay<'a>,
        features: Features,
        circle: Circle<'a>,
        subject: Subject,
    ) -> Self {
        let counts = features.increment.counts.iter();
        let awaited = counts
            .filter(|count| subject.histograms.awaits(count.channel, count.seen))
            .map(|count| count.channel)
            .collect();
        let known = subject.known();
        let own_days = known.slow_days;
        Self {
            given,
            features,
            circle,
            known,
            awaited,
            left: Vec::new(),
            running: Vec::new(),
            own: Vec::new(),
            parts: Parts::default(),
            shares: Vec::new(),
            own_weight: own_days / (own_days + OWN_VIEW_DAYS),
            order: 0.0,
            fused: 0.0,
            repeats: false,
            p: 1.0,
        }
    }

    /// Weights of the three views (distance, own distance, harmonic mean), which add up to their number whoever it is: the
    /// view through the own usual counts as far as the subject is known, and what it does not count goes to the other two. A
    /// sum of fewer views would be smaller, and keep whoever is new out of every list.
    pub(crate) fn weights(&self) -> [f64; 3] {
        let each = 3.0 / (2.0 + self.own_weight);
        [each, each * self.own_weight, each]
    }
}
