//! What always holds, for any sequence of commands by anybody.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tandem_casework::case::decision::{DecisionCommand, Question, Standing, Wording};
use tandem_casework::case::duty::DutyCommand;
use tandem_casework::case::evidence::{CustodyAct, EvidenceCommand};
use tandem_casework::case::life::{LifeCommand, LifeFact};
use tandem_casework::case::link::{Link, LinkCommand};
use tandem_casework::case::meeting::{Appointment, MeetingCommand};
use tandem_casework::case::note::{NoteCommand, NoteFact};
use tandem_casework::case::people::{Member, PeopleCommand};
use tandem_casework::case::task::TaskCommand;
use tandem_casework::ids::{Digest, DutyId, ProposalId};
use tandem_casework::words::{
    Act, Answer, CaseKind, CaseRole, DutyState, Letter, Outcome, PauseWhy, Phase, Severity, Visibility,
};
use tandem_casework::{Case, CaseFact, Colleague, Command, Fact, SYSTEM, decide, timeline};
use tandem_domain::{CaseId, Department};

use crate::make::{
    DAY, HOUR, MINUTE, Play, add, alert, away, colleagues, involved, note, opening, p, r, s, t,
};

const ACCOUNTS: [&str; 13] = [
    "ida", "ines", "ivan", "cora", "carl", "hana", "lena", "dora", "wim", "mark", "kim", "sven", SYSTEM,
];
/// Pseudonyms, among them those of four colleagues.
const SUBJECTS: [&str; 6] = ["S-7K3M2Q9D", "S-B", "S-CARL", "S-INES", "S-IDA", "S-LENA"];

/// One step of a random play: who, what, which, and how long after the one before.
type Step = (u8, u8, u8, u8, u16);

fn pick<T: Copy>(all: &[T], by: u8) -> T {
    all[usize::from(by) % all.len()]
}

fn key<K: Copy + Ord, V>(map: &std::collections::BTreeMap<K, V>, by: u8) -> Option<K> {
    map.keys().nth(usize::from(by) % map.len().max(1)).copied()
}

fn people() -> Vec<Colleague> {
    let mut all = colleagues();
    for one in &mut all {
        match one.account.as_str() {
            "ines" => one.absences = away(2 * DAY, 4 * DAY),
            "cora" => one.absences = away(3 * DAY, 5 * DAY),
            "hana" => one.left = Some(crate::make::START.plus_micros(6 * DAY)),
            _ => {}
        }
    }
    all
}

fn question(play: &Play, a: u8, b: u8) -> Question {
    if a.is_multiple_of(3) {
        let act = pick(Act::ALL, b);
        let subject = s(pick(&SUBJECTS[..2], a));
        return Question::Respond {
            act,
            subject,
            until: act.tightens().then(|| play.now.plus_micros(2 * DAY)),
            without_support: (b.is_multiple_of(2)).then(|| r("there was no time")),
            heard: (a.is_multiple_of(2)).then(|| r("on Tuesday")),
        };
    }
    crate::make::closing(pick(Outcome::ALL, b))
}

/// A proposal that waits, if there is one.
fn pending(case: &Case, by: u8) -> Option<ProposalId> {
    let waiting: Vec<_> = case.proposals.values().filter(|p| p.is_pending()).collect();
    waiting.get(usize::from(by) % waiting.len().max(1)).map(|p| p.id)
}

/// Mostly somebody who may do it, so that plays get somewhere; every fourth time anybody.
fn likely(play: &Play, op: u8, a: u8, b: u8) -> Option<&'static str> {
    let case = &play.case;
    let voted: Vec<Department> = pending(case, a)
        .map(|id| case.proposals[&id].votes.keys().copied().collect())
        .unwrap_or_default();
    let fits = |member: &Member| match op {
        0..=8 => member.role == CaseRole::Lead,
        32 | 33 => matches!(member.role, CaseRole::Lead | CaseRole::Contributor),
        35..=38 => {
            matches!(member.role, CaseRole::Lead | CaseRole::Contributor)
                && member.department.is_some_and(|d| !voted.contains(&d))
        }
        _ => false,
    };
    let able: Vec<_> = ACCOUNTS
        .into_iter()
        .filter(|w| case.members.get(*w).is_some_and(fits))
        .collect();
    let by = usize::from(a ^ b);
    able.get(by % able.len().max(1)).copied().filter(|_| b % 4 != 3)
}

