use std::collections::BTreeMap;

use super::*;

/// Positions as they are kept: one of each stream.
#[derive(Default)]
struct Kept(BTreeMap<String, Position>);

impl Kept {
    fn keep(&mut self, position: Position) {
        assert!(position.mark.len() < 64 << 10);
        self.0.insert(position.stream.clone(), position);
    }

    fn load(&self) -> Window {
        let positions: Vec<Position> = self.0.values().cloned().collect();
        Window::load("logs", &positions)
    }
}

#[test]
fn what_was_noted_is_known_also_after_a_restart() {
    let mut kept = Kept::default();
    let mut window = kept.load();
    let keys = ["a/2026/01/05/x", "a/2026/01/05/y", "b/2026/01/01/x", "no date"];
    for key in keys {
        assert_eq!(window.judge(key, "1"), Verdict::New);
        kept.keep(window.note(key, "1"));
    }
    for window in [window, kept.load()] {
        for key in keys {
            assert_eq!(window.judge(key, "1"), Verdict::Known, "{key}");
            assert_eq!(window.judge(key, "2"), Verdict::New, "{key} with other contents");
        }
        assert_eq!(window.judge("a/2026/01/03/late", "1"), Verdict::New);
        assert_eq!(
            window.judge("a/2026/01/02/too late", "1"),
            Verdict::KnownTo("a/2026/01/03".into())
        );
        assert_eq!(
            window.judge("b/2025/12/30/x", "1"),
            Verdict::New,
            "each stem has its own days"
        );
        assert_eq!(window.judge("c/2020/01/01/x", "1"), Verdict::New);
    }
}

#[test]
fn a_stem_keeps_its_rows_and_gives_up_the_oldest() {
    let mut kept = Kept::default();
    let mut window = kept.load();
    let key = |n: usize| format!("2026/01/05/{n:07}");
    let all = ROW * ROWS as usize + 1;
    for n in 0..all {
        kept.keep(window.note(&key(n), "t"));
    }
    assert_eq!(kept.0.len(), ROWS as usize, "rows are written again, not added");
    for window in [window, kept.load()] {
        assert_eq!(
            window.judge(&key(0), "t"),
            Verdict::KnownTo(key(ROW - 1)),
            "what is given up counts as read"
        );
        for n in [ROW, all / 2, all - 1] {
            assert_eq!(window.judge(&key(n), "t"), Verdict::Known);
        }
        assert_eq!(window.judge(&key(all), "t"), Verdict::New);
        assert_eq!(window.judge(&format!("{}late", key(ROW)), "t"), Verdict::New);
    }
}

#[test]
fn positions_of_others_and_strange_marks_do_no_harm() {
    let strange = [
        "",
        "{}",
        "[]",
        r#"{"row":0,"floor":"z","top":"","seen":"?"}"#,
        r#"{"row":-1}"#,
    ];
    let positions: Vec<Position> = strange
        .iter()
        .enumerate()
        .map(|(n, mark)| Position {
            stream: format!("logs|window|-#{n}"),
            at: 1,
            mark: (*mark).to_owned(),
        })
        .chain([Position {
            stream: "other|window|-#0".into(),
            ..Position::default()
        }])
        .collect();
    assert_eq!(Window::load("logs", &positions).judge("zz", "t"), Verdict::New);
}
