//! Data to standard output, as a table or as JSON.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// Prints a value as JSON, one document.
///
/// # Errors
/// When it cannot be written.
pub fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows under a header; an empty table says so.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, empty: &str) {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    let mut any = false;
    for row in rows {
        any = true;
        table.add_row(row);
    }
    if any {
        println!("{table}");
    } else {
        eprintln!("{empty}");
    }
}

/// Decibans with one decimal.
pub fn decibans(value: f64) -> String {
    format!("{value:+.1} dB")
}
