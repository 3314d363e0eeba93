//! A simulated company, from its raw logs: through the normaliser and `observe` to days, without a lake and without a server.
//! The organisation is what the people files say, day by day.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use tandem_baseline::{DayActivity, HomeContext};
use tandem_collect::{Input, Pieces, expand, open_reader, stream_id};
use tandem_domain::{Attr, Day, EventBatch, LocalTime, Timestamp};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Normaliser, Options};
use tandem_people::{Directory, Home, Person, View, canonical_account, parse, recognise_people};
use tandem_sim::Plan;

use super::activity::{Activity, Gatherer};
use super::labels::Truths;
use super::lens::Lens;
use super::organisation::{Organisation, Standing};
use super::rows::BadRows;
use super::{DataSet, Kind, Load};

/// Largest record, bytes: the product's own limit.
const RECORD: usize = 1 << 20;

/// Reads a company that `tandem simulate` wrote.
pub fn read(dir: &Path, plan: &Plan, load: &Load) -> Result<DataSet> {
    let mut bad = BadRows::default();
    let home = Home {
        nt_domains: vec![plan.nt_domain.clone()],
        mail_domains: vec![plan.home_domain.clone()],
    };
    let directory = people(dir, &home, load, &mut bad)?;
    let clock = Clock::new(dir, &directory.as_of(Day(i32::MAX / 2)))?;
    let accounts = logs(dir, &home, &clock, load.lens(), &mut bad)?;
    let (activity, organisation) = resolved(accounts, &directory, plan);
    let truth = dir.join("truth.json");
    Ok(DataSet {
        name: format!("seed {}", plan.seed),
        kind: Kind::Simulated,
        activity,
        organisation,
        truths: Truths {
            simulated: load.labels.then(|| std::fs::read(&truth)).transpose()?,
            ..Truths::default()
        },
        logs: std::collections::BTreeSet::new(),
        said: Vec::new(),
        bad,
        warm_up: plan.quiet_until().0 - plan.start.0,
    })
}

/// What became known by the day that `load` names, else everything.
fn people(dir: &Path, home: &Home, load: &Load, bad: &mut BadRows) -> Result<Directory> {
    let mut directory = Directory::new(home.clone(), Vec::new());
    for input in expand(&[dir.join("people").display().to_string()])? {
        let bytes = std::fs::read(&input.path)?;
        let name = input.file_name();
        let format = recognise_people(&bytes, &name).with_context(|| format!("{name} is no people file"))?;
        let mut parsed = parse(format, &name, &bytes, Day(0));
        for reject in &parsed.rejects {
            bad.add(&name, || format!("line {}: {}", reject.line, reject.reason));
        }
        if let Some(until) = load.known_by {
            parsed.records.retain(|record| record.known_on() <= until);
        }
        directory.add(parsed.records);
    }
    Ok(directory)
}

fn logs(dir: &Path, home: &Home, clock: &Clock, lens: Lens, bad: &mut BadRows) -> Result<Activity> {
    let context = HomeContext {
        mail_domains: home.mail_domains.clone(),
        ..HomeContext::default()
    };
    let mappings =
        Mappings::builtin().map_err(|errors| anyhow::anyhow!("the shipped mappings: {errors:?}"))?;
    let mappings = Arc::new(mappings);
    let mut gatherer = Gatherer::new(lens, context);
    for input in expand(&[dir.join("logs").display().to_string()])? {
        stream(&input, &mappings, clock, home, &mut gatherer, bad)?;
    }
    Ok(gatherer.done())
}

