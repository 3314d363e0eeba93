//! Growing, renaming, deleting, cutting.

use std::os::unix::fs::symlink;

use super::*;

#[test]
fn a_file_is_read_as_it_grows_and_an_unfinished_line_waits() {
    let mut desk = Desk::new();
    desk.append("app.log", "one\ntw");
    desk.look();
    assert_eq!(desk.kept.texts(), ["one"]);
    desk.append("app.log", "o\nthree\n");
    desk.append("late.log", "late\n");
    desk.look();
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["late", "one", "three", "two"]);
}

#[test]
fn a_head_that_grows_is_waited_for_and_keeps_one_identity() {
    let mut desk = Desk::new();
    for part in ["a", "bc", "def", "\n", "g\n"] {
        desk.append("app.log", part);
        desk.look();
    }
    desk.restart();
    desk.append("app.log", "h\n");
    desk.look();
    assert_eq!(desk.kept.texts(), ["abcdef", "g", "h"]);
    assert_eq!(desk.kept.positions.len(), 1);
}

#[test]
fn a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_beginning() {
    let mut desk = Desk::with(|settings| {
        settings.exclude = vec!["*.1".into()];
    });
    desk.append("app.log", "one\n");
    desk.look();
    desk.append("app.log", "two\n");
    desk.rename("app.log", "app.log.1");
    desk.append("app.log", "three\n");
    desk.look();
    desk.append("app.log.1", "four");
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["one", "three", "two"]);
    assert!(desk.kept.ends.is_empty());
    desk.rest();
    // The one that was rotated away is over, so what it ends with is a line.
    assert_eq!(sorted(&desk.kept.texts()), ["four", "one", "three", "two"]);
    // Told once more with since when it is gone.
    desk.kept.ends.dedup();
    assert_eq!(desk.kept.ends.len(), 1);
    assert_eq!(desk.follower.files.len(), 1);
}

#[test]
fn a_file_renamed_while_it_is_closed_is_found_again() {
    let mut desk = Desk::with(|settings| {
        settings.paths = vec![settings.paths[0].replace("/*", "/*.log")];
        settings.open_files = 8;
    });
    for number in 0..20 {
        desk.append(&format!("{number:02}.log"), format!("a{number}\n"));
    }
    desk.look();
    let open = desk.follower.files.values().filter(|file| file.handle.is_some());
    assert!(open.count() <= 8);
    for number in 0..20 {
        desk.append(&format!("{number:02}.log"), format!("b{number}\n"));
        desk.rename(&format!("{number:02}.log"), &format!("{number:02}.old"));
    }
    desk.look();
    // A file that was closed again before it was its turn is found at the next look.
    desk.look();
    assert_eq!(desk.kept.lines.len(), 40);
}

#[test]
fn a_deleted_file_that_is_open_is_read_to_its_end() {
    let mut desk = Desk::new();
    desk.append("app.log", "one\n");
    desk.look();
    desk.append("app.log", "two\nthree");
    desk.remove("app.log");
    desk.look();
    desk.rest();
    assert_eq!(desk.kept.texts(), ["one", "two", "three"]);
    assert_eq!(desk.kept.lines[2], ("three".into(), false));
    assert!(desk.follower.files.is_empty());
}

#[test]
fn a_deleted_file_that_ends_inside_its_first_line_is_not_lost() {
    let mut desk = Desk::new();
    desk.append("app.log", "half a line");
    desk.look();
    desk.remove("app.log");
    desk.rest();
    assert_eq!(desk.kept.texts(), ["half a line"]);
}

