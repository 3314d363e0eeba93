//! One day of analysis.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tandem_baseline::{DayActivity, DayContext, ScoredDay, SubjectDay};
use tandem_detect::{BaseMatch, Correlator, Passing, RuleIdx};
use tandem_domain::{Alert, Day, Indicator, IndicatorGroup, SubjectId};
use tandem_people::{Cursor, Person, Pseudonyms, View, canonical_account, fact_indicators};
use tandem_score::{
    DayInput, Explanation, PRIOR, PersonDay, Tuning, Verdicts, explain, fill_day, is_live, is_technical,
};
use tandem_sequence::{AccountDay, DayMarks, Sequencer};
use tandem_store::{ChainRow, DayResult, DepartureRow, ScoreRow, SubjectRow};

use super::analyse::State;
use super::departures::{KeptTally, UnusualDay};
use super::indicators::{RuleDay, behaviour};
use super::{AnalyseError, chains, compose, queue_days};
use crate::api::card;
use crate::api::views;
use crate::app::App;
use crate::content::holds_on;
use crate::departures::MOST_PEERS;
use crate::hunt::KnownAssets;
use crate::words::Names;

/// An analysis under way.
pub struct Run<'a> {
    app: &'a App,
    cursor: Cursor,
    correlator: Correlator,
    sequencer: Sequencer,
    pseudonyms: Pseudonyms,
    live: BTreeMap<SubjectId, Vec<Indicator>>,
    names: Names,
    tuning: Tuning,
    /// What people concluded about alerts.
    verdicts: Verdicts,
    /// The day analysed last.
    last: Day,
    /// What goes from day to day.
    pub state: State,
}

/// What one day came to.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Indicators made.
    pub indicators: u64,
    /// Alerts raised.
    pub alerts: u64,
    /// False if nobody did anything that was logged.
    pub had_data: bool,
}

/// What a scored day leaves besides indicators.
#[derive(Default)]
struct Besides {
    unusual: Vec<(SubjectId, UnusualDay)>,
    tally: Option<KeptTally>,
    chains: Vec<ChainRow>,
}

/// What one day brought, before it is saved.
struct Gathered {
    activity: BTreeMap<String, DayActivity>,
    /// Every account that acted or was acted upon, with what of it may be steps of sequences.
    accounts: Vec<AccountDay>,
    matches: Vec<BaseMatch>,
}

impl<'a> Run<'a> {
    /// Takes up the analysis so that `day` comes next.
    ///
    /// # Errors
    /// When the database fails or the state cannot be unpacked.
    pub async fn start(app: &'a App, day: Day) -> Result<Self, AnalyseError> {
        let directory = app.directory().await?;
        let snapshot = app.store.snapshot_before(day).await?;
        // A snapshot is only of use if nothing lies between it and the day to come.
        let kept = match snapshot {
            Some(snapshot) => State::unpack(&snapshot.body)?.map(|state| (state, snapshot.day)),
            None => None,
        };
        let (mut state, from, last) = match kept {
            Some((state, day)) => (state, day.plus(1), day),
            // Facts that were known and in force before the first day of data count from the first day on.
            None => (State::default(), day, Day(i32::MIN / 2)),
        };
        state.profiles.learn_peers(app.config.behaviour.learned_peers);
        let rules = Arc::clone(&app.rules().rules);
        let correlator = match state.correlator.clone() {
            Some(kept) => Correlator::restore(rules, kept),
            None => Correlator::new(rules),
        };
        let tuning = Tuning {
            model: app.config.model.clone(),
            queue: app.config.queue,
        };
        let sequencer = Sequencer::restore(
            Arc::clone(&app.sequences().book),
            std::mem::take(&mut state.sequencer),
        );
        let mut live: BTreeMap<SubjectId, Vec<Indicator>> = BTreeMap::new();
        let reach = queue_days::memory(&tuning.model);
        for indicator in app
            .store
            .indicators_counting(None, from.plus(-reach), from.plus(-1))
            .await?
        {
            // What nobody would miss is not held: what holds at the end of the day before.
            if is_live(&tuning.model, &indicator, from.plus(-1)) {
                live.entry(indicator.subject.clone()).or_default().push(indicator);
            }
        }
        let verdicts = queue_days::verdicts(&app.store).await?;
        let mut cursor = directory.cursor();
        cursor.at(from.plus(-1));
        // Who had a short pseudonym keeps it, also if somebody else's would be the same.
        let mut pseudonyms = Pseudonyms::new(*app.secret.key());
        for (person, subject) in app.store.pseudonyms().await? {
            pseudonyms.restore(&person, subject);
        }
        Ok(Self {
            app,
            cursor,
            correlator,
            sequencer,
            pseudonyms,
            live,
            names: Names::default(),
            tuning,
            verdicts,
            last,
            state,
        })
    }

