//! The golden matrix: role × purpose × action × class, in the situations that matter.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tandem_domain::{Department, Purpose, Role};
use tandem_policy::{
    Action, CaseState, Colleague, Context, DataClass, Field, Note, NoteKind, Policies, PolicyFile, Situation,
    Visibility,
};

use crate::people::{case, colleague, disclosure, hours, own, shipped, subject};

/// Set to any value to write the matrix anew.
const UPDATE: &str = "TANDEM_UPDATE_MATRIX";

/// Situations by a short name and what it stands for, in the order of [`Situation`].
const SITUATIONS: [(&str, &str); 10] = [
    ("-", "about somebody else, no case"),
    ("m", "member of an open case"),
    ("c", "member of a closed case"),
    ("a", "an open case waits for the asker's word; no member"),
    ("ma", "member of an open case that waits for the asker's word"),
    ("r", "as ma, on the asker's own request"),
    ("d", "member of an open case, under a disclosure"),
    ("s", "about the asker's own subject, no case"),
    (
        "sd",
        "about the asker's own subject, member, asked, under a disclosure",
    ),
    ("sh", "about the asker's own subject, under a legal hold"),
];

/// Kinds of notes, in the order of [`NoteKind`]; other classes have one kind.
const NOTES: [&str; 6] = [
    "both departments",
    "asker's department",
    "other department",
    "counsel",
    "counsel, asker is",
    "counsel, asker wrote",
];

fn context(purpose: Option<Purpose>, situation: &str) -> Context {
    let base = purpose.map_or_else(Context::without_purpose, Context::of);
    let of_purpose = purpose.unwrap_or(Purpose::Investigation);
    let given = match of_purpose {
        Purpose::Support | Purpose::Containment => of_purpose,
        _ => Purpose::Investigation,
    };
    let under = |context: Context, subject| {
        let disclosure = disclosure(subject, given);
        let subject = disclosure.subject().clone();
        context.under(&disclosure, &case(), &subject, Field::Name, hours(3))
    };
    match situation {
        "-" => base.about(&subject()),
        "m" => base.about(&subject()).in_case(CaseState::Open, true),
        "c" => base.about(&subject()).in_case(CaseState::Closed, true),
        "a" => base.about(&subject()).in_case(CaseState::Open, false).asked(true),
        "ma" => base.about(&subject()).in_case(CaseState::Open, true).asked(true),
        "r" => base
            .about(&subject())
            .in_case(CaseState::Open, true)
            .asked(true)
            .requested_by("asker"),
        "d" => under(base.about(&subject()).in_case(CaseState::Open, true), subject()),
        "s" => base.about(&own()),
        "sd" => under(
            base.about(&own()).in_case(CaseState::Open, true).asked(true),
            own(),
        ),
        "sh" => base.about(&own()).legal_hold(true),
        other => panic!("no situation {other}"),
    }
}

fn with_note(context: Context, kind: &str, who: &Colleague) -> Context {
    let department = who.department().unwrap_or(Department::It);
    let (visibility, author, department) = match kind {
        "both departments" => (Visibility::Both, "writer", department.other()),
        "asker's department" => (Visibility::OwnDepartment, "writer", department),
        "other department" => (Visibility::OwnDepartment, "writer", department.other()),
        "counsel, asker wrote" => (Visibility::Counsel, "asker", department),
        _ => (Visibility::Counsel, "writer", department),
    };
    context.counsel(kind == "counsel, asker is").note(Note {
        visibility,
        author: author.to_owned(),
        department,
    })
}

fn askers() -> Vec<(String, Colleague)> {
    let mut found = Vec::new();
    for role in Role::ALL {
        if role == Role::Approver {
            for department in Department::ALL {
                let name = format!("{} of {}", role.as_str(), department.as_str());
                found.push((name, colleague("asker", role, Some(*department))));
            }
        } else {
            found.push((role.as_str().to_owned(), colleague("asker", role, None)));
        }
    }
    found
}

