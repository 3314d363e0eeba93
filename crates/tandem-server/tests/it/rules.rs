//! Rules that change while the server runs.

use std::time::Duration;

use crate::support::Place;

fn rule(id: u8, value: &str) -> String {
    format!(
        "title: t{id}\nid: 7c1f3c5e-0000-4000-8000-0000000000{id:02}\nlogsource: {{}}\nlevel: low\ndetection: {{sel: {{A: {value}}}, condition: sel}}\n"
    )
}

#[tokio::test]
async fn a_changed_folder_is_loaded_again_and_a_broken_one_leaves_the_rules_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules");
    std::fs::create_dir_all(&path).unwrap();
    let place = Place::with(|config| config.content.rules.push(path.clone())).await;
    let known = || {
        let rules = place.app.rules();
        let own = rules
            .rules
            .rules()
            .iter()
            .filter(|rule| rule.id.starts_with("7c1f3c5e"));
        (
            own.map(|rule| rule.title.clone()).collect::<Vec<_>>(),
            rules.errors.len(),
        )
    };
    // The folders are looked at every few seconds, not at each request.
    let later = async || {
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        place.app.refresh_rules().await.unwrap();
    };
    let (none, errors) = known();
    assert!(none.is_empty());

    std::fs::write(path.join("one.yml"), rule(1, "x")).unwrap();
    later().await;
    assert_eq!(known(), (vec!["t1".to_owned()], errors));

    // One bad file is named, and the others are used.
    std::fs::write(path.join("two.yml"), "title: [").unwrap();
    std::fs::write(path.join("three.yml"), rule(3, "y")).unwrap();
    place.app.refresh_rules().await.unwrap();
    assert_eq!(known().0, ["t1"], "not looked at so soon");
    later().await;
    assert_eq!(known(), (vec!["t1".to_owned(), "t3".to_owned()], errors + 1));

    std::fs::remove_dir_all(&path).unwrap();
    later().await;
    assert_eq!(
        known().0,
        ["t1", "t3"],
        "what cannot be read leaves the rules in use"
    );
}
