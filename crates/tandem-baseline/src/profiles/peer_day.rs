//! What most peers, or most people, were surprised by as well is nobody's departure: a company event, a new tool.

use std::collections::BTreeMap;

use super::row::Row;

/// Takes the median surprise of the day away from each channel, within the closest peer group and among everybody, whichever
/// is larger. Groups with fewer than `least` active people have no say.
pub(super) fn subtract(work: &mut [Row<'_>], least: usize) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, row) in work.iter().enumerate() {
        groups.entry("").or_default().push(at);
        if let Some(name) = row.given.peers.first().filter(|name| !name.is_empty()) {
            groups.entry(name).or_default().push(at);
        }
    }
    let mut usual: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); work.len()];
    for members in groups.values().filter(|members| members.len() >= least.max(1)) {
        for (channel, median) in medians(work, members) {
            for at in members {
                let most = usual[*at].entry(channel).or_insert(0.0);
                *most = most.max(median);
            }
        }
    }
    for (row, usual) in work.iter_mut().zip(usual) {
        for feature in &mut row.features.list {
            let median = usual.get(&feature.channel.index()).copied().unwrap_or(0.0);
            feature.surprise = (feature.surprise - median).max(0.0);
        }
    }
}

/// Channels on which more than half of the members were surprised, with the median of all members.
fn medians(work: &[Row<'_>], members: &[usize]) -> Vec<(usize, f64)> {
    let mut values: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for feature in members.iter().flat_map(|at| &work[*at].features.list) {
        values
            .entry(feature.channel.index())
            .or_default()
            .push(feature.surprise);
    }
    let median = |(channel, mut surprises): (usize, Vec<f64>)| {
        let quiet = members.len() - surprises.len();
        let middle = (members.len() / 2).checked_sub(quiet)?;
        surprises.sort_unstable_by(f64::total_cmp);
        surprises.get(middle).map(|median| (channel, *median))
    };
    values.into_iter().filter_map(median).collect()
}