#[test]
fn a_file_that_was_cut_is_read_anew() {
    let mut desk = Desk::new();
    desk.append("app.log", "one\ntwo\n");
    desk.look();
    desk.cut("app.log");
    desk.look();
    desk.append("app.log", "three\n");
    desk.look();
    assert_eq!(desk.kept.texts(), ["one", "two", "three"]);
    // Longer than before when it is looked at again, and with the same first line.
    desk.cut("app.log");
    desk.append("app.log", "three\nfour\nfive\nsix\n");
    desk.look();
    desk.look();
    assert_eq!(desk.kept.texts()[3..], ["four", "five", "six"]);
    // As long as before.
    desk.cut("app.log");
    desk.append("app.log", "eins\nzwei\ndrei\nvier\n");
    desk.look();
    desk.look();
    assert_eq!(desk.kept.texts()[6..], ["eins", "zwei", "drei", "vier"]);
}

#[test]
fn an_inode_used_again_is_another_file() {
    let mut desk = Desk::new();
    desk.append("header.csv", "when,who\n1,a\n");
    desk.look();
    // The same inode with another content: what a new file gets after the old one was deleted.
    desk.cut("header.csv");
    desk.append("header.csv", "when,who\n2,b\n");
    desk.restart();
    desk.look();
    assert_eq!(desk.kept.texts(), ["when,who", "1,a", "when,who", "2,b"]);
    let streams: Vec<_> = desk.kept.positions.keys().collect();
    assert_eq!(streams.len(), 2, "{streams:?}");
    // And both positions are told apart by the next run.
    desk.restart();
    desk.append("header.csv", "3,c\n");
    desk.look();
    assert_eq!(desk.kept.texts()[4..], ["3,c"]);
}

#[test]
fn reading_goes_on_behind_what_was_kept() {
    let mut desk = Desk::new();
    desk.append("app.log", "one\ntw");
    desk.look();
    desk.restart();
    desk.append("app.log", "o\n");
    desk.rename("app.log", "app.log.1");
    desk.append("app.log", "three\n");
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["one", "three", "two"]);
    // Nothing again, however often it starts.
    for _ in 0..3 {
        desk.restart();
        desk.rest();
    }
    assert_eq!(desk.kept.lines.len(), 3);
}

#[test]
fn a_record_longer_than_a_piece_that_was_begun_is_read_again_by_the_next_run() {
    let mut desk = Desk::new();
    let long = "x".repeat(700_000);
    desk.append("app.log", format!("one\n{long}"));
    desk.look();
    desk.restart();
    desk.look();
    desk.restart();
    desk.append("app.log", format!("{long}\ntwo\n"));
    desk.look();
    desk.rename("app.log", "app.log.1");
    desk.restart();
    desk.rest();
    assert_eq!(
        desk.kept.texts(),
        ["one", format!("{long}{long}").as_str(), "two"]
    );
    assert_eq!(desk.kept.positions.len(), 1);
}

#[test]
fn from_the_end_means_from_the_last_line_and_new_files_are_read_whole() {
    let mut desk = Desk::with(|settings| settings.start = Start::End);
    desk.append("app.log", "one\ntw");
    desk.look();
    assert!(desk.kept.lines.is_empty());
    assert_eq!(desk.kept.positions.len(), 1, "where it stands is remembered");
    desk.restart();
    desk.append("app.log", "o\nthree\n");
    desk.append("new.log", "new\n");
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["new", "three", "two"]);
}

#[test]
fn a_link_and_its_file_are_one_and_a_link_that_moves_on_is_followed() {
    let mut desk = Desk::with(|settings| {
        let folder = settings.paths[0].replace("/*", "");
        settings.paths = vec![format!("{folder}/current"), format!("{folder}/a.lo[g]")];
    });
    desk.append("a.log", "one\n");
    symlink(desk.path("a.log"), desk.path("current")).unwrap();
    symlink(desk.path("nowhere"), desk.path("dangling")).unwrap();
    desk.look();
    assert_eq!(desk.kept.texts(), ["one"]);
    desk.append("a.log", "two\n");
    desk.append("b.log", "three\n");
    desk.remove("current");
    symlink(desk.path("b.log"), desk.path("current")).unwrap();
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["one", "three", "two"]);
    assert!(desk.trouble().is_empty());
}

