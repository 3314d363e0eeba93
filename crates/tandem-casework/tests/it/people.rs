//! Members, conflicts, links, notes, tasks, evidence.

use tandem_casework::case::evidence::{CustodyAct, EvidenceCommand};
use tandem_casework::case::life::{LifeCommand, LifeFact};
use tandem_casework::case::link::{Link, LinkCommand};
use tandem_casework::case::note::NoteCommand;
use tandem_casework::case::people::PeopleCommand;
use tandem_casework::case::task::TaskCommand;
use tandem_casework::ids::{Digest, EvidenceId, NoteId, TaskId};
use tandem_casework::timeline::{Origin, Reference};
use tandem_casework::words::{Answer, CaseRole, Outcome, Visibility};
use tandem_casework::{CaseFact, Context, Outside, Refused, Roster, open, timeline};
use tandem_domain::{CaseId, IndicatorId, Side};

use crate::make::{HOUR, Play, add, alert, closing, colleagues, involved, note, opening, p, r, s, t, with};

fn link(subject: &str) -> LinkCommand {
    LinkCommand::Link {
        link: Link::Subject(s(subject)),
        reason: r("named in the logs"),
    }
}

#[test]
fn only_members_see_a_case() {
    let mut play = Play::begin();
    assert!(play.case.may_see("ida") && !play.case.may_see("cora"));
    assert!(matches!(
        timeline(&play.case, &play.facts, &[], "cora"),
        Err(Refused::NotAMember { .. })
    ));
    assert!(matches!(
        play.refused("cora", note(Visibility::Both, "hello")),
        Refused::NotAMember { .. }
    ));
    play.must("ida", add("cora", CaseRole::Lead));
    assert!(play.case.may_see("cora"));
    play.must(
        "cora",
        PeopleCommand::Remove {
            account: "ida".to_owned(),
            reason: r("wanted elsewhere"),
        },
    );
    assert!(!play.case.may_see("ida"));
}

#[test]
fn nobody_opens_a_case_about_themselves_or_for_no_department() {
    let play = Play::begin();
    let mut own = opening();
    own.alerts = vec![alert(1, "S-IDA")];
    let id = CaseId::of(2026, 43);
    assert!(matches!(
        open(&id, own, &play.ctx("ida")),
        Err(Refused::MayNotTakePart { .. })
    ));
    assert_eq!(
        open(&id, opening(), &play.ctx("lena")),
        Err(Refused::NoDepartment)
    );
    assert_eq!(
        open(&CaseId("42".to_owned()), opening(), &play.ctx("ida")),
        Err(Refused::NotACaseNumber)
    );
}

#[test]
fn a_member_who_turns_out_to_be_a_subject_is_off_at_once_and_why_is_not_told() {
    let mut play = Play::joint();
    play.must("ida", link("S-CARL"));
    assert!(!play.case.may_see("carl"));
    assert!(
        play.case
            .duties
            .values()
            .all(|d| d.holder.as_deref() != Some("carl"))
    );
    let refused = play.refused("cora", add("carl", CaseRole::Contributor));
    play.must("ines", involved("ines"));
    let declared = play.refused("cora", add("ines", CaseRole::Contributor));
    assert_eq!(
        refused.to_string().replace("carl", "…"),
        declared.to_string().replace("ines", "…")
    );
    assert!(
        !play
            .sentences("cora")
            .iter()
            .any(|line| line.contains("takes no part"))
    );
    play.must(
        "ida",
        LinkCommand::Unlink {
            link: Link::Subject(s("S-CARL")),
            reason: r("a mistake"),
        },
    );
    assert!(matches!(
        play.refused("cora", add("carl", CaseRole::Observer)),
        Refused::MayNotTakePart { .. }
    ));
}

#[test]
fn a_conflict_is_declared_by_oneself_or_a_lead_only() {
    let mut play = Play::joint();
    assert_eq!(play.refused("ines", involved("carl")), Refused::NotALead);
    play.must("cora", involved("carl"));
    assert!(!play.case.may_see("carl"));
}

#[test]
fn a_late_pseudonym_in_the_roster_takes_its_colleague_off_at_the_next_tick() {
    let mut all = colleagues();
    all.iter_mut()
        .filter(|c| c.account == "ines")
        .for_each(|c| c.subject = None);
    let mut play = Play::begin_with(all, opening());
    play.must("ida", add("ines", CaseRole::Contributor));
    play.roster = Roster::new(with("ines", |c| c.subject = Some(s("S-7K3M2Q9D")))).unwrap();
    play.tick();
    assert!(play.case.barred.contains("ines") && !play.case.may_see("ines"));
}