fn command(play: &Play, (who, op, a, b, _): Step) -> Option<(&'static str, Command)> {
    let case = &play.case;
    let who = likely(play, op % 43, a, b).unwrap_or(pick(&ACCOUNTS, who));
    let reason = r("because");
    let account = || pick(&ACCOUNTS, a).to_owned();
    let proposal = pending(case, a).or_else(|| key(&case.proposals, a));
    let hash = proposal.map_or(Digest([0; 32]), |id| case.proposals[&id].hash);
    let made: Command = match op % 43 {
        0 => LifeCommand::Investigate { reason }.into(),
        1 => LifeCommand::Contain { reason }.into(),
        2 => LifeCommand::Close { reason }.into(),
        3 if a % 8 == 1 => LifeCommand::Reconsider { reason }.into(),
        3 if a.is_multiple_of(4) => LifeCommand::CloseBenign { reason }.into(),
        4 => LifeCommand::Reopen { reason }.into(),
        5 => LifeCommand::EnterPhase {
            phase: pick(Phase::ALL, a),
            reason,
        }
        .into(),
        6 => LifeCommand::Reclassify {
            kind: pick(CaseKind::ALL, a),
            severity: pick(Severity::ALL, b),
            reason,
        }
        .into(),
        7 => LifeCommand::PauseClock {
            why: pick(PauseWhy::ALL, a),
            reason,
        }
        .into(),
        8 => LifeCommand::ResumeClock { reason }.into(),
        9 | 10 => return Some((SYSTEM, LifeCommand::Tick.into())),
        11..=13 => add(&account(), pick(CaseRole::ALL, b)).into(),
        14 => PeopleCommand::ChangeRole {
            account: account(),
            role: pick(CaseRole::ALL, b),
            reason,
        }
        .into(),
        15 => PeopleCommand::Leave { reason }.into(),
        16 if b.is_multiple_of(4) => involved(&account()).into(),
        17 => PeopleCommand::Watch.into(),
        18 if b.is_multiple_of(3) => LinkCommand::Link {
            link: Link::Subject(s(pick(&SUBJECTS, a))),
            reason,
        }
        .into(),
        19 if b.is_multiple_of(3) => LinkCommand::Link {
            link: Link::Alert(alert(u128::from(a % 4), pick(&SUBJECTS, b / 3))),
            reason,
        }
        .into(),
        20 if b.is_multiple_of(2) => LinkCommand::Unlink {
            link: Link::Subject(s(pick(&SUBJECTS, a))),
            reason,
        }
        .into(),
        21 => LinkCommand::Link {
            link: Link::Case(CaseId::of(2026, u32::from(a))),
            reason,
        }
        .into(),
        22..=24 => {
            let duty = key(&case.duties, a)?;
            let holder = case.duties[&duty].holder.clone();
            let who = ACCOUNTS
                .into_iter()
                .find(|w| Some(*w) == holder.as_deref())
                .unwrap_or(who);
            return Some((who, duty_command(duty, b, &account())));
        }
        25 => TaskCommand::Add {
            title: t("Ask"),
            assignee: Some(account()),
            due: Some(play.now.plus_micros(DAY)),
        }
        .into(),
        26 => TaskCommand::Done {
            task: key(&case.tasks, a)?,
            text: p("done"),
        }
        .into(),
        27 => TaskCommand::Resume {
            task: key(&case.tasks, a)?,
            reason,
        }
        .into(),
        40 => {
            let from = play.now.plus_micros(HOUR);
            let at = Appointment {
                from,
                until: from.plus_micros(HOUR),
                place: None,
                invited: BTreeSet::from([account(), who.to_owned()]),
            };
            if b.is_multiple_of(2) {
                MeetingCommand::Plan {
                    title: t("Together"),
                    at,
                    agenda: None,
                }
                .into()
            } else {
                let meeting = key(&case.meetings, a)?;
                MeetingCommand::Move { meeting, at, reason }.into()
            }
        }
        41 => MeetingCommand::Hold {
            meeting: key(&case.meetings, a)?,
            attended: BTreeSet::from([account()]),
            minutes: p("talked"),
        }
        .into(),
        42 if b.is_multiple_of(4) => MeetingCommand::Cancel {
            meeting: key(&case.meetings, a)?,
            reason,
        }
        .into(),
        28 => note(pick(Visibility::ALL, a), "secret @lena @cora @ines").into(),
        29 => NoteCommand::Write {
            visibility: pick(Visibility::ALL, b),
            text: p("corrected"),
            corrects: Some(key(&case.notes, a)?),
        }
        .into(),
        30 => EvidenceCommand::Add {
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned().try_into().unwrap(),
            size: 1,
            sha256: Digest([a; 32]),
            source: t("a laptop"),
        }
        .into(),
        31 => EvidenceCommand::Handle {
            evidence: key(&case.evidence, a)?,
            act: pick(CustodyAct::ALL, b),
            sha256: Digest([b; 32]),
            note: Some(reason),
        }
        .into(),
        32 | 33 => crate::make::propose(question(play, a, b)).into(),
        34 => decision(play, b, proposal?, question(play, b, a)),
        35..=38 => DecisionCommand::Vote {
            proposal: proposal?,
            hash,
            answer: if b.is_multiple_of(4) {
                Answer::Against
            } else {
                Answer::For
            },
            reason,
        }
        .into(),
        39 => {
            let found = &case.proposals[&proposal?];
            let who = ACCOUNTS
                .into_iter()
                .find(|w| found.decider.as_deref() == Some(*w))
                .unwrap_or(who);
            let rule = DecisionCommand::Rule {
                proposal: found.id,
                hash,
                answer: pick(Answer::ALL, b),
                reason,
            };
            return Some((who, rule.into()));
        }
        _ => return None,
    };
    Some((who, made))
}

