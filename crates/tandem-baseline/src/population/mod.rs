//! What is known of the population as a whole.

mod moments;
mod window;

pub(crate) use moments::{DaySums, Metric, Moments, quantise};
pub(crate) use window::{Ranks, Tally, Window};
