//! The sentence against the own past, in agreement with the picture beside it.
//!
//! The engine counts each day by the own hours that were known when the day came. In a subject's first days none were known,
//! so that acts of the usual day counted as outside. The picture counts every day by the hours of the day that it is drawn
//! for. Where the two differ much, the sentence says what can be seen in the picture, and why Tandem expected something else.

use tandem_baseline::{Channel, usual_of};

use super::view::Picture;
use crate::pipeline::departures::{Departure, channel_named};

/// The picture and what was usual differ much once fewer than one in so many of the expected acts are in the picture.
const FEWER: f64 = 3.0;

/// The sentence against the own past of a departure that is drawn.
pub fn own_sentence(found: &Departure, drawn: &Picture) -> String {
    in_the_picture(found, drawn).unwrap_or_else(|| found.own.clone())
}

/// The sentence told from the picture; `None` where what was usual is what the picture shows.
fn in_the_picture(found: &Departure, drawn: &Picture) -> Option<String> {
    let Some(Channel::OutOfHours(_)) = channel_named(&found.channel) else {
        return None;
    };
    let (usual, rarity) = usual_of(&found.own)?;
    let days = drawn.history.len();
    let expected = found.own_usual * days as f64;
    let seen: f64 = drawn.history.iter().map(|past| past.value).sum();
    // Less than one act expected is no contradiction to none seen.
    if expected < 1.0 || FEWER * seen >= expected {
        return None;
    }
    let earlier = if days == 1 {
        "the 1 earlier day in the picture".to_owned()
    } else {
        format!("the {days} earlier days in the picture")
    };
    let told = if seen > 0.0 {
        format!("Only {seen} outside own hours on {earlier}.")
    } else {
        format!("Never outside own hours on {earlier}.")
    };
    let rarity = rarity.map_or_else(String::new, |often| format!(" Even so, so many come {often}."));
    Some(format!(
        "{told} Tandem still expects {usual}: it counted each day by the own hours it knew then, and in the first days it knew \
         none.{rarity}"
    ))
}
