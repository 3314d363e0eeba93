//! Whether a set of policies holds the invariants, and who could do what under it.

use std::collections::BTreeSet;

use cedar_policy::Decision as Verdict;
use tandem_domain::Role;

use crate::cedar::Principal;
use crate::context::Facts;
use crate::fault::{Fault, Faults};
use crate::load::PolicyFile;
use crate::policies::{decided, kind, kinds};
use crate::probe::situations;
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

impl Policies {
    /// Tries every situation an invariant forbids, for everybody policies can tell apart.
    pub(crate) fn check(&self) -> Result<(), Broken> {
        let mut faults = Faults::default();
        // One example for each invariant and policy is enough.
        let mut seen = BTreeSet::new();
        for principal in self.lexicon.principals() {
            for (action, data) in kinds() {
                let Some(slice) = self.slice(principal.role, action, data) else {
                    continue;
                };
                let role = principal.role;
                for invariant in Invariant::ALL.iter().filter(|i| i.concerns(role, action, data)) {
                    let dims = slice.dims.iter().chain(invariant.dims()).copied().collect();
                    let broken = situations(&dims)
                        .into_iter()
                        .filter(|facts| invariant.broken_by(facts));
                    if let Some((policy, fault)) = self.breach(principal, action, data, *invariant, broken)?
                        && seen.insert((*invariant, policy))
                    {
                        faults.push(fault);
                    }
                }
            }
        }
        faults
            .into_result()
            .map_err(|error| Broken::Invariants(error.faults))
    }

    /// The first of these situations that is allowed: the policy that allows it, and the fault.
    fn breach(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        invariant: Invariant,
        mut situations: impl Iterator<Item = Facts>,
    ) -> Result<Option<(String, Fault)>, Broken> {
        let allowed = situations.find_map(|facts| {
            let response = self.evaluate(principal, action, data, &facts).transpose()?;
            let allows = response
                .as_ref()
                .map_or(true, |response| response.decision() == Verdict::Allow);
            allows.then_some(response)
        });
        let Some(response) = allowed.transpose().map_err(Broken::Evaluation)? else {
            return Ok(None);
        };
        let ids = decided(&response);
        let policy = ids.first().cloned().unwrap_or_default();
        let source = self.sources.get(&policy);
        let fault = Fault {
            file: source.map(|source| source.file.clone()).unwrap_or_default(),
            line: source.map_or(0, |source| source.line),
            column: source.map_or(0, |source| source.column),
            why: format!(
                "breaks the invariant {}: policy {} lets {} {} {}",
                invariant.as_str(),
                ids.join(", "),
                role_plain(principal.role),
                action.plain(),
                data.plain()
            ),
            remedy: format!("narrow or remove the policy; {}", invariant.plain()),
            invariant: Some(invariant),
        };
        Ok(Some((policy, fault)))
    }

    /// Roles that may in some situation, by action and class.
    pub(crate) fn who_could(&self) -> Result<Vec<Vec<Role>>, String> {
        let mut could = vec![Vec::new(); Action::ALL.len() * DataClass::ALL.len()];
        for principal in self.lexicon.principals() {
            for (action, data) in kinds() {
                let Some(roles) = could.get_mut(kind(action, data)) else {
                    continue;
                };
                if roles.contains(&principal.role) {
                    continue;
                }
                if self.ever(principal, action, data)? {
                    roles.push(principal.role);
                }
            }
        }
        Ok(could)
    }

    fn ever(&self, principal: &Principal, action: Action, data: DataClass) -> Result<bool, String> {
        let Some(slice) = self.slice(principal.role, action, data) else {
            return Ok(false);
        };
        for facts in situations(&slice.dims) {
            let response = self.evaluate(principal, action, data, &facts)?;
            if response.is_some_and(|response| response.decision() == Verdict::Allow) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
