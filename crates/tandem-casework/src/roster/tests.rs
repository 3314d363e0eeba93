use super::*;

fn colleague(account: &str, department: Option<Department>, deputies: &[&str]) -> Colleague {
    Colleague {
        account: account.to_owned(),
        department,
        functions: Vec::new(),
        subject: None,
        absences: Vec::new(),
        deputies: deputies.iter().map(|d| (*d).to_owned()).collect(),
        left: None,
    }
}

const IT: Option<Department> = Some(Department::It);

#[test]
fn deputies_in_a_circle_are_refused_and_the_circle_is_named() {
    let faults = Roster::new(vec![
        colleague("outside", IT, &["a"]),
        colleague("a", IT, &["b"]),
        colleague("b", IT, &["c"]),
        colleague("c", IT, &["a"]),
    ])
    .unwrap_err();
    assert_eq!(faults, [RosterFault::Circle("a".to_owned())]);
    let alone = Roster::new(vec![colleague("a", IT, &["a"])]).unwrap_err();
    assert_eq!(alone, [RosterFault::Circle("a".to_owned())]);
}

#[test]
fn a_deputy_is_known_and_of_the_same_department() {
    let faults = Roster::new(vec![
        colleague("a", IT, &["nobody", "b"]),
        colleague("b", Some(Department::Corporate), &[]),
    ])
    .unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn a_function_of_the_other_department_a_bad_name_and_a_second_entry_are_refused() {
    let mut lead = colleague("a", IT, &[]);
    lead.functions = vec![Function::HrPartner];
    let faults = Roster::new(vec![
        lead,
        colleague("a", IT, &[]),
        colleague("tandem", IT, &[]),
        colleague("with blank", IT, &[]),
    ])
    .unwrap_err();
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn whoever_is_away_or_left_is_stood_in_for_down_the_chain() {
    let mut first = colleague("first", IT, &["second", "fourth"]);
    first.functions = vec![Function::ItLead];
    first.absences = vec![Absence {
        from: Timestamp(10),
        until: Timestamp(20),
    }];
    let mut second = colleague("second", IT, &["third"]);
    second.left = Some(Timestamp(5));
    let roster = Roster::new(vec![
        first,
        second,
        colleague("third", IT, &[]),
        colleague("fourth", IT, &[]),
    ])
    .unwrap();
    let find = |at: i64, barred: &str| {
        roster
            .find(Function::ItLead, None, Timestamp(at), &|a| a != barred)
            .map(|found| (found.account, found.deputy_of))
    };
    let stands_in = |who: &str| Some((who.to_owned(), Some("first".to_owned())));
    assert_eq!(find(9, ""), Some(("first".to_owned(), None)));
    assert_eq!(find(10, ""), stands_in("third"));
    assert_eq!(find(10, "third"), stands_in("fourth"));
    assert_eq!(find(20, ""), Some(("first".to_owned(), None)));
    assert!(roster.can_hold("third", Function::ItLead));
    assert!(!roster.can_hold("third", Function::ItAnalyst));
}

#[test]
fn the_own_pseudonym_is_not_printed() {
    let mut one = colleague("a", IT, &[]);
    one.subject = Some(SubjectId("S-SECRET".to_owned()));
    assert!(!format!("{one:?}").contains("S-SECRET"));
}
