//! `tandem rules`: rules in use, and rules that are to be.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value as Json, json};
use tandem_detect::{ItemTrace, Level, RuleCases, RuleSet, RuleWork, Trace, lint, trace};
use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{Day, EventId, LogSource, Value};
use tandem_server::App;
use tandem_server::api::dto::RuleErrorView;
use tandem_server::content::{lists_without_people, pairs, read_yaml};
use tandem_server::pipeline::{Backtest, BacktestError, backtest, ticks};

use crate::args::{Cli, RulesAction};
use crate::output;

/// Largest event that is read from a file, bytes.
const EVENT_MOST: u64 = 4 << 20;
/// Columns of a drawn history.
const DRAWN: usize = 45;

/// Files by path and text.
type Files = Vec<(String, String)>;

/// `tandem rules`.
///
/// # Errors
/// When it cannot be done, or a check finds something wrong.
pub async fn rules(cli: &Cli, action: Option<&RulesAction>) -> anyhow::Result<()> {
    match action {
        None => list(super::open(cli).await?.as_ref(), false, cli.json).await,
        Some(RulesAction::List { errors }) => list(super::open(cli).await?.as_ref(), *errors, cli.json).await,
        Some(RulesAction::Check { paths, strict }) => check(cli, paths, *strict),
        Some(RulesAction::Explain { rule, event }) => explain(cli, rule, event).await,
        Some(RulesAction::Import { from, into, level }) => import(cli, from, into, level),
        Some(RulesAction::Backtest { paths, since, until }) => {
            let app = super::open(cli).await?;
            past(&app, paths, since, until.as_deref(), cli.json).await
        }
    }
}

fn rule_errors(errors: &[RuleErrorView]) {
    let rows = errors.iter().map(|e| {
        let what = match &e.hint {
            Some(hint) => format!("{}; {hint}", e.reason),
            None => e.reason.clone(),
        };
        vec![format!("{}:{}", e.file, e.line.unwrap_or(1)), what]
    });
    output::table(
        &["where", "why it could not be loaded"],
        rows,
        "every rule could be loaded",
    );
}

async fn list(app: &App, errors: bool, json: bool) -> anyhow::Result<()> {
    let list = app.rule_list().await?;
    if json {
        return output::json(&list);
    }
    if !errors {
        let rows = list.rules.iter().map(|r| {
            vec![
                r.level.clone(),
                r.title.clone(),
                r.logsource.clone(),
                r.matches.to_string(),
            ]
        });
        output::table(
            &["level", "title", "log source", "matches"],
            rows,
            "no rules are loaded",
        );
    }
    rule_errors(&list.errors);
    for one in &list.unseen {
        eprintln!(
            "{}: no rule sees its events ({} since {}); {}",
            one.source, one.events, one.first, one.hint
        );
    }
    eprintln!("{} rules loaded, {} not", list.loaded, list.errors.len());
    Ok(())
}

/// Path and text of every YAML file of these paths: rules, and cases that stand apart from them.
fn files(paths: &[PathBuf]) -> anyhow::Result<(Files, Files)> {
    let mut found = Vec::new();
    for path in paths {
        ensure!(path.exists(), "{} is not there", path.display());
        found.extend(read_yaml(path)?);
    }
    ensure!(!found.is_empty(), "no YAML file is there (*.yml, *.yaml)");
    // Rules are mappings, cases are lists.
    let is_list = |text: &str| {
        let mut lines = text.lines().map(str::trim_end);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
        first.is_some_and(|line| line.starts_with("- ") || line == "-")
    };
    Ok(found.into_iter().partition(|(_, text)| !is_list(text)))
}

/// One thing that a check found.
struct Finding {
    place: String,
    wrong: bool,
    what: String,
}

