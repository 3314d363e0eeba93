//! What a rule means for insider risk: the `tandem:` block, or sensible defaults from tags and level.

use serde::Deserialize;
use tandem_domain::{Motive, Stage, Threat};

use crate::field::Place;
use crate::rule::Level;
use crate::suppress::{Asked, Suppress};

/// What a rule means for insider risk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Insider {
    /// Threats it points to; empty means "all alike".
    pub threats: Vec<Threat>,
    /// A motive it points to.
    pub motive: Option<Motive>,
    /// Stage on the way to harm.
    pub stage: Option<Stage>,
    /// MITRE ATT&CK and Insider Threat Matrix technique ids, upper case.
    pub techniques: Vec<String>,
    /// Days until a match counts half; `None` leaves it to the scorer.
    pub half_life_days: Option<f64>,
    /// How impact-laden the object is, 0 (none) to 3 (crown jewel).
    pub impact: u8,
    /// A sentence in plain words with places for fields: `{TargetFilename}`, `{attr:device}`; in correlations also
    /// `{count}`, `{value}`, `{samples}`, `{account}`.
    pub explain: Option<String>,
    /// The field that names the acting account, if it is not the core view's `actor_user`.
    pub account: Option<String>,
    /// The field that names the object acted upon.
    pub object: Option<String>,
    /// Within which time further matches of the same key are counted, but not told singly.
    pub suppress: Option<Suppress>,
}

/// The custom top-level key `tandem:` of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    threats: Option<Vec<Threat>>,
    motive: Option<Motive>,
    stage: Option<Stage>,
    half_life_days: Option<f64>,
    impact: Option<u8>,
    explain: Option<String>,
    account: Option<String>,
    object: Option<String>,
    suppress: Option<Asked>,
}

/// What an ATT&CK tactic says about an insider: tag, threat, stage.
const TACTICS: &[(&str, Threat, Stage)] = &[
    ("attack.reconnaissance", Threat::Misuse, Stage::Preparation),
    ("attack.resource-development", Threat::Misuse, Stage::Means),
    ("attack.initial-access", Threat::Misuse, Stage::Means),
    ("attack.execution", Threat::Misuse, Stage::Preparation),
    ("attack.persistence", Threat::Misuse, Stage::Means),
    ("attack.privilege-escalation", Threat::Misuse, Stage::Means),
    ("attack.stealth", Threat::Misuse, Stage::AntiForensics),
    ("attack.defense-evasion", Threat::Misuse, Stage::AntiForensics),
    (
        "attack.defense-impairment",
        Threat::Sabotage,
        Stage::AntiForensics,
    ),
    ("attack.credential-access", Threat::Misuse, Stage::Means),
    ("attack.discovery", Threat::Misuse, Stage::Preparation),
    ("attack.lateral-movement", Threat::Misuse, Stage::Preparation),
    ("attack.collection", Threat::Leakage, Stage::Preparation),
    ("attack.command-and-control", Threat::Leakage, Stage::Means),
    ("attack.exfiltration", Threat::Leakage, Stage::Infringement),
    ("attack.impact", Threat::Sabotage, Stage::Infringement),
];

/// Tags of the Insider Threat Matrix's articles, and the prefixes of their sections' ids.
const ARTICLES: &[(&str, &str, Stage)] = &[
    ("motive", "mt", Stage::Motive),
    ("means", "me", Stage::Means),
    ("preparation", "pr", Stage::Preparation),
    ("infringement", "if", Stage::Infringement),
    ("anti-forensics", "af", Stage::AntiForensics),
];

impl Insider {
    /// What tags and level say, overridden by the rule's own block.
    pub(crate) fn new(tags: &[String], level: Level, block: Block) -> Self {
        let (threats, stage) = from_tags(tags);
        Self {
            threats: block.threats.unwrap_or(threats),
            motive: block.motive,
            stage: block.stage.or(stage),
            techniques: techniques(tags),
            half_life_days: block.half_life_days,
            impact: block.impact.unwrap_or(match level {
                Level::Informational | Level::Low => 0,
                Level::Medium | Level::High => 1,
                Level::Critical => 2,
            }),
            explain: block.explain.map(|text| text.trim().to_owned()),
            account: block.account,
            object: block.object,
            // What cannot be read was refused before ([`Block::fault`]).
            suppress: block.suppress.and_then(|asked| asked.read().ok()),
        }
    }
}

impl Block {
    /// What is wrong with the block, if anything.
    pub(crate) fn fault(&self) -> Option<String> {
        if self
            .half_life_days
            .is_some_and(|days| !(days > 0.0 && days.is_finite()))
        {
            return Some("`half_life_days` must be above 0".to_owned());
        }
        if self.impact.is_some_and(|impact| impact > 3) {
            return Some("`impact` goes from 0 to 3".to_owned());
        }
        if let Some(Err(reason)) = self.suppress.as_ref().map(Asked::read) {
            return Some(reason);
        }
        let placeholders = crate::explain::placeholders(self.explain.as_deref().unwrap_or_default());
        let fields = [self.account.as_deref(), self.object.as_deref()]
            .into_iter()
            .flatten()
            .chain(placeholders);
        fields
            .filter(|field| Place::of(field) == Place::Unknown && *field != "attr:account")
            .map(|field| format!("`{field}` is not an attribute of the core view"))
            .next()
    }
}

fn from_tags(tags: &[String]) -> (Vec<Threat>, Option<Stage>) {
    let mut threats = Vec::new();
    let mut stage = None;
    for tag in tags {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        if let Some((_, threat, at)) = TACTICS.iter().find(|(name, ..)| *name == tag) {
            if !threats.contains(threat) {
                threats.push(*threat);
            }
            stage = stage.max(Some(*at));
        }
    }
    // The Insider Threat Matrix speaks of insiders: where it is given it decides.
    let articles = tags.iter().filter_map(|tag| article(tag));
    (threats, articles.max().or(stage))
}

fn article(tag: &str) -> Option<Stage> {
    let tag = tag.to_ascii_lowercase();
    let rest = tag.strip_prefix("itm.")?;
    let is_section = |prefix: &str| {
        rest.strip_prefix(prefix)
            .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    };
    ARTICLES
        .iter()
        .find(|(name, prefix, _)| *name == rest || is_section(prefix))
        .map(|(.., stage)| *stage)
}

fn techniques(tags: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in tags {
        let upper = tag.to_ascii_uppercase();
        let Some((namespace, id)) = upper.split_once('.') else {
            continue;
        };
        let is_id = match namespace {
            "ATTACK" => id.starts_with('T') && id.chars().nth(1).is_some_and(|c| c.is_ascii_digit()),
            "ITM" => id.len() > 2 && id.chars().nth(2).is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        };
        if is_id && !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests;
