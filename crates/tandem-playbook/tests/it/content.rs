//! The playbooks that come with Tandem.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::Department;
use tandem_playbook::{
    Checkpoint, EdgeKind, Kind, Playbook, builtin, builtin_files, graph, house_rules, placeholders,
};

/// What the issue asks for, by the id of the playbook.
const ASKED_FOR: [&str; 12] = [
    "departing-employee-with-data",
    "careless-upload",
    "privileged-sabotage",
    "invoice-or-payroll-fraud",
    "account-sharing",
    "contractor-out-of-scope",
    "coerced-insider",
    "lost-device",
    "mass-deletion",
    "leaked-credential",
    "harassment-with-technical-evidence",
    "false-accusation",
];

#[test]
fn every_shipped_file_loads_and_keeps_the_rules_of_the_house() {
    let mut complaints = Vec::new();
    for (file, text) in builtin_files() {
        match Playbook::from_yaml(file, text) {
            Ok(playbook) => {
                let faults = playbook.house_faults_in(text);
                complaints.extend(faults.into_iter().map(|fault| format!("{file}:{fault}")));
                let name = file.rsplit('/').next().unwrap();
                assert_eq!(name, format!("{}.yaml", playbook.id));
            }
            Err(error) => complaints.push(error.to_string()),
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let ids: BTreeSet<String> = builtin().into_iter().map(|playbook| playbook.id).collect();
    for wanted in ASKED_FOR {
        assert!(ids.contains(wanted), "{wanted}");
    }
}

#[test]
fn each_has_both_departments_checkpoints_help_talk_clocks_and_lessons() {
    for playbook in builtin() {
        let steps = playbook.all_steps();
        for department in Department::ALL {
            let parts = steps
                .iter()
                .filter(|step| step.department.is_some_and(|owner| owner.includes(*department)));
            assert!(parts.count() >= 3, "{}: {department:?}", playbook.id);
        }
        for checkpoint in [Checkpoint::Legal, Checkpoint::Hr, Checkpoint::Privacy] {
            let there = steps.iter().any(|step| step.checkpoint.contains(&checkpoint));
            assert!(there, "{}: {checkpoint}", playbook.id);
        }
        assert!(
            steps.iter().any(|step| step.talk.is_some()),
            "{}: no role model",
            playbook.id
        );
        assert!(
            steps.iter().any(|step| !step.escalate.is_empty()),
            "{}: no clock",
            playbook.id
        );
        assert!(
            steps.iter().any(|step| step.punitive),
            "{}: nothing to dominate",
            playbook.id
        );
        assert!(
            steps
                .iter()
                .any(|step| matches!(step.kind(), Some(Kind::Automatic(_))))
                || playbook.id == "account-sharing"
        );
        assert!(
            !playbook.templates.is_empty() && playbook.references.len() >= 3,
            "{}",
            playbook.id
        );
        let used: BTreeSet<&String> = steps.iter().flat_map(|step| &step.templates).collect();
        for template in &playbook.templates {
            assert!(
                used.contains(&template.id),
                "{}: `{}` is never sent",
                playbook.id,
                template.id
            );
        }
    }
}

#[test]
fn a_step_of_help_dominates_every_punitive_step_in_the_graph() {
    for playbook in builtin() {
        let graph = graph(&playbook, None);
        let node = |id: &str| graph.nodes.iter().find(|node| node.id == id).unwrap();
        let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for edge in &graph.edges {
            next.entry(&edge.from).or_default().push(&edge.to);
        }
        // Without the steps of help, no way may lead to a punitive one.
        let mut seen = BTreeSet::new();
        let mut waiting = vec!["start"];
        while let Some(id) = waiting.pop() {
            if node(id).support || !seen.insert(id) {
                continue;
            }
            assert!(!node(id).punitive, "{}: `{id}` without help before", playbook.id);
            waiting.extend(next.get(id).into_iter().flatten());
        }
    }
}

#[test]
fn every_node_of_the_graph_has_a_place_of_its_own_and_is_reached() {
    for playbook in builtin() {
        let graph = graph(&playbook, None);
        assert_eq!(graph, tandem_playbook::graph(&playbook, None));
        let places: BTreeSet<(u32, u32)> = graph.nodes.iter().map(|node| (node.layer, node.lane)).collect();
        assert_eq!(places.len(), graph.nodes.len(), "{}", playbook.id);
        assert_eq!(graph.nodes.len(), playbook.all_steps().len() + 2);
        let layer: BTreeMap<&str, u32> = graph
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.layer))
            .collect();
        for edge in &graph.edges {
            let down = layer[edge.from.as_str()] < layer[edge.to.as_str()];
            assert_eq!(down, edge.kind != EdgeKind::Back, "{}: {edge:?}", playbook.id);
        }
        for node in &graph.nodes {
            let entered = graph.edges.iter().any(|edge| edge.to == node.id);
            let left = graph.edges.iter().any(|edge| edge.from == node.id);
            assert_eq!(entered, node.id != "start", "{}: {}", playbook.id, node.id);
            assert_eq!(left, node.id != "end", "{}: {}", playbook.id, node.id);
            assert!(node.layer < graph.layers && node.lane < graph.lanes);
        }
    }
}