fn check(cli: &Cli, paths: &[PathBuf], strict: bool) -> anyhow::Result<()> {
    let config = super::load(cli, None)?;
    let (rule_files, case_files) = files(paths)?;
    let lists = lists_without_people(&config);
    let load = |lists: &tandem_detect::Lists| RuleSet::load_with(pairs(&rule_files), lists);
    let (rules, errors) = load(&lists);
    let rules = Arc::new(rules);
    let mut found: Vec<Finding> = errors
        .iter()
        .map(|error| Finding {
            place: format!("{}:{}", error.file, error.line.unwrap_or(1)),
            wrong: true,
            what: match &error.hint {
                Some(hint) => format!("{}; {hint}", error.reason),
                None => error.reason.clone(),
            },
        })
        .collect();
    let wrong = |place: String, what: String| Finding {
        place,
        wrong: true,
        what,
    };
    let mut cases: Vec<(String, RuleCases)> = Vec::new();
    for (path, text) in &case_files {
        match RuleCases::of_file(path, text) {
            Ok(read) => cases.extend(read.into_iter().map(|one| (path.clone(), one))),
            Err(error) => found.push(wrong(format!("{path}:{}", error.line.unwrap_or(1)), error.reason)),
        }
    }
    let apart: BTreeSet<String> = cases
        .iter()
        .filter(|(_, cases)| cases.is_whole())
        .map(|(_, cases)| cases.rule.to_lowercase())
        .collect();
    for rule in rules.rules() {
        let place = format!("{}:{}", rule.file, rule.line);
        for what in lint(rule) {
            let tested = what.starts_with("nothing tests it") && apart.contains(&rule.id);
            if !tested {
                let (place, wrong) = (place.clone(), strict);
                found.push(Finding { place, wrong, what });
            }
        }
        match RuleCases::beside(rule) {
            Some(Ok(beside)) => cases.push((place, beside)),
            Some(Err(error)) => found.push(wrong(place, error.reason)),
            None => {}
        }
    }
    let mut played = 0;
    let mut work = BTreeMap::new();
    for (place, one) in &cases {
        played += one.matches.len() + one.misses.len();
        let special = (!one.lists.is_empty()).then(|| {
            let mut with = lists.clone();
            with.extend(one.lists.clone());
            Arc::new(load(&with).0)
        });
        let faults = one.play_counted(special.as_ref().unwrap_or(&rules), Some(ticks), &mut work);
        found.extend(
            faults
                .iter()
                .map(|fault| wrong(place.clone(), format!("tests of {}: {fault}", one.rule))),
        );
    }
    told(cli.json, &found, &rules, (played, &work))
}

fn told(
    json: bool,
    found: &[Finding],
    rules: &RuleSet,
    (played, work): (usize, &BTreeMap<String, RuleWork>),
) -> anyhow::Result<()> {
    let wrong = found.iter().filter(|one| one.wrong).count();
    if json {
        let findings: Vec<Json> = found
            .iter()
            .map(|one| json!({ "where": one.place, "wrong": one.wrong, "what": one.what }))
            .collect();
        let statistics: Vec<Json> = rules
            .rules()
            .iter()
            .map(|rule| {
                let done = work.get(&rule.id).copied().unwrap_or_default();
                json!({
                    "id": rule.id,
                    "title": rule.title,
                    "evaluations": done.evaluations,
                    "matches": done.matches,
                    "micros": done.nanos / 1_000,
                })
            })
            .collect();
        output::json(&json!({
            "rules": rules.len(),
            "tests": played,
            "wrong": wrong,
            "findings": findings,
            "statistics": statistics,
        }))?;
    } else {
        let rows = found.iter().map(|one| {
            let kind = if one.wrong { "wrong" } else { "better" };
            vec![kind.to_owned(), one.place.clone(), one.what.clone()]
        });
        output::table(
            &["", "where", "what"],
            rows,
            "nothing is wrong and nothing could be better",
        );
        eprintln!(
            "{} rules can be used, {played} tests played, {wrong} things are wrong, {} could be better",
            rules.len(),
            found.len() - wrong
        );
    }
    ensure!(wrong == 0, "{wrong} things are wrong");
    Ok(())
}

async fn explain(cli: &Cli, rule: &str, event: &str) -> anyhow::Result<()> {
    let from_file = Path::new(rule).is_file();
    let by_id = EventId::parse(event);
    let app = if from_file && by_id.is_none() {
        None
    } else {
        Some(super::open(cli).await?)
    };
    let rules = match &app {
        Some(app) if !from_file => Arc::clone(&app.rules().rules),
        _ => Arc::new(of_file(cli, Path::new(rule))?),
    };
    let wanted = rules
        .rules()
        .iter()
        .find(|one| from_file || one.id.eq_ignore_ascii_case(rule) || one.name.as_deref() == Some(rule));
    let wanted = wanted
        .with_context(|| format!("no rule in use has the id or name `{rule}`, and there is no such file"))?;
    let mut batch = EventBatch::new("explained");
    match (&app, by_id) {
        (Some(app), Some(id)) => {
            let segments = app.segments(None, None).await?;
            let found = app
                .lake
                .events_by_id(&[id], None, &segments, app.query_limits(1))
                .await?;
            let stored = found
                .first()
                .with_context(|| format!("no event has the id {id}"))?;
            batch.set_source(&stored.source);
            stored.write_to(&mut batch)?;
        }
        // A file says what is in the event, not where it comes from: it is taken as one of the rule's log source.
        _ => put(&mut batch, &read_event(event)?, wanted.logsource.as_ref())?,
    }
    let event = batch.get(0).context("the event is empty")?;
    let traced = trace(wanted, event)
        .context("this is a correlation: it looks at matches of other rules, not at events")?;
    if cli.json {
        return output::json(&json!({ "rule": wanted.id, "matches": traced.matches(), "trace": traced }));
    }
    shown(&wanted.title, &traced);
    Ok(())
}

