//! The plot: what is planted, as acts with their times, facts about people, and changed days.

use std::collections::BTreeMap;

use tandem_domain::time::MICROS_PER_SECOND;
use tandem_domain::{Day, Motive, Stage, Threat, Timestamp};

use crate::act::Act;
use crate::calendar::HOUR;
use crate::company::{Busy, Company, Person};
use crate::dice::Dice;
use crate::hr::Fact;
use crate::rhythm::Place;
use crate::scribe::Tag;
use crate::seat::Post;

/// One act of the plot.
#[derive(Debug)]
pub(crate) struct Beat {
    /// Plant it belongs to.
    pub(crate) tag: Tag,
    /// Who.
    pub(crate) who: usize,
    /// From where.
    pub(crate) post: Post,
    /// When, µs UTC.
    pub(crate) at: i64,
    /// What.
    pub(crate) act: Act,
}

/// Something planted.
#[derive(Debug)]
pub(crate) struct Plant {
    /// Short name.
    pub(crate) id: String,
    /// One line for a story, the kind for an innocent.
    pub(crate) title: &'static str,
    /// Who it is about.
    pub(crate) who: usize,
    /// Other accounts whose name its events bear.
    pub(crate) also: Vec<String>,
    /// What and why; `None` for innocents.
    pub(crate) harm: Option<(Threat, Motive)>,
    /// When the harm is complete, µs UTC.
    pub(crate) complete: i64,
    /// First instant of each stage.
    pub(crate) stages: Vec<(Stage, i64)>,
    /// Days that differ, with or without acts of their own.
    pub(crate) odd_days: Vec<Day>,
    /// For the reader of the truth.
    pub(crate) note: String,
}

/// Everything planted.
#[derive(Debug, Default)]
pub(crate) struct Plot {
    /// Plants; a [`Tag`] is a position here.
    pub(crate) plants: Vec<Plant>,
    /// Acts by UTC day.
    pub(crate) beats: BTreeMap<Day, Vec<Beat>>,
    /// Facts about people.
    pub(crate) facts: Vec<Fact>,
    /// Days that must stay free of chance.
    pub(crate) busy: Busy,
}

impl Plot {
    /// The name itself, or with a number if it is taken.
    fn unique(&self, id: String) -> String {
        let same = |p: &&Plant| p.id == id || p.id.starts_with(&format!("{id}_"));
        match self.plants.iter().filter(same).count() {
            0 => id,
            n => format!("{id}_{}", n + 1),
        }
    }

    /// Adds a plant and starts its script.
    pub(crate) fn plant<'a>(
        &'a mut self,
        company: &'a mut Company,
        who: usize,
        plant: Opening,
    ) -> Script<'a> {
        let tag = self.plants.len();
        company.cast(who);
        let Opening {
            id,
            title,
            harm,
            window,
        } = plant;
        let id = self.unique(id);
        let dice = company.dice(&id, 1, 0);
        let (also, stages, odd_days, note) = (Vec::new(), Vec::new(), Vec::new(), String::new());
        self.plants.push(Plant {
            id,
            title,
            who,
            also,
            harm,
            complete: 0,
            stages,
            odd_days,
            note,
        });
        self.busy.insert(who, window);
        Script {
            company,
            plot: self,
            tag,
            who,
            actor: who,
            post: Post::Usual,
            clock: 0,
            last: 0,
            stage: None,
            dice,
        }
    }
}

/// How a plant begins.
pub(crate) struct Opening {
    pub(crate) id: String,
    pub(crate) title: &'static str,
    pub(crate) harm: Option<(Threat, Motive)>,
    /// Days that chance leaves alone.
    pub(crate) window: (Day, Day),
}

/// Writes one plant: a clock that moves, a seat that changes, acts.
pub(crate) struct Script<'a> {
    pub(crate) company: &'a mut Company,
    plot: &'a mut Plot,
    tag: Tag,
    /// Whom the plant is about.
    pub(crate) who: usize,
    /// Who acts now.
    actor: usize,
    post: Post,
    clock: i64,
    /// Instant of the latest act.
    pub(crate) last: i64,
    /// Stage that the next act opens.
    stage: Option<Stage>,
    pub(crate) dice: Dice,
}

