//! One sentence of the engine as three: what, against the own past, against the peers.

use serde::{Deserialize, Serialize};

use crate::score::ChannelSurprise;

/// Where the own past begins, in the sentences of this module's parent that name an object or count acts. What stands before
/// may name files and shares, so the last of these counts.
const OWN: [&str; 5] = [
    "; usual for this subject ",
    "; never before for this subject",
    "; new ones for this subject ",
    "; no new one in this subject's known past",
    "; no such step in this subject's known past",
];
/// Where the peers begin after that.
const PEERS: [&str; 5] = [
    ", too few peers to compare",
    ", for peers ",
    "; too few peers to compare",
    "; none of about ",
    "; in use on ",
];
/// Begins how seldom such a day comes.
const RARITY: &str = "; so many come ";
/// How the sentence against the own past begins where there is something usual.
const USUAL: &str = "Usual for this subject ";
/// What the sentence about an hour ends in, but for [`SAME_THINGS`].
const OF_PEERS: &str = "of the peers'";
/// Who the peers are when their group was learned.
pub(super) const SAME_THINGS: &str = " (people who work with the same things)";

/// A departure in three sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// What was seen.
    pub what: String,
    /// Against the subject's own past.
    pub own: String,
    /// Against the peers.
    pub peers: String,
}

impl ChannelSurprise {
    /// What; against the own past; against the peers.
    pub fn sentences(&self) -> Sentences {
        let text = self.sentence.trim_end_matches('.');
        let begins = OWN.iter().filter_map(|words| text.rfind(words)).max();
        let halves = match begins {
            Some(at) => text.split_at_checked(at),
            None => text.split_once("; "),
        };
        let (what, rest) = halves.unwrap_or((text, ""));
        let (own, peers, rarity) = apart(rest.trim_start_matches("; "));
        let own = match (own, rarity) {
            ("", _) => "Not held against the own past".to_owned(),
            (own, "") => capital(own),
            (own, rarity) => format!("{}; so many come {rarity}", capital(own)),
        };
        let peers = match peers.strip_prefix("for peers ") {
            Some(usual) => format!("Usual for peers {usual}"),
            None if peers.is_empty() => "Not held against peers".to_owned(),
            None => match hours_of_peers(peers) {
                Some((share, who)) => format!("{} active hours fall there{who}", capital(share)),
                None => capital(peers),
            },
        };
        Sentences {
            what: format!("{}.", capital(what)),
            own: format!("{own}."),
            peers: format!("{peers}."),
        }
    }
}

/// What a sentence about an hour says of the peers, without who they are; `None` if it is about something else.
fn hours_of_peers(text: &str) -> Option<(&str, &str)> {
    let (text, who) = match text.strip_suffix(SAME_THINGS) {
        Some(text) => (text, SAME_THINGS),
        None => (text, ""),
    };
    text.ends_with(OF_PEERS).then_some((text, who))
}

/// What a sentence against the own past says of a count: what is usual (`one in 6 days`), and how seldom so many come, if it
/// says so. Nothing where nothing is usual, or where it is about no count.
pub fn usual_of(own: &str) -> Option<(&str, Option<&str>)> {
    let said = own.trim_end_matches('.').strip_prefix(USUAL)?;
    Some(match said.rsplit_once(RARITY) {
        Some((usual, rarity)) => (usual, Some(rarity)),
        None => (said, None),
    })
}