fn kinds_of(data: DataClass) -> &'static [&'static str] {
    if data == DataClass::CaseNote {
        &NOTES
    } else {
        &[""]
    }
}

type Cell = (
    Role,
    Option<Department>,
    DataClass,
    Option<NoteKind>,
    Action,
    Option<Purpose>,
    Situation,
);

/// Policies with what their own table says is allowed.
struct Written<'a> {
    policies: &'a Policies,
    allowed: BTreeSet<Cell>,
}

impl<'a> Written<'a> {
    fn of(policies: &'a Policies) -> Self {
        let mut allowed = BTreeSet::new();
        for row in policies.matrix() {
            for grant in &row.grants {
                for purpose in &grant.purposes {
                    for situation in &grant.situations {
                        let cell = (
                            row.role,
                            row.department,
                            row.data,
                            row.note,
                            row.action,
                            *purpose,
                            *situation,
                        );
                        assert!(allowed.insert(cell), "said twice: {cell:?}");
                    }
                }
            }
        }
        Self { policies, allowed }
    }
}

/// The situations in which it is allowed, shortly. The policies' own table must say the same.
fn row(
    written: &Written<'_>,
    who: &Colleague,
    action: Action,
    data: DataClass,
    kind: &str,
) -> (Vec<String>, [usize; 2]) {
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    let mut counts = [0, 0];
    let note = NOTES.iter().position(|known| *known == kind);
    let note = note.map(|at| NoteKind::ALL[at]);
    for purpose in std::iter::once(None).chain(Purpose::ALL.iter().copied().map(Some)) {
        let allowed: Vec<&str> = SITUATIONS
            .iter()
            .zip(Situation::ALL)
            .filter(|((name, _), situation)| {
                let context = context(purpose, name);
                let context = if kind.is_empty() {
                    context
                } else {
                    with_note(context, kind, who)
                };
                let answer = written.policies.authorise(who, action, data, &context);
                let cell = (
                    who.role(),
                    who.department(),
                    data,
                    note,
                    action,
                    purpose,
                    **situation,
                );
                assert_eq!(written.allowed.contains(&cell), answer.allowed, "{cell:?}");
                answer.allowed
            })
            .map(|((name, _), _)| *name)
            .collect();
        counts[0] += SITUATIONS.len();
        counts[1] += allowed.len();
        if allowed.is_empty() {
            continue;
        }
        let purpose = purpose.map_or("none", Purpose::as_str);
        match groups.iter_mut().find(|(_, same)| *same == allowed) {
            Some((purposes, _)) => purposes.push(purpose),
            None => groups.push((vec![purpose], allowed)),
        }
    }
    let shown = groups.into_iter().map(|(purposes, allowed)| {
        let purposes = if purposes.len() == Purpose::ALL.len() + 1 {
            "any".to_owned()
        } else {
            purposes.join(" ")
        };
        format!("{purposes}: {}", shortly(&allowed))
    });
    (shown.collect(), counts)
}

fn shortly(allowed: &[&str]) -> String {
    let denied: Vec<&str> = SITUATIONS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !allowed.contains(name))
        .collect();
    match denied.len() {
        0 => "all".to_owned(),
        1..=4 => format!("all but {}", denied.join(" ")),
        _ => allowed.join(" "),
    }
}

