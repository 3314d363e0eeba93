//! Times such as `7d`, `2h 30m`.

use tandem_domain::time::MICROS_PER_SECOND;

/// Longest time that is read, seconds: ten years.
const LONGEST: i64 = 10 * 365 * 86_400;

/// Microseconds of one or more numbers with a unit (`w`, `d`, `h`, `m`, `s`), such as `7d` or `2h 30m`.
pub(crate) fn span(text: &str) -> Option<i64> {
    let mut seconds: i64 = 0;
    let mut parts = 0;
    for part in text.split_whitespace() {
        let unit = part.chars().last()?;
        let each = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return None,
        };
        let number: u32 = part.strip_suffix(unit)?.parse().ok()?;
        seconds = seconds.checked_add(i64::from(number).checked_mul(each)?)?;
        parts += 1;
    }
    (parts > 0 && seconds <= LONGEST).then_some(seconds * MICROS_PER_SECOND)
}

/// A time in words, in its two largest units: `3 days`, `2 hours 5 minutes`.
pub(crate) fn words(micros: i64) -> String {
    let seconds = micros.max(0) / MICROS_PER_SECOND;
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let Some(at) = units.iter().position(|(each, _)| seconds >= *each) else {
        return "the same moment".to_owned();
    };
    let mut left = seconds;
    let mut said = Vec::new();
    for (each, name) in units.iter().skip(at).take(2) {
        let number = left / each;
        left %= each;
        if number > 0 {
            let many = if number == 1 { "" } else { "s" };
            said.push(format!("{number} {name}{many}"));
        }
    }
    said.join(" ")
}
