//! The matrices that are shipped, and what is wrong with bad ones.

use tandem_casework::RaciBook;
use tandem_casework::raci::JOINT_PHASES;
use tandem_casework::words::{CaseKind, Letter, Phase};
use tandem_domain::Department;

use crate::make::{raci, text};

#[test]
fn every_kind_has_its_own_matrix_with_one_accountable_in_every_phase() {
    let book = raci();
    for kind in CaseKind::ALL {
        let matrix = book.matrix(*kind);
        assert_eq!(matrix.name, kind.as_str(), "no file of its own");
        for phase in Phase::ALL {
            let row = &matrix.rows[phase];
            assert_eq!(row.with(Letter::Accountable).count(), 1, "{kind} {phase}");
            assert!(row.with(Letter::Responsible).count() >= 1, "{kind} {phase}");
            if JOINT_PHASES.contains(phase) {
                assert!(row.involves(Department::It) && row.involves(Department::Corporate));
            }
        }
    }
}

/// The faults of the default matrix after a change.
fn faults(from: &str, to: &str) -> Vec<String> {
    let good = text("raci/default.yaml");
    assert!(good.contains(from), "{from}");
    let bad = good.replacen(from, to, 1);
    let faults = RaciBook::load(&[("default.yaml", &bad)]).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

fn line(of: &str) -> usize {
    let good = text("raci/default.yaml");
    good.lines().position(|l| l.contains(of)).unwrap() + 1
}

#[test]
fn two_accountable_functions_are_refused_with_the_line() {
    let found = faults("accountable: it_lead", "accountable: [it_lead, corporate_lead]");
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("exactly one function is accountable"),
        "{found:?}"
    );
    let at = format!("default.yaml:{}:", line("accountable: it_lead"));
    assert!(found[0].starts_with(&at), "{found:?}");
}

#[test]
fn a_function_with_two_letters_is_refused_with_the_line() {
    let found = faults("responsible: [it_analyst]", "responsible: [it_analyst, it_lead]");
    let at = format!(
        "default.yaml:{}: `it_lead` has two letters in `detect`",
        line("responsible: [it_analyst]")
    );
    assert!(found[0].starts_with(&at), "{found:?}");
}

#[test]
fn a_department_left_out_of_a_joint_phase_is_refused() {
    let found = faults(
        "    responsible: [it_analyst, corporate_investigator]\n    consulted: [it_lead, hr_partner, data_protection_officer]",
        "    responsible: [corporate_investigator]\n    consulted: [hr_partner]",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("department `it` is left out of `analyse`"));
    assert!(
        found[0].starts_with(&format!("default.yaml:{}:", line("  analyse:"))),
        "{found:?}"
    );
}

#[test]
fn gaps_and_strange_words_are_refused() {
    assert!(faults("responsible: [it_analyst]", "responsible: []")[0].contains("nobody is responsible"));
    assert!(faults("accountable: it_lead", "accountable: king")[0].contains("`king` is no function"));
    assert!(faults("  detect:", "  notice:")[0].contains("notice"));
    assert!(faults("  detect:", "  prepare:")[0].contains("stands here twice"));
    assert!(faults("kind: default", "kind: espionage")[0].contains("`espionage` is no kind"));
    assert!(faults("within: 4h", "within: 4 hours")[0].contains("is no length of time"));
    assert!(faults("raci: 1", "raci: 2")[0].contains("version 2"));
    assert!(faults("raci: 1", "raci: 1\nmore: 2")[0].contains("unknown field"));
    let missing = RaciBook::load(&[("fraud.yaml", &text("raci/fraud.yaml"))]).unwrap_err();
    assert!(missing[0].to_string().contains("no file with `kind: default`"));
    let default = text("raci/default.yaml");
    let twice = RaciBook::load(&[("a.yaml", &default), ("b.yaml", &default)]).unwrap_err();
    assert!(twice[0].to_string().starts_with("b.yaml:"));
    let short = default.split("  learn:").next().unwrap().to_owned();
    let found = RaciBook::load(&[("a.yaml", &short)]).unwrap_err();
    assert!(found[0].to_string().contains("phase `learn` is missing"));
}
