use tandem_domain::{CaseId, Day, Purpose};

use super::*;
use crate::entry::{Entry, Salt};
use crate::{Chain, Row};

const ME: &str = "a.meyer";

/// Rows of some days, written by hand.
struct Book {
    chain: Chain,
    rows: Vec<Row>,
}

impl Book {
    fn new() -> Self {
        Self {
            chain: Chain::new("tandem.example.org").unwrap(),
            rows: Vec::new(),
        }
    }

    fn add(&mut self, day: i32, hour: i64, who: &str, act: &str, change: impl FnOnce(&mut Entry)) {
        let at = Day(day).start().plus_micros(hour * 3_600_000_000);
        let mut entry = Entry::new(at, who, "it_analyst", act, Salt([0; 16]));
        change(&mut entry);
        self.rows.push(self.chain.append(entry).unwrap());
    }

    fn look(&mut self, day: i32, hour: i64, who: &str, subject: &str) {
        self.add(day, hour, who, "subject.look", |entry| {
            entry.subject = Some(SubjectId(subject.to_owned()));
        });
    }

    /// `count` different subjects without a case, in the morning.
    fn looks(&mut self, day: i32, who: &str, count: usize) {
        for number in 0..count {
            self.look(day, 9, who, &format!("S-{day:04}{number:04}"));
        }
    }

    fn judge(&self, day: i32, colleagues: &Colleagues) -> Vec<WatchFinding> {
        let mut past = Past::default();
        for earlier in 0..day {
            past.learn(&WatchDay::of(Day(earlier), &self.rows, colleagues));
        }
        findings(&WatchDay::of(Day(day), &self.rows, colleagues), colleagues, &past)
    }

    fn kinds(&self, day: i32, colleagues: &Colleagues) -> Vec<WatchKind> {
        self.judge(day, colleagues)
            .iter()
            .map(|finding| finding.kind)
            .collect()
    }
}

fn colleagues(names: &[&str]) -> Colleagues {
    let known = Colleague {
        department: Some(Department::It),
        ..Colleague::default()
    };
    names
        .iter()
        .map(|name| ((*name).to_owned(), known.clone()))
        .collect()
}

/// Sixty ordinary days of four to eight subjects.
fn ordinary(names: &[&str]) -> Book {
    let mut book = Book::new();
    for day in 0..60 {
        for (place, who) in names.iter().enumerate() {
            book.looks(day, who, 4 + (day as usize * 7 + place * 3) % 5);
        }
    }
    book
}

#[test]
fn many_subjects_without_a_case_are_a_finding_and_an_ordinary_day_is_none() {
    let names = [ME, "b.kaya", "c.rossi"];
    let known = colleagues(&names);
    for (count, found) in [(6, false), (10, false), (40, true)] {
        let mut book = ordinary(&names);
        book.looks(60, ME, count);
        let kinds = book.kinds(60, &known);
        assert_eq!(
            kinds == [WatchKind::ManySubjectsWithoutCase],
            found,
            "{count}: {kinds:?}"
        );
    }
    let mut book = ordinary(&names);
    book.looks(60, ME, 40);
    let finding = book.judge(60, &known).remove(0);
    assert_eq!(finding.rows.len(), 40);
    assert!(finding.chance.unwrap() < LEVEL);
    insta::assert_snapshot!(finding.sentence, @"a.meyer looked at 40 subjects without a case on 1970-03-02; on their peers' 120 earlier days it was 6.0 a day on average, and as many come by chance on less than one day in a million");
}

#[test]
fn the_same_subjects_again_or_within_a_case_are_not_many() {
    let known = colleagues(&[ME]);
    let mut book = ordinary(&[ME]);
    for _ in 0..60 {
        book.look(60, 10, ME, "S-1");
    }
    for number in 0..60 {
        book.add(60, 11, ME, "subject.look", |entry| {
            entry.subject = Some(SubjectId(format!("S-case{number}")));
            entry.case = Some(CaseId::of(2026, 1));
        });
    }
    assert_eq!(book.kinds(60, &known), []);
}

#[test]
fn somebody_new_is_compared_with_peers_and_without_any_past_with_nobody() {
    let names = ["b.kaya", "c.rossi"];
    let mut known = colleagues(&names);
    known.insert(ME.to_owned(), known["b.kaya"].clone());
    let mut book = ordinary(&names);
    book.looks(60, ME, 60);
    let findings = book.judge(60, &known);
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].compared.contains("their peers'"),
        "{}",
        findings[0].compared
    );
    // Those of the other department are no peers, and without a past there is nothing to compare with.
    known.get_mut(ME).unwrap().department = Some(Department::Corporate);
    assert_eq!(book.kinds(60, &known), []);
}

