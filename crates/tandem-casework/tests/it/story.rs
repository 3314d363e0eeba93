//! One small case from opening to closing, fact by fact.

use tandem_casework::Case;
use tandem_casework::case::duty::DutyCommand;
use tandem_casework::case::evidence::{CustodyAct, EvidenceCommand};
use tandem_casework::case::life::LifeCommand;
use tandem_casework::case::task::TaskCommand;
use tandem_casework::ids::{Digest, DutyId, EvidenceId, TaskId};
use tandem_casework::words::{Act, Answer, CaseRole, CaseState, Function, Outcome, Phase, Visibility};

use crate::make::{HOUR, Play, add, closing, note, p, r, respond, t};

fn told() -> Play {
    let mut play = Play::begin();
    let detect = DutyId {
        phase: Phase::Detect,
        function: Function::ItAnalyst,
    };
    play.must("ines", DutyCommand::Accept { duty: detect });
    play.must("ida", add("cora", CaseRole::Lead));
    play.must("cora", add("lena", CaseRole::Counsel));
    play.must(
        "ida",
        LifeCommand::Investigate {
            reason: r("what was in the file"),
        },
    );
    play.must(
        "ines",
        EvidenceCommand::Add {
            name: "../proxy log.csv".to_owned(),
            media_type: "text/csv".to_owned().try_into().unwrap(),
            size: 4_096,
            sha256: Digest([0xAB; 32]),
            source: t("web proxy, 2 March"),
        },
    );
    let evidence = EvidenceId(play.next);
    play.must(
        "cora",
        EvidenceCommand::Handle {
            evidence,
            act: CustodyAct::Sealed,
            sha256: Digest([0xAB; 32]),
            note: None,
        },
    );
    play.must(
        "cora",
        note(
            Visibility::Both,
            "The person says the site was in the team's handbook. @ines please check.",
        ),
    );
    play.must(
        "lena",
        note(
            Visibility::Counsel,
            "No duty to notify: the list is of companies only.",
        ),
    );
    let due = Some(play.now.plus_micros(4 * HOUR));
    play.must(
        "cora",
        TaskCommand::Add {
            title: t("Correct the handbook"),
            assignee: Some("ines".to_owned()),
            due,
        },
    );
    let task = TaskId(play.next);
    play.must(
        "ines",
        TaskCommand::Done {
            task,
            text: p("page 12 now names our own share"),
        },
    );
    play.must(
        "ines",
        DutyCommand::Done {
            duty: detect,
            result: p("one file, one site, removed"),
        },
    );
    play.must(
        "ida",
        LifeCommand::Contain {
            reason: r("the file is gone from the site"),
        },
    );
    let coach = play.propose("cora", respond(Act::Coach, "S-7K3M2Q9D"));
    play.must_vote("cora", coach, Answer::For);
    play.must_vote("ines", coach, Answer::For);
    let close = play.propose("ines", closing(Outcome::Confirmed));
    play.must_vote("ines", close, Answer::For);
    play.must_vote("cora", close, Answer::For);
    play.must(
        "cora",
        LifeCommand::Close {
            reason: r("coached, handbook corrected"),
        },
    );
    play
}

#[test]
fn the_facts_of_a_whole_case_keep_their_shape() {
    let play = told();
    let lines: Vec<String> = play
        .facts
        .iter()
        .map(|fact| serde_json::to_string(fact).unwrap())
        .collect();
    insta::assert_snapshot!("facts", lines.join("\n"));
}

#[test]
fn the_timeline_of_a_whole_case_reads_as_a_story_and_keeps_counsels_words_from_it() {
    let play = told();
    let items = tandem_casework::timeline(&play.case, &play.facts, &[], "ines").unwrap();
    let lines: Vec<String> = items
        .iter()
        .map(|i| format!("{} {} {}", i.at, i.who.as_deref().unwrap_or("-"), i.sentence))
        .collect();
    assert!(!lines.iter().any(|line| line.contains("No duty to notify")));
    insta::assert_snapshot!("timeline", lines.join("\n"));
    assert!(
        play.sentences("lena")
            .iter()
            .any(|line| line.contains("No duty to notify"))
    );
}

#[test]
fn the_case_ends_confirmed_and_its_facts_make_it_again() {
    let play = told();
    assert_eq!(
        (play.case.state, play.case.outcome),
        (CaseState::Closed, Some(Outcome::Confirmed))
    );
    assert_eq!(Case::replay(&play.facts).unwrap(), play.case);
    let item = play.case.evidence.values().next().unwrap();
    assert_eq!(item.name.as_str(), "proxy log.csv");
    assert!(item.sealed && item.custody.len() == 2);
    let note = play.case.notes_for("cora");
    assert_eq!(note.len(), 1);
    assert_eq!(note[0].mentions, ["ines"]);
}
