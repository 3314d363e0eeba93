//! Calibration as the API shows it. Nothing in it names a subject.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::dto::RuleRef;

/// What the count of p-values up to a level says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// They came half to twice as often as promised.
    AsPromised,
    /// Outside of that, but chance alone explains it.
    ByChance,
    /// More often than twice.
    TooOften,
    /// Less often than half.
    TooSeldom,
    /// What hardly ever happens cannot be that rare that often.
    Rare,
    /// Too few days to tell.
    TooFew,
}

/// What the alerts of a group say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evenness {
    /// The four-fifths rule holds.
    Even,
    /// It is broken, but chance alone explains it.
    ByChance,
    /// It is broken.
    Uneven,
}

/// What an alert may rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// A channel of behaviour.
    Behaviour,
    /// The human side.
    Human,
    /// A rule.
    Rule,
}

/// What people are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Where they work.
    Department,
    /// What they do.
    Role,
    /// Where they sit.
    Site,
    /// On what terms they work.
    Employment,
}

impl Compared {
    /// All of them, in the order of a page.
    pub const ALL: [Self; 4] = [Self::Department, Self::Role, Self::Site, Self::Employment];
}

/// How often p-values were up to a level.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RateAt {
    /// The level `a`.
    pub level: f64,
    /// Person-days with enough others to rank among for that level.
    pub ranked: u64,
    /// Of them those with p up to `a`.
    pub seen: u64,
    /// How many there would be if the promise holds exactly: `a` times `ranked`.
    pub expected: f64,
    /// P(p ≤ a) / a; nothing where fewer than five are expected.
    #[schema(required)]
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval (Clopper and Pearson).
    #[schema(required)]
    pub low: Option<f64>,
    /// Upper end.
    #[schema(required)]
    pub high: Option<f64>,
    /// What that says.
    pub reading: Reading,
}

/// The same at every level.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Rates {
    /// `day`, the channel's name, or the group's.
    pub id: String,
    /// In plain words.
    pub words: String,
    /// Person-days counted.
    pub person_days: u64,
    /// Of a channel: person-days with any surprise on it.
    #[schema(required)]
    pub surprised: Option<u64>,
    /// By level.
    pub at: Vec<RateAt>,
}

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ShareView {
    /// Lower end.
    pub low: f64,
    /// The share itself.
    pub share: f64,
    /// Upper end.
    pub high: f64,
}

/// What people concluded of the alerts of a queue or detector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Concluded {
    /// `daily`, `slow_burn`, or the detector's name as indicators carry it.
    pub id: String,
    /// The rule, if it is one.
    #[schema(required)]
    pub rule: Option<RuleRef>,
    /// Alerts of that time.
    pub alerts: u64,
    /// It was what it looked like.
    pub true_positive: u64,
    /// It happened and was allowed.
    pub benign: u64,
    /// It did not happen.
    pub false_positive: u64,
    /// It cannot be said.
    pub insufficient_data: u64,
    /// Alerts about which something could be said.
    pub said: u64,
    /// Share of false alarms (benign, or did not happen) among those, with its exact interval; nothing below `least`.
    #[schema(required)]
    pub false_alarms: Option<ShareView>,
    /// Share of true positives among them, with its exact interval; nothing below `least`.
    #[schema(required)]
    pub precision: Option<ShareView>,
    /// What to expect of the next ones: the same, starting from all detectors' share with the weight of `prior_cases` cases.
    #[schema(required)]
    pub next: Option<ShareView>,
}

/// One group of people.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupRate {
    /// Its name.
    pub name: String,
    /// People in it.
    pub people: u64,
    /// Of them those with at least one alert.
    pub alerted: u64,
    /// Alerts about them.
    pub alerts: u64,
    /// Their share.
    pub rate: f64,
    /// Lower end of its exact 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The share among everybody else.
    pub rest_rate: f64,
    /// `rate` / `rest_rate`; nothing if nobody else was alerted.
    #[schema(required)]
    pub ratio: Option<f64>,
    /// `rest_rate` / `rate`, which the four-fifths rule wants to be at least 0.8; nothing if nobody of the group was alerted.
    #[schema(required)]
    pub four_fifths: Option<f64>,
    /// What that says.
    pub reading: Evenness,
}

/// What more people of a group than of everybody else were alerted for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Cause {
    /// What it is.
    pub kind: CauseKind,
    /// The channel in plain words, or the rule's title.
    pub name: String,
    /// People of the group whose alerts rest on it, at least three.
    pub people: u64,
    /// Their share of the group.
    pub group_share: f64,
    /// The share among everybody else.
    pub rest_share: f64,
}

/// The group that alerts fall on most, where the rule is broken.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Worst {
    /// Its name.
    pub group: String,
    /// Its ratio.
    #[schema(required)]
    pub ratio: Option<f64>,
    /// What makes the difference; nothing if no one thing does for at least three people.
    #[schema(required)]
    pub cause: Option<Cause>,
}

/// The groups of one attribute.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Attribute {
    /// By what people are compared.
    pub attribute: Compared,
    /// People compared.
    pub people: u64,
    /// Of them those with at least one alert.
    pub alerted: u64,
    /// The groups, the highest rate first. Those that are too small are one, at least ten people together.
    pub groups: Vec<GroupRate>,
    /// The worst, if the four-fifths rule is broken.
    #[schema(required)]
    pub worst: Option<Worst>,
}

/// Whether Tandem's numbers hold what they promise.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalibrationView {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Days of that time on which p-values were counted.
    pub days: u64,
    /// Person-days counted.
    pub person_days: u64,
    /// The day's p of everybody.
    #[schema(required)]
    pub overall: Option<Rates>,
    /// By channel, those that came most often first.
    pub channels: Vec<Rates>,
    /// The day's p by peer group.
    pub groups: Vec<Rates>,
    /// Alerts of that time.
    pub alerts: u64,
    /// Of them concluded.
    pub concluded: u64,
    /// Fewest of which something could be said before a share is shown.
    pub least: u64,
    /// Cases that the starting point of `next` is worth.
    pub prior_cases: u64,
    /// By queue.
    pub queues: Vec<Concluded>,
    /// By detector.
    pub detectors: Vec<Concluded>,
    /// Fewest people of a group.
    pub least_people: u64,
    /// By attribute.
    pub attributes: Vec<Attribute>,
}
