//! The channels on which a day can surprise.

use serde::{Deserialize, Serialize};

use crate::{Action, ObjectKind};

/// What a running total adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Acts that take data out ([`Action::is_egress`]).
    Egress,
    /// Bytes of those acts and of mail sent outside.
    EgressBytes,
    /// Acts that gather data ([`Action::is_collection`]).
    Collection,
}

impl Flow {
    /// Every flow, in order.
    pub const ALL: [Self; 3] = [Self::Egress, Self::EgressBytes, Self::Collection];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Egress => "egress",
            Self::EgressBytes => "egress_bytes",
            Self::Collection => "collection",
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Egress => "acts that take data out",
            Self::EgressBytes => "bytes taken out",
            Self::Collection => "acts that gather data",
        }
    }
}

/// One way in which a day can depart from what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// How often an act occurred inside the subject's own hours.
    InHours(Action),
    /// How often it occurred outside them.
    OutOfHours(Action),
    /// The hour of the week.
    Hour,
    /// Objects never used before.
    Novel(ObjectKind),
    /// Bytes, or items where there are no bytes.
    Volume(Action),
    /// Looks at what is confidential, accesses that were refused, and things that are others' work: in use elsewhere in the
    /// company, but neither by the subject before nor by its peers.
    Curiosity,
    /// In which order kinds of acts followed one another.
    Transitions,
    /// The last seven active days together, against the own long-term rate. Running: see [`Channel::is_running`].
    Week(Flow),
    /// The last thirty active days together, against the peers. Running too.
    Month(Flow),
    /// A lasting change of some daily count, up or down: the last weeks against the last half-year. Running too.
    Regime,
}

const KINDS: usize = ObjectKind::COUNT;
const HOUR: usize = 2 * Action::COUNT;
const NOVEL: usize = HOUR + 1;
const VOLUME: usize = NOVEL + KINDS;
const CURIOSITY: usize = VOLUME + Action::COUNT;
const TRANSITIONS: usize = CURIOSITY + 1;
const WEEK: usize = TRANSITIONS + 1;
const MONTH: usize = WEEK + Flow::ALL.len();
const REGIME: usize = MONTH + Flow::ALL.len();
// Indices are stored in one byte, with some numbers left for other statistics.
const _: () = assert!(Channel::COUNT < 250);

impl Channel {
    /// One more than the largest index. Not every index below it is in use.
    pub const COUNT: usize = REGIME + 1;

    /// A running total repeats what earlier days already showed, so it is reported beside a day's score and not in it:
    /// correlated evidence counts once.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Week(_) | Self::Month(_) | Self::Regime)
    }

    /// A small number, fixed for one layout of the tables of actions and kinds.
    pub const fn index(self) -> usize {
        match self {
            Self::InHours(action) => 2 * action.index(),
            Self::OutOfHours(action) => 2 * action.index() + 1,
            Self::Hour => HOUR,
            Self::Novel(kind) => NOVEL + kind.index(),
            Self::Volume(action) => VOLUME + action.index(),
            Self::Curiosity => CURIOSITY,
            Self::Transitions => TRANSITIONS,
            Self::Week(flow) => WEEK + flow as usize,
            Self::Month(flow) => MONTH + flow as usize,
            Self::Regime => REGIME,
        }
    }

    /// The channel with that index.
    pub fn from_index(index: usize) -> Option<Self> {
        let action = |at: usize| Action::ALL.get(at).copied();
        let kind = |at: usize| ObjectKind::ALL.get(at).copied();
        let flow = |at: usize| Flow::ALL.get(at).copied();
        match index {
            0..HOUR if index.is_multiple_of(2) => action(index / 2).map(Self::InHours),
            0..HOUR => action(index / 2).map(Self::OutOfHours),
            HOUR => Some(Self::Hour),
            NOVEL..VOLUME => kind(index - NOVEL).map(Self::Novel),
            VOLUME..CURIOSITY => action(index - VOLUME).map(Self::Volume),
            CURIOSITY => Some(Self::Curiosity),
            TRANSITIONS => Some(Self::Transitions),
            WEEK..MONTH => flow(index - WEEK).map(Self::Week),
            MONTH..REGIME => flow(index - MONTH).map(Self::Month),
            REGIME => Some(Self::Regime),
            _ => None,
        }
    }

    /// The stored and transmitted name, for example `out_of_hours:removable_copy`.
    pub fn name(self) -> String {
        match self {
            Self::InHours(action) => format!("in_hours:{}", action.as_str()),
            Self::OutOfHours(action) => format!("out_of_hours:{}", action.as_str()),
            Self::Hour => "hour".to_owned(),
            Self::Novel(kind) => format!("novel:{}", kind.as_str()),
            Self::Volume(action) => format!("volume:{}", action.as_str()),
            Self::Curiosity => "curiosity".to_owned(),
            Self::Transitions => "transitions".to_owned(),
            Self::Week(flow) => format!("week:{}", flow.as_str()),
            Self::Month(flow) => format!("month:{}", flow.as_str()),
            Self::Regime => "regime".to_owned(),
        }
    }

    /// In plain words, for titles: `copies to removable media outside own hours`.
    pub fn words(self) -> String {
        match self {
            Self::InHours(action) => action.words(2).to_owned(),
            Self::OutOfHours(action) => format!("{} outside own hours", action.words(2)),
            Self::Hour => "active at an unusual hour".to_owned(),
            Self::Novel(kind) => format!("first use of {}", kind.words(2)),
            Self::Volume(action) => format!("volume of {}", action.words(2)),
            Self::Curiosity => "looks at what is none of the own work".to_owned(),
            Self::Transitions => "acts in an unusual order".to_owned(),
            Self::Week(flow) => format!("{} over seven active days", flow.words()),
            Self::Month(flow) => format!("{} over thirty active days", flow.words()),
            Self::Regime => "lasting change of habits".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_leads_back_to_its_channel_and_names_are_unique() {
        let mut names = std::collections::BTreeSet::new();
        for index in 0..Channel::COUNT {
            let channel = Channel::from_index(index).unwrap();
            assert_eq!(channel.index(), index);
            assert!(names.insert(channel.name()), "{}", channel.name());
        }
        assert_eq!(Channel::from_index(Channel::COUNT), None);
    }
}