    /// Analyses one day and saves it. Days left out before it must have no data.
    ///
    /// # Errors
    /// When the database fails; the day is then not saved.
    pub async fn day(&mut self, day: Day) -> Result<Outcome, AnalyseError> {
        let view = self.cursor.at(day).clone();
        let gathered = self.gather(&view, day).await?;
        let had_data = !(gathered.accounts.is_empty() && gathered.matches.is_empty());
        let since = self.last.plus(1).min(day);
        self.last = day;
        let first = *self.state.first_day.get_or_insert(day);
        let warm = day.0 - first.0 >= self.app.config.behaviour.warm_up_days;

        let scored = self.score_behaviour(&view, day, &gathered);
        let mut besides = Besides {
            tally: KeptTally::of(&scored.tally),
            ..Besides::default()
        };
        let mut fresh = self.rule_indicators(&view, day, gathered.matches);
        let mut ranks = BTreeMap::new();
        for score in &scored.scores {
            let subject = self.pseudonyms.of(&score.subject);
            ranks.insert(subject.clone(), ranks.len() as u32 + 1);
            let indicator = if warm {
                behaviour(&subject, day, score)
            } else {
                None
            };
            let evidence = indicator.as_ref().map_or(0.0, |i| i.weight);
            if warm {
                self.state
                    .slow
                    .entry(subject.0.clone())
                    .or_default()
                    .add(day.0, evidence);
            }
            if indicator.is_some() {
                let own_hours = scored.own_hours.get(&score.subject).copied();
                let mut unusual = UnusualDay::of(score, own_hours);
                if let Some(group) = scored.learned.get(&score.subject) {
                    unusual.same_things = self.same_things(&view, &score.subject, group);
                }
                besides.unusual.push((subject, unusual));
            }
            fresh.extend(indicator);
        }
        let pseudonyms = &mut self.pseudonyms;
        let facts = fact_indicators(&view, since..=day, |person| pseudonyms.of(person));
        let outcome = self
            .sequencer
            .run_day(day, &gathered.accounts, &chains::fact_steps(&facts));
        let mut found = chains::told(self.sequencer.book(), &outcome, &mut |person| {
            pseudonyms.of(person)
        });
        fresh.extend(facts.into_iter().map(|f| f.indicator));
        fresh.append(&mut found.indicators);
        for person in view.people().iter().filter(|p| p.employed_on(day)) {
            self.state.known.insert(person.key.to_string());
        }
        self.state.known.extend(gathered.activity.keys().cloned());
        self.names.learn(&view);
        for indicator in &mut fresh {
            let texts = std::iter::once(&mut indicator.explanation).chain(&mut indicator.object);
            self.conceal(&indicator.subject, texts);
            indicator.half_life_days = self.tuning.model.of(indicator.group).half_life_days;
        }
        for (subject, unusual) in &mut besides.unusual {
            self.conceal(subject, unusual.texts());
        }
        for story in &mut found.stories {
            let subject = story.subject.clone();
            self.conceal(&subject, story.story.texts());
        }
        besides.chains = found.rows()?;
        let (indicators, alerts) = self.close(&view, day, fresh, &ranks, besides).await?;
        Ok(Outcome {
            indicators,
            alerts,
            had_data,
        })
    }