#[test]
fn the_last_lead_stays_until_there_is_another_and_a_barred_one_leaves_an_alarm() {
    let mut play = Play::begin();
    assert_eq!(
        play.refused(
            "ida",
            PeopleCommand::Leave {
                reason: r("on holiday")
            }
        ),
        Refused::LastLead
    );
    let facts = play.must("ida", involved("ida"));
    let alarms = facts
        .iter()
        .filter(|f| f.what == CaseFact::Life(LifeFact::LeadVacant {}));
    assert_eq!(alarms.count(), 1);
}

#[test]
fn roles_bound_what_members_do() {
    let mut play = Play::joint();
    play.must("cora", add("wim", CaseRole::Observer));
    assert!(matches!(
        play.refused("wim", note(Visibility::Both, "hello")),
        Refused::RoleForbids { .. }
    ));
    assert!(matches!(
        play.refused("lena", link("S-X")),
        Refused::RoleForbids { .. }
    ));
    assert_eq!(
        play.refused("ines", add("ivan", CaseRole::Contributor)),
        Refused::NotALead
    );
    assert_eq!(
        play.refused("cora", add("dora", CaseRole::Contributor)),
        Refused::NoDepartment
    );
    play.must("wim", PeopleCommand::Watch);
    assert!(play.case.watchers.contains("wim"));
    assert_eq!(
        play.refused("wim", PeopleCommand::Watch),
        Refused::NothingToChange
    );
}

#[test]
fn notes_reach_their_readers_and_mentions_only_those_who_may_read() {
    let mut play = Play::joint();
    play.must(
        "ines",
        note(Visibility::OwnDepartment, "for us: @ida @carl @stranger"),
    );
    let id = NoteId(play.next);
    assert_eq!(play.case.notes[&id].mentions, ["ida"]);
    play.must("carl", note(Visibility::Counsel, "may we? @lena @cora"));
    assert_eq!(play.case.notes[&NoteId(play.next)].mentions, ["lena"]);
    let reads = |who: &str| play.case.notes_for(who).len();
    assert_eq!(
        [
            reads("ida"),
            reads("ines"),
            reads("cora"),
            reads("carl"),
            reads("lena"),
            reads("wim")
        ],
        [1, 1, 0, 1, 1, 0]
    );
    assert_eq!(
        play.refused("lena", note(Visibility::OwnDepartment, "nobody's")),
        Refused::NoDepartment
    );
}

#[test]
fn a_note_is_corrected_by_its_author_for_the_same_readers() {
    let mut play = Play::joint();
    play.must("ines", note(Visibility::OwnDepartment, "it was Tuesday"));
    let wrong = NoteId(play.next);
    let correct = |visibility| NoteCommand::Write {
        visibility,
        text: p("it was Wednesday"),
        corrects: Some(wrong),
    };
    assert_eq!(
        play.refused("ida", correct(Visibility::OwnDepartment)),
        Refused::NotYourNote
    );
    assert!(matches!(
        play.refused("ines", correct(Visibility::Both)),
        Refused::CorrectionVisibility { .. }
    ));
    play.must("ines", correct(Visibility::OwnDepartment));
    assert_eq!(play.case.notes[&wrong].text, p("it was Tuesday"));
}

#[test]
fn tasks_are_for_members_who_work_and_a_leaver_drops_them() {
    let mut play = Play::joint();
    let task = |who: &str, due| TaskCommand::Add {
        title: t("Ask the team"),
        assignee: Some(who.to_owned()),
        due,
    };
    assert!(matches!(
        play.refused("ida", task("ivan", None)),
        Refused::NotAMember { .. }
    ));
    let past = Some(play.now.plus_micros(-HOUR));
    assert_eq!(play.refused("ida", task("carl", past)), Refused::DueInThePast);
    let never = Some(tandem_domain::Timestamp(i64::MAX));
    assert_eq!(play.refused("ida", task("carl", never)), Refused::DueTooFar);
    play.must("ida", task("carl", None));
    let id = TaskId(play.next);
    play.must(
        "carl",
        TaskCommand::Block {
            task: id,
            text: p("they are away"),
        },
    );
    play.must("carl", involved("carl"));
    assert_eq!(play.case.tasks[&id].assignee, None);
    play.must(
        "cora",
        TaskCommand::Done {
            task: id,
            text: p("asked"),
        },
    );
    assert_eq!(
        play.refused(
            "cora",
            TaskCommand::Done {
                task: id,
                text: p("again")
            }
        ),
        Refused::TaskDone
    );
}

