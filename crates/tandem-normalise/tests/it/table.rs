//! Tables with quoted cells, sound and broken.

use crate::desk::{has, plain};

const HEAD: &str = "id,time,user,note\n";

fn row(number: u32, note: &str) -> String {
    format!("{number},2026-03-02T08:00:{number:02}Z,jdoe,{note}\n")
}

#[test]
fn a_quoted_cell_may_span_lines_and_hold_quotes_and_delimiters() {
    let text = format!(
        "{HEAD}{}{}{}",
        row(
            1,
            "\"first line\r\n\r\nDear all, this, too, is text\nsaid \"\"no\"\", twice\""
        ),
        row(2, "plain"),
        row(3, "\"\"")
    );
    let outcome = plain(&text);
    assert_eq!(outcome.reasons(), []);
    assert_eq!(outcome.events.len(), 3);
    assert!(has(
        &outcome.events[0],
        "note=first line\r\n\r\nDear all, this, too, is text\nsaid \"no\", twice"
    ));
}

#[test]
fn a_stray_quote_costs_its_own_line_only() {
    let broken = [
        // Never closed.
        row(2, "\"open"),
        // Closed by a later row's sound cell.
        row(2, "\"open") + &row(3, "\"a, b\""),
        // Closed by a later row's stray quote, with as many columns as the header.
        row(2, "\"open") + &row(3, "x") + &row(4, "shut\""),
    ];
    for middle in broken {
        let rows = middle.lines().count();
        let text = format!("{HEAD}{}{middle}{}{}", row(1, "a"), row(8, "b"), row(9, "c"));
        let outcome = plain(&text);
        let place = HEAD.len() + row(1, "a").len();
        assert_eq!(
            outcome.reasons(),
            [(
                place as u64,
                "the quoted cell of column 4 is not closed before the next row; a quote inside it must be doubled"
            )],
            "{text}"
        );
        assert_eq!(outcome.events.len(), 3 + rows - 1);
        assert_eq!(outcome.rejects[0].raw, row(2, "\"open").as_bytes());
    }
}

#[test]
fn a_quote_inside_a_cell_is_an_ordinary_sign() {
    let text = format!(
        "{HEAD}{}{}{}",
        row(1, "5\" disk"),
        row(2, "\"5\" disk"),
        row(3, "x")
    );
    let outcome = plain(&text);
    assert_eq!((outcome.events.len(), outcome.reasons()), (3, vec![]));
    assert!(has(&outcome.events[0], "note=5\" disk"));
    assert!(has(&outcome.events[1], "note=5 disk"));
}

#[test]
fn a_quote_that_is_closed_too_far_away_is_stray() {
    let filler = "no row\n".repeat(1_200);
    let text = format!("{HEAD}1,2026-03-02T08:00:00Z,jdoe,\"{filler}\"\n{}", row(2, "x"));
    let outcome = plain(&text);
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(outcome.rejects.len(), 1_201, "each line by itself");
}

#[test]
fn a_row_with_another_number_of_columns_is_rejected_with_both_numbers() {
    let outcome = plain(&format!("{HEAD}1,2026-03-02T08:00:00Z,jdoe\n{}", row(2, "x")));
    assert_eq!(
        outcome.reasons(),
        [(HEAD.len() as u64, "3 columns, the header has 4")]
    );
    assert_eq!(outcome.events.len(), 1);
}

#[test]
fn names_in_the_header_may_be_quoted_and_span_lines() {
    let outcome = plain("\"id\",\"time\",\"the\nuser\"\n1,2026-03-02T08:00:00Z,jdoe\n");
    assert!(has(&outcome.events[0], "the\nuser=jdoe"), "{:?}", outcome);
    let open = plain("id,time,\"user\n1,2026-03-02T08:00:00Z,jdoe\n");
    assert_eq!(
        open.events.len() + open.rejects.len(),
        1,
        "an open header takes no row with it"
    );
}
