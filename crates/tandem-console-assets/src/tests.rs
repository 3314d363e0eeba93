use super::*;

#[test]
fn a_path_outside_the_console_is_nothing() {
    assert_eq!(get("../Cargo.toml"), None);
    assert_eq!(get("../../crates/tandem-console-assets/Cargo.toml"), None);
    assert_eq!(get("no/such/file.js"), None);
}

#[test]
fn scripts_and_styles_have_their_types() {
    assert_eq!(content_type("assets/a.js"), "text/javascript; charset=utf-8");
    assert_eq!(content_type("strange"), "application/octet-stream");
}

#[test]
fn the_start_page_names_only_files_that_are_there_and_nothing_from_elsewhere() {
    let Some(page) = index() else {
        println!("skipped: the console is not built");
        return;
    };
    assert!(!page.immutable, "browsers must ask for the start page again");
    let html = String::from_utf8(page.bytes.into_owned()).unwrap();
    let named: Vec<_> = html
        .split('"')
        .filter(|part| part.starts_with('/') && part.contains('.'))
        .collect();
    assert!(named.len() >= 2, "a script and a style at least: {html}");
    for path in named {
        let asset = get(path.trim_start_matches('/')).unwrap();
        assert_eq!(asset.immutable, path.starts_with("/assets/"));
    }
    for foreign in ["http://", "https://", "<style", "style=", "onload="] {
        assert!(!html.contains(foreign), "the policy would refuse {foreign}");
    }
}