    /// Pseudonyms of some of the people in a learned group but one of them, for the picture of their days.
    fn same_things(&mut self, view: &View, but: &str, group: &str) -> Vec<String> {
        let profiles = &self.state.profiles;
        let members = view.people().iter().filter(|person| {
            *person.key != *but && profiles.learned_group(&person.key).as_deref() == Some(group)
        });
        let keys: Vec<Arc<str>> = members
            .take(MOST_PEERS)
            .map(|person| Arc::clone(&person.key))
            .collect();
        keys.iter().map(|key| self.pseudonyms.of(key).0).collect()
    }

    /// Takes the names of people out of what is said about a subject.
    fn conceal<'t>(&mut self, subject: &SubjectId, texts: impl Iterator<Item = &'t mut String>) {
        let own = self.pseudonyms.person(subject).unwrap_or_default().to_owned();
        let pseudonyms = &mut self.pseudonyms;
        let names = &self.names;
        for text in texts {
            if let Cow::Owned(hidden) = names.hide(text, &own, &mut |person| pseudonyms.of(person)) {
                *text = hidden;
            }
        }
    }

    /// Weighs, fills the queue, saves.
    async fn close(
        &mut self,
        view: &View,
        day: Day,
        fresh: Vec<Indicator>,
        ranks: &BTreeMap<SubjectId, u32>,
        besides: Besides,
    ) -> Result<(u64, u64), AnalyseError> {
        for indicator in &fresh {
            self.live
                .entry(indicator.subject.clone())
                .or_default()
                .push(indicator.clone());
        }
        let model = &self.tuning.model;
        self.live.retain(|_, list| {
            list.retain(|i| is_live(model, i, day));
            !list.is_empty()
        });
        let people: BTreeMap<SubjectId, String> = self
            .state
            .known
            .iter()
            .map(|person| (self.pseudonyms.of(person), person.clone()))
            .collect();
        let mut explained = BTreeMap::new();
        let mut input = DayInput {
            day,
            population: self.state.known.len(),
            people: Vec::new(),
        };
        for (subject, live) in &self.live {
            let exposure = people
                .get(subject)
                .and_then(|p| view.person(p))
                .map_or(0.0, |p| view.exposure(p));
            explained.insert(subject.clone(), explain(model, live, exposure, day.end()));
            if live.iter().any(is_technical) {
                input.people.push(PersonDay {
                    subject: subject.clone(),
                    exposure,
                    slow: self
                        .state
                        .slow
                        .get(&subject.0)
                        .map_or(0.0, super::slow::SlowBurn::level),
                    behaviour_rank: ranks.get(subject).copied().unwrap_or(u32::MAX),
                });
            }
        }
        let alerts = self.alerts(&input, &explained);
        let snapshot = self.pack()?;
        let result = DayResult {
            day,
            alerts: alerts.iter().map(|a| (a.clone(), self.groups(a))).collect(),
            scores: explained.iter().map(|(s, e)| score_row(s, e)).collect(),
            subjects: people
                .iter()
                .map(|(s, p)| subject_row(view, day, s, p, explained.get(s)))
                .collect::<Result<_, _>>()?,
            chains: besides.chains,
            snapshot,
            queue: queue_days::pack(&input)?,
            indicators: fresh,
            departures: besides
                .unusual
                .into_iter()
                .map(|(subject, unusual)| {
                    let body = serde_json::to_string(&unusual)?;
                    Ok(DepartureRow { subject, day, body })
                })
                .collect::<Result<_, serde_json::Error>>()?,
            tally: besides.tally.map(|t| serde_json::to_string(&t)).transpose()?,
        };
        let counts = (result.indicators.len() as u64, result.alerts.len() as u64);
        self.app.store.save_day(result).await?;
        Ok(counts)
    }

    fn alerts(&mut self, input: &DayInput, explained: &BTreeMap<SubjectId, Explanation>) -> Vec<Alert> {
        let live = &self.live;
        let of = |subject: &SubjectId| live.get(subject).map_or(&[][..], Vec::as_slice);
        let (tuning, verdicts) = (&self.tuning, &self.verdicts);
        fill_day(tuning, &mut self.state.queue, input, verdicts, of, |candidate| {
            if let Some(explanation) = explained.get(&candidate.subject) {
                let live = of(&candidate.subject);
                compose::complete(candidate, explanation, live, input.day);
            }
        })
    }

    fn groups(&self, alert: &Alert) -> Vec<String> {
        let live = self
            .live
            .get(&alert.subject)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let groups: BTreeSet<IndicatorGroup> = live
            .iter()
            .filter(|i| alert.indicators.contains(&i.id))
            .map(|i| i.group)
            .collect();
        groups.into_iter().map(|g| g.as_str().to_owned()).collect()
    }

    async fn gather(&self, view: &View, day: Day) -> Result<Gathered, AnalyseError> {
        let mut activity: BTreeMap<String, DayActivity> = BTreeMap::new();
        let mut accounts: BTreeMap<String, (DayMarks, bool)> = BTreeMap::new();
        for row in self.app.store.activity_for_day(day).await? {
            accounts.entry(row.account.clone()).or_default().1 = true;
            let part = DayActivity::decode(&row.body)?;
            activity
                .entry(view.resolve(&row.account).key.to_string())
                .or_default()
                .merge(&part);
        }
        for row in self.app.store.marks_for_day(day).await? {
            let part = DayMarks::decode(&row.body)?;
            accounts.entry(row.account).or_default().0.merge(part);
        }
        let whose = |(account, (marks, active)): (String, (DayMarks, bool))| AccountDay {
            subject: view.resolve(&account).key.to_string(),
            account,
            active,
            marks,
        };
        let accounts = accounts.into_iter().map(whose).collect();
        let mut matches = Vec::new();
        for row in self.app.store.matches_for_day(day).await? {
            matches.push(serde_json::from_str(&row.body)?);
        }
        Ok(Gathered {
            activity,
            accounts,
            matches,
        })
    }

    fn score_behaviour(&mut self, view: &View, day: Day, gathered: &Gathered) -> ScoredDay {
        let none: &[&str] = &["kind:unknown"];
        let peers: Vec<Vec<&str>> = gathered
            .activity
            .keys()
            .map(|person| {
                view.person(person).map_or(none.to_vec(), |p| {
                    p.group_keys().iter().map(AsRef::as_ref).collect()
                })
            })
            .collect();
        let rows: Vec<SubjectDay<'_>> = gathered
            .activity
            .iter()
            .zip(&peers)
            .map(|((person, activity), peers)| {
                let known = view.person(person);
                let context = DayContext {
                    role_changed: known.is_some_and(|p| p.role_changed == Some(day)),
                    absent: known.is_some_and(|p| view.absent(p)),
                };
                SubjectDay {
                    subject: person,
                    peers,
                    activity,
                    context,
                }
            })
            .collect();
        self.state.profiles.scored_day(day, &rows)
    }

    /// What rules and correlations say, one indicator per rule and subject.
    fn rule_indicators(&mut self, view: &View, day: Day, mut matches: Vec<BaseMatch>) -> Vec<Indicator> {
        let rules = Arc::clone(&self.app.rules().rules);
        let mut found: HashMap<(SubjectId, RuleIdx), RuleDay<'_>> = HashMap::new();
        // A rule about leavers or contractors holds for those who were known as such on that day.
        let content = &self.app.config.content;
        matches.retain(|matched| {
            rules
                .get(&matched.rule)
                .is_none_or(|rule| holds_on(rule, matched, view, content))
        });
        for matched in &mut matches {
            matched.identify(|raw| whose(view, raw));
        }
        // Suppression windows run in the events' own time.
        matches.sort_by(|a, b| (a.time, a.event, &a.rule).cmp(&(b.time, b.event, &b.rule)));
        for matched in matches.iter().filter(|m| !m.account.is_empty()) {
            let Some(index) = rules.index_of(&matched.rule).filter(|i| rules.reports(*i)) else {
                continue;
            };
            let Some(rule) = rules.rule(index) else { continue };
            let person = view.resolve(&matched.account).key;
            let subject = self.pseudonyms.of(&person);
            let held_back = match self.state.suppressor.take(rule, matched, &person) {
                Passing::Told(held_back) => held_back,
                Passing::HeldBack => {
                    // Without an indicator of today it is told with the next one.
                    if let Some(entry) = found.get_mut(&(subject, index)) {
                        let held_back = self.state.suppressor.tell(rule, matched, &person);
                        entry.hold_back(held_back, &[matched.event]);
                    }
                    continue;
                }
            };
            let entry = found
                .entry((subject.clone(), index))
                .or_insert_with(|| RuleDay::new(rule, subject, matched.time));
            entry.say(&matched.sentence, &matched.account);
            entry.add(matched.time, &[matched.event], matched.object.as_deref(), 1);
            entry.hold_back(held_back, &[]);
        }
        // Correlations group by person, not by spelling of an account.
        for matched in &mut matches {
            if !matched.account.is_empty() {
                matched.account = view.resolve(&matched.account).key.to_string();
            }
        }
        for hit in self.correlator.run(matches, day.end()) {
            let Some((index, rule)) = rules.index_of(&hit.rule).and_then(|i| Some((i, rules.rule(i)?)))
            else {
                continue;
            };
            if hit.account.is_empty() || !rules.reports(index) {
                continue;
            }
            let subject = self.pseudonyms.of(&hit.account);
            let held_back = match self.state.suppressor.take_correlated(rule, &hit) {
                Passing::Told(held_back) => held_back,
                Passing::HeldBack => {
                    if let Some(entry) = found.get_mut(&(subject, index)) {
                        let held_back = self.state.suppressor.tell_correlated(rule, &hit);
                        entry.hold_back(held_back, &hit.events);
                    }
                    continue;
                }
            };
            let entry = found
                .entry((subject.clone(), index))
                .or_insert_with(|| RuleDay::new(rule, subject, hit.last));
            entry.say(&hit.sentence, &hit.account);
            entry.add(hit.last, &hit.events, hit.object.as_deref(), hit.count);
            entry.hold_back(held_back, &[]);
        }
        self.state.suppressor.forget(day.end());
        let assets = KnownAssets::of(self.app.config.enrichment.assets.as_deref());
        for entry in found.values_mut() {
            entry.asset = assets.touched(entry.objects.keys().map(String::as_str));
        }
        let mut indicators: Vec<_> = found.into_values().filter_map(RuleDay::indicator).collect();
        indicators.sort_by_key(|a| a.id);
        indicators
    }

    fn pack(&mut self) -> Result<Vec<u8>, AnalyseError> {
        self.state.correlator = Some(self.correlator.state());
        self.state.sequencer = self.sequencer.state().clone();
        self.state.pack()
    }
}

