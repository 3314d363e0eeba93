//! Regular expressions (`re`), and the literals they cannot match without.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::fold::{fold, fold_char};

/// Largest compiled expression, bytes: one rule must not eat the memory.
const SIZE_LIMIT: usize = 4 << 20;
/// Steps after which an expression with look-around or back-references gives up, so that no text can stall the engine.
const BACKTRACK_LIMIT: usize = 50_000;
/// Most alternatives followed when looking for required literals.
const MAX_LITERALS: usize = 64;

/// Flags of the sub-modifiers `i`, `m`, `s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags {
    /// `i`: without regard to case.
    pub(crate) ignore_case: bool,
    /// `m`: `^` and `$` also match at line ends.
    pub(crate) multi_line: bool,
    /// `s`: `.` also matches a line end.
    pub(crate) dot_all: bool,
}

/// Why an expression was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid regular expression: {0}")]
pub(crate) struct RegexpError(String);

#[derive(Debug, Clone)]
enum Machine {
    /// Linear time.
    Plain(regex::Regex),
    /// Look-around and back-references: backtracks, within a limit.
    Backtracking(fancy_regex::Regex),
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Regexp {
    machine: Machine,
    /// Folded literals of which every match contains at least one; empty if none is known.
    required: Vec<String>,
    /// Bytes that every match has at least.
    least: usize,
}

impl Regexp {
    /// Compiles an expression; what the linear-time engine cannot express goes to a backtracking one.
    pub(crate) fn new(source: &str, flags: Flags) -> Result<Self, RegexpError> {
        let plain = regex::RegexBuilder::new(source)
            .case_insensitive(flags.ignore_case)
            .multi_line(flags.multi_line)
            .dot_matches_new_line(flags.dot_all)
            .size_limit(SIZE_LIMIT)
            .build();
        match plain {
            Ok(regex) => {
                let (required, least) = demands(source, flags);
                Ok(Self {
                    machine: Machine::Plain(regex),
                    required,
                    least,
                })
            }
            Err(regex::Error::CompiledTooBig(limit)) => {
                Err(RegexpError(format!("it would need more than {limit} bytes")))
            }
            Err(error) => backtracking(source, flags)
                .map(|regex| Self {
                    machine: Machine::Backtracking(regex),
                    required: Vec::new(),
                    least: 0,
                })
                .ok_or_else(|| RegexpError(last_line(&error.to_string()))),
        }
    }

    /// True if it matches anywhere in `text`. A backtracking expression that reaches its limit does not match.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match &self.machine {
            Machine::Plain(regex) => text.len() >= self.least && regex.is_match(text),
            Machine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// Folded literals of which every match contains at least one; empty if none is known.
    pub(crate) fn required(&self) -> &[String] {
        &self.required
    }
}

fn backtracking(source: &str, flags: Flags) -> Option<fancy_regex::Regex> {
    let letters = [
        (flags.ignore_case, 'i'),
        (flags.multi_line, 'm'),
        (flags.dot_all, 's'),
    ];
    let letters: String = letters
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, letter)| *letter)
        .collect();
    let source = if letters.is_empty() {
        source.to_owned()
    } else {
        format!("(?{letters}){source}")
    };
    fancy_regex::RegexBuilder::new(&source)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .build()
        .ok()
}

/// The regex crate draws a picture of the error; its last line says what is wrong.
fn last_line(message: &str) -> String {
    message
        .lines()
        .last()
        .unwrap_or(message)
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}

/// What every match of an expression has: one of these folded literals (empty if none is known), and at least so many bytes.
fn demands(source: &str, flags: Flags) -> (Vec<String>, usize) {
    let parsed = ParserBuilder::new()
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_all)
        .build()
        .parse(source);
    parsed.map_or_else(
        |_| Default::default(),
        |hir| {
            let least = hir.properties().minimum_len().unwrap_or(0);
            (analyse(&hir).any_of.unwrap_or_default(), least)
        },
    )
}

/// What is known about a part of an expression.
#[derive(Default)]
struct Known {
    /// It matches exactly this folded text and nothing else.
    exact: Option<String>,
    /// Every match contains one of these folded texts.
    any_of: Option<Vec<String>>,
}

impl Known {
    fn exact(text: String) -> Self {
        let any_of = (!text.is_empty()).then(|| vec![text.clone()]);
        Self {
            exact: Some(text),
            any_of,
        }
    }
}

fn analyse(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::exact(String::new()),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Known::exact(fold(text)),
            Err(_) => Known::default(),
        },
        HirKind::Class(class) => {
            single_letter(class).map_or_else(Known::default, |c| Known::exact(c.to_string()))
        }
        HirKind::Capture(capture) => analyse(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => Known {
            exact: None,
            any_of: analyse(&repetition.sub).any_of,
        },
        HirKind::Repetition(_) => Known::default(),
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(parts) => Known {
            exact: None,
            any_of: union(parts),
        },
    }
}

/// The letter a class stands for when it holds nothing but one letter in its cases.
fn single_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut letters = class
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .take(8)
        .map(fold_char);
    let first = letters.next()?;
    letters.all(|letter| letter == first).then_some(first)
}

fn concat(parts: &[Hir]) -> Known {
    let mut best: Option<Vec<String>> = None;
    let mut run = String::new();
    let mut whole = true;
    for part in parts {
        let known = analyse(part);
        if let Some(text) = known.exact {
            run.push_str(&text);
            continue;
        }
        whole = false;
        consider(&mut best, Some(vec![std::mem::take(&mut run)]));
        consider(&mut best, known.any_of);
    }
    if whole {
        return Known::exact(run);
    }
    consider(&mut best, Some(vec![run]));
    Known {
        exact: None,
        any_of: best,
    }
}

/// Keeps the set whose shortest text is longest: short ones hardly filter.
fn consider(best: &mut Option<Vec<String>>, candidate: Option<Vec<String>>) {
    let shortest = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    if let Some(candidate) = candidate
        && shortest(&candidate) > best.as_ref().map_or(0, shortest)
    {
        *best = Some(candidate);
    }
}

fn union(parts: &[Hir]) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(analyse(part).any_of?);
        if all.len() > MAX_LITERALS {
            return None;
        }
    }
    Some(all)
}
