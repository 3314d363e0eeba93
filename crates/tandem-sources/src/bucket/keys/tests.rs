use jiff::civil::date;

use super::*;

#[test]
fn dates_of_the_services_are_found() {
    for (key, stem, shape, day) in [
        (
            "AWSLogs/123456789012/CloudTrail/eu-central-1/2026/01/31/123456789012_CloudTrail_eu-central-1_20260131T0305Z_x.json.gz",
            "AWSLogs/123456789012/CloudTrail/eu-central-1/",
            Shape::Slashes,
            date(2026, 1, 31),
        ),
        (
            "access/2026-02-03-10-15-30-ABCDEF",
            "access/",
            Shape::Dashes,
            date(2026, 2, 3),
        ),
        (
            "export/dt=2026-02-03/part-0.zst",
            "export/dt=",
            Shape::Dashes,
            date(2026, 2, 3),
        ),
        ("fw/20260203.log", "fw/", Shape::Compact, date(2026, 2, 3)),
        (
            "h/year=2026/month=02/day=03/x",
            "h/year=",
            Shape::Hive,
            date(2026, 2, 3),
        ),
        ("büro/2026/02/03/ä", "büro/", Shape::Slashes, date(2026, 2, 3)),
    ] {
        let found = dated(key).unwrap_or_else(|| panic!("{key}"));
        assert_eq!(found, Dated { stem, shape, day });
        let before = before(stem, shape, day);
        assert!(key > before.as_str() && key.starts_with(&before), "{key}");
    }
}

#[test]
fn numbers_that_are_no_dates_are_none() {
    for key in [
        "",
        "a",
        "123456789012",
        "2026/13/01",
        "2026/02/30/x",
        "1026/01/01",
        "2026/1/1",
        "20260203T",
        "202602031",
    ] {
        let expected = key == "20260203T";
        assert_eq!(dated(key).is_some(), expected, "{key}");
    }
}