/// The own past, the peers and how seldom it comes; each may be empty.
fn apart(rest: &str) -> (&str, &str, &str) {
    let (rest, rarity) = rest.rsplit_once(RARITY).unwrap_or((rest, ""));
    // A total of thirty days is held against the peers alone.
    if rest.starts_with("more than ") {
        return ("", rest, rarity);
    }
    let begins = PEERS.iter().filter_map(|words| rest.find(words)).min();
    let halves = match begins {
        Some(at) => rest.split_at_checked(at),
        None if hours_of_peers(rest).is_some() => rest.rsplit_once(", "),
        None => None,
    };
    let (own, peers) = halves.unwrap_or((rest, ""));
    (own, peers.trim_start_matches([',', ';', ' ']), rarity)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Channel};

    fn of(sentence: &str) -> [String; 3] {
        let Sentences { what, own, peers } = ChannelSurprise {
            channel: Channel::InHours(Action::Print),
            surprise: 3.0,
            p: 0.01,
            contribution: 1.0,
            observed: 3.0,
            own_usual: 1.0,
            peer_usual: None,
            followed: None,
            sentence: sentence.to_owned(),
        }
        .sentences();
        [what, own, peers]
    }

    #[test]
    fn counts_hours_and_first_uses_become_three_sentences() {
        assert_eq!(
            of(
                "63 copies to removable media; usual for this subject 4 a day, for peers 2 a day; so many come about once in 11 years."
            ),
            [
                "63 copies to removable media.",
                "Usual for this subject 4 a day; so many come about once in 11 years.",
                "Usual for peers 2 a day.",
            ]
        );
        assert_eq!(
            of("1 print job; never before for this subject, too few peers to compare."),
            [
                "1 print job.",
                "Never before for this subject.",
                "Too few peers to compare."
            ]
        );
        assert_eq!(
            of(
                "Active between 23:00 and 00:00; 0.3 % of this subject's active hours fall there, less than 0.1 % of the peers'."
            ),
            [
                "Active between 23:00 and 00:00.",
                "0.3 % of this subject's active hours fall there.",
                "Less than 0.1 % of the peers' active hours fall there.",
            ]
        );
        assert_eq!(
            of(
                "First use of share HR; no new one in this subject's known past; none of about 38 peers used it lately."
            ),
            [
                "First use of share HR.",
                "No new one in this subject's known past.",
                "None of about 38 peers used it lately.",
            ]
        );
        assert_eq!(
            of(
                "1,200 acts that take data out over the last thirty active days; more than 99.6 % of the peers' totals, whose middle is 12."
            ),
            [
                "1,200 acts that take data out over the last thirty active days.",
                "Not held against the own past.",
                "More than 99.6 % of the peers' totals, whose middle is 12.",
            ]
        );
    }

    #[test]
    fn people_who_work_with_the_same_things_are_named_as_such() {
        let told = |sentence: &str| of(sentence)[2].clone();
        assert_eq!(
            told(
                "3 print jobs; never before for this subject, for peers (people who work with the same things) 2 a day; so many come about once in 11 years."
            ),
            "Usual for peers (people who work with the same things) 2 a day."
        );
        assert_eq!(
            of(
                "Active between 23:00 and 00:00; 0.3 % of this subject's active hours fall there, 2 % of the peers' (people who work with the same things)."
            ),
            [
                "Active between 23:00 and 00:00.",
                "0.3 % of this subject's active hours fall there.",
                "2 % of the peers' active hours fall there (people who work with the same things).",
            ]
        );
        assert_eq!(
            told(
                "First use of share HR; no new one in this subject's known past; none of about 38 peers (people who work with the same things) used it lately."
            ),
            "None of about 38 peers (people who work with the same things) used it lately."
        );
        assert_eq!(
            told(
                "First use of share HR; no new one in this subject's known past; in use on 2 % of the peers' days (people who work with the same things)."
            ),
            "In use on 2 % of the peers' days (people who work with the same things)."
        );
    }

    #[test]
    fn what_is_usual_and_how_seldom_it_comes_is_read_again() {
        let [_, own, _] = of(
            "9 logons outside own hours; usual for this subject one in 6 days, for peers 2 a day; so many come about once in 11 years.",
        );
        assert_eq!(
            usual_of(&own),
            Some(("one in 6 days", Some("about once in 11 years")))
        );
        assert_eq!(
            usual_of("Usual for this subject 4 a day."),
            Some(("4 a day", None))
        );
        assert_eq!(usual_of("Never before for this subject."), None);
    }

    #[test]
    fn what_an_object_is_called_moves_no_border() {
        let [what, own, peers] = of(
            "First use of share A; usual for this subject B, for peers C; new ones for this subject one in 9 days; in use on 2 % of the peers' days.",
        );
        assert_eq!(
            what,
            "First use of share A; usual for this subject B, for peers C."
        );
        assert_eq!(own, "New ones for this subject one in 9 days.");
        assert_eq!(peers, "In use on 2 % of the peers' days.");
    }

    #[test]
    fn a_sentence_of_another_shape_is_kept_whole() {
        let [what, own, peers] = of("Something new was seen");
        assert_eq!(what, "Something new was seen.");
        assert_eq!(
            (own.as_str(), peers.as_str()),
            ("Not held against the own past.", "Not held against peers.")
        );
    }
}
