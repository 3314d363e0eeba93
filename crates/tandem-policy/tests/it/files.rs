//! Files that cannot be policies are refused with place, reason and remedy.

use tandem_policy::{Policies, PolicyFile};

const HEAD: &str = "@id(\"x\")\n@why(\"A sentence.\")\n";

/// The first fault of a set with this one file.
fn fault(text: &str) -> (usize, usize, String, String) {
    let file = PolicyFile {
        name: "site.cedar",
        text,
    };
    let error = Policies::load(&[file], Policies::shipped_schema()).unwrap_err();
    let first = error.faults.first().unwrap().clone();
    assert_eq!(first.file, "site.cedar", "{error}");
    assert!(!first.remedy.is_empty(), "{error}");
    (first.line, first.column, first.why, first.remedy)
}

#[track_caller]
fn refused(text: &str, line: usize, column: usize, why: &str) {
    let found = fault(text);
    assert_eq!((found.0, found.1), (line, column), "{found:?}");
    assert!(found.2.contains(why), "{found:?}");
}

#[test]
fn a_syntax_error_is_named_with_its_place() {
    refused(
        &format!("{HEAD}permit (principal, action resource);"),
        3,
        27,
        "unexpected token",
    );
    refused("permit (", 1, 9, "unexpected end of input");
}

#[test]
fn words_that_the_schema_does_not_know_are_named_with_their_place() {
    let role = format!("{HEAD}permit (principal in Role::\"it_analist\", action, resource);");
    refused(&role, 3, 22, "it_analist");
    let class =
        format!("{HEAD}permit (principal, action == Action::\"look\", resource == Data::\"storys\");");
    refused(&class, 3, 58, "storys");
    let action = format!("{HEAD}permit (principal, action == Action::\"peek\", resource);");
    refused(&action, 3, 30, "peek");
    let fact = format!("{HEAD}permit (principal, action, resource)\nwhen {{ context.membr }};");
    refused(&fact, 4, 8, "membr");
    let purpose = format!(
        "{HEAD}permit (principal, action, resource)\nwhen {{ context.purpose == Purpose::\"fun\" }};"
    );
    refused(&purpose, 4, 27, "fun");
    let kind =
        format!("{HEAD}permit (principal, action, resource)\nwhen {{ context.purpose == \"triage\" }};");
    refused(&kind, 4, 8, "type");
}

#[test]
fn a_policy_that_can_never_apply_is_refused() {
    let never = format!("{HEAD}permit (principal, action, resource)\nwhen {{ context.member && false }};");
    refused(&never, 1, 1, "impossible");
}

#[test]
fn a_policy_needs_an_id_a_sentence_and_no_slot() {
    refused("\n\npermit (principal, action, resource);", 3, 1, "@id");
    refused(
        "@id(\"Big Words\")\npermit (principal, action, resource);",
        1,
        1,
        "@id",
    );
    refused(
        "// a comment\n@id(\"x\")\npermit (principal, action, resource);",
        2,
        1,
        "@why",
    );
    let twice = format!("{HEAD}forbid (principal, action, resource);\n");
    refused(
        &format!("{twice}{twice}"),
        4,
        1,
        "a second policy with the id x, after site.cedar:1",
    );
    refused(
        &format!("{HEAD}permit (principal == ?principal, action, resource);"),
        1,
        1,
        "template",
    );
}

#[test]
fn one_account_is_written_one_way() {
    let text = "@id(\"x\")\n@why(\"A.\")\nforbid (principal == Colleague::\"root\", action, resource);\n\
                @id(\"y\")\n@why(\"B.\")\nforbid (principal == Colleague::\"Root\", action, resource);\n";
    refused(text, 4, 1, "account Root is written in two ways");
}

