//! Settings of sources.

use tandem_sources::settings::is_name;

#[test]
fn a_source_has_a_plain_name() {
    assert!(is_name("firewall-1.branch_2"));
    for wrong in ["", "two words", "ümlaut", "a/b", &"x".repeat(65)] {
        assert!(!is_name(wrong), "{wrong}");
    }
}
