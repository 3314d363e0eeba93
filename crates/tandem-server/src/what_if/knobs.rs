//! The settings that can be tried: their keys are those of the settings file, so that a change is a line of it.

use serde_json::Value;
use tandem_score::Tuning;

use super::view::{ChangedSetting, Knob, KnobUnit, SettingChange};
use crate::http::error::ApiError;

/// Most settings changed at once.
const CHANGES: usize = 100;
/// What the keys of single detectors begin with.
const DETECTORS: &str = "model.detectors.";

/// One setting that a page offers, with what it means in plain words.
struct Known {
    key: &'static str,
    least: f64,
    most: f64,
    step: f64,
    unit: KnobUnit,
    words: &'static str,
}

const fn known(
    key: &'static str,
    (least, most, step): (f64, f64, f64),
    unit: KnobUnit,
    words: &'static str,
) -> Known {
    Known {
        key,
        least,
        most,
        step,
        unit,
        words,
    }
}

const WEIGHT: (f64, f64, f64) = (0.0, 40.0, 1.0);
const CAP: (f64, f64, f64) = (0.0, 60.0, 1.0);
const HALF: (f64, f64, f64) = (1.0, 365.0, 1.0);
const TIMES: (f64, f64, f64) = (0.0, 3.0, 0.1);
const BAND: (f64, f64, f64) = (-30.0, 30.0, 1.0);

/// Everything but single detectors, in the order of a page.
const KNOWN: &[Known] = &[
    known(
        "queue.per_1000",
        (0.0, 1_000.0, 0.5),
        KnobUnit::Alerts,
        "Alerts per day and 1,000 people",
    ),
    known(
        "queue.slow_burn_share",
        (0.0, 1.0, 0.05),
        KnobUnit::Share,
        "Share of them kept for slow accumulation",
    ),
    known(
        "queue.cool_down_days",
        (0.0, 365.0, 1.0),
        KnobUnit::Days,
        "Days a person stays out after an alert",
    ),
    known(
        "queue.escalate_by",
        (0.0, 60.0, 1.0),
        KnobUnit::Decibans,
        "A rise that ends this pause early",
    ),
    known(
        "queue.wait_days",
        (0.0, 60.0, 1.0),
        KnobUnit::Days,
        "Days for which a place is owed after a busy day",
    ),
    known(
        "model.levels.low",
        WEIGHT,
        KnobUnit::Decibans,
        "Weight of a rule of level low",
    ),
    known(
        "model.levels.medium",
        WEIGHT,
        KnobUnit::Decibans,
        "Weight of a rule of level medium",
    ),
    known(
        "model.levels.high",
        WEIGHT,
        KnobUnit::Decibans,
        "Weight of a rule of level high",
    ),
    known(
        "model.levels.critical",
        WEIGHT,
        KnobUnit::Decibans,
        "Weight of a rule of level critical",
    ),
    known(
        "model.groups.behaviour.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of unusual behaviour",
    ),
    known(
        "model.groups.behaviour.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that behaviour may add",
    ),
    known(
        "model.groups.behaviour.half_life_days",
        HALF,
        KnobUnit::Days,
        "Days until behaviour counts half",
    ),
    known(
        "model.groups.fact.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of rule facts",
    ),
    known(
        "model.groups.fact.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that rule facts may add",
    ),
    known(
        "model.groups.fact.half_life_days",
        HALF,
        KnobUnit::Days,
        "Days until a rule fact counts half",
    ),
    known(
        "model.groups.access.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of excess rights",
    ),
    known(
        "model.groups.access.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that excess rights may add",
    ),
    known(
        "model.groups.employment.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of employment context",
    ),
    known(
        "model.groups.employment.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that employment context may add",
    ),
    known(
        "model.groups.red_flag.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of confirmed red flags",
    ),
    known(
        "model.groups.red_flag.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that red flags may add",
    ),
    known(
        "model.groups.red_flag.half_life_days",
        HALF,
        KnobUnit::Days,
        "Days until a red flag counts half",
    ),
    known(
        "model.groups.hotline.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of hotline reports",
    ),
    known(
        "model.groups.hotline.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that hotline reports may add",
    ),
    known(
        "model.groups.hotline.half_life_days",
        HALF,
        KnobUnit::Days,
        "Days until a hotline report counts half",
    ),
    known(
        "model.groups.mitigation.factor",
        TIMES,
        KnobUnit::Times,
        "Weight of what explains",
    ),
    known(
        "model.groups.mitigation.cap",
        CAP,
        KnobUnit::Decibans,
        "Most that explanations may take away",
    ),
    known(
        "model.groups.mitigation.half_life_days",
        HALF,
        KnobUnit::Days,
        "Days until an explanation counts half",
    ),
    known("model.bands.watch", BAND, KnobUnit::Decibans, "Watch begins at"),
    known("model.bands.review", BAND, KnobUnit::Decibans, "Review begins at"),
    known("model.bands.act", BAND, KnobUnit::Decibans, "Act begins at"),
];

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