#[test]
fn every_fault_is_named_not_only_the_first() {
    let text = format!(
        "{HEAD}permit (principal in Role::\"a\", action, resource);\n\
         @id(\"y\")\n@why(\"B.\")\npermit (principal in Role::\"b\", action, resource);\n"
    );
    let file = PolicyFile {
        name: "site.cedar",
        text: &text,
    };
    let error = Policies::load(&[file], Policies::shipped_schema()).unwrap_err();
    let mut lines: Vec<_> = error.faults.iter().map(|fault| fault.line).collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines, [3, 6], "{error}");
}

#[test]
fn another_schema_is_refused_and_other_comments_are_not() {
    let own = Policies::shipped_schema().text;
    let load = |text: &str| {
        let schema = PolicyFile {
            name: "schema.cedarschema",
            text,
        };
        Policies::load(Policies::shipped_files(), schema)
    };
    load(&format!("// Ours.\n{own}")).unwrap();
    let error = load(&own.replace("\"member\": Bool", "\"member\"?: Bool")).unwrap_err();
    assert!(
        error.to_string().contains("not the schema of this program"),
        "{error}"
    );
    let error = load(&own.replace("entity Case enum", "entity Case enum enum")).unwrap_err();
    let fault = error.faults.first().unwrap();
    assert_eq!(
        (fault.file.as_str(), fault.line),
        ("schema.cedarschema", 18),
        "{error}"
    );
    assert!(
        fault.remedy.contains("restore") || fault.why.contains("unexpected"),
        "{error}"
    );
}

#[test]
fn an_oversized_set_is_refused_before_it_is_read() {
    let long = "/".repeat(300_000);
    assert!(fault(&long).2.contains("longer than"));
    let files: Vec<String> = (0..70).map(|n| format!("{n}.cedar")).collect();
    let files: Vec<_> = files.iter().map(|name| PolicyFile { name, text: "" }).collect();
    let error = Policies::load(&files, Policies::shipped_schema()).unwrap_err();
    assert!(error.to_string().contains("more than 64 files"), "{error}");
    let twice = [PolicyFile { name: "a", text: "" }; 2];
    let error = Policies::load(&twice, Policies::shipped_schema()).unwrap_err();
    assert!(
        error.to_string().contains("a second file of this name"),
        "{error}"
    );
}

#[test]
fn deep_nesting_and_endless_chains_are_refused_not_a_crash() {
    let nested = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
    let sets = |n: usize| format!("{}true{}.isEmpty()", "[".repeat(n), "]".repeat(n));
    let chain = |n: usize| vec!["context.member"; n].join(" && ");
    let sum = |n: usize| format!("0 < {}", vec!["1"; n].join(" + "));
    let ifs = |n: usize| format!("{}true", "if context.member then true else ".repeat(n));
    let texts = [
        nested(50_000),
        sets(50_000),
        chain(10_000),
        sum(60_000),
        ifs(7_000),
    ];
    for when in &texts {
        let found = fault(&format!(
            "{HEAD}permit (principal, action, resource)\nwhen {{ {when} }};"
        ));
        assert!(
            found.2.contains("deeper than") || found.2.contains("words and signs"),
            "{found:?}"
        );
    }
    // Up to the bounds, nothing overflows the stack, however small the caller's is.
    for when in [nested(30), sets(29), chain(240), sum(480), ifs(160)] {
        let text = format!("{HEAD}forbid (principal, action, resource)\nwhen {{ {when} }};");
        let file = PolicyFile {
            name: "site.cedar",
            text: &text,
        };
        match Policies::load(&[file], Policies::shipped_schema()) {
            Ok(policies) => assert_eq!(policies.lines().count(), 1),
            Err(error) => assert!(error.faults.iter().all(|fault| fault.line > 0), "{error}"),
        }
    }
}

#[test]
fn no_policy_allows_nothing() {
    let policies = Policies::load(&[], Policies::shipped_schema()).unwrap();
    assert_eq!(policies.lines().count(), 0);
    let context = tandem_policy::Context::of(tandem_domain::Purpose::Triage);
    let who = crate::people::analyst();
    let decision = policies.authorise(
        &who,
        tandem_policy::Action::Look,
        tandem_policy::DataClass::Queue,
        &context,
    );
    assert!(!decision.allowed);
}