#[test]
fn templates_name_nobody() {
    // Words in the middle of a sentence that may begin with a capital.
    const ALLOWED: [&str; 5] = ["I", "HR", "IT", "GDPR", "EU"];
    for playbook in builtin() {
        for template in &playbook.templates {
            let text = format!("{}. {}", template.title, template.text);
            let known = placeholders(&text).unwrap();
            assert!(
                !text.contains('@') && !text.contains("http"),
                "{}: an address",
                template.id
            );
            let digits = text.chars().filter(char::is_ascii_digit).count();
            assert_eq!(digits, 0, "{}: a number, perhaps of a telephone", template.id);
            let mut begins = true;
            for word in text.split_whitespace() {
                let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
                let capital = bare.chars().next().is_some_and(char::is_uppercase);
                assert!(
                    begins || !capital || ALLOWED.contains(&bare),
                    "{}/{}: `{bare}` may be a name",
                    playbook.id,
                    template.id
                );
                begins = word.ends_with(['.', '?', '!', ':']);
            }
            let _ = known;
        }
    }
}

#[test]
fn other_playbooks_that_are_called_exist() {
    let all = builtin();
    let ids: BTreeSet<&str> = all.iter().map(|playbook| playbook.id.as_str()).collect();
    for playbook in &all {
        for step in playbook.all_steps() {
            if let Some(called) = &step.playbook {
                assert!(ids.contains(called.as_str()), "{}: {called}", playbook.id);
                let inner = all.iter().find(|one| one.id == *called).unwrap();
                for name in &step.with {
                    assert!(
                        inner.inputs.iter().any(|field| field.id == *name),
                        "{called} takes no {name}"
                    );
                }
                let given: BTreeSet<&str> = step.with.iter().map(String::as_str).collect();
                let missing = inner
                    .inputs
                    .iter()
                    .find(|field| !field.optional && !given.contains(field.id.as_str()));
                assert!(missing.is_none(), "{called} needs {missing:?}");
            }
        }
    }
}

#[test]
fn yaml_json_and_back_loses_nothing() {
    for playbook in builtin() {
        let yaml = playbook.to_yaml();
        assert_eq!(
            Playbook::from_yaml("again", &yaml).unwrap(),
            playbook,
            "{}",
            playbook.id
        );
        let document = playbook.to_cacao().unwrap();
        let faults = document.faults();
        assert!(faults.is_empty(), "{}: {}", playbook.id, faults[0]);
        let text = document.to_text();
        let read = tandem_playbook::cacao::Document::read("again", &text).unwrap();
        assert_eq!(read, document);
        let imported = Playbook::from_cacao(&read).unwrap();
        assert_eq!(imported.notes, []);
        assert_eq!(imported.playbook, playbook, "{}", playbook.id);
        assert_eq!(imported.playbook.to_yaml(), yaml);
        assert!(house_rules(&imported.playbook).is_empty());
    }
}