#[test]
fn the_chain_of_custody_names_the_digest_found_each_time() {
    let mut play = Play::joint();
    play.must(
        "ines",
        EvidenceCommand::Add {
            name: "disk.img".to_owned(),
            media_type: "application/octet-stream".to_owned().try_into().unwrap(),
            size: 1,
            sha256: Digest([1; 32]),
            source: t("laptop"),
        },
    );
    let evidence = EvidenceId(play.next);
    let act = |act, sha256, note: Option<&str>| EvidenceCommand::Handle {
        evidence,
        act,
        sha256,
        note: note.map(r),
    };
    let (good, bad) = (Digest([1; 32]), Digest([2; 32]));
    play.must("lena", act(CustodyAct::Viewed, good, None));
    assert!(matches!(
        play.refused("ines", act(CustodyAct::Viewed, bad, None)),
        Refused::DigestDiffers { .. }
    ));
    assert!(matches!(
        play.refused("ines", act(CustodyAct::Moved, good, None)),
        Refused::CustodyNote { .. }
    ));
    assert_eq!(
        play.refused("ines", act(CustodyAct::Damaged, good, Some("hm"))),
        Refused::NotDamaged
    );
    assert_eq!(
        play.refused("ines", act(CustodyAct::Collected, good, None)),
        Refused::AlreadyCollected
    );
    play.must("ines", act(CustodyAct::Moved, good, Some("to the safe")));
    play.must("ines", act(CustodyAct::Sealed, good, None));
    assert_eq!(
        play.refused("ines", act(CustodyAct::Moved, good, Some("away"))),
        Refused::Sealed
    );
    play.must("cora", act(CustodyAct::Exported, good, Some("for the lawyer")));
    play.must(
        "cora",
        act(CustodyAct::Damaged, bad, Some("the copy in the safe")),
    );
    let item = &play.case.evidence[&evidence];
    assert!(item.damaged);
    let acts: Vec<_> = item.custody.iter().map(|c| (c.act, c.who.as_str())).collect();
    assert_eq!(
        acts,
        [
            (CustodyAct::Collected, "ines"),
            (CustodyAct::Viewed, "lena"),
            (CustodyAct::Moved, "ines"),
            (CustodyAct::Sealed, "ines"),
            (CustodyAct::Exported, "cora"),
            (CustodyAct::Damaged, "cora"),
        ]
    );
}

#[test]
fn evidence_of_one_department_stays_with_it_on_the_timeline() {
    let play = Play::joint();
    let outside = |side, visibility, sentence: &str| Outside {
        at: play.case.marks.opened.plus_micros(-1),
        side,
        visibility,
        sentence: sentence.to_owned(),
        reference: Reference::Indicator(IndicatorId(7)),
    };
    let evidence = [
        outside(Side::Technical, Visibility::Both, "an upload"),
        outside(Side::Human, Visibility::OwnDepartment, "notice was given"),
        outside(Side::Human, Visibility::Counsel, "a lawyer wrote"),
    ];
    let sees = |viewer: &str| -> Vec<String> {
        timeline(&play.case, &play.facts, &evidence, viewer)
            .unwrap()
            .into_iter()
            .filter(|item| item.origin != Origin::Case)
            .map(|item| item.sentence)
            .collect()
    };
    assert_eq!(sees("ida"), ["an upload"]);
    assert_eq!(sees("cora"), ["an upload", "notice was given"]);
    assert_eq!(sees("lena"), ["an upload", "a lawyer wrote"]);
}

#[test]
fn a_vote_is_sealed_on_the_timeline_until_both_have_voted() {
    let mut play = Play::joint();
    let id = play.propose("ines", closing(Outcome::Unfounded));
    play.must_vote("ines", id, Answer::For);
    let sealed = |play: &Play, who: &str| play.sentences(who).iter().any(|s| s.contains("ines thinks so"));
    assert!(sealed(&play, "ida") && sealed(&play, "ines"));
    assert!(!sealed(&play, "cora") && !sealed(&play, "lena"));
    let shown = play.case.proposals[&id].shown_to(Some(tandem_domain::Department::Corporate));
    assert!(shown.votes.is_empty());
    play.must_vote("carl", id, Answer::For);
    assert!(sealed(&play, "cora") && sealed(&play, "lena"));
}

#[test]
fn a_command_before_the_last_fact_by_tandem_or_by_a_leaver_is_refused() {
    let mut play = Play::joint();
    let early = Context {
        now: play.case.last.plus_micros(-1),
        ..play.ctx("ida")
    };
    let command = LifeCommand::Contain { reason: r("x") };
    assert!(matches!(
        tandem_casework::decide(&play.case, command.clone().into(), &early),
        Err(Refused::TimeWentBack { .. })
    ));
    assert_eq!(
        play.refused(tandem_casework::SYSTEM, command.clone()),
        Refused::NotBySystem
    );
    assert_eq!(play.refused("ida", LifeCommand::Tick), Refused::OnlyBySystem);
    play.roster = Roster::new(with("ida", |c| c.left = Some(play.now))).unwrap();
    assert!(matches!(play.refused("ida", command), Refused::HasLeft { .. }));
}
