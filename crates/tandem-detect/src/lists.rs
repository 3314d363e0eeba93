//! The lists that placeholders of rules name: what is shipped of them, where their entries come from, and whether a rule can still
//! match when some of them do not hold for the person at hand.

use std::collections::BTreeSet;

use crate::condition::{Expr, all_known, any_known};
use crate::item::{Item, Target};
use crate::load::{Lists, placeholders};
use crate::rule::{Body, Node, Rule};

/// Lists of accounts that are made from people facts. They hold the accounts of everybody who is or ever was such a person; whether
/// somebody was one on the day of an event is asked of [`Rule::may_match`] when that day is analysed.
pub const PEOPLE_LISTS: &[&str] = &[
    "contractors",
    "leavers",
    "leavers_30d",
    "notice_given",
    "privileged",
];

/// A list that shipped rules name.
struct Known {
    name: &'static str,
    /// One entry a line; `#` begins a remark.
    shipped: &'static str,
    /// What to do when nothing is in it.
    way_out: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        name: "competitor_domains",
        shipped: "",
        way_out: "write the domains of your competitors under `content.lists.competitor_domains` of the settings, or leave the rule out",
    },
    Known {
        name: "crown_jewels",
        shipped: "",
        way_out: "write parts of paths, shares or sites that hold what matters most under `content.lists.crown_jewels` of the settings, \
or leave the rule out",
    },
    Known {
        name: "home_domains",
        shipped: "",
        way_out: "write your own mail domains under `home.mail_domains` of the settings",
    },
    Known {
        name: "personal_cloud_domains",
        shipped: include_str!("../../../content/lists/personal_cloud_domains.txt"),
        way_out: "take the empty list `content.lists.personal_cloud_domains` out of the settings: then the shipped one counts",
    },
    Known {
        name: "personal_mail_domains",
        shipped: include_str!("../../../content/lists/personal_mail_domains.txt"),
        way_out: "take the empty list `content.lists.personal_mail_domains` out of the settings: then the shipped one counts",
    },
    Known {
        name: "privileged_groups",
        shipped: include_str!("../../../content/lists/privileged_groups.txt"),
        way_out: "name the groups and roles that rule machines or the directory under `content.privileged_groups` of the settings",
    },
    Known {
        name: "restricted_shares",
        shipped: include_str!("../../../content/lists/restricted_shares.txt"),
        way_out: "name the shares that only their own department needs under `content.lists.restricted_shares` of the settings",
    },
];

/// What is shipped of the lists that shipped rules name, and those that people facts fill; some are empty.
pub(crate) fn shipped() -> Lists {
    let people = PEOPLE_LISTS.iter().map(|name| ((*name).to_owned(), Vec::new()));
    let known = KNOWN
        .iter()
        .map(|known| (known.name.to_owned(), entries(known.shipped)));
    people.chain(known).collect()
}

fn entries(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// What to do about a placeholder that stands for nothing.
pub(crate) fn way_out(name: &str) -> String {
    let known = KNOWN.iter().find(|known| known.name == name);
    known.map_or_else(
        || {
            format!(
                "write a list named `{name}` with at least one entry under `content.lists` of the settings, or leave the rule out"
            )
        },
        |known| known.way_out.to_owned(),
    )
}

impl Rule {
    /// False if the rule cannot match, whatever else is in the event, when of the lists that its placeholders name only those hold
    /// for which `holds` says so: it is given the list's name and the field that is compared with it. What a rule leaves out by a
    /// list (`not`) stays left out.
    pub fn may_match(&self, holds: &dyn Fn(&str, &str) -> bool) -> bool {
        let Some(detection) = self.detection().filter(|_| !self.lists.is_empty()) else {
            return true;
        };
        let leaf = |at: usize| {
            let selection = detection.selections.get(at)?;
            node_known(&selection.node, holds)
        };
        detection.condition.known(&leaf) != Some(false)
    }

    /// The fields that are compared with lists of people.
    pub(crate) fn people_fields(&self) -> impl Iterator<Item = &str> {
        let of_people = |(list, _): &&(String, String)| PEOPLE_LISTS.contains(&list.as_str());
        self.lists
            .iter()
            .filter(of_people)
            .map(|(_, field)| field.as_str())
    }

    /// The lists of people by which the rule leaves something out: there they stand for everybody who ever was such a person.
    pub(crate) fn people_left_out(&self) -> BTreeSet<&str> {
        let Some(detection) = self.detection() else {
            return BTreeSet::new();
        };
        let mut negative = Vec::new();
        detection.condition.positive_leaves(false, &mut negative);
        let mut found = BTreeSet::new();
        for selection in negative.iter().filter_map(|at| detection.selections.get(*at)) {
            let mut named = BTreeSet::new();
            collect(&selection.node, &mut named);
            found.extend(
                named
                    .iter()
                    .filter_map(|(list, _)| PEOPLE_LISTS.iter().find(|known| *known == list)),
            );
        }
        found.into_iter().copied().collect()
    }
}

/// The lists that the placeholders of a rule name, each with the field that is compared with it.
pub(crate) fn named(body: &Body) -> Vec<(String, String)> {
    let Body::Detection(detection) = body else {
        return Vec::new();
    };
    let mut found = BTreeSet::new();
    for selection in &detection.selections {
        collect(&selection.node, &mut found);
    }
    found.into_iter().collect()
}

fn collect(node: &Node, found: &mut BTreeSet<(String, String)>) {
    node.items(&mut |item| {
        for text in &item.expands {
            let field = field(item).to_owned();
            found.extend(placeholders(text).map(|list| (list.to_owned(), field.clone())));
        }
    });
}

fn field(item: &Item) -> &str {
    match &item.target {
        Target::Field(field) => field,
        Target::Keywords => "",
    }
}

/// The truth of a selection as far as lists decide it; `None` if the event does.
fn node_known(node: &Node, holds: &dyn Fn(&str, &str) -> bool) -> Option<bool> {
    match node {
        Node::And(parts) => all_known(parts.iter().map(|part| node_known(part, holds))),
        Node::Or(parts) => any_known(parts.iter().map(|part| node_known(part, holds))),
        Node::Item(item) => {
            let fails = |text: &str| placeholders(text).any(|list| !holds(list, field(item)));
            let never =
                !item.negate && !item.expands.is_empty() && item.expands.iter().all(|text| fails(text));
            never.then_some(false)
        }
    }
}

impl Expr {
    /// The truth as far as the leaves are known; `None` if it depends on one that is not (Kleene's three-valued logic).
    pub(crate) fn known(&self, leaf: &dyn Fn(usize) -> Option<bool>) -> Option<bool> {
        match self {
            Self::And(parts) => all_known(parts.iter().map(|part| part.known(leaf))),
            Self::Or(parts) => any_known(parts.iter().map(|part| part.known(leaf))),
            Self::Not(part) => part.known(leaf).map(|truth| !truth),
            Self::Leaf(at) => leaf(*at),
        }
    }
}

#[cfg(test)]
mod tests;
