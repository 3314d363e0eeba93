//! Copies: by copying and cutting, by compressing, by hand.

use super::*;

fn lines(from: usize, to: usize) -> String {
    (from..to).map(|number| format!("line {number}\n")).collect()
}

#[test]
fn a_file_copied_and_cut_is_read_once_with_what_only_the_copy_holds() {
    let mut desk = Desk::new();
    desk.append("app.log", lines(0, 50));
    desk.look();
    // These are read nowhere but in the copy, and the last one is unfinished there.
    desk.append("app.log", lines(50, 60));
    fs::copy(desk.path("app.log"), desk.path("app.log.1")).unwrap();
    desk.cut("app.log");
    desk.append("app.log", lines(60, 70));
    desk.look();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 70);
    // Once more, with the copies moved on.
    desk.rename("app.log.1", "app.log.2");
    fs::copy(desk.path("app.log"), desk.path("app.log.1")).unwrap();
    desk.cut("app.log");
    desk.append("app.log", lines(70, 75));
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 75);
}

#[test]
fn a_copy_made_before_the_last_lines_were_written_is_known_too() {
    let mut desk = Desk::new();
    desk.append("app.log", lines(0, 50));
    desk.look();
    fs::copy(desk.path("app.log"), desk.path("app.log.1")).unwrap();
    desk.append("app.log", lines(50, 60));
    desk.look();
    desk.cut("app.log");
    desk.append("app.log", lines(60, 61));
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 61);
}

#[test]
fn a_copy_that_nobody_cuts_is_not_read_as_long_as_it_is_one() {
    let mut desk = Desk::new();
    desk.append("app.log", lines(0, 50));
    desk.look();
    fs::copy(desk.path("app.log"), desk.path("app.log.bak")).unwrap();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 50);
    desk.append("app.log", lines(50, 60));
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 60);
    desk.append("app.log.bak", "by hand\n");
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 61);
}

#[test]
fn files_that_only_begin_alike_are_read_each() {
    let mut desk = Desk::new();
    for name in ["app.log", "app-2.log", "other.log"] {
        desk.append(name, format!("when,who\n1,{name}\n"));
    }
    desk.look();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 6);
}

#[test]
fn a_rotated_file_that_was_read_is_not_read_again_compressed() {
    let mut desk = Desk::new();
    desk.append("app.log", lines(0, 50));
    desk.look();
    desk.rename("app.log", "app.log.1");
    desk.append("app.log", lines(50, 60));
    desk.look();
    desk.gzip("app.log.1", "app.log.1.gz");
    desk.rest();
    desk.rename("app.log.1.gz", "app.log.2.gz");
    desk.rest();
    desk.restart();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 60);
    assert!(desk.trouble().is_empty());
}

#[test]
fn what_was_compressed_before_it_was_read_is_read_from_the_compressed_file() {
    let mut desk = Desk::new();
    desk.append("app.log", lines(0, 50));
    desk.look();
    // Tandem is away while this happens.
    desk.append("app.log", lines(50, 60_000));
    desk.gzip("app.log", "app.log.1.gz");
    desk.append("app.log", lines(60_000, 60_010));
    desk.restart();
    desk.look();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 60_010);
    let mut known = std::collections::BTreeSet::new();
    assert!(desk.kept.lines.iter().all(|(line, _)| known.insert(line.clone())));
}

#[test]
fn a_compressed_file_nobody_knows_is_read_and_a_broken_one_is_trouble() {
    let mut desk = Desk::new();
    desk.append("old.log", lines(0, 90_000));
    desk.gzip("old.log", "old.log.gz");
    let whole = fs::read(desk.path("old.log.gz")).unwrap();
    let (first, second) = whole.split_at(whole.len() / 2);
    fs::remove_file(desk.path("old.log.gz")).unwrap();
    desk.append("old.log.gz", first);
    desk.append("bad.gz", b"\x1f\x8b\x08 this is not what it says it is");
    desk.rest();
    assert!(!desk.trouble().is_empty());
    let before = desk.kept.lines.len();
    assert!(before < 90_000);
    // The line it breaks off in is read again by the next run.
    desk.restart();
    desk.append("old.log.gz", second);
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 90_000);
    assert_eq!(desk.kept.lines[89_999].0, "line 89999");
}
