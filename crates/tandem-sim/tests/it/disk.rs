//! Folders, sizes, sameness.

use std::fs;

use tandem_sim::{Plan, SimError, simulate};

use crate::support::{files, lines, small, storied, text};

fn print(dir: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    files(dir)
        .into_iter()
        .map(|p| {
            (
                p.strip_prefix(dir).unwrap().display().to_string(),
                fs::read(&p).unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_another_seed_gives_others() {
    let dir = tempfile::tempdir().unwrap();
    let plan = |seed| Plan::new(30, 12, seed);
    for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] {
        simulate(&plan(seed), &dir.path().join(name), &mut |_| {}).unwrap();
    }
    let (a, b, c) = (
        print(&dir.path().join("a")),
        print(&dir.path().join("b")),
        print(&dir.path().join("c")),
    );
    assert_eq!(a.len(), b.len());
    for (one, other) in a.iter().zip(&b) {
        assert!(one == other, "{} differs", one.0);
    }
    let logs = |all: &[(String, Vec<u8>)]| {
        all.iter()
            .filter(|f| f.0.contains("mail"))
            .map(|f| f.1.clone())
            .collect::<Vec<_>>()
    };
    assert_ne!(logs(&a), logs(&c));
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "mine").unwrap();
    let error = simulate(&Plan::new(30, 2, 1), dir.path(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, SimError::Occupied(_)), "{error}");
    assert!(error.to_string().contains("not empty"));
    assert_eq!(fs::read_to_string(dir.path().join("thesis.txt")).unwrap(), "mine");
    assert_eq!(files(dir.path()).len(), 1);
}

#[test]
fn an_earlier_run_is_replaced_and_nothing_of_it_stays() {
    let dir = tempfile::tempdir().unwrap();
    let first = simulate(&Plan::new(30, 9, 1), dir.path(), &mut |_| {}).unwrap();
    assert!(!first.replaced);
    let second = simulate(&Plan::new(30, 4, 1), dir.path(), &mut |_| {}).unwrap();
    assert!(second.replaced);
    let days: std::collections::BTreeSet<String> = files(&dir.path().join("logs"))
        .iter()
        .map(|p| p.file_name().unwrap().to_str().unwrap()[..10].to_owned())
        .collect();
    assert_eq!(days.len(), 4, "{days:?}");
}

#[test]
fn impossible_plans_are_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    for plan in [
        Plan::new(3, 10, 1),
        Plan::new(30, 0, 1),
        Plan {
            home_domain: "a b".into(),
            ..Plan::new(30, 2, 1)
        },
    ] {
        assert!(matches!(
            simulate(&plan, &out, &mut |_| {}),
            Err(SimError::Plan(_))
        ));
        assert!(!out.exists());
    }
}

#[test]
fn progress_tells_every_day_and_the_summary_counts_every_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    let summary = simulate(&Plan::new(25, 6, 5), dir.path(), &mut |p| {
        seen.push((p.done, p.total, p.lines));
    })
    .unwrap();
    assert_eq!(seen.iter().map(|s| s.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert!(seen.windows(2).all(|w| w[0].2 <= w[1].2));
    assert_eq!(seen.last().unwrap().2, summary.lines);
    let company = small();
    assert_eq!(lines(company, |_| true).len() as u64, company.summary.lines);
    let bytes: usize = files(&company.dir.join("logs"))
        .iter()
        .map(|p| text(p).len())
        .sum();
    assert_eq!(bytes as u64, company.summary.bytes);
}

#[test]
fn sizes_are_those_of_a_working_company() {
    let company = storied();
    let per_day =
        company.summary.lines as f64 / f64::from(company.plan.people) / f64::from(company.plan.days);
    assert!(
        (12.0..45.0).contains(&per_day),
        "{per_day} lines per person and calendar day"
    );
    for source in &company.summary.sources {
        assert!(source.lines > 0 && source.files > 20, "{source:?}");
        let mean = source.bytes / source.lines;
        assert!((50..2_500).contains(&mean), "{source:?}");
    }
    let packed = |ending: &str| {
        files(&company.dir)
            .iter()
            .filter(|p| p.extension().is_some_and(|e| e == ending))
            .count()
    };
    assert!(packed("gz") > 50);
    assert_eq!(packed("zst"), 1);
}

#[test]
fn some_lines_come_twice_and_some_come_late() {
    let company = storied();
    let erp: Vec<String> = lines(company, |s| s == "erp")
        .into_iter()
        .filter(|l| !l.broken)
        .map(|l| l.text)
        .collect();
    let distinct: std::collections::BTreeSet<&String> = erp.iter().collect();
    assert!(erp.len() > distinct.len(), "no duplicates");
    assert!(erp.len() - distinct.len() < erp.len() / 1_000);
    // Records begin with their time.
    let late = erp
        .windows(2)
        .filter(|w| w[0] > w[1] && w[0][..20] == w[1][..20])
        .count();
    assert!(late > 0 && late < erp.len() / 100, "{late} of {}", erp.len());
}
