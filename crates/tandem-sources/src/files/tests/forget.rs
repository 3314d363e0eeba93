//! Files that are gone for good are forgotten, and only these.

use super::super::forget::note;
use super::*;

const DAY: u64 = 86_400;

impl Desk {
    /// Lets days pass, looking now and then.
    fn days(&mut self, days: u64) {
        for _ in 0..days * 4 {
            self.later(DAY / 4);
            self.look();
        }
        self.rest();
    }

    /// Names of the files that are known.
    fn known(&self) -> Vec<String> {
        let all = self.kept.positions.values();
        let mut names: Vec<String> = all
            .map(|position| {
                let mark: serde_json::Value = serde_json::from_str(&position.mark).unwrap();
                let path = mark["path"].as_str().or(mark["log"].as_str()).unwrap();
                path.rsplit('/').next().unwrap().to_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Takes a file out of the places that are watched.
    fn hide(&self, name: &str) -> PathBuf {
        let place = self.folder.path().join("hidden");
        fs::create_dir_all(&place).unwrap();
        fs::rename(self.path(name), place.join(name)).unwrap();
        place.join(name)
    }

    fn with_files(names: &[&str]) -> Self {
        let mut desk = Self::new();
        for name in names {
            desk.append(name, format!("first line of {name}\nsecond\n"));
        }
        desk.look();
        assert_eq!(desk.known(), names);
        desk
    }
}

#[test]
fn a_file_that_is_gone_for_longer_than_a_month_is_forgotten_and_the_last_one_stays() {
    let mut desk = Desk::with_files(&["a.log", "b.log", "c.log"]);
    desk.remove("a.log");
    desk.rest();
    desk.days(1);
    desk.remove("b.log");
    desk.rest();
    desk.days(28);
    assert_eq!(desk.known(), ["a.log", "b.log", "c.log"]);
    desk.days(1);
    assert_eq!(desk.known(), ["b.log", "c.log"]);
    // Without any position the source would take itself for one that never ran; those that are there count as well.
    desk.days(40);
    assert_eq!(desk.known(), ["b.log", "c.log"]);
    desk.remove("c.log");
    desk.rest();
    assert_eq!(desk.known(), ["c.log"]);
    desk.days(40);
    assert_eq!(desk.known(), ["c.log"]);
    assert_eq!(desk.kept.lines.len(), 6);
    assert_eq!(desk.trouble(), Vec::<String>::new());
}

#[test]
fn a_file_that_comes_back_in_time_is_not_read_again_and_counts_anew_when_it_goes() {
    let mut desk = Desk::with_files(&["a.log", "b.log"]);
    desk.hide("b.log");
    desk.rest();
    let hidden = desk.hide("a.log");
    for restart in [false, true, true] {
        desk.days(29);
        if restart {
            desk.restart();
            desk.look();
        }
        fs::rename(&hidden, desk.path("a.log")).unwrap();
        desk.rest();
        desk.hide("a.log");
        desk.rest();
        assert_eq!(desk.kept.lines.len(), 4, "nothing was read again");
        assert!(desk.known().contains(&"a.log".to_owned()));
    }
    // What was written to it while it was away is read, and nothing else.
    fs::rename(&hidden, desk.path("a.log")).unwrap();
    desk.append("a.log", "third\n");
    desk.rest();
    assert_eq!(desk.kept.texts()[4..], ["third"]);
}

#[test]
fn since_when_a_file_is_gone_survives_restarts_and_what_is_there_meanwhile_is_not_gone() {
    let mut desk = Desk::with_files(&["a.log", "b.log", "c.log"]);
    for name in ["a.log", "b.log"] {
        desk.hide(name);
    }
    desk.rest();
    desk.hide("c.log");
    desk.rest();
    for _ in 0..4 {
        desk.days(7);
        desk.restart();
    }
    // It lies there again, but so little of it that nobody can say what it is; meanwhile its time is over.
    let path = desk.folder.path().join("hidden/b.log");
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(4)
        .unwrap();
    fs::rename(&path, desk.path("b.log")).unwrap();
    desk.look();
    desk.later(3 * DAY);
    desk.settings.idle_minutes = 0;
    desk.restart();
    desk.rest();
    desk.rest();
    assert_eq!(desk.known(), ["b.log", "c.log"]);
}

#[test]
fn rotated_files_leave_nothing_for_ever() {
    let mut desk = Desk::new();
    for day in 0..100 {
        desk.append("app.log", format!("day {day}\n{}\n", "x".repeat(day)));
        desk.look();
        if desk.path("app.log.2").exists() {
            desk.remove("app.log.2");
        }
        if desk.path("app.log.1").exists() {
            desk.rename("app.log.1", "app.log.2");
        }
        desk.rename("app.log", "app.log.1");
        desk.days(1);
    }
    assert_eq!(desk.kept.lines.len(), 200);
    assert!(desk.kept.positions.len() <= 34, "{}", desk.kept.positions.len());
    assert!(desk.kept.positions.len() >= 30, "{}", desk.kept.positions.len());
}

#[test]
fn what_copying_and_cutting_left_behind_is_forgotten_too() {
    let mut desk = Desk::new();
    for day in 0..50 {
        desk.append("app.log", format!("day {day}\n{}\n", "x".repeat(day)));
        desk.look();
        desk.cut("app.log");
        desk.rest();
        desk.days(1);
    }
    assert_eq!(desk.kept.lines.len(), 100);
    assert!(desk.kept.positions.len() <= 34, "{}", desk.kept.positions.len());
}

#[test]
fn streams_that_are_no_longer_compared_with_files_are_forgotten_in_their_time() {
    let names = ["a.log", "b.log", "c.log", "d.log"];
    let mut desk = Desk::with_files(&names);
    desk.follower.remembered = 1;
    for name in names {
        desk.hide(name);
        desk.rest();
    }
    assert_eq!(desk.follower.streams.len(), 1);
    desk.days(29);
    assert_eq!(desk.known(), names);
    // One of them is read anew: its position belongs to that.
    fs::rename(desk.folder.path().join("hidden/b.log"), desk.path("b.log")).unwrap();
    desk.kept
        .positions
        .retain(|_, position| !position.mark.contains("b.log"));
    desk.rest();
    desk.days(2);
    assert_eq!(desk.known(), ["b.log", "d.log"]);
    assert_eq!(desk.kept.lines.len(), 10);
}

#[test]
fn with_0_nothing_is_forgotten() {
    let mut desk = Desk::with(|settings| settings.forget_after_days = 0);
    for name in ["a.log", "b.log"] {
        desk.append(name, format!("{name}\n"));
    }
    desk.look();
    desk.remove("a.log");
    desk.remove("b.log");
    desk.rest();
    desk.days(400);
    assert_eq!(desk.known(), ["a.log", "b.log"]);
    desk.settings.forget_after_days = 4_000;
    assert!(desk.settings.check().is_err());
}

#[test]
fn a_source_that_begins_at_the_end_does_not_pass_over_what_came_after_all_was_forgotten() {
    let mut desk = Desk::with(|settings| settings.start = Start::End);
    desk.look();
    for name in ["a.log", "b.log"] {
        desk.append(name, format!("{name}\n"));
        desk.look();
        desk.remove(name);
        desk.rest();
    }
    desk.days(60);
    assert_eq!(desk.known(), ["b.log"]);
    desk.append("c.log", "new\n");
    desk.restart();
    desk.look();
    assert_eq!(desk.kept.texts(), ["a.log", "b.log", "new"]);
}

#[test]
fn a_wrong_clock_is_found_out() {
    let mut gone = None;
    assert!(note(&mut gone, 1_000));
    assert!(!note(&mut gone, 2_000));
    assert_eq!(gone, Some(1_000));
    // Noted when the clock was years ahead.
    let mut gone = Some(4_000_000_000);
    assert!(note(&mut gone, 1_700_000_000));
    assert_eq!(gone, Some(1_700_000_000));
}
