//! A set of policies that holds, and the answers it gives.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Authorizer, Decision as Verdict, Effect, Policy, PolicySet, Response};
use tandem_domain::Role;

use crate::cedar::{Lexicon, Principal};
use crate::check::{Broken, internal};
use crate::context::Facts;
use crate::load::{Loaded, PolicyFile, SCHEMA, Source, load};
use crate::probe::{Dim, mentioned};
use crate::scope::may_apply;
use crate::vocabulary::{purpose_plain, role_plain};
use crate::{Action, Colleague, Context, DataClass, Decision, Invariant, PolicyError};

/// The policies that came with the program.
const SHIPPED: [PolicyFile<'static>; 9] = [
    shipped(
        "everyone.cedar",
        include_str!("../../../content/policies/everyone.cedar"),
    ),
    shipped(
        "conflict_of_interest.cedar",
        include_str!("../../../content/policies/conflict_of_interest.cedar"),
    ),
    shipped(
        "both_departments.cedar",
        include_str!("../../../content/policies/both_departments.cedar"),
    ),
    shipped(
        "it_analyst.cedar",
        include_str!("../../../content/policies/it_analyst.cedar"),
    ),
    shipped(
        "corporate_investigator.cedar",
        include_str!("../../../content/policies/corporate_investigator.cedar"),
    ),
    shipped(
        "approver.cedar",
        include_str!("../../../content/policies/approver.cedar"),
    ),
    shipped(
        "auditor.cedar",
        include_str!("../../../content/policies/auditor.cedar"),
    ),
    shipped(
        "works_council.cedar",
        include_str!("../../../content/policies/works_council.cedar"),
    ),
    shipped(
        "administrator.cedar",
        include_str!("../../../content/policies/administrator.cedar"),
    ),
];

/// Stack of the thread that reads policies, in bytes: the parser calls itself once or more for each bracket, and what the
/// bounds allow took more than 4 MiB without optimisation. A caller's own stack may be smaller.
const STACK: usize = 32 << 20;

const fn shipped(name: &'static str, text: &'static str) -> PolicyFile<'static> {
    PolicyFile { name, text }
}

/// The policies that could apply to one kind of request.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    set: PolicySet,
    /// The facts they look at.
    pub dims: BTreeSet<Dim>,
}

/// A set of policies that fits the schema and breaks no invariant. Asking it parses nothing.
#[derive(Debug, Clone)]
pub struct Policies {
    pub(crate) lexicon: Lexicon,
    pub(crate) sources: BTreeMap<String, Source>,
    /// Names and texts, as they were read.
    files: Vec<(String, String)>,
    /// By role, action and class; `None` where nothing could allow it.
    pub(crate) slices: Vec<Option<Slice>>,
    /// Roles that may, in some situation, by action and class.
    pub(crate) could: Vec<Vec<Role>>,
}

/// A policy of a set, for display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyLine<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its plain sentence.
    pub why: &'a str,
    /// Its file.
    pub file: &'a str,
    /// Its first line, from 1.
    pub line: usize,
    /// Its last line.
    pub last: usize,
    /// Whether it allows; else it forbids.
    pub allows: bool,
}