fn number(tuning: &Value, key: &str) -> Option<f64> {
    match key.strip_prefix(DETECTORS) {
        // A detector without a factor of its own counts once.
        Some(name) => tuning
            .pointer("/model/detectors")?
            .get(name)
            .map_or(Some(1.0), Value::as_f64),
        None => tuning.pointer(&pointer(key))?.as_f64(),
    }
}

/// The value of a setting; `None` if there is no such number.
///
/// # Errors
/// When the settings cannot be written as JSON.
pub fn value(tuning: &Tuning, key: &str) -> Result<Option<f64>, serde_json::Error> {
    Ok(number(&serde_json::to_value(tuning)?, key))
}

/// Every setting with its value and what Tandem starts from.
///
/// # Errors
/// When the settings cannot be written as JSON.
pub fn knobs(tuning: &Tuning) -> Result<Vec<Knob>, serde_json::Error> {
    let (now, start) = (
        serde_json::to_value(tuning)?,
        serde_json::to_value(Tuning::default())?,
    );
    let fixed = KNOWN.iter().filter_map(|known| {
        Some(Knob {
            key: known.key.to_owned(),
            value: number(&now, known.key)?,
            start: number(&start, known.key)?,
            least: known.least,
            most: known.most,
            step: known.step,
            unit: known.unit,
            words: known.words.to_owned(),
        })
    });
    let own = tuning.model.detectors.iter().map(|(name, factor)| Knob {
        key: format!("{DETECTORS}{name}"),
        value: *factor,
        start: 1.0,
        least: TIMES.0,
        most: TIMES.1,
        step: TIMES.2,
        unit: KnobUnit::Times,
        words: format!("Weight of the detector {name}"),
    });
    Ok(fixed.chain(own).collect())
}

/// The settings with some changed, and what each was before. Changes that change nothing are left out.
///
/// # Errors
/// A key that there is not, a value that breaks a law, or too many.
pub fn apply(tuning: &Tuning, changes: &[SettingChange]) -> Result<(Tuning, Vec<ChangedSetting>), ApiError> {
    if changes.len() > CHANGES {
        return Err(ApiError::bad(
            "changes",
            "too many settings are changed at once",
            "change at most 100",
        ));
    }
    let mut value = serde_json::to_value(tuning)?;
    let mut changed: Vec<ChangedSetting> = Vec::new();
    for change in changes {
        let unknown = || {
            ApiError::bad(
                "key",
                format!(
                    "`{}` cannot be tried",
                    change.key.chars().take(200).collect::<String>()
                ),
                "use a key of the list, or model.detectors. and the name of a detector",
            )
        };
        let before = number(&value, &change.key).ok_or_else(unknown)?;
        if before == change.value {
            continue;
        }
        set(&mut value, &change.key, change.value).ok_or_else(unknown)?;
        changed.push(ChangedSetting {
            key: change.key.clone(),
            before,
            after: change.value,
        });
    }
    let made: Tuning = serde_json::from_value(value).map_err(|error| {
        ApiError::bad(
            "value",
            error.to_string(),
            "give a number as the setting takes it",
        )
    })?;
    if let Some((key, value, why)) = made.queue.fault().or_else(|| made.model.fault()) {
        return Err(ApiError::bad("value", format!("`{key}` is {value}"), why));
    }
    Ok((made, changed))
}