/// The person's key, or that of the account if no people file names it, as `account` of a match has it; nothing for what is no
/// account.
pub(super) fn whose(view: &View, raw: &str) -> Option<String> {
    let account = canonical_account(raw, view.home())?;
    Some(view.resolve(&account).key.to_string())
}

fn score_row(subject: &SubjectId, explanation: &Explanation) -> ScoreRow {
    ScoreRow {
        subject: subject.clone(),
        score: explanation.score,
        level: views::level(explanation.level).into(),
    }
}

fn subject_row(
    view: &View,
    day: Day,
    subject: &SubjectId,
    person: &str,
    explanation: Option<&Explanation>,
) -> Result<SubjectRow, serde_json::Error> {
    let known = view.person(person);
    let text =
        |f: fn(&Person) -> Option<&Arc<str>>| known.and_then(f).map(ToString::to_string).unwrap_or_default();
    let score = explanation.map_or(PRIOR, |e| e.score);
    let card = card::build(view, known, day, subject, explanation);
    Ok(SubjectRow {
        subject: subject.clone(),
        person: person.to_owned(),
        score,
        level: card.level.clone(),
        department: text(|p| p.department.as_ref()),
        role: text(|p| p.role.as_ref()),
        kind: card.kind.clone(),
        body: serde_json::to_string(&card)?,
    })
}
