use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Literals, Needles, Place};

/// Whose literals stand in `text`, found one by one.
fn plainly(literals: &[(String, Place)], text: &str) -> BTreeSet<u32> {
    let stands = |(literal, place): &(String, Place)| match place {
        Place::Start => text.starts_with(literal.as_str()),
        Place::End => text.ends_with(literal.as_str()),
        _ => text.contains(literal.as_str()),
    };
    (0..)
        .zip(literals)
        .filter(|(_, one)| stands(one))
        .map(|(at, _)| at)
        .collect()
}

fn found(literals: &[(String, Place)], text: &str) -> BTreeSet<u32> {
    let mut by_text = Literals::new();
    for (at, (literal, place)) in (0..).zip(literals) {
        by_text
            .entry(literal.as_str().into())
            .or_default()
            .push((*place, [at].into()));
    }
    let needles = Needles::new(by_text);
    assert_eq!(needles.len(), literals.len());
    let mut all = BTreeSet::new();
    needles.look(text, &mut |rules| all.extend(rules.iter().copied()));
    all
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![Just(Place::Start), Just(Place::End), Just(Place::Inside)]
}

proptest! {
    #[test]
    fn what_stands_in_a_value_is_found_and_nothing_else(
        literals in prop::collection::vec(("[ab\\\\é]{1,12}", place()), 0..60),
        text in "[ab\\\\é]{0,60}",
    ) {
        prop_assert_eq!(found(&literals, &text), plainly(&literals, &text));
    }

    #[test]
    fn whole_literals_are_found_among_other_text(
        literals in prop::collection::vec(("[ -~]{1,20}", place()), 1..40),
        which in any::<prop::sample::Index>(),
        before in "[ -~]{0,20}",
        after in "[ -~]{0,20}",
    ) {
        let text = format!("{before}{}{after}", which.get(&literals).0);
        prop_assert_eq!(found(&literals, &text), plainly(&literals, &text));
    }
}

#[test]
fn a_literal_at_several_places_is_each_ones_witness() {
    let literals = [
        ("\\cmd.exe", Place::End),
        ("\\cmd.exe", Place::Inside),
        ("c:", Place::Start),
        ("e", Place::End),
    ]
    .map(|(text, place)| (text.to_owned(), place));
    assert_eq!(
        found(&literals, "c:\\windows\\cmd.exe"),
        BTreeSet::from([0, 1, 2, 3])
    );
    assert_eq!(found(&literals, "d:\\cmd.exe /c:"), BTreeSet::from([1]));
    assert_eq!(found(&literals, ""), BTreeSet::new());
}