impl Script<'_> {
    /// The person the plant is about.
    pub(crate) fn person(&self) -> &Person {
        self.company.person(self.who)
    }

    /// Sets the clock to a local time of day; the second is drawn within a quarter of an hour after it.
    pub(crate) fn at(&mut self, day: Day, seconds: i32) -> &mut Self {
        let late = self.dice.between(0, 900_000_000);
        self.clock = self
            .company
            .calendar
            .instant(self.company.person(self.actor).site, day, seconds)
            + late;
        self
    }

    /// Sets the clock to a share of the usual working day.
    pub(crate) fn during(&mut self, day: Day, share: f64) -> &mut Self {
        let rhythm = &self.company.person(self.actor).rhythm;
        let shift = rhythm
            .usual(day, true)
            .unwrap_or((rhythm.start, rhythm.start + rhythm.length));
        let seconds = f64::from(shift.0) + f64::from(shift.1 - shift.0) * share;
        self.at(day, seconds as i32)
    }

    /// Acts come from there from now on.
    pub(crate) fn from(&mut self, post: Post) -> &mut Self {
        self.post = post;
        self
    }

    /// Somebody else acts from now on (the plant stays about the same person).
    pub(crate) fn by(&mut self, ix: usize) -> &mut Self {
        self.actor = ix;
        self
    }

    /// Time passes, in seconds.
    pub(crate) fn wait(&mut self, least: i64, most: i64) -> &mut Self {
        self.clock += self.dice.between(least, most) * MICROS_PER_SECOND + self.dice.between(0, 999_999);
        self
    }

    /// Does something, and a few seconds pass.
    pub(crate) fn act(&mut self, act: Act) -> &mut Self {
        self.beat(act);
        self.wait(4, 40)
    }

    fn beat(&mut self, act: Act) {
        let at = self.clock;
        self.last = self.last.max(at);
        if let Some(stage) = self.stage.take() {
            self.edit(|p| {
                if p.stages.iter().all(|s| s.0 != stage) {
                    p.stages.push((stage, at));
                }
            });
        }
        let beat = Beat {
            tag: self.tag,
            who: self.actor,
            post: self.post,
            at,
            act,
        };
        self.plot.beats.entry(Timestamp(at).day()).or_default().push(beat);
    }

    /// The stage that the next act belongs to.
    pub(crate) fn stage(&mut self, stage: Stage) -> &mut Self {
        self.stage = Some(stage);
        self
    }

    /// The latest act completed the harm.
    pub(crate) fn harm_done(&mut self) -> &mut Self {
        let last = self.last;
        self.edit(|p| p.complete = last)
    }

    /// An account of somebody else that the plot uses.
    pub(crate) fn uses(&mut self, account: &str) -> &mut Self {
        let account = account.to_owned();
        self.edit(|p| p.also.push(account))
    }

    /// What the reader of the truth should know.
    pub(crate) fn note(&mut self, note: impl Into<String>) -> &mut Self {
        let note = note.into();
        self.edit(|p| p.note = note)
    }

    /// Marks days as odd.
    pub(crate) fn odd(&mut self, days: impl IntoIterator<Item = Day>) -> &mut Self {
        let days: Vec<Day> = days.into_iter().collect();
        self.edit(|p| p.odd_days.extend(days))
    }

    fn edit(&mut self, change: impl FnOnce(&mut Plant)) -> &mut Self {
        if let Some(plant) = self.plot.plants.get_mut(self.tag) {
            change(plant);
        }
        self
    }

    /// The actor is at the site that day and stays until then (seconds after local midnight).
    pub(crate) fn stay(&mut self, day: Day, until: i32) -> &mut Self {
        let change = self.company.change(self.actor, day);
        change.place = Some(Place::Office);
        change.until = Some(change.until.unwrap_or(0).max(until));
        self
    }

    /// The actor is at the site that day.
    pub(crate) fn come_in(&mut self, day: Day) -> &mut Self {
        self.company.change(self.actor, day).place = Some(Place::Office);
        self
    }

    /// A fact about the person of the plant.
    pub(crate) fn fact(
        &mut self,
        known: Day,
        fact: &'static str,
        span: (Day, Option<Day>),
        detail: &str,
    ) -> &mut Self {
        let person = self.company.person(self.who).key.clone();
        let reference = match fact {
            "ticket" => format!("CHG-{}", 40_000 + self.dice.below(9_000)),
            _ => String::new(),
        };
        self.plot.facts.push(Fact {
            known,
            person,
            kind: fact,
            from: Some(span.0),
            until: span.1,
            detail: detail.into(),
            reference,
        });
        self
    }

    /// The n-th usual workday of the person on or after a day.
    pub(crate) fn workday(&self, from: Day, n: usize) -> Day {
        self.company.nth_workday(self.person(), from, n)
    }
}

/// Half past something, as seconds after midnight.
pub(crate) const fn clock(hour: i32, minute: i32) -> i32 {
    hour * HOUR + minute * 60
}
