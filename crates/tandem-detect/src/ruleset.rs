//! Rules, loaded and linked to one another.

use rustc_hash::{FxHashMap, FxHashSet};
use tandem_domain::Day;

use crate::base_match::Needs;
use crate::load::{self, Lists, Loaded, RuleError};
use crate::rule::{Body, Level, Rule, RuleIdx};
use crate::suppress::Suppress;

/// A set of rules. Every correlation in it finds the rules it names.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    by_id: FxHashMap<String, RuleIdx>,
    needs: Vec<Needs>,
    silent: Vec<bool>,
}

impl RuleSet {
    /// Loads rules from `(path, text)` pairs; a text may hold several YAML documents. Documents that cannot be used are
    /// reported and left out.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<RuleError>) {
        Self::load_with(files, &Lists::new())
    }

    /// As [`Self::load`], with lists for the placeholders of the `expand` modifier.
    pub fn load_with<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        lists: &Lists,
    ) -> (Self, Vec<RuleError>) {
        let mut set = Self::default();
        let errors = set.extend(files, lists, None);
        (set, errors)
    }

    /// As [`Self::load_with`], on a day: filters that have ended by then do not narrow anything any more, and are among the
    /// errors.
    pub fn load_on<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        lists: &Lists,
        today: Day,
    ) -> (Self, Vec<RuleError>) {
        let mut set = Self::default();
        let errors = set.extend(files, lists, Some(today));
        (set, errors)
    }

    /// Adds rules from `(path, text)` pairs. Returns what was left out and why.
    fn extend<'a>(
        &mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        lists: &Lists,
        today: Option<Day>,
    ) -> Vec<RuleError> {
        let mut errors = Vec::new();
        let mut filters = Vec::new();
        let before = self.rules.len();
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        for ((path, _), all) in files.iter().zip(load::files(&files, lists)) {
            for loaded in all {
                match loaded {
                    Ok(Loaded::Rule(rule)) => errors.extend(self.add(*rule)),
                    Ok(Loaded::Filter(filter)) => filters.push(((*path).to_owned(), filter)),
                    Err(error) => errors.push(*error),
                }
            }
        }
        for (path, filter) in filters {
            let complain = |reason: String, hint: Option<&str>| RuleError {
                file: path.clone(),
                line: None,
                column: None,
                title: Some(filter.title().to_owned()),
                reason,
                hint: hint.map(str::to_owned),
            };
            if today.is_some_and(|today| filter.is_over(today)) {
                let hint = Some("give it a later `until` if it is still right, or remove it");
                errors.push(complain(filter.over(), hint));
                continue;
            }
            for name in filter.unknown(&self.rules) {
                let reason = format!("the filter names the rule `{name}`, which is not there");
                errors.push(complain(reason, None));
            }
            for rule in &mut self.rules {
                filter.apply(rule);
            }
        }
        self.link(before, &mut errors);
        errors
    }

    /// Adds the rules of another set; of two with the same id the one already here stays, and the other is reported.
    pub fn merge(&mut self, other: Self) -> Vec<RuleError> {
        let before = self.rules.len();
        let mut errors: Vec<RuleError> = other
            .rules
            .into_iter()
            .filter_map(|rule| self.add(rule))
            .collect();
        self.link(before, &mut errors);
        errors
    }

    /// Every rule; [`RuleIdx`] counts along it.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// True without rules.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule at an index.
    pub fn rule(&self, index: RuleIdx) -> Option<&Rule> {
        self.rules.get(index.0 as usize)
    }

    /// The rule with an id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.index_of(id).and_then(|index| self.rule(index))
    }

    /// The index of the rule with an id.
    pub fn index_of(&self, id: &str) -> Option<RuleIdx> {
        self.by_id.get(&id.to_ascii_lowercase()).copied()
    }

    /// True if a rule's matches count by themselves. A rule that a correlation is built on does not, unless the
    /// correlation says `generate: true` (Sigma correlation rules specification, "generate") and the rule has a level
    /// above informational: what is only raw material stays so.
    pub fn reports(&self, index: RuleIdx) -> bool {
        self.silent.get(index.0 as usize) == Some(&false)
    }

    /// True if a correlation is built on the rule.
    pub fn feeds(&self, index: RuleIdx) -> bool {
        let correlations = self.rules.iter().filter_map(Rule::correlation);
        correlations
            .flat_map(|one| &one.members)
            .any(|member| *member == index)
    }

    pub(crate) fn needs(&self, index: RuleIdx) -> Option<&Needs> {
        self.needs.get(index.0 as usize)
    }

    fn add(&mut self, rule: Rule) -> Option<RuleError> {
        if let Some(first) = self.get(&rule.id) {
            let reason = format!(
                "the id {} is already used by {}:{}",
                rule.id, first.file, first.line
            );
            return Some(complaint(&rule, reason, Some("give each rule an id of its own")));
        }
        self.by_id
            .insert(rule.id.clone(), RuleIdx(self.rules.len() as u32));
        self.rules.push(rule);
        None
    }

    /// Lets correlations find their rules, from the rule at `from` on; those that cannot are taken out.
    fn link(&mut self, from: usize, errors: &mut Vec<RuleError>) {
        loop {
            self.index();
            let faults = self.rules.iter().enumerate().skip(from);
            let mut bad: Vec<(usize, String)> = faults
                .filter_map(|(at, rule)| self.link_fault(rule).map(|reason| (at, reason)))
                .collect();
            if bad.is_empty() {
                self.resolve();
                let own = || "the correlation is built on itself".to_owned();
                bad.extend(self.cyclic(from).into_iter().map(|at| (at, own())));
            }
            if bad.is_empty() {
                break;
            }
            for (at, reason) in bad.into_iter().rev() {
                let rule = self.rules.remove(at);
                errors.push(complaint(&rule, reason, None));
            }
        }
        for rule in &mut self.rules {
            rule.lists = crate::lists::named(&rule.body);
        }
        self.needs = Needs::of_all(&self.rules);
        self.silent = self.silences();
    }

    fn index(&mut self) {
        let ids = self.rules.iter().enumerate();
        self.by_id = ids
            .map(|(at, rule)| (rule.id.clone(), RuleIdx(at as u32)))
            .collect();
    }

    fn find(&self, reference: &str) -> Option<RuleIdx> {
        self.index_of(reference).or_else(|| {
            let named = |rule: &Rule| rule.name.as_deref() == Some(reference);
            self.rules.iter().position(named).map(|at| RuleIdx(at as u32))
        })
    }

    /// Why a correlation cannot be linked.
    fn link_fault(&self, rule: &Rule) -> Option<String> {
        let correlation = rule.correlation()?;
        let mut by = rule.insider.suppress.iter().flat_map(Suppress::fields);
        if let Some(field) = by.find(|field| !correlation.group_by.contains(field)) {
            return Some(format!(
                "its suppression window is by `{field}`, by which the correlation does not group"
            ));
        }
        for (position, reference) in correlation.rules.iter().enumerate() {
            let Some(member) = self.find(reference).and_then(|at| self.rule(at)) else {
                return Some(format!(
                    "it names the rule `{reference}`, which is not there or was refused"
                ));
            };
            // A correlation's match carries its group keys and nothing else.
            let Some(inner) = member.correlation() else {
                continue;
            };
            let carried =
                |field: &str| inner.group_by.iter().any(|key| key == field) || field == "attr:account";
            let wanted = correlation.group_by.iter().chain(correlation.value_fields());
            let missing = wanted
                .map(|key| correlation.field(key, position))
                .find(|field| !carried(field));
            if let Some(field) = missing {
                return Some(format!(
                    "it groups by `{field}`, by which the correlation `{reference}` does not group"
                ));
            }
        }
        None
    }

    fn resolve(&mut self) {
        for at in 0..self.rules.len() {
            let Some(correlation) = self.rules.get(at).and_then(Rule::correlation) else {
                continue;
            };
            let members = correlation
                .rules
                .iter()
                .filter_map(|reference| self.find(reference))
                .collect();
            if let Some(Body::Correlation(correlation)) = self.rules.get_mut(at).map(|rule| &mut rule.body) {
                correlation.members = members;
            }
        }
    }

    /// Correlations that are built, perhaps through others, on themselves.
    fn cyclic(&self, from: usize) -> Vec<usize> {
        let members = |at: usize| {
            let correlation = self.rules.get(at).and_then(Rule::correlation);
            correlation.map_or(&[][..], |correlation| &correlation.members)
        };
        let reaches_itself = |start: usize| {
            let mut seen = FxHashSet::default();
            let mut open: Vec<usize> = members(start).iter().map(|member| member.0 as usize).collect();
            while let Some(at) = open.pop() {
                if at == start {
                    return true;
                }
                if seen.insert(at) {
                    open.extend(members(at).iter().map(|member| member.0 as usize));
                }
            }
            false
        };
        (from..self.rules.len())
            .filter(|at| reaches_itself(*at))
            .collect()
    }

    fn silences(&self) -> Vec<bool> {
        let mut silent = vec![false; self.rules.len()];
        let mut loud = vec![false; self.rules.len()];
        for correlation in self.rules.iter().filter_map(Rule::correlation) {
            for member in &correlation.members {
                let marks = if correlation.generate {
                    &mut loud
                } else {
                    &mut silent
                };
                if let Some(mark) = marks.get_mut(member.0 as usize) {
                    *mark = true;
                }
            }
        }
        let levels = self.rules.iter().map(|rule| rule.level > Level::Informational);
        let marks = silent.iter().zip(loud).zip(levels);
        marks
            .map(|((silent, loud), notable)| {
                if notable {
                    *silent && !loud
                } else {
                    *silent || loud
                }
            })
            .collect()
    }
}

fn complaint(rule: &Rule, reason: String, hint: Option<&str>) -> RuleError {
    RuleError {
        file: rule.file.clone(),
        line: Some(rule.line),
        column: None,
        title: Some(rule.title.clone()),
        reason,
        hint: hint.map(str::to_owned),
    }
}
