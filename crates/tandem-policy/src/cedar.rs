//! Tandem's words as Cedar's values, made once when policies are loaded.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};
use tandem_domain::{Department, Purpose, Role};

use crate::colleague::same_account;
use crate::context::Facts;
use crate::probe::Dim;
use crate::{Action, CaseState, Colleague, DataClass, Visibility};

/// The account that stands for everybody whom no policy names. No colleague can have it, for it has a space.
const ANYBODY: &str = "anybody else";

/// The group of roles that work cases.
pub(crate) const CASE_WORKERS: &str = "case_workers";

/// True for roles of that group.
pub(crate) const fn works_cases(role: Role) -> bool {
    matches!(role, Role::ItAnalyst | Role::CorporateInvestigator)
}

/// Somebody as policies can tell them apart: role, department and, if a policy names it, account.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub role: Role,
    pub department: Option<Department>,
    /// The account as policies write it.
    account: Option<String>,
    uid: EntityUid,
    entities: Entities,
}

/// Cedar's values for what Tandem says.
#[derive(Debug, Clone)]
pub(crate) struct Lexicon {
    principals: Vec<Principal>,
    actions: Vec<EntityUid>,
    data: Vec<EntityUid>,
    purposes: Vec<RestrictedExpression>,
    cases: Vec<RestrictedExpression>,
    visibilities: Vec<RestrictedExpression>,
    yes: RestrictedExpression,
    no: RestrictedExpression,
}

/// Makes uids of one entity type.
struct Kind(EntityTypeName);

impl Kind {
    fn new(name: &str) -> Result<Self, String> {
        EntityTypeName::from_str(name)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    fn uid(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.0.clone(), EntityId::new(id))
    }

    fn uids<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<EntityUid> {
        ids.into_iter().map(|id| self.uid(id)).collect()
    }

    /// `none`, then the ids: the order of an option over a list of words.
    fn values<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Vec<RestrictedExpression> {
        std::iter::once("none")
            .chain(ids)
            .map(|id| RestrictedExpression::new_entity_uid(self.uid(id)))
            .collect()
    }
}

impl Lexicon {
    /// The values, with a principal for each account that policies name.
    pub fn new(accounts: &BTreeSet<String>) -> Result<Self, String> {
        let kind = Kind::new;
        Ok(Self {
            principals: principals(accounts)?,
            actions: kind("Action")?.uids(Action::ALL.iter().map(|action| action.as_str())),
            data: kind("Data")?.uids(DataClass::ALL.iter().map(|data| data.as_str())),
            purposes: kind("Purpose")?.values(Purpose::ALL.iter().map(|purpose| purpose.as_str())),
            cases: kind("Case")?.values(CaseState::ALL.iter().map(|state| state.as_str())),
            visibilities: kind("Visibility")?.values(Visibility::ALL.iter().map(|who| who.as_str())),
            yes: RestrictedExpression::new_bool(true),
            no: RestrictedExpression::new_bool(false),
        })
    }

    /// Everybody policies can tell apart.
    pub fn principals(&self) -> &[Principal] {
        &self.principals
    }

    /// A colleague as policies see them.
    pub fn principal(&self, who: &Colleague) -> Option<&Principal> {
        let named = |principal: &&Principal| {
            let account = principal.account.as_deref();
            account.is_some_and(|account| same_account(account, who.account()))
        };
        let alike =
            |principal: &&Principal| principal.role == who.role() && principal.department == who.department();
        let mut alike = self.principals.iter().filter(alike);
        let unnamed = alike.clone().find(|principal| principal.account.is_none());
        alike.find(named).or(unnamed)
    }

    /// The request in Cedar's words. The context may be one made before.
    pub fn request(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        context: Context,
    ) -> Result<Request, String> {
        let known = "a word is missing from the lexicon";
        let action = self.actions.get(action as usize).ok_or(known)?;
        let data = self.data.get(data as usize).ok_or(known)?;
        let principal = principal.uid.clone();
        Request::new(principal, action.clone(), data.clone(), context, None)
            .map_err(|error| error.to_string())
    }

    /// Those facts that policies look at, in Cedar's words. Making a value costs more than most policies do.
    pub fn context<'a>(
        &self,
        facts: &Facts,
        dims: impl IntoIterator<Item = &'a Dim>,
    ) -> Result<Context, String> {
        let pairs = self
            .pairs(facts, dims)
            .ok_or("a word is missing from the lexicon")?;
        Context::from_pairs(pairs).map_err(|error| error.to_string())
    }

    fn pairs<'a>(
        &self,
        facts: &Facts,
        dims: impl IntoIterator<Item = &'a Dim>,
    ) -> Option<Vec<(String, RestrictedExpression)>> {
        let flag = |value: bool| Some(if value { &self.yes } else { &self.no });
        let value = |dim: Dim| match dim {
            Dim::Purpose => self
                .purposes
                .get(facts.purpose.map_or(0, |purpose| purpose as usize + 1)),
            Dim::Case => self.cases.get(facts.case.map_or(0, |state| state as usize + 1)),
            Dim::Note => self
                .visibilities
                .get(facts.note.map_or(0, |who| who as usize + 1)),
            Dim::Member => flag(facts.member),
            Dim::Asked => flag(facts.asked),
            Dim::Counsel => flag(facts.counsel),
            Dim::AboutSelf => flag(facts.about_self),
            Dim::OwnRequest => flag(facts.own_request),
            Dim::Disclosed => flag(facts.disclosed),
            Dim::LegalHold => flag(facts.legal_hold),
            Dim::OwnDepartmentsNote => flag(facts.own_departments_note),
            Dim::OwnNote => flag(facts.own_note),
        };
        dims.into_iter()
            .map(|dim| Some((dim.attribute().to_owned(), value(*dim)?.clone())))
            .collect()
    }
}

impl Principal {
    /// The account as policies write it; `None` for everybody whom no policy names.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// What Cedar knows of them.
    pub const fn entities(&self) -> &Entities {
        &self.entities
    }

    fn new(role: Role, department: Option<Department>, account: Option<String>) -> Result<Self, String> {
        let kind = Kind::new;
        let uid = kind("Colleague")?.uid(account.as_deref().unwrap_or(ANYBODY));
        let mut parents = HashSet::from([kind("Role")?.uid(role.as_str())]);
        if works_cases(role) {
            parents.insert(kind("Group")?.uid(CASE_WORKERS));
        }
        let of = kind("Department")?.uid(department.map_or("none", Department::as_str));
        let attributes = HashMap::from([("department".to_owned(), RestrictedExpression::new_entity_uid(of))]);
        let entity = Entity::new(uid.clone(), attributes, parents).map_err(|error| error.to_string())?;
        let entities = Entities::from_entities([entity], None).map_err(|error| error.to_string())?;
        Ok(Self {
            role,
            department,
            account,
            uid,
            entities,
        })
    }
}

fn principals(accounts: &BTreeSet<String>) -> Result<Vec<Principal>, String> {
    let mut found = Vec::new();
    for role in Role::ALL {
        let departments = if role == Role::Approver {
            vec![Some(Department::It), Some(Department::Corporate)]
        } else {
            vec![role.department()]
        };
        for department in departments {
            found.push(Principal::new(role, department, None)?);
            for account in accounts {
                found.push(Principal::new(role, department, Some(account.clone()))?);
            }
        }
    }
    Ok(found)
}