fn of_file(cli: &Cli, path: &Path) -> anyhow::Result<RuleSet> {
    let config = super::load(cli, None)?;
    let files = read_yaml(path)?;
    let (rules, errors) = RuleSet::load_with(pairs(&files), &lists_without_people(&config));
    if let Some(error) = errors.first() {
        bail!("{error}");
    }
    Ok(rules)
}

fn read_event(path: &str) -> anyhow::Result<serde_json::Map<String, Json>> {
    let mut text = String::new();
    if path == "-" {
        std::io::stdin().take(EVENT_MOST).read_to_string(&mut text)?;
    } else {
        let file = std::fs::File::open(path)
            .with_context(|| format!("`{path}` is neither the id of an event nor a file that can be read"))?;
        file.take(EVENT_MOST).read_to_string(&mut text)?;
    }
    serde_json::from_str(&text).with_context(|| format!("{path} holds no JSON object of at most 4 MiB"))
}

fn put(
    batch: &mut EventBatch,
    fields: &serde_json::Map<String, Json>,
    source: Option<&LogSource>,
) -> anyhow::Result<()> {
    fn write(event: &mut tandem_domain::event::EventBuilder<'_>, name: &str, value: &Json) {
        match value {
            Json::Object(map) => map
                .iter()
                .for_each(|(key, inner)| write(event, &format!("{name}.{key}"), inner)),
            Json::Array(items) => items.iter().for_each(|inner| write(event, name, inner)),
            Json::String(text) => event.field(name, Value::Text(text)),
            Json::Bool(truth) => event.field(name, Value::Bool(*truth)),
            Json::Number(number) => event.field(
                name,
                number
                    .as_i64()
                    .map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int),
            ),
            Json::Null => event.field(name, Value::Null),
        }
    }
    let mut event = batch.start()?;
    for (name, value) in fields {
        write(&mut event, name, value);
    }
    if let Some(source) = source {
        event.logsource(source);
    }
    event.finish(EventHead::default());
    Ok(())
}

fn shown(title: &str, traced: &Trace) {
    let says = if traced.matches() {
        "matches"
    } else {
        "does not match"
    };
    println!("{title}: {says}");
    if !traced.source_fits {
        println!("  the event is not of the rule's log source");
    }
    for selection in &traced.selections {
        println!("  {} {}", mark(selection.holds), selection.name);
        for (number, items) in selection.alternatives.iter().enumerate() {
            if number > 0 {
                println!("      or");
            }
            for item in items {
                println!("      {} {}", mark(item.holds), line(item));
            }
        }
    }
}

const fn mark(holds: bool) -> char {
    if holds { '✓' } else { '✗' }
}

/// What an item asks for, and what the event has.
fn line(item: &ItemTrace) -> String {
    let name = item.field.as_deref().unwrap_or("(any value)");
    let asks = if item.modifiers.is_empty() {
        name.to_owned()
    } else {
        format!("{name}|{}", item.modifiers)
    };
    let wanted = item.fits.clone().unwrap_or_else(|| item.wanted.join(" | "));
    match (&item.field, item.values.as_slice()) {
        (None, _) => format!("{asks}: {wanted}"),
        (_, []) => format!("{asks}: {wanted}  (the event has no {name})"),
        (_, values) => format!("{asks}: {wanted}  (the event has {})", values.join(", ")),
    }
}

fn import(cli: &Cli, from: &Path, into: &Path, level: &str) -> anyhow::Result<()> {
    let least = Level::parse(level).with_context(|| {
        format!("`{level}` is no level; write informational, low, medium, high or critical")
    })?;
    ensure!(from.is_dir(), "{} is no folder", from.display());
    let config = super::load(cli, None)?;
    let files = read_yaml(from)?;
    let (rules, errors) = RuleSet::load_with(pairs(&files), &lists_without_people(&config));
    let wanted: BTreeMap<&str, bool> = rules.rules().iter().fold(BTreeMap::new(), |mut all, rule| {
        *all.entry(rule.file.as_str()).or_default() |= rule.level >= least;
        all
    });
    let mut written = 0;
    for (path, text) in &files {
        if wanted.get(path.as_str()) != Some(&true) {
            continue;
        }
        let below = Path::new(path).strip_prefix(from).unwrap_or(Path::new(path));
        let target = into.join(below);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(&target, text).with_context(|| format!("cannot write {}", target.display()))?;
        written += 1;
    }
    let errors: Vec<RuleErrorView> = errors.iter().map(RuleErrorView::from).collect();
    if cli.json {
        return output::json(&json!({ "written": written, "rules": rules.len(), "errors": errors }));
    }
    rule_errors(&errors);
    eprintln!(
        "{written} files written to {}; {} documents of the folder cannot be used. Name the folder in `content.rules` of the settings, \
         try the rules out with `tandem rules backtest`, and keep your own exceptions in filters beside it: an update does not touch them.",
        into.display(),
        errors.len()
    );
    Ok(())
}

