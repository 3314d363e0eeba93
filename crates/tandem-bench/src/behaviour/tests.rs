//! The whole way on small companies that are made here: of CERT's layout, and simulated.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tandem_domain::Day;

use super::*;

/// 30 people over 130 days. One of them copies files at night on three days; another leaves, a month before the directory
/// shows it.
fn write_company(dir: &Path) {
    let (mut logon, mut device, mut file) = (String::new(), String::new(), String::new());
    let start = Day::parse("2010-01-01").unwrap();
    let date = |day: Day| {
        let text = day.to_string();
        let parts: Vec<&str> = text.split('-').collect();
        format!("{}/{}/{}", parts[1], parts[2], parts[0])
    };
    let mut id = 0;
    let mut row = |log: &mut String, at: &str, user: usize, last: &str| {
        id += 1;
        writeln!(log, "{{R{id}}},{at},U{user:02},PC-{user:02},{last}").unwrap();
    };
    for n in 0..130 {
        let day = start.plus(n);
        if day.is_weekend() {
            continue;
        }
        let date = date(day);
        for user in 0..30 {
            if user == 7 && n > 100 {
                continue;
            }
            let chance = |salt: u64| xxh3_64(format!("{user} {n} {salt}").as_bytes());
            let minute = chance(1) % 60;
            row(
                &mut logon,
                &format!("{date} {:02}:{minute:02}:00", 7 + chance(2) % 3),
                user,
                "Logon",
            );
            row(
                &mut logon,
                &format!("{date} {:02}:{minute:02}:00", 16 + chance(3) % 3),
                user,
                "Logoff",
            );
            if user % 5 == 0 {
                for copy in 0..chance(4) % 6 {
                    row(
                        &mut device,
                        &format!("{date} {}:{minute:02}:00", 10 + copy),
                        user,
                        "Connect",
                    );
                    row(
                        &mut file,
                        &format!("{date} {}:{minute:02}:30", 10 + copy),
                        user,
                        &format!("F{n}{copy}.doc"),
                    );
                }
            }
        }
        if (110..113).contains(&n) {
            row(&mut logon, &format!("{date} 02:10:00"), 3, "Logon");
            row(&mut device, &format!("{date} 02:11:00"), 3, "Connect");
            (0..40).for_each(|f| row(&mut file, &format!("{date} 02:12:00"), 3, &format!("S{f}.doc")));
        }
    }
    logon.push_str("spoilt\n");
    let head = |last: &str| format!("id,date,user,pc,{last}\n");
    fs::create_dir_all(dir.join("LDAP")).unwrap();
    fs::write(dir.join("logon.csv"), head("activity") + &logon).unwrap();
    fs::write(dir.join("device.csv"), head("activity") + &device).unwrap();
    fs::write(dir.join("file.csv"), head("filename") + &file).unwrap();
    for (month, people) in [
        ("2009-12", 30),
        ("2010-01", 30),
        ("2010-02", 30),
        ("2010-03", 30),
        ("2010-04", 15),
    ] {
        let mut text =
            "employee_name,user_id,email,role,business_unit,functional_unit,department,team,supervisor\n"
                .to_owned();
        for user in 0..people {
            writeln!(text, "N,U{user:02},u{user}@dtaa.example,R{},1,F,D,T,S", user % 2).unwrap();
        }
        fs::write(dir.join(format!("LDAP/{month}.csv")), text).unwrap();
    }
    let mut labels = "user,date,scenario\n".to_owned();
    (110..113).for_each(|n| {
        if !start.plus(n).is_weekend() {
            writeln!(labels, "U03,{},1", start.plus(n)).unwrap();
        }
    });
    fs::write(dir.join("labels_user_day_visible.csv"), &labels).unwrap();
    fs::write(dir.join("labels_user_day.csv"), &labels).unwrap();
}

/// The company as a data set.
pub fn small_company(scratch: &tempfile::TempDir) -> DataSet {
    write_company(scratch.path());
    let shelf = Shelf::open(scratch.path()).unwrap();
    Source::Files(&shelf, shelf.sets[0].clone())
        .load(&Load::whole())
        .unwrap()
}

#[test]
fn a_copy_of_certs_layout_is_scored_and_judged() {
    let scratch = tempfile::tempdir().unwrap();
    write_company(scratch.path());
    let shelf = Shelf::open(scratch.path()).unwrap();
    let source = Source::Files(&shelf, shelf.sets[0].clone());
    let judged = judge(&source, &Settings::default()).unwrap();
    let figures = judged.figures.unwrap();
    assert_eq!(figures.get("insiders"), Some(1.0));
    assert_eq!(figures.get("bad_rows"), Some(1.0));
    assert_eq!(
        figures.get("r_at_1"),
        Some(1.0),
        "copying at night is the oddest thing there is"
    );
    assert_eq!(figures.get("queue_delay_median_days"), Some(0.0));
    for key in [
        "queue_delay_p90_days",
        "cold_start_r_at_5",
        "cold_start_r_at_10",
        "calibration_ratio_1e2",
        "calibration_ratio_1e3",
        "events_per_s_core",
        "bytes_per_subject",
        "bytes_before_sketches_per_subject",
        "profile_mb_100k_subjects",
        "zmax_cr_1000_normalised",
        "random_dr_10permille_insiders_high95",
        "queue_unfound_after_7d_k2",
        "mean_e_value",
    ] {
        assert!(figures.get(key).is_some_and(f64::is_finite), "{key}");
    }
    let notes = judged.set.notes().join("\n");
    assert!(notes.contains("not there: email.csv, http.csv"), "{notes}");
    assert!(notes.contains("logon.csv: 1 rows left out"), "{notes}");
}