fn duty_command(duty: DutyId, by: u8, to: &str) -> Command {
    match by % 4 {
        0 | 1 => DutyCommand::Accept { duty },
        2 if by % 8 == 2 => DutyCommand::Decline {
            duty,
            reason: r("no time"),
        },
        2 => DutyCommand::HandOver {
            duty,
            to: to.to_owned(),
            reason: r("no time"),
        },
        _ => DutyCommand::Done {
            duty,
            result: p("done"),
        },
    }
    .into()
}

fn decision(_: &Play, by: u8, proposal: ProposalId, question: Question) -> Command {
    let reason = r("because");
    match by % 4 {
        0 => DecisionCommand::Withdraw { proposal, reason },
        1 => DecisionCommand::WithdrawVote { proposal, reason },
        2 => DecisionCommand::Recuse { proposal, reason },
        _ => DecisionCommand::Amend {
            proposal,
            wording: Wording { question, reason },
        },
    }
    .into()
}

fn exactly_one_accountable(case: &Case) {
    for phase in Phase::ALL {
        let accountable = case
            .duties
            .values()
            .filter(|d| d.id.phase == *phase && d.letter == Letter::Accountable);
        assert_eq!(accountable.count(), 1, "{phase}");
    }
    for duty in case.duties.values() {
        let nobody = duty.holder.is_none();
        assert!(
            nobody == (duty.state == DutyState::Vacant) || duty.state == DutyState::Done,
            "{duty:?}"
        );
    }
}

fn nobody_involved_holds_anything(play: &Play) {
    let case = &play.case;
    let mut involved: BTreeSet<String> = case.barred.clone();
    for account in ACCOUNTS {
        let own = play.roster.get(account).and_then(|c| c.subject.clone());
        if own.is_some_and(|subject| case.ever_subjects.contains(&subject)) {
            involved.insert(account.to_owned());
        }
    }
    let is_in = |name: &Option<String>| name.as_ref().is_some_and(|n| involved.contains(n));
    for account in &involved {
        assert!(!case.may_see(account) && !case.members.contains_key(account));
        assert!(!case.watchers.contains(account));
    }
    assert!(!case.duties.values().any(|d| is_in(&d.holder)));
    assert!(!case.tasks.values().any(|t| !t.is_done() && is_in(&t.assignee)));
    for meeting in case.meetings.values().filter(|m| m.is_planned()) {
        assert!(meeting.at.invited.is_disjoint(&involved));
        assert!(
            meeting
                .at
                .invited
                .iter()
                .all(|name| case.members.contains_key(name))
        );
    }
    for proposal in case.proposals.values().filter(|p| p.is_pending()) {
        assert!(!is_in(&proposal.decider));
        assert!(!proposal.votes.values().any(|v| involved.contains(&v.who)));
    }
}

fn votes_are_by_different_people(case: &Case) {
    for proposal in case.proposals.values() {
        let voters: BTreeSet<_> = proposal.votes.values().map(|v| &v.who).collect();
        assert_eq!(voters.len(), proposal.votes.len());
        for recused in proposal
            .recused
            .iter()
            .filter(|_| proposal.standing == Standing::Open)
        {
            assert!(!voters.contains(recused));
        }
        if let Some(ruling) = &proposal.ruling {
            assert!(!voters.contains(&ruling.who) && proposal.by != ruling.who);
        }
    }
}

/// Checked on the facts as they are made: a later bar may void what was right then.
fn closing_was_decided_jointly(before: &Case, facts: &[Fact]) {
    for fact in facts {
        let CaseFact::Life(LifeFact::Closed {
            outcome, proposal, ..
        }) = &fact.what
        else {
            continue;
        };
        let Some(id) = proposal else {
            assert_eq!(*outcome, Outcome::Benign);
            continue;
        };
        let decided = &before.proposals[id];
        assert!(matches!(&decided.wording.question, Question::Close { outcome: o, .. } if o == outcome));
        assert_eq!(decided.hash, decided.wording.hash(&before.id, decided.id));
        let said = |answer| decided.votes.values().filter(|v| v.answer == answer).count();
        match decided.standing {
            Standing::Agreed => assert_eq!(said(Answer::For), 2),
            Standing::RuledFor => {
                assert_eq!((said(Answer::For), said(Answer::Against)), (1, 1));
                assert_eq!(decided.ruling.as_ref().unwrap().answer, Answer::For);
            }
            other => panic!("closed on a proposal that is {other}"),
        }
    }
}

