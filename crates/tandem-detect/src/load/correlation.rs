//! The `correlation` mapping (Sigma correlation rules specification 2.1).

use std::collections::BTreeMap;

use serde_norway::{Mapping, Value as Yaml};

use super::fault::{Fault, key};
use super::{string, strings, submap};
use crate::condition::{self, Expr};
use crate::correlate::{Bounds, Correlation, Kind, Test};
use crate::pattern::{Compare, Number};

const KINDS: &str = "event_count, value_count, value_sum, value_avg, value_percentile, value_median, temporal, \
temporal_ordered";

/// Largest count that a condition may compare with: that many matches of one group are remembered.
const MAX_COUNT: f64 = 100_000.0;

/// Reads `correlation`.
pub(crate) fn parse(map: &Mapping) -> Result<Correlation, Fault> {
    inner(submap(map, "correlation")?).map_err(|fault| fault.at("correlation"))
}

fn inner(map: &Mapping) -> Result<Correlation, Fault> {
    let rules = strings(map, "rules")?;
    if rules.is_empty() {
        return Err(Fault::new("`rules` is missing").at("rules"));
    }
    let span = string(map, "timespan")?.ok_or_else(|| Fault::new("`timespan` is missing"))?;
    let timespan = timespan(&span).ok_or_else(|| {
        Fault::new(format!("`{span}` is not a time span"))
            .at("timespan")
            .hint("a number and s, m, h, d, w, M or y")
    })?;
    let kind = kind(map)?;
    let test = test(map, kind, &rules).map_err(|fault| fault.at("condition"))?;
    let generate = matches!(map.get("generate"), Some(Yaml::Bool(true)));
    Ok(Correlation {
        kind,
        members: Vec::new(),
        group_by: strings(map, "group-by")?,
        timespan,
        test,
        aliases: aliases(map)?,
        generate,
        rules,
    })
}

fn kind(map: &Mapping) -> Result<Kind, Fault> {
    let name = string(map, "type")?.ok_or_else(|| Fault::new("`type` is missing"))?;
    Ok(match name.as_str() {
        "event_count" => Kind::EventCount,
        "value_count" => Kind::ValueCount,
        "value_sum" => Kind::ValueSum,
        "value_avg" => Kind::ValueAvg,
        "value_median" => Kind::ValuePercentile(50.0),
        "value_percentile" => Kind::ValuePercentile(percentile(map)?),
        "temporal" | "temporal_extended" => Kind::Temporal,
        "temporal_ordered" => Kind::TemporalOrdered,
        other => {
            return Err(Fault::new(format!("unknown correlation type `{other}`"))
                .at("type")
                .hint(format!("one of: {KINDS}")));
        }
    })
}

fn percentile(map: &Mapping) -> Result<f64, Fault> {
    let wanted = match map.get("condition") {
        Some(Yaml::Mapping(condition)) => condition.get("percentile").and_then(key),
        _ => None,
    };
    let number = wanted.as_deref().and_then(Number::parse).map(Number::as_f64);
    number
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| Fault::new("`percentile` must be given, from 0 to 100").at("condition"))
}

fn test(map: &Mapping, kind: Kind, rules: &[String]) -> Result<Test, Fault> {
    let temporal = matches!(kind, Kind::Temporal | Kind::TemporalOrdered);
    match map.get("condition") {
        None if temporal => Ok(Test::All),
        Some(Yaml::String(text)) if kind == Kind::Temporal => expression(text, rules),
        Some(Yaml::Mapping(condition)) if kind != Kind::TemporalOrdered => {
            bounds(condition, kind).map(Test::Bounds)
        }
        None => Err(Fault::new("`condition` is missing")),
        Some(_) => Err(Fault::new(
            "a condition of this form does not fit the correlation's type",
        )),
    }
}

fn expression(text: &str, rules: &[String]) -> Result<Test, Fault> {
    let names: Vec<&str> = rules.iter().map(String::as_str).collect();
    let parsed = condition::parse(text).and_then(|ast| Expr::resolve(&ast, &names));
    parsed
        .map(Test::Expr)
        .map_err(|error| Fault::new(error.to_string()))
}

fn bounds(condition: &Mapping, kind: Kind) -> Result<Bounds, Fault> {
    let mut tests = Vec::new();
    for (name, value) in condition {
        let name = key(name).unwrap_or_default();
        if matches!(name.as_str(), "field" | "percentile") {
            continue;
        }
        let compare = Compare::parse(&name).ok_or_else(|| {
            Fault::new(format!("unknown condition `{name}`")).hint("one of: gt, gte, lt, lte, eq, neq, field")
        })?;
        let number = key(value).as_deref().and_then(Number::parse);
        let number = number.ok_or_else(|| Fault::new(format!("`{name}` needs a number")).at(name.clone()))?;
        let number = number.as_f64();
        if matches!(kind, Kind::EventCount | Kind::ValueCount) && !(0.0..=MAX_COUNT).contains(&number) {
            return Err(
                Fault::new(format!("a count is compared with a number from 0 to {MAX_COUNT}")).at(name),
            );
        }
        tests.push((compare, number));
    }
    if tests.is_empty() {
        return Err(Fault::new("the condition compares with nothing"));
    }
    let fields = strings(condition, "field")?;
    let wants_field = !matches!(kind, Kind::EventCount | Kind::Temporal);
    if wants_field == fields.is_empty() {
        let need = if wants_field { "needs" } else { "takes no" };
        return Err(Fault::new(format!("this correlation type {need} `field`")));
    }
    if fields.len() > 1 && kind != Kind::ValueCount {
        return Err(Fault::new("only value_count takes several fields"));
    }
    Ok(Bounds { fields, tests })
}

fn aliases(map: &Mapping) -> Result<BTreeMap<String, BTreeMap<String, String>>, Fault> {
    let wrong = || Fault::new("`aliases` maps a name to rules and their fields").at("aliases");
    let Some(value) = map.get("aliases") else {
        return Ok(BTreeMap::new());
    };
    let Yaml::Mapping(aliases) = value else {
        return Err(wrong());
    };
    let mut out = BTreeMap::new();
    for (alias, fields) in aliases {
        let Yaml::Mapping(fields) = fields else {
            return Err(wrong());
        };
        let fields: Option<BTreeMap<String, String>> = fields
            .iter()
            .map(|(rule, field)| Some((key(rule)?, key(field)?)))
            .collect();
        out.insert(key(alias).ok_or_else(wrong)?, fields.ok_or_else(wrong)?);
    }
    Ok(out)
}

/// Microseconds of `10m`, `1d` …; a month has 30 days, a year 365.
pub(crate) fn timespan(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'M' => 30 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    let number: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let micros = number
        .checked_mul(seconds)?
        .checked_mul(tandem_domain::time::MICROS_PER_SECOND)?;
    (micros > 0).then_some(micros)
}