#[test]
fn growing_slowly_does_not_hide_from_the_comparison_with_peers() {
    let names = ["b.kaya", "c.rossi", "d.novak"];
    let mut known = colleagues(&names);
    known.insert(ME.to_owned(), known["b.kaya"].clone());
    let mut book = ordinary(&names);
    for day in 0..60 {
        book.looks(day, ME, 6 + day as usize);
    }
    book.looks(60, ME, 66);
    assert_eq!(book.kinds(60, &known), [WatchKind::ManySubjectsWithoutCase]);
}

#[test]
fn a_burst_of_exports_is_a_finding() {
    let known = colleagues(&[ME]);
    let mut book = Book::new();
    for day in 0..60 {
        book.look(day, 9, ME, "S-1");
        if day % 10 == 0 {
            book.add(day, 10, ME, "export.make", |_| {});
        }
    }
    book.add(60, 9, ME, "export.make", |_| {});
    assert_eq!(book.kinds(60, &known), []);
    for _ in 0..7 {
        book.add(61, 9, ME, "case.export", |entry| {
            entry.case = Some(CaseId::of(2026, 1))
        });
    }
    let findings = book.judge(61, &known);
    assert_eq!(findings.len(), 1);
    insta::assert_snapshot!(findings[0].sentence, @"a.meyer made 7 exports on 1970-03-03; on a.meyer's own 61 earlier days it was 0.1 a day on average, and as many come by chance on less than one day in a million");
}

#[test]
fn looks_at_oneself_the_own_team_and_a_conflict_are_findings_each_time() {
    let mut known = colleagues(&[ME]);
    let me = known.get_mut(ME).unwrap();
    me.own_subject = Some(SubjectId("S-ME".to_owned()));
    me.ties.insert(SubjectId("S-MATE".to_owned()), Tie::Colleague);
    me.ties.insert(SubjectId("S-EX".to_owned()), Tie::Conflict);
    let mut book = Book::new();
    for subject in ["S-ME", "S-MATE", "S-EX", "S-OTHER"] {
        book.look(0, 9, ME, subject);
        book.look(0, 10, "b.kaya", subject);
    }
    book.add(0, 11, ME, "alert.triage", |entry| {
        entry.subject = Some(SubjectId("S-EX".to_owned()));
        entry.case = Some(CaseId::of(2026, 7));
    });
    let findings = book.judge(0, &known);
    assert!(findings.iter().all(|finding| finding.who == ME), "{findings:?}");
    let sentences: Vec<_> = findings.iter().map(|finding| finding.sentence.as_str()).collect();
    insta::assert_snapshot!(sentences.join("\n"), @r"
    a.meyer looked at or acted on S-EX, with whom or whose department they have a conflict of interest, on 1970-01-01, in part for case C-2026-0007 and in part without a case; who has a conflict of interest leaves the work to somebody else
    a.meyer looked at or acted on S-MATE of their own team on 1970-01-01, without a case; who is near to a subject leaves the work to somebody else
    a.meyer looked at or acted on themselves on 1970-01-01, without a case; everybody reads what is kept about themselves on the page for it, and works on others only
    ");
    let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(
        kinds,
        [
            WatchKind::LookInConflictingDepartment,
            WatchKind::LookAtColleague,
            WatchKind::LookAtSelf
        ]
    );
    assert_eq!(findings[0].rows, [4, 8]);
    assert_eq!(findings[0].subject, Some(SubjectId("S-EX".to_owned())));
}

#[test]
fn reading_what_is_kept_about_oneself_is_everybodys_right() {
    let mut known = colleagues(&[ME]);
    known.get_mut(ME).unwrap().own_subject = Some(SubjectId("S-ME".to_owned()));
    let mut book = Book::new();
    for purpose in [None, Some(Purpose::OwnData)] {
        for role in ["staff", "it_analyst"] {
            book.add(0, 9, ME, "own_data.look", |entry| {
                entry.subject = Some(SubjectId("S-ME".to_owned()));
                entry.purpose = purpose;
                entry.role = role.to_owned();
            });
        }
    }
    let findings = book.judge(0, &known);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rows, [1], "as an analyst and without the purpose");
    // The purpose is no cover for looking at others.
    known
        .get_mut(ME)
        .unwrap()
        .ties
        .insert(SubjectId("S-EX".to_owned()), Tie::Conflict);
    book.add(1, 9, ME, "subject.look", |entry| {
        entry.subject = Some(SubjectId("S-EX".to_owned()));
        entry.purpose = Some(Purpose::OwnData);
    });
    assert_eq!(book.kinds(1, &known), [WatchKind::LookInConflictingDepartment]);
}