impl Policies {
    /// Reads a set of policies. `schema` is the schema that came with the program, as the site has it.
    ///
    /// # Errors
    /// Every fault, with file, line, column, why and what to do: what cannot be read, does not fit the schema, has no id or
    /// sentence, or would break an [`Invariant`].
    pub fn load(files: &[PolicyFile<'_>], schema: PolicyFile<'_>) -> Result<Self, PolicyError> {
        std::thread::scope(|scope| {
            let reading = std::thread::Builder::new()
                .name("policies".to_owned())
                .stack_size(STACK)
                .spawn_scoped(scope, || Self::read(files, schema));
            match reading.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(read)) => read,
                Ok(Err(_)) => Err(internal(files, "reading them was broken off".to_owned())),
                Err(error) => Err(internal(files, error.to_string())),
            }
        })
    }

    fn read(files: &[PolicyFile<'_>], schema: PolicyFile<'_>) -> Result<Self, PolicyError> {
        let loaded = load(files, schema)?;
        let mut policies = Self::index(loaded).map_err(|why| internal(files, why))?;
        let kept = files.iter();
        policies.files = kept
            .map(|file| (file.name.to_owned(), file.text.to_owned()))
            .collect();
        policies.tried().map_err(|error| match error {
            Broken::Invariants(faults) => PolicyError { faults },
            Broken::Evaluation(why) => internal(files, why),
        })
    }

    /// The policies that came with the program.
    ///
    /// # Errors
    /// Never with an unchanged program; a test holds that.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::load(&SHIPPED, Self::shipped_schema())
    }

    /// Names and texts of the policies that came with the program: what a site starts from when it edits them.
    pub const fn shipped_files() -> &'static [PolicyFile<'static>] {
        &SHIPPED
    }

    /// The schema that came with the program.
    pub const fn shipped_schema() -> PolicyFile<'static> {
        shipped("schema.cedarschema", SCHEMA)
    }

    /// The files of the set, as they were read.
    pub fn files(&self) -> impl Iterator<Item = PolicyFile<'_>> {
        let named = self.files.iter();
        named.map(|(name, text)| PolicyFile { name, text })
    }

    /// The policies by id.
    pub fn lines(&self) -> impl Iterator<Item = PolicyLine<'_>> {
        self.sources.iter().map(|(id, source)| PolicyLine {
            id,
            why: &source.why,
            file: &source.file,
            line: source.line,
            last: source.last,
            allows: source.allows,
        })
    }

    /// Whether `who` may do `action` on `data` in that situation. What nothing allows is denied.
    pub fn authorise(&self, who: &Colleague, action: Action, data: DataClass, context: &Context) -> Decision {
        let facts = Facts::of(who, action, data, context);
        let Some(principal) = self.lexicon.principal(who) else {
            return denied(
                Vec::new(),
                "Nobody of that role and department is known.".to_owned(),
            );
        };
        let response = match self.evaluate(principal, action, data, &facts) {
            Ok(Some(response)) => response,
            Ok(None) => return self.nothing_allows(principal, action, data, &facts),
            Err(why) => return denied(Vec::new(), format!("The policies could not be evaluated: {why}.")),
        };
        let ids = decided(&response);
        // A policy that fails to evaluate says nothing, which would switch off a prohibition.
        if let Some(error) = response.diagnostics().errors().next() {
            return denied(ids, format!("The policies could not be evaluated: {error}."));
        }
        if response.decision() == Verdict::Deny {
            if ids.is_empty() {
                return self.nothing_allows(principal, action, data, &facts);
            }
            let why = self.sentences(&ids);
            return Decision {
                hint: self.hint(principal, action, data, &facts),
                ..denied(ids, why)
            };
        }
        if let Some(broken) = Invariant::first_broken(principal.role, action, data, &facts) {
            return denied(vec![broken.as_str().to_owned()], broken.plain().to_owned());
        }
        Decision {
            allowed: true,
            why: self.sentences(&ids),
            policies: ids,
            hint: None,
        }
    }

    fn nothing_allows(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        facts: &Facts,
    ) -> Decision {
        let purpose = facts.purpose.map_or_else(
            || "without a purpose".to_owned(),
            |purpose| format!("for {}", purpose_plain(purpose)),
        );
        let why = format!(
            "Nothing allows {} to {} {} {purpose} in this situation.",
            role_plain(principal.role),
            action.plain(),
            data.plain()
        );
        Decision {
            hint: self.hint(principal, action, data, facts),
            ..denied(Vec::new(), why)
        }
    }

    fn sentences(&self, ids: &[String]) -> String {
        let sentence = |id: &String| self.sources.get(id).map(|source| source.why.as_str());
        ids.iter().filter_map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// What Cedar says; `None` if no policy could allow such a request.
    pub(crate) fn evaluate(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        facts: &Facts,
    ) -> Result<Option<Response>, String> {
        let Some(slice) = self.slice(principal.role, action, data) else {
            return Ok(None);
        };
        let context = self.lexicon.context(facts, &slice.dims)?;
        self.evaluate_in(slice, principal, action, data, context)
            .map(Some)
    }

    /// What Cedar says in a context made before.
    pub(crate) fn evaluate_in(
        &self,
        slice: &Slice,
        principal: &Principal,
        action: Action,
        data: DataClass,
        context: cedar_policy::Context,
    ) -> Result<Response, String> {
        let request = self.lexicon.request(principal, action, data, context)?;
        Ok(Authorizer::new().is_authorized(&request, &slice.set, principal.entities()))
    }

    pub(crate) fn slice(&self, role: Role, action: Action, data: DataClass) -> Option<&Slice> {
        self.slices.get(of_role(role, action, data))?.as_ref()
    }

    /// Sorts the policies by the requests they could apply to.
    fn index(loaded: Loaded) -> Result<Self, String> {
        let lexicon = Lexicon::new(&loaded.accounts)?;
        let dims: Vec<BTreeSet<Dim>> = loaded.policies.iter().map(mentioned).collect();
        let mut slices = Vec::new();
        for role in Role::ALL {
            for (action, data) in kinds() {
                let applies = |(policy, _): &(&Policy, _)| may_apply(policy, role, action, data);
                let fitting: Vec<_> = loaded.policies.iter().zip(&dims).filter(applies).collect();
                if !fitting
                    .iter()
                    .any(|(policy, _)| policy.effect() == Effect::Permit)
                {
                    slices.push(None);
                    continue;
                }
                let set = PolicySet::from_policies(fitting.iter().map(|(policy, _)| (*policy).clone()));
                slices.push(Some(Slice {
                    set: set.map_err(|error| error.to_string())?,
                    dims: fitting
                        .into_iter()
                        .flat_map(|(_, dims)| dims.iter().copied())
                        .collect(),
                }));
            }
        }
        Ok(Self {
            lexicon,
            sources: loaded.sources,
            files: Vec::new(),
            slices,
            could: Vec::new(),
        })
    }
}

fn denied(policies: Vec<String>, why: String) -> Decision {
    Decision {
        allowed: false,
        policies,
        why,
        hint: None,
    }
}

/// Ids of the policies that decided, sorted.
pub(crate) fn decided(response: &Response) -> Vec<String> {
    let mut ids: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
    ids.sort();
    ids
}

pub(crate) fn kinds() -> impl Iterator<Item = (Action, DataClass)> {
    let with = |action: &Action| {
        let action = *action;
        DataClass::ALL.iter().map(move |data| (action, *data))
    };
    Action::ALL.iter().flat_map(with)
}

/// Place of an action and a class in a table.
pub(crate) const fn kind(action: Action, data: DataClass) -> usize {
    action as usize * DataClass::ALL.len() + data as usize
}

/// Place of a role, an action and a class in a table.
pub(crate) const fn of_role(role: Role, action: Action, data: DataClass) -> usize {
    role as usize * Action::ALL.len() * DataClass::ALL.len() + kind(action, data)
}

#[cfg(test)]
mod tests;
