//! Reading policies: parse, name, validate. What passes here is well formed; what it allows is looked at in `policies`.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, SchemaFragment, ValidationMode, Validator};
use miette::Diagnostic;

use crate::PolicyError;
use crate::bounds::exceeded;
use crate::fault::{Faults, place};

/// Most files in a set.
pub const FILES_MAX: usize = 64;
/// Longest file, bytes.
pub const FILE_MAX: usize = 256 * 1024;
/// Most policies in a set.
pub const POLICIES_MAX: usize = 1_000;
/// Longest id of a policy, bytes.
const ID_MAX: usize = 64;
/// Longest sentence of a policy, characters.
const WHY_MAX: usize = 300;

/// The schema that belongs to the program.
pub(crate) const SCHEMA: &str = include_str!("../../../content/policies/schema.cedarschema");

/// A file of policies, or the schema: its name, for messages, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyFile<'a> {
    /// As it should be named in a message.
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// What is known of one policy beside its logic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// Its last line.
    pub last: usize,
    /// Whether it allows; else it forbids.
    pub allows: bool,
    /// The plain sentence.
    pub why: String,
}

/// Policies that parse, have names and sentences, and fit the schema.
pub(crate) struct Loaded {
    pub policies: Vec<Policy>,
    pub sources: BTreeMap<String, Source>,
    /// Accounts that policies name.
    pub accounts: BTreeSet<String>,
}

/// Reads a set.
pub(crate) fn load(files: &[PolicyFile<'_>], schema: PolicyFile<'_>) -> Result<Loaded, PolicyError> {
    let mut faults = Faults::default();
    let schema = read_schema(schema, &mut faults);
    if files.len() > FILES_MAX {
        let (name, why) = (
            files.first().map_or("", |file| file.name),
            format!("more than {FILES_MAX} files"),
        );
        faults.at(name, "", 0, why, "put several policies in one file");
    }
    let mut loaded = Loaded {
        policies: Vec::new(),
        sources: BTreeMap::new(),
        accounts: BTreeSet::new(),
    };
    let mut names = BTreeSet::new();
    for file in files.iter().take(FILES_MAX) {
        if !names.insert(file.name) {
            let why = "a second file of this name".to_owned();
            faults.at(file.name, file.text, 0, why, "give each file a name of its own");
        } else if file.text.len() > FILE_MAX {
            let why = format!("longer than {FILE_MAX} bytes");
            faults.at(file.name, "", 0, why, "split the file");
        } else if let Some((offset, why)) = exceeded(file.text) {
            faults.at(file.name, file.text, offset, why, "split the policy");
        } else {
            read_file(*file, &mut loaded, &mut faults);
        }
    }
    if loaded.policies.len() > POLICIES_MAX {
        let (name, why) = (
            files.first().map_or("", |file| file.name),
            format!("more than {POLICIES_MAX} policies"),
        );
        faults.at(name, "", 0, why, "join policies that say the same");
    }
    faults.into_result()?;
    if let Some(schema) = schema {
        validate(files, schema, &loaded)?;
    }
    Ok(loaded)
}

/// The schema must say what the program's own says, else policies would be checked against requests that never come.
fn read_schema(file: PolicyFile<'_>, faults: &mut Faults) -> Option<Schema> {
    let fragment = |text: &str| {
        let read = SchemaFragment::from_cedarschema_str(text).map(|(fragment, _)| fragment);
        read.map_err(Box::new)
    };
    let remedy = "restore the schema that came with the program";
    if file.text.len() > FILE_MAX {
        faults.at(file.name, "", 0, format!("longer than {FILE_MAX} bytes"), remedy);
        return None;
    }
    if let Some((offset, why)) = exceeded(file.text) {
        faults.at(file.name, file.text, offset, why, remedy);
        return None;
    }
    let (given, own) = match (fragment(file.text), fragment(SCHEMA)) {
        (Ok(given), Ok(own)) => (given, own),
        (Err(error), _) | (_, Err(error)) => {
            faults.cedar(file.name, file.text, error.as_ref(), remedy);
            return None;
        }
    };
    if given.clone().to_json_value().ok() != own.to_json_value().ok() {
        let why = "not the schema of this program".to_owned();
        faults.at(file.name, file.text, 0, why, remedy);
        return None;
    }
    let schema = Schema::from_schema_fragments([given]);
    schema
        .map_err(|error| faults.cedar(file.name, file.text, &error, remedy))
        .ok()
}

fn read_file(file: PolicyFile<'_>, loaded: &mut Loaded, faults: &mut Faults) {
    let parsed = match PolicySet::from_str(file.text) {
        Ok(parsed) => parsed,
        Err(errors) => {
            // The list has no place of its own; its members have.
            let mut any = false;
            for error in errors.iter() {
                any = true;
                faults.cedar(file.name, file.text, error, "correct the policy");
            }
            if !any {
                faults.cedar(file.name, file.text, &errors, "correct the policy");
            }
            return;
        }
    };
    for template in parsed.templates() {
        let offset = file.text.find(&template.to_cedar()).unwrap_or_default();
        let why = "a template; nothing fills its slots".to_owned();
        faults.at(
            file.name,
            file.text,
            offset,
            why,
            "write the value instead of ?principal or ?resource",
        );
    }
    for (offset, policy) in in_order(file.text, &parsed) {
        if let Some(policy) = name(file, offset, policy, loaded, faults) {
            loaded.policies.push(policy);
        }
    }
}

/// The policies with their places. The parser numbers them as they stand in the text.
fn in_order<'a>(text: &str, parsed: &'a PolicySet) -> Vec<(usize, &'a Policy)> {
    let number = |policy: &&Policy| {
        let id: &str = policy.id().as_ref();
        id.strip_prefix("policy")
            .and_then(|number| number.parse::<usize>().ok())
    };
    let mut policies: Vec<&Policy> = parsed.policies().collect();
    policies.sort_by_key(number);
    let mut after = 0;
    let place = |policy: &'a Policy| {
        let own = policy.to_cedar().unwrap_or_default();
        let rest = text.get(after..).unwrap_or_default();
        let offset = rest.find(&own).map_or(after, |found| after + found);
        after = offset + own.len();
        (offset, policy)
    };
    policies.into_iter().map(place).collect()
}

