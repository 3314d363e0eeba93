use std::collections::BTreeMap;

use tandem_domain::{Attr, ClassUid};

use super::{EventWords, object, what};

struct Made(ClassUid, u8, bool, BTreeMap<Attr, &'static str>);

impl EventWords for Made {
    fn class(&self) -> ClassUid {
        self.0
    }
    fn activity(&self) -> u8 {
        self.1
    }
    fn failed(&self) -> bool {
        self.2
    }
    fn attr(&self, attr: Attr) -> Option<&str> {
        self.3.get(&attr).copied()
    }
}

#[test]
fn a_copy_to_a_stick_names_file_label_and_stick() {
    let attrs = [
        (Attr::FilePath, "C:\\x\\customers.xlsx"),
        (Attr::Peripheral, "SanDisk"),
        (Attr::DataLabel, "confidential"),
    ];
    let event = Made(ClassUid::FileActivity, 1, false, attrs.into());
    assert_eq!(
        what(&event),
        "copied to removable media: C:\\x\\customers.xlsx to SanDisk (labelled confidential)"
    );
    assert_eq!(object(&event), Some("C:\\x\\customers.xlsx"));
}

#[test]
fn a_refused_share_says_so_and_a_long_object_is_cut_by_characters() {
    let long: &'static str = Box::leak("ä".repeat(300).into_boxed_str());
    let event = Made(ClassUid::SmbActivity, 2, true, [(Attr::Resource, long)].into());
    let text = what(&event);
    assert!(text.starts_with("accessed the share ä"));
    assert!(text.ends_with("…; refused"));
    assert_eq!(text.chars().filter(|c| *c == 'ä').count(), 120);
}

#[test]
fn nothing_known_is_still_a_sentence() {
    assert_eq!(what(&Made(ClassUid::BaseEvent, 0, false, BTreeMap::new())), "did");
}
