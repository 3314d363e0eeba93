use tandem_domain::event::EventHead;
use tandem_domain::{Attr, EventBatch};

use super::{Keys, keys};

fn of(attrs: &[(Attr, &str)], command: bool) -> Keys {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    for (attr, text) in attrs {
        event.attr(*attr, text);
    }
    event.finish(EventHead::default());
    keys(&batch.get(0).unwrap(), command)
}

fn joined(left: &Keys, right: &Keys) -> bool {
    left.keys.iter().any(|key| right.keys.contains(key))
}

#[test]
fn a_file_is_known_by_its_name_in_any_folder_and_spelling() {
    let share = of(&[(Attr::FilePath, "\\\\fs1\\Plans\\Alpha.DOCX")], false);
    let stick = of(&[(Attr::FilePath, "/media/usb/alpha.docx")], false);
    let mail = of(&[(Attr::FileName, "notes.txt; Alpha.docx")], false);
    assert!(joined(&share, &stick) && joined(&share, &mail));
    assert_eq!(share.shown, "Alpha.DOCX");
    assert!(!joined(&share, &of(&[(Attr::FileName, "beta.docx")], false)));
}

#[test]
fn a_hash_joins_what_names_do_not() {
    let hash = "AB".repeat(32);
    let one = of(&[(Attr::FileName, "a.docx"), (Attr::FileHash, &hash)], false);
    let two = of(
        &[(Attr::FileName, "b.docx"), (Attr::FileHash, &hash.to_lowercase())],
        false,
    );
    assert!(joined(&one, &two));
    let short = of(&[(Attr::FileHash, "1")], false);
    assert!(short.keys.is_empty(), "no hash of any kind is that short");
}

#[test]
fn an_act_with_two_names_hands_on_the_key_and_a_folder_is_no_name() {
    let before = of(&[(Attr::FileName, "alpha.docx")], false);
    let after = of(&[(Attr::FileName, "holiday.jpg")], false);
    let rename = of(
        &[
            (Attr::FilePath, "/d/alpha.docx"),
            (Attr::FileResult, "/d/holiday.jpg"),
        ],
        false,
    );
    assert!(joined(&before, &rename) && joined(&rename, &after));
    let into = of(
        &[
            (Attr::FileName, "alpha.docx"),
            (Attr::FileResult, "sites/x/Shared Documents"),
        ],
        false,
    );
    assert_eq!(into.keys.len(), 1);
    assert!(joined(&before, &of(&[(Attr::FileName, "alpha.docx.zip")], false)));
}

#[test]
fn a_command_line_names_files_but_neither_programs_nor_switches() {
    let line = "\"C:\\Program Files\\7-Zip\\7z.exe\" a -pSecret.word -mhe=on \"C:\\My Files\\x.7z\" C:\\d\\alpha.docx C:\\d\\*";
    let packed = of(&[(Attr::CommandLine, line)], true);
    assert_eq!(packed.keys.len(), 2, "{packed:?}");
    assert!(joined(&packed, &of(&[(Attr::FileName, "alpha.docx")], false)));
    assert!(joined(&packed, &of(&[(Attr::FileName, "X.7z")], false)));
    assert_eq!(packed.shown, "x.7z");
    assert!(of(&[(Attr::CommandLine, line)], false).keys.is_empty());
    let odd = of(&[(Attr::CommandLine, "tar 'ünfertig.tar")], true);
    assert_eq!(odd.keys.len(), 1);
}

#[test]
fn without_a_file_the_resource_is_the_object() {
    let table = of(&[(Attr::Resource, "HR.Salaries")], false);
    assert_eq!((table.keys.len(), table.shown.as_str()), (1, "HR.Salaries"));
    assert!(joined(&table, &of(&[(Attr::Resource, "hr.salaries ")], false)));
    assert!(of(&[(Attr::FileName, "desktop.ini")], false).keys.is_empty());
}