fn matrix(policies: &Policies) -> String {
    let written = Written::of(policies);
    let mut body = String::new();
    let (mut asked, mut allowed) = (0, 0);
    for (name, who) in askers() {
        writeln!(body, "\n{name}").unwrap();
        for data in DataClass::ALL {
            for kind in kinds_of(*data) {
                let label = if kind.is_empty() {
                    data.as_str().to_owned()
                } else {
                    format!("{} ({kind})", data.as_str())
                };
                let mut any = false;
                for action in Action::ALL {
                    let (groups, counts) = row(&written, &who, *action, *data, kind);
                    asked += counts[0];
                    allowed += counts[1];
                    if !groups.is_empty() {
                        any = true;
                        writeln!(
                            body,
                            "  {label:<32} {:<19} {}",
                            action.as_str(),
                            groups.join("; ")
                        )
                        .unwrap();
                    }
                }
                if !any {
                    writeln!(body, "  {label:<32} nothing").unwrap();
                }
            }
        }
    }
    let mut text = String::from(
        "# Who may do what, for which purpose, in which situation. Written by the test `matrix`.\n#\n",
    );
    for (name, meaning) in SITUATIONS {
        writeln!(text, "#   {name:<3} {meaning}").unwrap();
    }
    writeln!(
        text,
        "#\n# {asked} requests asked, {allowed} allowed; what is not listed is denied."
    )
    .unwrap();
    text + &body
}

#[test]
fn the_table_tells_situations_and_notes_apart_as_the_test_does() {
    assert_eq!(SITUATIONS.len(), Situation::ALL.len());
    assert!(
        NOTES
            .iter()
            .copied()
            .eq(NoteKind::ALL.iter().map(|kind| kind.plain()))
    );
    let own =
        |situation: &Situation| situation.as_str().starts_with("own_") && *situation != Situation::OwnRequest;
    for ((name, means), situation) in SITUATIONS.iter().zip(Situation::ALL) {
        assert_eq!(name.starts_with('s'), own(situation), "{means}");
    }
}

#[test]
fn a_row_names_the_policies_that_allow_it_and_an_account_stands_apart() {
    let rows = shipped().matrix();
    let row = rows
        .iter()
        .find(|row| {
            (row.role, row.data, row.action) == (Role::WorksCouncil, DataClass::Policies, Action::Look)
        })
        .unwrap();
    assert_eq!(row.policies, ["council_rules"]);
    assert!(
        row.grants
            .iter()
            .all(|grant| grant.purposes == [Some(Purpose::Audit)])
    );
    assert!(shipped().accounts().is_empty());

    let mut files = Policies::shipped_files().to_vec();
    let text = "@id(\"one\")\n@why(\"Root reads the reports.\")\npermit (principal == Colleague::\"root\", action == \
                Action::\"look\", resource == Data::\"reports\");\n";
    files.push(PolicyFile {
        name: "site.cedar",
        text,
    });
    let site = Policies::load(&files, Policies::shipped_schema()).unwrap();
    assert_eq!(site.accounts(), ["root"]);
    assert_eq!(site.matrix(), rows, "what one account may is not what a role may");
}

#[test]
fn the_files_of_a_set_are_kept_as_they_were_read_and_each_policy_names_its_lines() {
    let files: Vec<_> = shipped().files().collect();
    assert_eq!(files, Policies::shipped_files());
    for line in shipped().lines() {
        let file = files.iter().find(|file| file.name == line.file).unwrap();
        let lines: Vec<&str> = file.text.lines().collect();
        assert_eq!(lines[line.line - 1], format!("@id(\"{}\")", line.id));
        assert!(lines[line.last - 1].ends_with(';'), "{}", line.id);
        let forbids = lines[line.line - 1..line.last]
            .iter()
            .any(|text| text.starts_with("forbid"));
        assert_eq!(line.allows, !forbids, "{}", line.id);
    }
}

#[test]
fn the_shipped_policies_give_the_matrix_that_was_agreed() {
    let now = matrix(shipped());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/matrix.txt");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let agreed = std::fs::read_to_string(path).unwrap_or_default();
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (agreed.lines().collect(), now.lines().collect());
    let gone = agreed
        .lines()
        .filter(|line| !new.contains(line))
        .map(|line| format!("- {line}"));
    let come = now
        .lines()
        .filter(|line| !old.contains(line))
        .map(|line| format!("+ {line}"));
    let difference: Vec<String> = gone.chain(come).collect();
    assert!(
        agreed == now,
        "the matrix changed; if that is meant, run again with {UPDATE}=1\n{}",
        difference.join("\n")
    );
}