/// `90d`, or a day.
fn first_day(since: &str, last: Day) -> anyhow::Result<Day> {
    let days = since.strip_suffix('d').and_then(|days| days.parse::<i32>().ok());
    match days {
        Some(days) if days > 0 => Ok(last.plus(1 - days)),
        _ => Day::parse(since)
            .with_context(|| format!("`{since}` is neither a number of days (90d) nor a day (2026-03-31)")),
    }
}

async fn past(
    app: &App,
    paths: &[PathBuf],
    since: &str,
    until: Option<&str>,
    json: bool,
) -> anyhow::Result<()> {
    let (files, _) = files(paths)?;
    let last = match until {
        Some(day) => Day::parse(day).with_context(|| format!("`{day}` is no day; write YYYY-MM-DD"))?,
        None => {
            let days = app.segments(None, None).await?;
            let last = days.iter().map(|segment| segment.day).max();
            last.context("there are no events yet; `tandem ingest` reads some")?
        }
    };
    let from = first_day(since, last)?;
    let mut said = std::time::Instant::now();
    let found = backtest(app, &files, (from, last), &mut |day, events| {
        if said.elapsed().as_secs() >= 1 {
            eprint!("\r{day}: {events} events read");
            said = std::time::Instant::now();
        }
    })
    .await;
    let found = match found {
        Err(BacktestError::NoRules(errors)) => {
            for error in &errors {
                eprintln!("{error}");
            }
            bail!("none of the rules could be loaded")
        }
        other => other?,
    };
    if json {
        return output::json(&found);
    }
    eprintln!(
        "\r{} events of {} to {} read",
        found.events, found.from, found.until
    );
    let rows = found.rules.iter().map(|rule| {
        let kind = if rule.reports {
            rule.level.clone()
        } else {
            "(part)".to_owned()
        };
        vec![
            kind,
            rule.title.clone(),
            rule.matches.to_string(),
            rule.subjects.to_string(),
            rule.evaluations.to_string(),
            format!("{:.1}", rule.micros as f64 / 1_000.0),
            drawn(&found, &rule.days),
        ]
    });
    output::table(
        &[
            "level",
            "title",
            "matches",
            "subjects",
            "evaluated",
            "ms",
            "over time",
        ],
        rows,
        "no rule was run",
    );
    for line in &found.refused {
        eprintln!("not loaded: {line}");
    }
    for day in &found.cut {
        eprintln!("{day}: so much matched that correlations saw only a part");
    }
    Ok(())
}

/// Matches over time as a row of bars.
fn drawn(past: &Backtest, days: &BTreeMap<String, tandem_server::pipeline::PastDay>) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (Some(from), Some(until)) = (Day::parse(&past.from), Day::parse(&past.until)) else {
        return String::new();
    };
    let all = usize::try_from(until.0 - from.0 + 1).unwrap_or(1).max(1);
    let wide = all.min(DRAWN);
    let mut bars = vec![0_u64; wide];
    for (day, found) in days {
        let Some(at) = Day::parse(day).and_then(|day| usize::try_from(day.0 - from.0).ok()) else {
            continue;
        };
        if let Some(bar) = bars.get_mut(at * wide / all) {
            *bar += found.matches;
        }
    }
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    bars.iter()
        .map(|bar| {
            let high = if *bar == 0 { 0 } else { 1 + (*bar - 1) * 7 / most };
            usize::try_from(high)
                .ok()
                .and_then(|high| BARS.get(high))
                .copied()
                .unwrap_or(' ')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::first_day;
    use tandem_domain::Day;

    #[test]
    fn a_beginning_is_a_number_of_days_or_a_day() {
        let last = Day::parse("2026-03-31").unwrap();
        assert_eq!(first_day("1d", last).unwrap(), last);
        assert_eq!(first_day("31d", last).unwrap(), Day::parse("2026-03-01").unwrap());
        assert_eq!(
            first_day("2026-01-02", last).unwrap(),
            Day::parse("2026-01-02").unwrap()
        );
        for odd in ["", "d", "0d", "-3d", "soon"] {
            assert!(first_day(odd, last).is_err(), "{odd}");
        }
    }
}
