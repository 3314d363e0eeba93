//! The tables on the terminal.

use super::data::DataSet;
use super::data::labels::Labels;
use super::leaks::Leak;
use super::metrics::Worst;
use super::tables::{Of, Table, of_set};

/// Prints all figures of one set.
pub fn print(set: &DataSet, labels: &Labels, worst: &[Worst], of: Of<'_>) {
    println!(
        "\n{} {}: {} people, {} insiders who show something, {} of their days; the first {} days are not judged",
        set.kind.words(),
        set.name,
        of.get("people").unwrap_or(0.0),
        labels.visible.len(),
        of.get("insider_days").unwrap_or(0.0),
        set.warm_up
    );
    for note in set.notes().iter().chain(&labels.said) {
        println!("note: {note}");
    }
    for table in of_set(of) {
        println!("\n{}", text(&table));
    }
    for worst in worst {
        println!(
            "most alerted on by {}: {} ({} people, {} alerts)",
            worst.by, worst.group, worst.people, worst.alerts
        );
    }
}

/// Prints the outcome of leak tests.
pub fn leaks(set: &str, leaks: &[Leak]) {
    println!("\nleak tests on {set}");
    for leak in leaks {
        let outcome = if leak.passed() { "pass" } else { "FAIL" };
        println!(
            "{outcome}  {:16} {} scores compared, {} differ",
            leak.name, leak.compared, leak.different
        );
    }
}

/// A table with aligned columns.
pub fn text(table: &Table) -> String {
    let lines = || std::iter::once(&table.head).chain(&table.rows);
    let columns = table.head.len();
    let width = |at: usize| {
        lines()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let mut text = format!("{}\n", table.title);
    for row in lines().filter(|row| row.iter().any(|cell| !cell.is_empty())) {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            if at == 0 {
                line.push_str(&format!("{cell}{padding}"));
            } else {
                line.push_str(&format!("  {padding}{cell}"));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&table.note);
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_names() {
        let table = Table {
            title: "t".into(),
            head: vec!["".into(), "a".into()],
            rows: vec![vec!["row".into(), "0.5".into()], vec!["é".into(), "12.25".into()]],
            note: String::new(),
        };
        assert_eq!(text(&table), "t\n         a\nrow    0.5\né    12.25");
    }
}
