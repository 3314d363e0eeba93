use super::rest::{difference, overlay};
use super::*;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_difference_laid_over_gives_the_foreign_object() {
    let own = json(r#"{"a": 1, "b": {"x": 1, "y": 2}, "c": [1], "d": "t"}"#);
    let foreign = json(r#"{"a": 2, "b": {"x": 1, "z": 3}, "c": [1], "e": {"deep": [null, 1.5]}, "f": null}"#);
    let difference = difference(&own, &foreign, &[]);
    let mut laid = own;
    overlay(&mut laid, &difference);
    assert_eq!(laid, foreign);
}

#[test]
fn names_of_variables_are_read_back() {
    assert_eq!(field_name(&variable("data_left")), Some("data_left"));
    assert_eq!(field_name("__data_left__:value"), Some("data_left"));
    for foreign in ["__dataLeft__", "data_left", "____", "__1__"] {
        assert_eq!(field_name(foreign), None, "{foreign}");
    }
}
