//! Numbers in words.

/// Working days in a month and in a year.
const MONTH: f64 = 21.0;
const YEAR: f64 = 250.0;

/// `1,234`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `40 a day`, `2.3 a day`, `one in 12 days`.
pub(super) fn per_day(rate: f64) -> String {
    if rate >= 9.95 {
        format!("{} a day", count(rate.round() as u64))
    } else if rate >= 0.95 {
        format!("{} a day", one_decimal(rate))
    } else if rate >= 1e-3 {
        format!("one in {} days", count((1.0 / rate).round().max(2.0) as u64))
    } else {
        "almost never".to_owned()
    }
}

/// `1.2 GB`, decimal units.
pub(super) fn bytes(number: f64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB"];
    if number < 999.5 {
        return format!("{} bytes", number.round().max(0.0));
    }
    let mut value = number / 1e3;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1e3;
        unit += 1;
    }
    let shown = if value >= 9.95 {
        format!("{}", value.round())
    } else {
        one_decimal(value)
    };
    format!("{shown} {}", units.get(unit).copied().unwrap_or("PB"))
}

/// `12 %`, `0.3 %`, `less than 0.1 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 0.1 {
        "less than 0.1 %".to_owned()
    } else if percent < 9.95 || (percent > 99.0 && percent < 99.95) {
        format!("{} %", one_decimal(percent))
    } else {
        format!("{} %", percent.round().min(100.0))
    }
}

/// How seldom a day with that surprise comes, for the own past: `about once in 11 years`. Nothing for what comes every other
/// week.
pub(super) fn once_in(surprise: f64) -> Option<String> {
    let days = 2.0 * surprise.exp();
    if days < 15.0 {
        None
    } else if days < 2.0 * MONTH {
        Some(format!("about once in {} working days", days.round()))
    } else if days < 1.5 * YEAR {
        Some(format!("about once in {} months", (days / MONTH).round()))
    } else if days < 1e3 * YEAR {
        Some(format!(
            "about once in {} years",
            count((days / YEAR).round() as u64)
        ))
    } else {
        Some("less than once in 1,000 years".to_owned())
    }
}

fn one_decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