fn stream(
    input: &Input,
    mappings: &Arc<Mappings>,
    clock: &Clock,
    home: &Home,
    gatherer: &mut Gatherer,
    bad: &mut BadRows,
) -> Result<()> {
    let name = input.file_name();
    let file = File::open(&input.path).with_context(|| format!("opening {}", input.path.display()))?;
    let mut pieces = Pieces::new(open_reader(file)?);
    pieces.fill()?;
    let year = name.get(..4).and_then(|digits| digits.parse().ok());
    let options = Options {
        source: String::new(),
        stream_id: stream_id(pieces.bytes()),
        format: None,
        mapping: None,
        time_zone: Some(clock.name.clone()),
        year_hint: year,
        received: Timestamp(0),
        max_record_bytes: RECORD,
    };
    let mut normaliser = Normaliser::new(Arc::clone(mappings), options);
    let folder = input.folder_name().unwrap_or_default();
    let mut batch = EventBatch::new("");
    let mut rejects = Vec::new();
    loop {
        let (offset, eof) = (pieces.offset(), pieces.eof());
        let used = normaliser.feed(pieces.bytes(), offset, eof, &mut batch, &mut rejects);
        pieces.consume(used);
        if batch.source().is_empty() {
            batch.set_source(&folder);
        }
        gatherer.take(
            &mut batch,
            |event, time| clock.local(event.attr(Attr::ActorUser).unwrap_or_default(), home, time),
            |account| canonical_account(account, home),
        );
        for reject in rejects.drain(..) {
            bad.add(&format!("logs/{folder}"), || {
                format!("{name} at byte {}: {}", reject.offset, reject.reason)
            });
        }
        if used == 0 && (eof || pieces.fill()? == 0 && pieces.bytes().is_empty()) {
            return Ok(());
        }
    }
}

/// Local time where people work, as the product keeps it.
struct Clock {
    name: String,
    home: TimeZone,
    zones: BTreeMap<Arc<str>, TimeZone>,
}

impl Clock {
    /// The head office's zone for everybody whose own is not known.
    fn new(dir: &Path, view: &View) -> Result<Self> {
        let company: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("company.json"))?)?;
        let name = company["time_zone"].as_str().unwrap_or("UTC").to_owned();
        let home = TimeZone::get(&name).with_context(|| format!("no time zone {name}"))?;
        let mut zones = BTreeMap::new();
        for person in view.people() {
            let zone = person
                .time_zone
                .as_deref()
                .and_then(|name| TimeZone::get(name).ok());
            for account in &person.accounts {
                zones.insert(Arc::clone(account), zone.clone().unwrap_or_else(|| home.clone()));
            }
        }
        Ok(Self { name, home, zones })
    }

    fn local(&self, raw: &str, home: &Home, time: Timestamp) -> LocalTime {
        let account = canonical_account(raw, home).unwrap_or_default();
        let zone = self.zones.get(account.as_ref()).unwrap_or(&self.home);
        LocalTime::in_zone(time, zone)
    }
}

/// Accounts become people, each day by what was known then.
fn resolved(accounts: Activity, directory: &Directory, plan: &Plan) -> (Activity, Organisation) {
    let mut cursor = directory.cursor();
    let mut organisation = Organisation::default();
    let mut days: BTreeMap<Day, BTreeMap<String, DayActivity>> = BTreeMap::new();
    for (day, accounts) in &accounts.days {
        let view = cursor.at(*day);
        let mut people: BTreeMap<String, DayActivity> = BTreeMap::new();
        for (account, activity) in accounts {
            let key = view.resolve(account).key.to_string();
            people.entry(key).or_default().merge(activity);
        }
        let standings = view
            .people()
            .iter()
            .map(|person| (person.key.to_string(), standing(person, view)));
        organisation.state(*day, standings.collect());
        days.insert(*day, people);
    }
    organisation.mail_domains.push(plan.home_domain.clone());
    (Activity { days, ..accounts }, organisation)
}

fn standing(person: &Person, view: &View) -> Standing {
    let said = |value: &Option<Arc<str>>| value.as_deref().map(str::to_owned);
    let traits = [
        ("role", said(&person.role)),
        ("department", said(&person.department)),
        ("site", said(&person.site)),
    ];
    Standing {
        groups: person
            .group_keys()
            .iter()
            .map(|group| group.to_string())
            .collect(),
        traits: traits
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        joined: person.join,
        changed: person.role_changed,
        absent: view.absent(person),
    }
}