fn counsels_words_stay_with_counsel(play: &Play) {
    for account in play.case.members.keys() {
        let role = play.case.members[account].role;
        for item in timeline(&play.case, &play.facts, &[], account).unwrap() {
            let own = item.who.as_ref() == Some(account);
            assert!(item.visibility != Visibility::Counsel || own || role == CaseRole::Counsel);
        }
    }
    for fact in &play.facts {
        if let CaseFact::Note(NoteFact::Written {
            visibility: Visibility::Counsel,
            mentions,
            ..
        }) = &fact.what
        {
            assert!(mentions.iter().all(|m| m == "lena" || m == "cora" || m == "ines"));
        }
    }
}

fn facts_are_kept_well(play: &Play) {
    assert_eq!(Case::replay(&play.facts).unwrap(), play.case);
    for (index, fact) in play.facts.iter().enumerate() {
        assert_eq!(fact.seq as usize, index + 1);
        let text = serde_json::to_string(fact).unwrap();
        assert_eq!(&serde_json::from_str::<Fact>(&text).unwrap(), fact, "{text}");
    }
    assert!(play.facts.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

/// Plays the steps and checks after each; gives the play and how many commands were accepted.
fn play(steps: &[Step]) -> (Play, usize) {
    let mut play = Play::begin_with(people(), opening());
    for (account, role) in [
        ("ines", CaseRole::Contributor),
        ("cora", CaseRole::Lead),
        ("carl", CaseRole::Contributor),
    ] {
        play.must("ida", add(account, role));
    }
    let mut accepted = 0;
    for step in steps {
        play.wait(i64::from(step.4 % 600) * MINUTE);
        let Some((who, command)) = command(&play, *step) else {
            continue;
        };
        let before = play.case.clone();
        match play.give(who, command) {
            Ok(facts) => {
                accepted += 1;
                closing_was_decided_jointly(&before, &facts);
            }
            Err(_) => assert_eq!(before, play.case),
        }
        exactly_one_accountable(&play.case);
        nobody_involved_holds_anything(&play);
        votes_are_by_different_people(&play.case);
    }
    counsels_words_stay_with_counsel(&play);
    facts_are_kept_well(&play);
    (play, accepted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_for_any_sequence_of_commands(
        steps in prop::collection::vec(any::<Step>(), 1..160),
    ) {
        play(&steps);
    }

    #[test]
    fn a_decision_does_not_depend_on_how_often_it_is_asked_for(
        steps in prop::collection::vec(any::<Step>(), 1..60), last in any::<Step>(),
    ) {
        let (play, _) = play(&steps);
        if let Some((who, command)) = command(&play, last) {
            let once = decide(&play.case, command.clone(), &play.ctx(who));
            prop_assert_eq!(once, decide(&play.case, command, &play.ctx(who)));
        }
    }
}

/// The laws would be empty if random plays never got anywhere.
#[test]
fn random_plays_reach_decisions_rulings_bars_and_every_outcome() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut draw = || {
        // xorshift64 (Marsaglia 2003)
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 24) as u8
    };
    let (mut outcomes, mut standings, mut barred, mut commands) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for _ in 0..150 {
        let steps: Vec<Step> = (0..150)
            .map(|_| (draw(), draw(), draw(), draw(), u16::from(draw())))
            .collect();
        let (play, accepted) = play(&steps);
        commands += accepted;
        barred += play.case.barred.len();
        standings.extend(play.case.proposals.values().map(|p| p.standing));
        outcomes.extend(play.facts.iter().filter_map(|f| match &f.what {
            CaseFact::Life(LifeFact::Closed { outcome, .. }) => Some(*outcome),
            _ => None,
        }));
    }
    assert!(commands > 1_500, "{commands}");
    assert!(barred > 30, "{barred}");
    for outcome in [
        Outcome::Benign,
        Outcome::Confirmed,
        Outcome::Unfounded,
        Outcome::InsufficientData,
    ] {
        assert!(outcomes.contains(&outcome), "{outcomes:?}");
    }
    for standing in [
        Standing::Agreed,
        Standing::Rejected,
        Standing::Escalated,
        Standing::RuledFor,
        Standing::Voided,
    ] {
        assert!(standings.contains(&standing), "{standings:?}");
    }
}
