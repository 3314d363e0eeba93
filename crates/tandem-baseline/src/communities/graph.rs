//! The graph of people and the things they work with, and the communities in it.
//!
//! Edges are weighted by tf-idf: the share of a person's days on which the thing was used, times the logarithm of how few use
//! it, and each person's edges have length 1 together. What very many use joins everybody and tells nothing: such hubs are
//! left out, and so is what only a few use. Communities are those of the Leiden algorithm (Traag, Waltman and van Eck
//! 2019, Scientific Reports 9:5233) with modularity as quality.
//!
//! The same graph gives the same communities whatever people and things are called: nodes are put in an order that rests on
//! what was done alone, and the algorithm's dice have a fixed seed.

use std::collections::BTreeMap;

use leiden_rs::{GraphDataBuilder, Leiden, LeidenConfig};
use xxhash_rust::xxh3::Xxh3;

/// First seed of the algorithm's dice: any number does, but always the same.
const SEED: u64 = 0x7461_6e64_656d;
/// Throws of the dice, of which the best counts: a single one may end where no move of one node helps, but of many would.
const THROWS: u64 = 5;
/// Rounds of the algorithm at most; it mostly ends by itself after a few.
const ROUNDS: usize = 20;
/// A thing that more than this share of people use is a hub, unless no more use it than two small communities have.
const HUB: f64 = 0.2;
/// Fewest people of a community: of fewer no figure may be shown.
pub(super) const LEAST_PEOPLE: usize = 10;
/// Fewest people whom a thing joins: what fewer use makes no group of ten.
const LEAST_USERS: f64 = 5.0;
/// Most communities told apart, the largest ones.
const MOST_COMMUNITIES: usize = 512;

/// One person as the graph sees it.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Which entry of the caller's list this is.
    pub(super) key: u64,
    /// A number for what was done so far, without any name.
    pub(super) print: u64,
    /// Things at work and the share of active days on which each was used.
    pub(super) things: Vec<(u64, f32)>,
}

/// The communities of at least ten people, the largest first, each as the keys of its people.
pub(super) fn communities(mut people: Vec<Person>) -> Vec<Vec<u64>> {
    weigh(&mut people);
    people.retain(|person| !person.things.is_empty());
    if people.len() < 2 * LEAST_PEOPLE {
        return Vec::new();
    }
    let shape = |person: &Person| {
        let mut weights: Vec<u32> = person.things.iter().map(|(_, weight)| weight.to_bits()).collect();
        weights.sort_unstable();
        weights
    };
    people.sort_by_cached_key(|person| (person.print, shape(person), person.key));
    let Some(found) = partition(&people) else {
        return Vec::new();
    };
    let mut communities: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    for (person, community) in people.iter().zip(found) {
        communities.entry(community).or_default().push(person.key);
    }
    // By the place of the first of its people in the order, which rests on no name.
    let mut kept: Vec<Vec<u64>> = communities
        .into_values()
        .filter(|members| members.len() >= LEAST_PEOPLE)
        .collect();
    let place: BTreeMap<u64, usize> = people
        .iter()
        .enumerate()
        .map(|(at, person)| (person.key, at))
        .collect();
    let first = |members: &Vec<u64>| members.first().and_then(|key| place.get(key)).copied();
    kept.sort_by_key(|members| (std::cmp::Reverse(members.len()), first(members)));
    kept.truncate(MOST_COMMUNITIES);
    kept
}

/// From shares of days to tf-idf of length 1; without hubs and what one alone uses.
fn weigh(people: &mut [Person]) {
    let mut users: BTreeMap<u64, u32> = BTreeMap::new();
    for (thing, _) in people.iter().flat_map(|person| &person.things) {
        *users.entry(*thing).or_default() += 1;
    }
    let all = people.len() as f64;
    let hub = (HUB * all).max(2.0 * LEAST_PEOPLE as f64);
    for person in people {
        person.things.retain_mut(|(thing, weight)| {
            let users = users.get(thing).copied().map_or(0.0, f64::from);
            *weight *= (all / users.max(1.0)).ln() as f32;
            users >= LEAST_USERS && users <= hub
        });
        // Summed by size, so that what things are called changes no bit.
        let mut squares: Vec<f32> = person.things.iter().map(|(_, weight)| weight * weight).collect();
        squares.sort_unstable_by(f32::total_cmp);
        let length = squares.iter().sum::<f32>().sqrt();
        if length > 0.0 {
            person.things.iter_mut().for_each(|(_, weight)| *weight /= length);
        }
    }
}

