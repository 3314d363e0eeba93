//! Hours of the week: when somebody is usually active.

use tandem_domain::Day;

/// Hours in a week, Monday 00h first.
pub const WEEK_HOURS: usize = 168;
/// Cells of the model: 24 hours of a working day, then 24 of a day of rest.
const CELLS: usize = 48;
/// Most hours of one day that count as separate tries.
const TRIES: f64 = 5.0;

/// Where each hour of a day stands among the own hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HourModel {
    /// Smoothed share per cell.
    shares: [f64; CELLS],
    /// The peers' smoothed share per cell.
    peers: [f64; CELLS],
    /// Share of all cells no likelier than this one.
    mass: [f64; CELLS],
}

/// The peers' smoothed share per cell: made once for all who have the same peers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerHours([f64; CELLS]);

impl PeerHours {
    /// From the peers' weights by hour of the week.
    pub(crate) fn new(week: &[f32]) -> Self {
        let mut shares = smooth(&fold(week));
        let total: f64 = shares.iter().sum();
        for cell in &mut shares {
            // A company's first day has no peers yet: every hour alike.
            *cell = if total > 0.0 {
                *cell / total
            } else {
                1.0 / CELLS as f64
            };
        }
        Self(shares)
    }
}

impl HourModel {
    /// From own weights by hour of the week; the peers count as `prior` pseudo-hours.
    pub(crate) fn new(own: &[f32], peers: &PeerHours, prior: f64) -> Self {
        let own = smooth(&fold(own));
        let weight: f64 = own.iter().sum::<f64>() + prior;
        let mut shares = [0.0; CELLS];
        for (share, (own, base)) in shares.iter_mut().zip(own.iter().zip(peers.0)) {
            *share = (own + prior * base) / weight;
        }
        let mut sorted: [(f64, usize); CELLS] = std::array::from_fn(|at| (shares[at], at));
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = [0.0; CELLS + 1];
        for (at, (share, _)) in sorted.iter().enumerate() {
            below[at + 1] = below[at] + share;
        }
        let mut mass = [0.0; CELLS];
        let mut rank = 0;
        for (share, at) in sorted {
            // The small tolerance makes equal shares equal whatever the rounding.
            let most = share * (1.0 + 1e-9);
            while sorted.get(rank).is_some_and(|other| other.0 <= most) {
                rank += 1;
            }
            mass[at] = below[rank];
        }
        Self {
            shares,
            peers: peers.0,
            mass,
        }
    }

    /// Share of own activity at this hour, and of all hours no likelier.
    pub(crate) fn at(&self, day: Day, hour: usize) -> (f64, f64) {
        let cell = cell(day, hour);
        (
            self.shares.get(cell).copied().unwrap_or(0.0),
            self.mass.get(cell).copied().unwrap_or(1.0),
        )
    }

    /// Share of the peers' activity at this hour.
    pub(crate) fn peers_at(&self, day: Day, hour: usize) -> f64 {
        self.peers.get(cell(day, hour)).copied().unwrap_or(0.0)
    }

    /// The unlikeliest of the day's active hours and the p-value of a day having one like it.
    pub(crate) fn rarest(&self, day: Day, hours: &[u64; 24]) -> Option<(usize, f64)> {
        let active = || (0..24).filter(|hour| hours.get(*hour).is_some_and(|n| *n > 0));
        let tries = (active().count() as f64).min(TRIES);
        let least = active().min_by(|a, b| self.at(day, *a).1.total_cmp(&self.at(day, *b).1))?;
        let p = self.at(day, least).1.clamp(0.0, 1.0);
        // Sidak: the least of several independent p-values.
        Some((least, -(tries * (-p).ln_1p()).exp_m1()))
    }
}

/// Position of an hour of `day` in the week.
pub(crate) fn week_hour(day: Day, hour: usize) -> usize {
    usize::from(day.weekday()) * 24 + hour
}

fn cell(day: Day, hour: usize) -> usize {
    if day.is_weekend() { 24 + hour } else { hour }
}

fn fold(week: &[f32]) -> [f64; CELLS] {
    let mut cells = [0.0; CELLS];
    for (at, weight) in week.iter().enumerate() {
        let cell = if at / 24 >= 5 { 24 + at % 24 } else { at % 24 };
        if let Some(sum) = cells.get_mut(cell) {
            *sum += f64::from(*weight);
        }
    }
    cells
}

/// Each hour gives a quarter of its weight to either neighbour, around midnight too, within its kind of day.
fn smooth(cells: &[f64; CELLS]) -> [f64; CELLS] {
    std::array::from_fn(|at| {
        let (base, hour) = (at / 24 * 24, at % 24);
        0.25 * cells[base + (hour + 23) % 24] + 0.5 * cells[at] + 0.25 * cells[base + (hour + 1) % 24]
    })
}
