use tandem_domain::{Day, EventId, Timestamp};

use super::{explanation, tell};
use crate::book::Sequences;
use crate::engine::{Chain, Found, Reached};

fn reached(step: u8, hour: i64, object: &str) -> Reached {
    let time = Day(20_577).start().plus_micros(hour * 3_600_000_000);
    Reached {
        step,
        since: time,
        time,
        event: if object.is_empty() {
            0
        } else {
            u128::from(step) + 1
        },
        others: if object.is_empty() {
            Vec::new()
        } else {
            vec![900, 901]
        },
        object: object.to_owned(),
        count: 24,
        account: 1,
        device: 1,
        class: 1001,
    }
}

fn chain(sequence: &str, steps: &[(u8, i64, &str)], complete: bool) -> Chain {
    Chain {
        sequence: sequence.to_owned(),
        subject: "S".to_owned(),
        reached: steps
            .iter()
            .map(|(step, hour, object)| reached(*step, *hour, object))
            .collect(),
        complete,
    }
}

const WIPED: &str = "collected-hidden-taken-wiped";

#[test]
fn a_chain_is_told_step_by_step_with_times_and_objects() {
    let book = Sequences::builtin();
    let sequence = book.get(WIPED).unwrap();
    let steps = [
        (0, 9, "{count}.docx"),
        (1, 10, "x.7z"),
        (2, 34, "x.7z"),
        (3, 35, "x.7z"),
    ];
    let found = Found {
        chain: chain(WIPED, &steps, true),
        more: 2,
    };
    let said = explanation(sequence, &found);
    assert_eq!(
        said,
        "4 of 4 steps in order, within 1 day 2 hours: 2026-05-04 09:00: {count}.docx was opened or downloaded. 2026-05-04 10:00: x.7z was \
         renamed or packed. 2026-05-05 10:00: x.7z left the company (copied, sent, printed, shared or uploaded). 2026-05-05 11:00: x.7z was \
         deleted. There are 2 further such chains that day. Times are in UTC."
    );
    let story = tell(sequence, &found.chain);
    assert!(story.complete && story.evidence);
    assert_eq!(story.key.as_deref(), Some("x.7z"));
    assert_eq!(story.steps[0].events, [EventId(1), EventId(900), EventId(901)]);
}

#[test]
fn what_people_facts_say_is_in_the_chain_and_not_in_the_explanation() {
    let book = Sequences::builtin();
    let id = "bulk-copy-after-turning-point";
    let sequence = book.get(id).unwrap();
    let found = Found {
        chain: chain(id, &[(0, 0, ""), (1, 240, "plan.docx")], true),
        more: 0,
    };
    let said = explanation(sequence, &found);
    assert!(said.starts_with("2 of 2 steps in order: "), "{said}");
    assert!(said.contains("First, human-side context present."), "{said}");
    assert!(
        said.contains("2026-05-14 00:00: 24 different files left"),
        "{said}"
    );
    for word in ["notice", "contract", "promotion", "2026-05-04"] {
        assert!(!said.contains(word), "{said}");
    }
    let story = tell(sequence, &found.chain);
    assert!(story.steps[0].human && story.steps[0].sentence.starts_with("Notice was given"));
    assert!(story.steps[0].events.is_empty() && story.key.is_none());
}

#[test]
fn at_an_earlier_moment_a_chain_is_only_as_far_as_it_had_come() {
    let book = Sequences::builtin();
    let steps = [
        (0, 9, "a.docx"),
        (1, 10, "x.7z"),
        (2, 34, "x.7z"),
        (3, 35, "x.7z"),
    ];
    let story = tell(book.get(WIPED).unwrap(), &chain(WIPED, &steps, true));
    let at = |hour: i64| Day(20_577).start().plus_micros(hour * 3_600_000_000);
    assert_eq!(story.clone().as_of(at(35)), Some(story.clone()));
    let then = story.clone().as_of(at(34)).unwrap();
    assert!(!then.complete && !then.evidence);
    assert_eq!(then.steps.iter().filter(|step| step.time.is_some()).count(), 3);
    assert!(then.steps[3].sentence.is_empty() && then.steps[3].events.is_empty());
    assert_eq!(story.clone().as_of(at(9)), None, "one step is no chain");
    assert_eq!(story.as_of(Timestamp(0)), None);
}

#[test]
fn names_can_be_taken_out_of_every_text() {
    let book = Sequences::builtin();
    let steps = [(0, 9, "anna.docx"), (1, 10, "anna.7z")];
    let mut story = tell(book.get(WIPED).unwrap(), &chain(WIPED, &steps, false));
    story
        .texts()
        .for_each(|text| *text = text.replace("anna", "(own)"));
    assert!(!format!("{story:?}").contains("anna"), "{story:?}");
}