/// Puts a number in its place; `None` if there is no such place or it takes no such number.
fn set(tuning: &mut Value, key: &str, to: f64) -> Option<()> {
    let real = serde_json::Number::from_f64(to)?;
    if let Some(name) = key.strip_prefix(DETECTORS) {
        let all = tuning.pointer_mut("/model/detectors")?.as_object_mut()?;
        all.insert(name.to_owned(), Value::Number(real));
        return Some(());
    }
    let place = tuning
        .pointer_mut(&pointer(key))
        .filter(|place| place.is_number())?;
    *place = if place.is_i64() {
        let whole = to.fract() == 0.0 && to.abs() < 1e9;
        Value::from(whole.then_some(to as i64)?)
    } else {
        Value::Number(real)
    };
    Some(())
}

/// The lines of the settings file that make the changes: tables with their keys, as TOML.
pub fn lines(changes: &[ChangedSetting]) -> String {
    let mut tables: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
    for change in changes {
        let (table, key) = match change.key.strip_prefix(DETECTORS) {
            Some(name) => ("model.detectors", format!("{name:?}")),
            None => {
                let (table, key) = change.key.rsplit_once('.').unwrap_or(("", &change.key));
                (table, key.to_owned())
            }
        };
        let whole = matches!(change.key.as_str(), "queue.cool_down_days" | "queue.wait_days");
        let value = if whole {
            format!("{:.0}", change.after)
        } else {
            format!("{:?}", change.after)
        };
        tables.entry(table).or_default().push(format!("{key} = {value}"));
    }
    let mut text = String::new();
    for (table, keys) in tables {
        text.push_str(&format!("[{table}]\n{}\n\n", keys.join("\n")));
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: &str, value: f64) -> SettingChange {
        SettingChange {
            key: key.to_owned(),
            value,
        }
    }

    #[test]
    fn every_setting_of_the_list_is_there_and_within_its_bounds() {
        let knobs = knobs(&Tuning::default()).unwrap();
        assert_eq!(knobs.len(), KNOWN.len());
        for knob in &knobs {
            assert!((knob.least..=knob.most).contains(&knob.value), "{}", knob.key);
            assert_eq!(knob.value, knob.start);
        }
    }

    #[test]
    fn changes_become_settings_and_lines_that_the_settings_file_takes() {
        let asked = [
            change("queue.cool_down_days", 7.0),
            change("model.levels.high", 10.0),
            change("model.groups.fact.half_life_days", 20.0),
            change("model.detectors.rule:5f2c", 0.5),
            change("queue.per_1000", 8.0),
        ];
        let (made, changed) = apply(&Tuning::default(), &asked).unwrap();
        assert_eq!(changed.len(), 4, "what was so already is no change");
        assert_eq!(made.queue.cool_down_days, 7);
        assert_eq!(made.model.detectors["rule:5f2c"], 0.5);
        let read: Tuning = {
            use figment::providers::{Format, Serialized, Toml};
            figment::Figment::from(Serialized::defaults(Tuning::default()))
                .merge(Toml::string(&lines(&changed)))
                .extract()
                .unwrap()
        };
        assert_eq!(read, made);
    }

    #[test]
    fn what_breaks_a_law_or_is_no_setting_is_refused() {
        let refused = |key: &str, value| apply(&Tuning::default(), &[change(key, value)]).is_err();
        assert!(
            refused("model.groups.fact.half_life_days", 90.0),
            "outlives mitigation"
        );
        assert!(refused("model.levels.high", 3.0), "below medium");
        assert!(refused("queue.cool_down_days", 1.5));
        assert!(refused("queue.at_least", 1.0));
        assert!(refused("model.gate", 0.0));
        assert!(refused("queue.per_1000", f64::NAN));
        assert!(refused("model.groups", 1.0));
        assert!(refused("model.detectors.x", 9.0));
    }
}