#[test]
fn a_look_at_night_counts_by_the_colleagues_own_clock() {
    let mut known = colleagues(&[ME]);
    let mut book = ordinary(&[ME]);
    book.look(60, 3, ME, "S-1");
    assert_eq!(book.kinds(60, &known), [WatchKind::AtNight]);
    let finding = book.judge(60, &known).remove(0);
    insta::assert_snapshot!(finding.sentence, @"a.meyer looked at 1 subject between midnight and 5 o'clock on 1970-03-02, without a case; a.meyer did so on 0 of 60 earlier days, their peers on 0 of 0");
    known.get_mut(ME).unwrap().offset_minutes = 120;
    assert_eq!(
        book.kinds(60, &known),
        [],
        "3 o'clock in UTC is 5 o'clock two hours further east"
    );
    known.get_mut(ME).unwrap().offset_minutes = -240;
    assert_eq!(book.kinds(60, &known), [], "and the evening before further west");
}

#[test]
fn who_works_at_night_by_habit_is_not_reported_for_it() {
    let known = colleagues(&[ME]);
    let mut book = Book::new();
    for day in 0..30 {
        book.look(day, if day % 7 == 0 { 2 } else { 14 }, ME, "S-1");
    }
    book.look(30, 2, ME, "S-1");
    assert_eq!(book.kinds(30, &known), []);
}

#[test]
fn a_day_that_is_read_row_by_row_is_the_same_day() {
    let known = colleagues(&[ME]);
    let book = ordinary(&[ME, "b.kaya"]);
    let mut day = WatchDay::new(Day(7));
    for row in &book.rows {
        day.add(row, &known);
    }
    assert_eq!(day, WatchDay::of(Day(7), &book.rows, &known));
}

#[test]
fn the_system_is_not_watched() {
    let mut book = ordinary(&[]);
    for number in 0..500 {
        book.look(60, 2, "system", &format!("S-{number}"));
    }
    assert_eq!(book.kinds(60, &colleagues(&[])), []);
}

#[test]
fn a_finding_reaches_the_auditor_and_never_the_colleague_or_their_own_chain() {
    let mut known = colleagues(&[ME]);
    known
        .get_mut(ME)
        .unwrap()
        .ties
        .insert(SubjectId("S-1".to_owned()), Tie::Colleague);
    let mut book = Book::new();
    book.look(0, 9, ME, "S-1");
    book.add(1, 9, ME, "subject.look", |entry| {
        entry.subject = Some(SubjectId("S-1".to_owned()));
        entry.role = "auditor".to_owned();
    });
    for (day, reader) in [(0, Role::Auditor), (1, Role::WorksCouncil)] {
        let finding = book.judge(day, &known).remove(0);
        for role in Role::ALL {
            assert_eq!(finding.may_be_read_by("somebody.else", role), role == reader);
            assert!(!finding.may_be_read_by(ME, role));
        }
    }
}

#[test]
fn by_chance_a_finding_comes_no_more_often_than_the_level_says() {
    // Poisson counts by inversion of evenly spread values: every thousandth from 0.0005 on, shuffled by a fixed stride.
    let mean: f64 = 6.0;
    let draw = |place: usize| {
        let wanted = ((place * 619) % 1000) as f64 / 1000.0 + 0.0005;
        let (mut count, mut mass, mut below) = (0_u64, (-mean).exp(), 0.0);
        while below + mass < wanted {
            below += mass;
            count += 1;
            mass *= mean / count as f64;
        }
        count
    };
    let (mut counts, mut days, mut found) = (Counts::default(), 0, 0);
    for place in 0..1000 {
        let count = draw(place);
        if counts.chance(count, days).is_some_and(|chance| chance <= LEVEL) {
            found += 1;
        }
        counts.sum += count;
        counts.squares += count * count;
        days += 1;
    }
    assert!(found <= 1, "{found}");
    assert!(counts.chance(20, days).unwrap() < LEVEL);
    assert!(counts.chance(13, days).unwrap() > LEVEL);
}

#[test]
fn a_chance_falls_with_the_count_and_scattered_days_surprise_less() {
    let even = Counts {
        sum: 600,
        squares: 3_600,
    };
    let scattered = Counts {
        sum: 600,
        squares: 12_000,
    };
    let mut before = 1.0;
    for count in 1..60 {
        let chance = even.chance(count, 100).unwrap();
        assert!(chance < before, "{count}");
        before = chance;
        if count > 10 {
            assert!(scattered.chance(count, 100).unwrap() > chance, "{count}");
        }
    }
    assert_eq!(even.chance(0, 100), Some(1.0));
    assert_eq!(even.chance(5, 0), None);
    let one_day = Counts { sum: 2, squares: 4 };
    assert!(
        one_day.chance(9, 1).unwrap() > 0.01,
        "one day is not much of a past"
    );
}
