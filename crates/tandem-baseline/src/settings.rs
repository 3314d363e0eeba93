//! The numbers the baselines turn on.

use serde::{Deserialize, Serialize};

/// Parameters of the baselines. They come from theory or from what a memory of some weeks means, none was fitted to
/// incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Active days until a subject's own past counts half.
    pub half_life: f64,
    /// The same for the slow twin that the totals of a week are held against.
    pub slow_half_life: f64,
    /// Calendar days with people at work until peers' and population's past counts half.
    pub population_half_life: f64,
    /// Population days a p-value is ranked among.
    pub window_days: usize,
    /// Least and most pseudo-days of the peers' rate.
    pub prior_days: (f64, f64),
    /// Pseudo-days of the model against the own days as they were: a count that occurred before surprises no more than it
    /// occurred seldom.
    pub model_days: f64,
    /// Probability that on a given day somebody begins what the own past does not foretell: once in four working years.
    pub new_habit: f64,
    /// Pseudo-days of everybody's day-to-day scatter in the own one.
    pub scatter_days: f64,
    /// Pseudo-hours of the peers' hour-of-week shares.
    pub prior_hours: f64,
    /// Pseudo-days of the population in a subject's own mean and spread of surprise.
    pub prior_surprise_days: f64,
    /// Part of the mean variance added to each channel's variance before inverting.
    pub shrinkage: f64,
    /// An hour belongs to the own hours unless hours no likelier than it make up less than this share.
    pub own_hours_share: f64,
    /// Weight of a day's update when the day was as unusual as `winsor_p`.
    pub winsor_weight: f64,
    /// See `winsor_weight`.
    pub winsor_p: f64,
    /// Own counts are multiplied by this when role, manager or site changes.
    pub role_change_keeps: f64,
    /// Active days a subject settles in after such a change, and active days until a count that nothing foretold is taken for
    /// a new way of working and no longer for an exception.
    pub settle_days: u8,
    /// Active days of a subject, and population days, before its scores count.
    pub warm_days: (u32, u32),
    /// Least peers for a figure about them to be shown.
    pub least_peers: f64,
    /// Days with a p-value up to this are explained channel by channel.
    pub explain_p: f64,
    /// Whether people are compared with those who work with the same things where their own group of the organisation is too
    /// small.
    pub learned_peers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            half_life: 30.0,
            slow_half_life: 180.0,
            population_half_life: 60.0,
            window_days: 30,
            prior_days: (0.05, 20.0),
            model_days: 3.0,
            new_habit: 1e-3,
            scatter_days: 5.0,
            prior_hours: 20.0,
            prior_surprise_days: 10.0,
            shrinkage: 0.05,
            own_hours_share: 0.005,
            winsor_weight: 0.2,
            winsor_p: 1e-3,
            role_change_keeps: 0.2,
            settle_days: 10,
            warm_days: (5, 10),
            least_peers: 10.0,
            explain_p: 0.05,
            learned_peers: true,
        }
    }
}

/// The factor that halves in `half_life` steps.
pub(crate) fn decay(half_life: f64) -> f64 {
    (-std::f64::consts::LN_2 / half_life).exp()
}