#[test]
fn without_labels_and_with_one_log_days_are_scored_and_not_judged() {
    let scratch = tempfile::tempdir().unwrap();
    write_company(scratch.path());
    for file in [
        "device.csv",
        "file.csv",
        "labels_user_day.csv",
        "labels_user_day_visible.csv",
    ] {
        fs::remove_file(scratch.path().join(file)).unwrap();
    }
    fs::remove_dir_all(scratch.path().join("LDAP")).unwrap();
    let shelf = Shelf::open(scratch.path()).unwrap();
    let judged = judge(
        &Source::Files(&shelf, shelf.sets[0].clone()),
        &Settings::default(),
    )
    .unwrap();
    let figures = judged.figures.unwrap();
    assert_eq!(figures.get("r_at_1"), None);
    assert!(figures.get("calibration_ratio_1e2").is_some());
    let notes = judged.set.notes().join("\n");
    assert!(
        notes.contains("no labels") && notes.contains("no directory"),
        "{notes}"
    );
}

#[test]
fn nothing_leaks_on_certs_layout() {
    let scratch = tempfile::tempdir().unwrap();
    write_company(scratch.path());
    let shelf = Shelf::open(scratch.path()).unwrap();
    let source = Source::Files(&shelf, shelf.sets[0].clone());
    let leaks = leaks::check(&source, &Settings::default()).unwrap();
    assert_eq!(leaks.len(), 4);
    assert!(leaks.iter().all(leaks::Leak::passed), "{leaks:?}");
}

#[test]
fn nothing_leaks_on_a_simulated_company() {
    let scratch = tempfile::tempdir().unwrap();
    let plan = Plan::new(40, 90, 40_003);
    let dir = scratch.path().join("company");
    tandem_sim::simulate(&plan, &dir, &mut |_| {}).unwrap();
    let source = Source::Company(dir, plan);
    let leaks = leaks::check(&source, &Settings::default()).unwrap();
    assert!(leaks.iter().all(leaks::Leak::passed), "{leaks:?}");
    assert!(leaks.iter().all(|leak| leak.compared > 500), "{leaks:?}");
    let judged = judge(&source, &Settings::default()).unwrap();
    let people = judged.set.activity.people();
    let known = |person: &String| people.contains(person.as_str());
    assert!(!judged.labels.visible.is_empty(), "stories are judged");
    assert!(
        judged.labels.visible.keys().all(known),
        "under the keys of the people files"
    );
    assert!(!judged.labels.confounders.is_empty());
}

#[test]
fn a_directory_read_ahead_is_a_leak_that_is_found() {
    let scratch = tempfile::tempdir().unwrap();
    let set = small_company(&scratch);
    // The month's file as if it could be read while the month runs: what the product must not do.
    let early = |known_by: Option<Day>| {
        let mut set = small_company(&scratch);
        let mut organisation = data::organisation::Organisation::default();
        for (name, people) in [("2010-03", 30), ("2010-04", 15)] {
            let first = Day::parse(&format!("{name}-01")).unwrap();
            if known_by.is_some_and(|day| data::organisation::is_after(&format!("{name}.csv"), day)) {
                continue;
            }
            let people = (0..people).map(|user| {
                let standing = data::organisation::Standing {
                    groups: vec![format!("role:R{}", user % 2)],
                    ..data::organisation::Standing::default()
                };
                (format!("U{user:02}"), standing)
            });
            organisation.state(first, people.collect());
        }
        set.organisation = organisation;
        set
    };
    let day = set.first_judged().plus(15);
    let scores = |set: &DataSet| {
        let mut all = Vec::new();
        let part = Part {
            until: Some(day),
            since: None,
        };
        scoring::run(set, &Settings::default(), part, &mut |_, scores| {
            all.extend(scores)
        });
        all
    };
    assert!(
        scores(&early(None)) != scores(&early(Some(day))),
        "reading ahead must show"
    );
}

#[test]
fn the_page_is_made_from_the_figures_alone() {
    let scratch = tempfile::tempdir().unwrap();
    write_company(scratch.path());
    let shelf = Shelf::open(scratch.path()).unwrap();
    let judged = judge(
        &Source::Files(&shelf, shelf.sets[0].clone()),
        &Settings::default(),
    )
    .unwrap();
    let mut all: Map<String, Value> = judged.figures.unwrap().0.into_iter().collect();
    all.insert("set".into(), "small".into());
    all.insert("kind".into(), judged.set.kind.words().into());
    all.insert(
        "settings_hash".into(),
        settings_hash(&Settings::default()).unwrap().into(),
    );
    let page = docs::page(&all, None);
    assert_eq!(
        page,
        docs::page(
            &serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap(),
            None
        )
    );
    assert!(page.contains("## CERT-hybrid small"), "{page}");
    assert!(page.contains(&settings_hash(&Settings::default()).unwrap()));
    assert!(page.contains("| Tandem | 1.000 [0.03, 1.00]; 1.000 |"), "{page}");
    assert!(!page.contains("role:R"), "no name of the data");
}