/// Gives a policy the id and the sentence of its annotations.
fn name(
    file: PolicyFile<'_>,
    offset: usize,
    policy: &Policy,
    loaded: &mut Loaded,
    faults: &mut Faults,
) -> Option<Policy> {
    let mut fault = |why: String, remedy: &str| faults.at(file.name, file.text, offset, why, remedy);
    let id = policy.annotation("id").unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || id.len() > ID_MAX || !id.chars().all(plain) {
        fault(
            "a policy without a usable @id".to_owned(),
            "put @id(\"…\") before it: 1 to 64 small letters, digits and _",
        );
        return None;
    }
    let why = policy.annotation("why").unwrap_or_default();
    if why.trim().is_empty() || why.chars().count() > WHY_MAX || why.chars().any(char::is_control) {
        fault(
            format!("policy {id} has no usable @why"),
            "put @why(\"…\") before it: one plain sentence of at most 300 characters",
        );
        return None;
    }
    if let Some(first) = loaded.sources.get(id) {
        fault(
            format!(
                "a second policy with the id {id}, after {}:{}",
                first.file, first.line
            ),
            "give each policy an id of its own",
        );
        return None;
    }
    for literal in policy.entity_literals() {
        let account = literal.id().unescaped();
        if literal.type_name().basename() != "Colleague" || loaded.accounts.contains(account) {
            continue;
        }
        if loaded
            .accounts
            .iter()
            .any(|known| crate::colleague::same_account(known, account))
        {
            fault(
                format!("account {account} is written in two ways"),
                "write an account the same everywhere",
            );
        }
        loaded.accounts.insert(account.to_owned());
    }
    let (line, column) = place(file.text, offset);
    let lines = policy.to_cedar().map_or(1, |own| own.lines().count().max(1));
    let source = Source {
        file: file.name.to_owned(),
        line,
        column,
        last: line + lines - 1,
        allows: policy.effect() == Effect::Permit,
        why: why.to_owned(),
    };
    loaded.sources.insert(id.to_owned(), source);
    Some(policy.new_id(PolicyId::new(id)))
}

/// Strict validation; a warning (a policy that can never apply, a letter that looks like another) refuses too.
fn validate(files: &[PolicyFile<'_>], schema: Schema, loaded: &Loaded) -> Result<(), PolicyError> {
    let mut faults = Faults::default();
    let set = PolicySet::from_policies(loaded.policies.iter().cloned());
    let set = match set {
        Ok(set) => set,
        Err(error) => {
            let name = files.first().map_or("", |file| file.name);
            faults.at(
                name,
                "",
                0,
                error.to_string(),
                "give each policy an id of its own",
            );
            return faults.into_result();
        }
    };
    let result = Validator::new(schema).validate(&set, ValidationMode::Strict);
    let remedy = "use the words of schema.cedarschema";
    let errors = result
        .validation_errors()
        .map(|e| (e.policy_id(), e as &dyn Diagnostic));
    let warnings = result
        .validation_warnings()
        .map(|w| (w.policy_id(), w as &dyn Diagnostic));
    for (id, report) in errors.chain(warnings) {
        let source = loaded.sources.get::<str>(id.as_ref());
        let file = source.and_then(|source| files.iter().find(|file| file.name == source.file));
        if let Some(file) = file {
            faults.cedar(file.name, file.text, report, remedy);
        } else {
            faults.at("", "", 0, report.to_string(), remedy);
        }
    }
    faults.into_result()
}
