//! Why a day was unusual, channel by channel, in sentences that say what was seen, what is usual for the subject, and what is
//! usual for its peers.

mod parts;
mod words;

use self::parts::SAME_THINGS;
pub use self::parts::{Sentences, usual_of};
use crate::channel::{Channel, Flow};
use crate::communities::is_learned_group;
use crate::features::{Detail, Feature};
use crate::population::Ranks;
use crate::profiles::Row;
use crate::score::ChannelSurprise;
use crate::transitions::Transition;

/// The channels of a row's score, the largest share first.
pub(crate) fn channels(row: &Row<'_>, ranks: &Ranks) -> Vec<ChannelSurprise> {
    let mut found: Vec<ChannelSurprise> = row
        .left
        .iter()
        .zip(&row.shares)
        .filter_map(|((channel, value), share)| explained(row, ranks, (*channel, *value), *share))
        .collect();
    found.sort_by(|a, b| {
        b.contribution
            .total_cmp(&a.contribution)
            .then(a.channel.cmp(&b.channel))
    });
    found
}

/// Running totals with a p-value up to `most`, the smallest first.
pub(crate) fn running(row: &Row<'_>, ranks: &Ranks, most: f64) -> Vec<ChannelSurprise> {
    let outstanding = row
        .running
        .iter()
        .filter(|(channel, value)| ranks.p(usize::from(*channel), *value) <= most);
    let mut found: Vec<ChannelSurprise> = outstanding
        .filter_map(|value| explained(row, ranks, *value, 0.0))
        .collect();
    found.sort_by(|a, b| a.p.total_cmp(&b.p).then(a.channel.cmp(&b.channel)));
    found
}

fn explained(row: &Row<'_>, ranks: &Ranks, (index, value): (u8, f64), share: f64) -> Option<ChannelSurprise> {
    let feature = row
        .features
        .list
        .iter()
        .find(|f| f.channel.index() == usize::from(index))?;
    Some(ChannelSurprise {
        channel: feature.channel,
        surprise: feature.surprise,
        p: ranks.p(usize::from(index), value),
        contribution: share,
        observed: feature.observed,
        own_usual: feature.own,
        peer_usual: feature.peers,
        followed: match feature.detail {
            Detail::Followed(transition) => Some(transition),
            _ => None,
        },
        sentence: sentence(row, feature),
    })
}

