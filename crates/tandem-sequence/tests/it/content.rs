//! The sequences of `content/sequences`, each against the tests that stand in it.

use tandem_sequence::{Sequence, Sequences};

#[test]
fn every_shipped_sequence_loads_and_is_found_where_it_must_be_and_nowhere_else() {
    let mut wrong = Vec::new();
    let mut played = 0;
    let (book, errors) = Sequences::load(Sequences::builtin_files().iter().copied());
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(book.len() >= 6, "{}", book.len());
    for (file, text) in Sequences::builtin_files() {
        let sequence = book.iter().find(|known| known.file == *file).unwrap();
        assert!(sequence.cases.is_whole(), "{file}: found and never");
        played += sequence.cases.len();
        let faults = Sequences::play(sequence, text);
        wrong.extend(faults.iter().map(|fault| format!("{file}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(played >= 30, "{played}");
}

#[test]
fn every_shipped_sequence_says_what_it_is_what_is_known_of_it_and_what_is_innocent() {
    for sequence in Sequences::builtin().iter() {
        let file = &sequence.file;
        assert!(
            file.ends_with(&format!("/{}.yml", sequence.id)),
            "{file}: named as its id"
        );
        assert!(sequence.description.len() > 80, "{file}");
        assert!(
            !sequence.threats.is_empty() && !sequence.false_positives.is_empty(),
            "{file}"
        );
        assert!(!sequence.techniques.is_empty(), "{file}");
        assert!(
            sequence
                .references
                .iter()
                .all(|page| page.starts_with("https://")),
            "{file}"
        );
        assert!(!sequence.references.is_empty(), "{file}");
        let stages: Vec<_> = sequence.steps.iter().map(|step| step.stage).collect();
        assert!(stages.is_sorted(), "{file}: the stages go one way");
    }
}

#[test]
fn a_title_tells_no_employment_fact_to_those_who_may_not_read_it() {
    for sequence in Sequences::builtin()
        .iter()
        .filter(|sequence| sequence.has_facts())
    {
        let shown = format!("{} {}", sequence.shown_as, sequence.id).to_lowercase();
        for word in ["notice", "contract", "promotion", "performance", "leav"] {
            assert!(!shown.contains(word), "{shown}");
        }
    }
}

#[test]
fn a_later_file_takes_the_place_of_an_earlier_one_or_switches_it_off() {
    let (name, text) = Sequences::builtin_files()[0];
    let id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let other = text.replacen("level: ", "level: low # ", 1);
    let (book, errors) = Sequences::load([(name, text), ("own.yml", other.as_str())]);
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(book.get(id).unwrap().file, "own.yml");
    let off = format!("enabled: false\n{text}");
    let (book, errors) = Sequences::load([(name, text), ("own.yml", off.as_str()), ("bad.yml", "id: [")]);
    assert!(book.is_empty());
    assert_eq!(errors.len(), 1);
    assert!(errors[0].to_string().starts_with("bad.yml:1"), "{}", errors[0]);
}

#[test]
fn the_example_of_the_documentation_can_be_used_as_it_stands() {
    let page = include_str!("../../../../docs/sequences.md");
    let text = page
        .split("```yaml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let (sequence, enabled) = Sequence::read("docs/sequences.md", text).unwrap();
    assert!(enabled && sequence.cases.is_whole());
    assert_eq!(Sequences::play(&sequence, text), []);
    for sequence in Sequences::builtin().iter() {
        let row = format!("| `{}` |", sequence.id);
        assert!(page.contains(&row), "{}: not in the table", sequence.id);
    }
}