#[test]
fn zeros_before_the_first_byte_are_passed_over() {
    let mut desk = Desk::new();
    desk.append("app.log", "one\n".repeat(200));
    desk.look();
    // A writer that keeps its place after the file was cut leaves a hole.
    desk.cut("app.log");
    desk.append("app.log", vec![0; 9_000]);
    desk.append("app.log", "two\n");
    desk.look();
    desk.look();
    desk.append("app.log", "three\n");
    desk.look();
    assert_eq!(desk.kept.texts()[200..], ["two", "three"]);
}

#[test]
fn files_are_read_in_turn() {
    let mut desk = Desk::new();
    desk.append("a.log", "a\n".repeat(2_000_000));
    desk.append("b.log", "b\n".repeat(300));
    desk.follower.look(desk.now);
    let mut pieces = desk.follower.round(1, desk.now);
    pieces.extend(desk.follower.round(1, desk.now));
    let mut from: Vec<&str> = pieces.iter().map(|piece| piece.from.as_str()).collect();
    from.sort_unstable();
    assert!(from[0].ends_with("a.log") && from[1].ends_with("b.log"));
    let read: usize = pieces.iter().map(|piece| piece.body.len()).sum();
    assert_eq!(desk.follower.standing().behind, 4_000_600 - read as u64);
    for piece in pieces {
        desk.kept.take(piece);
    }
    desk.read();
    assert_eq!(desk.follower.standing().behind, 0);
    assert_eq!(desk.kept.lines.len(), 2_000_300);
}

#[test]
fn an_idle_file_without_an_end_of_line_counts_as_whole_once() {
    let mut desk = Desk::with(|settings| settings.idle_minutes = 1);
    desk.append("drop.json", "{\"a\":1}\n{\"b\":2}");
    desk.append("one.json", "{\"c\":3}");
    desk.look();
    desk.later(61);
    desk.look();
    desk.look();
    desk.later(61);
    desk.look();
    assert_eq!(
        sorted(&desk.kept.texts()),
        ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]
    );
    desk.restart();
    desk.rest();
    assert_eq!(desk.kept.lines.len(), 3);
}

#[test]
fn folders_hidden_files_and_what_is_no_file_are_left_alone() {
    let mut desk = Desk::with(|settings| {
        settings.paths = vec![
            settings.paths[0].replace("/*", ""),
            settings.paths[0].replace("/*", "/**/deep.log"),
        ];
    });
    fs::create_dir_all(desk.path("x/y")).unwrap();
    desk.append("x/y/deep.log", "deep\n");
    desk.append("x/other.log", "other\n");
    desk.append(".hidden", "hidden\n");
    desk.append("plain", "plain\n");
    desk.look();
    assert_eq!(sorted(&desk.kept.texts()), ["deep", "plain"]);
    assert_eq!(names(desk.folder.path()).len(), 3);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let good = FilesSettings::new(vec!["/var/log/*.log".into()]);
    assert_eq!(good.check(), Ok(()));
    let changes: [fn(&mut FilesSettings); 7] = [
        |settings| settings.paths.clear(),
        |settings| settings.paths.push("var/log".into()),
        |settings| settings.paths.push("/var/***".into()),
        |settings| settings.exclude.push("[".into()),
        |settings| settings.every_ms = 0,
        |settings| settings.open_files = 1,
        |settings| settings.linger_ms = u64::MAX,
    ];
    for change in changes {
        let mut settings = good.clone();
        change(&mut settings);
        assert!(settings.check().is_err(), "{settings:?}");
    }
    let read = |text: &str| serde_json::from_str::<FilesSettings>(text);
    assert_eq!(read("{\"paths\":[\"/var/log/*.log\"]}").unwrap(), good);
    assert!(read("{\"paths\":[],\"multiline\":1}").is_err());
}