/// Said behind the word for the peers where it is not their place in the organisation that makes them peers.
fn who(row: &Row<'_>) -> &'static str {
    if is_learned_group(row.circle.name) {
        SAME_THINGS
    } else {
        ""
    }
}

fn sentence(row: &Row<'_>, feature: &Feature) -> String {
    let (seen, who) = (feature.observed.round() as u64, who(row));
    match feature.channel {
        Channel::InHours(action) => counted(
            feature,
            &format!("{} {}", words::count(seen), action.words(seen)),
            who,
        ),
        Channel::OutOfHours(action) => {
            let what = format!("{} {} outside own hours", words::count(seen), action.words(seen));
            counted(feature, &what, who)
        }
        Channel::Hour => hour(feature, who),
        Channel::Novel(kind) => novel(row, feature, kind, seen),
        Channel::Volume(action) => {
            let amount = |value: f64| amount(value, feature.detail);
            let what = format!("{} in {}", amount(feature.observed), action.words(2));
            compared(feature, &what, (" on such a day", who), amount)
        }
        Channel::Curiosity => counted(feature, &curious(feature), who),
        Channel::Transitions => followed(feature, who),
        Channel::Week(flow) => {
            let what = format!("{} over the last seven active days", flowing(feature, flow));
            compared(feature, &what, ("", who), |value| amount(value, feature.detail))
        }
        Channel::Month(flow) => month(feature, flow, who),
        Channel::Regime => regime(feature, who),
    }
}

fn amount(value: f64, detail: Detail) -> String {
    match detail {
        Detail::Bytes => words::bytes(value),
        _ => words::count(value.round() as u64),
    }
}

fn flowing(feature: &Feature, flow: Flow) -> String {
    match flow {
        Flow::EgressBytes => format!("{} taken out", words::bytes(feature.observed)),
        _ => format!(
            "{} {}",
            words::count(feature.observed.round() as u64),
            flow.words()
        ),
    }
}

/// `63 copies to removable media; usual for this subject 4 a day, for peers 2 a day; ...`
fn counted(feature: &Feature, what: &str, who: &str) -> String {
    let own = if feature.own > 0.0 {
        format!("usual for this subject {}", words::per_day(feature.own))
    } else {
        "never before for this subject".to_owned()
    };
    let peers = feature.peers.map_or_else(
        || ", too few peers to compare".to_owned(),
        |rate| format!(", for peers{who} {}", words::per_day(rate)),
    );
    let rarity = words::once_in(feature.surprise).map(|often| format!("; so many come {often}"));
    format!("{what}; {own}{peers}{}.", rarity.unwrap_or_default())
}

/// `12 looks at what is none of the own work (7 confidential or refused, 5 in use elsewhere but not among the peers)`
fn curious(feature: &Feature) -> String {
    let Detail::Looks(looks, others) = feature.detail else {
        return String::new();
    };
    let number = |value: f64| words::count(value.round() as u64);
    let confidential = format!("{} confidential or refused", number(looks));
    let elsewhere = format!("{} in use elsewhere but not among the peers", number(others));
    let parts = match (looks > 0.0, others > 0.0) {
        (true, true) => format!("{confidential}, {elsewhere}"),
        (true, false) => confidential,
        _ => elsewhere,
    };
    let seen = feature.observed.round() as u64;
    let looks = if seen == 1 { "look" } else { "looks" };
    format!(
        "{} {looks} at what is none of the own work ({parts})",
        words::count(seen)
    )
}

fn compared(
    feature: &Feature,
    what: &str,
    (when, who): (&str, &str),
    amount: impl Fn(f64) -> String,
) -> String {
    let own = if feature.own > 0.0 {
        format!("usual for this subject {}{when}", amount(feature.own))
    } else {
        "never before for this subject".to_owned()
    };
    let peers = feature.peers.map_or_else(
        || ", too few peers to compare".to_owned(),
        |usual| format!(", for peers{who} {}", amount(usual)),
    );
    format!("{what}; {own}{peers}.")
}

fn hour(feature: &Feature, who: &str) -> String {
    let hour = feature.observed as u32;
    let peers = feature.peers.map_or_else(
        || ", too few peers to compare".to_owned(),
        |share| format!(", {} of the peers'{who}", words::percent(share)),
    );
    format!(
        "Active between {hour:02}:00 and {:02}:00; {} of this subject's active hours fall there{peers}.",
        (hour + 1) % 24,
        words::percent(feature.own),
    )
}

fn novel(row: &Row<'_>, feature: &Feature, kind: crate::ObjectKind, seen: u64) -> String {
    let Detail::Object(hash, share) = feature.detail else {
        return String::new();
    };
    let kinds = row.given.activity.kinds().iter().find(|part| part.kind == kind);
    let object = kinds.and_then(|part| part.objects.iter().find(|object| object.hash == hash));
    let name = object.map_or("", |object| object.text.as_str());
    let what = match (seen, name) {
        (1, "") => format!("First use of one {}", kind.words(1)),
        (1, name) => format!("First use of {} {name}", kind.words(1)),
        (seen, "") => format!("First use of {seen} {}", kind.words(seen)),
        (seen, name) => format!("First use of {seen} {}, among them {name}", kind.words(seen)),
    };
    let own = if feature.own > 0.0 {
        format!("new ones for this subject {}", words::per_day(feature.own))
    } else {
        "no new one in this subject's known past".to_owned()
    };
    let peers = if feature.peers.is_none() {
        "too few peers to compare".to_owned()
    } else if share * (row.circle.days + 1.0) < 1.0 {
        let people = row.circle.people.round();
        format!("none of about {people} peers{} used it lately", who(row))
    } else {
        format!(
            "in use on {} of the peers' days{}",
            words::percent(share),
            who(row)
        )
    };
    format!("{what}; {own}; {peers}.")
}

/// `Acts in an unusual order, above all 14 times from file shares or cloud storage to removable media; usual for this subject one
/// in 40 days, for peers almost never.`
fn followed(feature: &Feature, who: &str) -> String {
    let Detail::Followed(Transition { from, to }) = feature.detail else {
        return String::new();
    };
    let steps = match (from, feature.observed.round() as u64) {
        (None, _) => format!("the day began with {}", to.words()),
        (Some(from), times) => {
            let often = if times == 1 {
                "once"
            } else {
                &format!("{} times", words::count(times))
            };
            if from == to {
                format!("{often} {} after {}", to.words(), to.words())
            } else {
                format!("{often} from {} to {}", from.words(), to.words())
            }
        }
    };
    let own = if feature.own > 0.0 {
        format!("usual for this subject {}", words::per_day(feature.own))
    } else {
        "no such step in this subject's known past".to_owned()
    };
    let peers = feature.peers.map_or_else(
        || ", too few peers to compare".to_owned(),
        |rate| format!(", for peers{who} {}", words::per_day(rate)),
    );
    format!("Acts in an unusual order, above all {steps}; {own}{peers}.")
}

/// `Lasting change of copies to removable media: 12 a day in the last weeks, 2 a day in the half-year until now; for peers 1 a day.`
fn regime(feature: &Feature, who: &str) -> String {
    let Detail::Changed(channel) = feature.detail else {
        return String::new();
    };
    let peers = feature.peers.map_or_else(
        || "too few peers to compare".to_owned(),
        |rate| format!("for peers{who} {}", words::per_day(rate)),
    );
    format!(
        "Lasting change of {}: {} in the last weeks, {} in the half-year until now; {peers}.",
        channel.words(),
        words::per_day(feature.observed),
        words::per_day(feature.own),
    )
}

fn month(feature: &Feature, flow: Flow, who: &str) -> String {
    let Detail::Peers(p) = feature.detail else {
        return String::new();
    };
    let middle = match flow {
        Flow::EgressBytes => words::bytes(feature.peers.unwrap_or(0.0)),
        _ => words::count(feature.peers.unwrap_or(0.0).round() as u64),
    };
    format!(
        "{} over the last thirty active days; more than {} of the peers' totals{who}, whose middle is {middle}.",
        flowing(feature, flow),
        words::percent(1.0 - p),
    )
}

#[cfg(test)]
mod tests;