/// The community of each person.
fn partition(people: &[Person]) -> Option<Vec<usize>> {
    // A thing is told by who uses it how much: two with the same users are alike, in whatever order.
    let mut prints: BTreeMap<u64, Xxh3> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        for (thing, weight) in &person.things {
            let print = prints.entry(*thing).or_default();
            print.update(&(at as u64).to_le_bytes());
            print.update(&weight.to_bits().to_le_bytes());
        }
    }
    let mut things: Vec<(u64, u64)> = prints
        .into_iter()
        .map(|(thing, print)| (print.digest(), thing))
        .collect();
    things.sort_unstable();
    let place: BTreeMap<u64, usize> = things
        .iter()
        .enumerate()
        .map(|(at, (_, thing))| (*thing, people.len() + at))
        .collect();
    let mut graph = GraphDataBuilder::new(people.len() + things.len());
    for (at, person) in people.iter().enumerate() {
        let mut edges: Vec<(usize, f32)> = person
            .things
            .iter()
            .filter_map(|(thing, weight)| Some((*place.get(thing)?, *weight)))
            .collect();
        edges.sort_unstable_by_key(|(thing, _)| *thing);
        for (thing, weight) in edges {
            graph.add_edge(at, thing, f64::from(weight)).ok()?;
        }
    }
    let graph = graph.build().ok()?;
    let throw = |seed| {
        let config = LeidenConfig::builder().seed(seed).max_iterations(ROUNDS).build();
        Leiden::new(config).run(&graph).ok()
    };
    let all = (SEED..SEED + THROWS).filter_map(throw);
    let best = all.reduce(|best, next| if next.quality > best.quality { next } else { best })?;
    let mut found = best.partition.as_slice().to_vec();
    found.truncate(people.len());
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three circles of 12, each with six things of its own, of which everybody uses four; all use one thing besides.
    fn company(name: &dyn Fn(u64) -> u64) -> Vec<Person> {
        (0..36_u64)
            .map(|who| {
                let circle = who / 12;
                let own = (0..4).map(|n| (name(100 * circle + (who + n) % 6), 0.5 + 0.01 * who as f32));
                Person {
                    key: name(10_000 + who),
                    print: who.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                    things: own.chain([(name(999), 1.0), (name(5_000 + who), 0.9)]).collect(),
                }
            })
            .collect()
    }

    fn sorted(found: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        found
            .into_iter()
            .map(|mut members| {
                members.sort_unstable();
                members
            })
            .collect()
    }

    #[test]
    fn circles_that_work_with_the_same_things_are_found() {
        let mut found = sorted(communities(company(&|n| n)));
        found.sort();
        let expected: Vec<Vec<u64>> = (0..3)
            .map(|circle| (10_000 + 12 * circle..10_012 + 12 * circle).collect())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_and_the_order_of_the_list_change_nothing() {
        let plain = sorted(communities(company(&|n| n)));
        let odd = |n: u64| n.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x55;
        let mut other = company(&odd);
        other.reverse();
        let other = sorted(communities(other));
        let back: BTreeMap<u64, u64> = (10_000..10_036).map(|n| (odd(n), n)).collect();
        let other: Vec<Vec<u64>> = other
            .into_iter()
            .map(|members| members.into_iter().map(|key| back[&key]).collect())
            .collect();
        assert_eq!(plain, sorted(other));
    }

    #[test]
    fn nobody_is_put_with_fewer_than_nine_others() {
        let mut few = company(&|n| n);
        // Of the third circle only nine are left: too few, whoever they work with.
        few.truncate(33);
        let found = communities(few);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [12, 12]);
        assert!(communities(company(&|n| n).into_iter().take(12).collect()).is_empty());
    }

    #[test]
    fn what_everybody_uses_joins_nobody() {
        let people: Vec<Person> = (0..40_u64)
            .map(|who| Person {
                key: who,
                print: who,
                things: vec![(1, 1.0), (2, 0.5), (100 + who, 1.0)],
            })
            .collect();
        assert!(communities(people).is_empty());
    }
}
