//! CACAO playbooks that others wrote, from the folder that `TANDEM_CACAO_EXAMPLES` names: read and written without loss, and
//! what is against the specification in them is told, not refused with a crash.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tandem_playbook::cacao::Document;

fn examples() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("TANDEM_CACAO_EXAMPLES") else {
        println!("skipped: TANDEM_CACAO_EXAMPLES names no folder of CACAO playbooks");
        return Vec::new();
    };
    let found: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    assert!(!found.is_empty(), "no playbook in {folder:?}");
    found
}

#[test]
fn playbooks_of_others_are_read_and_written_without_loss() {
    for path in examples() {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        match Document::read(&name, &text) {
            Ok(document) => {
                assert_eq!(document.to_json(), value, "{name}");
                let again = Document::read(&name, &document.to_text()).unwrap();
                assert_eq!(again, document, "{name}");
                for fault in document.faults() {
                    println!("{name}: {fault}");
                }
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
}
