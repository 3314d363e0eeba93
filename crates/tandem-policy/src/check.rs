//! Whether a set of policies holds the invariants, and who could do what under it.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Context, Decision as Verdict, Response};
use tandem_domain::Role;

use crate::cedar::{Lexicon, Principal};
use crate::context::Facts;
use crate::fault::{Fault, Faults};
use crate::load::PolicyFile;
use crate::policies::{Slice, decided, kind, kinds, of_role};
use crate::probe::{Dim, extended, situations};
use crate::vocabulary::role_plain;
use crate::{Action, DataClass, Invariant, Policies, PolicyError};

/// Why a set that reads well is still refused.
pub(crate) enum Broken {
    Invariants(Vec<Fault>),
    Evaluation(String),
}

pub(crate) fn internal(files: &[PolicyFile<'_>], why: String) -> PolicyError {
    PolicyError {
        faults: vec![Fault {
            file: files.first().map(|file| file.name.to_owned()).unwrap_or_default(),
            line: 0,
            column: 0,
            why: format!("the set cannot be evaluated: {why}"),
            remedy: "remove what was changed last and report it".to_owned(),
            invariant: None,
        }],
    }
}

/// Situations over some facts, each with its context in Cedar's words, made once.
#[derive(Default)]
struct Situations(BTreeMap<BTreeSet<Dim>, Vec<(Facts, Context)>>);

impl Situations {
    fn of(&mut self, lexicon: &Lexicon, dims: &BTreeSet<Dim>) -> Result<&[(Facts, Context)], String> {
        if !self.0.contains_key(dims) {
            let made = situations(dims)
                .into_iter()
                .map(|facts| Ok((facts, lexicon.context(&facts, dims)?)))
                .collect::<Result<Vec<_>, String>>()?;
            self.0.insert(dims.clone(), made);
        }
        Ok(self.0.get(dims).map_or(&[], Vec::as_slice))
    }
}

/// A kind of request by somebody policies can tell apart.
#[derive(Clone, Copy)]
struct Ask<'a> {
    principal: &'a Principal,
    action: Action,
    data: DataClass,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    faults: Faults,
    /// One example for each invariant and policy is enough.
    seen: BTreeSet<(Invariant, String)>,
    /// Roles that may in some situation, by action and class.
    could: Vec<Vec<Role>>,
    /// Places of slices that allow something.
    alive: BTreeSet<usize>,
}

impl Policies {
    /// Tries every situation for everybody policies can tell apart. Refuses what would break an invariant; notes who could do
    /// what, and forgets policies for requests that none of them ever allows.
    pub(crate) fn tried(mut self) -> Result<Self, Broken> {
        let mut known = Situations::default();
        let mut found = Found {
            could: vec![Vec::new(); Action::ALL.len() * DataClass::ALL.len()],
            ..Found::default()
        };
        for principal in self.lexicon.principals() {
            for (action, data) in kinds() {
                let Some(slice) = self.slice(principal.role, action, data) else {
                    continue;
                };
                let ask = Ask {
                    principal,
                    action,
                    data,
                };
                let situations = known.of(&self.lexicon, &slice.dims);
                self.try_all(slice, ask, situations.map_err(Broken::Evaluation)?, &mut found)
                    .map_err(Broken::Evaluation)?;
            }
        }
        found
            .faults
            .into_result()
            .map_err(|error| Broken::Invariants(error.faults))?;
        for (place, slice) in self.slices.iter_mut().enumerate() {
            if !found.alive.contains(&place) {
                *slice = None;
            }
        }
        self.could = found.could;
        Ok(self)
    }

    fn try_all(
        &self,
        slice: &Slice,
        ask: Ask<'_>,
        situations: &[(Facts, Context)],
        found: &mut Found,
    ) -> Result<(), String> {
        let (role, action, data) = (ask.principal.role, ask.action, ask.data);
        for (facts, context) in situations {
            let response = self.evaluate_in(slice, ask.principal, action, data, context.clone())?;
            if response.decision() == Verdict::Deny {
                continue;
            }
            found.alive.insert(of_role(role, action, data));
            if let Some(roles) = found
                .could
                .get_mut(kind(action, data))
                .filter(|roles| !roles.contains(&role))
            {
                roles.push(role);
            }
            for invariant in Invariant::ALL.iter().filter(|i| i.concerns(role, action, data)) {
                // What no policy looks at may be anything.
                let free = invariant.dims().iter().copied().collect();
                let mut all = extended(*facts, &free, &slice.dims).into_iter();
                if all.any(|facts| invariant.broken_by(&facts)) {
                    self.breach(ask, *invariant, &response, found);
                }
            }
        }
        Ok(())
    }

    /// Notes that a policy would break an invariant.
    fn breach(&self, ask: Ask<'_>, invariant: Invariant, response: &Response, found: &mut Found) {
        let ids = decided(response);
        let policy = ids.first().cloned().unwrap_or_default();
        if !found.seen.insert((invariant, policy.clone())) {
            return;
        }
        let source = self.sources.get(&policy);
        found.faults.push(Fault {
            file: source.map(|source| source.file.clone()).unwrap_or_default(),
            line: source.map_or(0, |source| source.line),
            column: source.map_or(0, |source| source.column),
            why: format!(
                "breaks the invariant {}: policy {} lets {} {} {}",
                invariant.as_str(),
                ids.join(", "),
                role_plain(ask.principal.role),
                ask.action.plain(),
                ask.data.plain()
            ),
            remedy: format!("narrow or remove the policy; {}", invariant.plain()),
            invariant: Some(invariant),
        });
    }
}
