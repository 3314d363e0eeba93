use std::collections::BTreeSet;

use cedar_policy::{Authorizer, Decision as Verdict, Entities, Policy, PolicySet, Request, Schema};

use super::*;
use crate::load::load;
use crate::probe::situations;

fn lexicon() -> Lexicon {
    Lexicon::new(&BTreeSet::from(["a.weber".to_owned()])).unwrap()
}

/// A request with every fact in its context.
fn request(lexicon: &Lexicon, who: &Principal, action: Action, data: DataClass, facts: &Facts) -> Request {
    let context = lexicon.context(facts, &Dim::ALL).unwrap();
    lexicon.request(who, action, data, context).unwrap()
}

fn schema() -> Schema {
    Schema::from_cedarschema_str(SCHEMA).unwrap().0
}

#[test]
fn every_request_tandem_can_make_fits_the_schema() {
    let (lexicon, schema) = (lexicon(), schema());
    let facts = situations(&BTreeSet::from([Dim::Purpose, Dim::Case, Dim::Note, Dim::Asked]));
    for principal in lexicon.principals() {
        let entities = principal.entities().iter().cloned();
        Entities::from_entities(entities, Some(&schema)).unwrap();
    }
    let principal = lexicon.principals().first().unwrap();
    for (action, data) in kinds() {
        let made = request(&lexicon, principal, action, data, &Facts::NONE);
        checked(&made, &schema);
    }
    for facts in facts {
        let made = request(&lexicon, principal, Action::Look, DataClass::CaseNote, &facts);
        checked(&made, &schema);
    }
}

fn checked(made: &Request, schema: &Schema) {
    Request::new(
        made.principal().unwrap().clone(),
        made.action().unwrap().clone(),
        made.resource().unwrap().clone(),
        made.context().unwrap().clone(),
        Some(schema),
    )
    .unwrap();
}

#[test]
fn the_sorted_policies_answer_as_all_of_them_do() {
    let whole =
        PolicySet::from_policies(load(&SHIPPED, Policies::shipped_schema()).unwrap().policies).unwrap();
    let policies = Policies::shipped().unwrap();
    let purposes = situations(&BTreeSet::from([Dim::Purpose, Dim::AboutSelf]));
    let mut allowed = 0;
    for principal in policies.lexicon.principals() {
        for (action, data) in kinds() {
            for facts in &purposes {
                let facts = Facts {
                    case: Some(crate::CaseState::Open),
                    member: true,
                    asked: true,
                    ..*facts
                };
                let request = request(&policies.lexicon, principal, action, data, &facts);
                let all = Authorizer::new().is_authorized(&request, &whole, principal.entities());
                let sorted = policies.evaluate(principal, action, data, &facts).unwrap();
                let sorted = sorted.is_some_and(|response| response.decision() == Verdict::Allow);
                assert_eq!(
                    sorted,
                    all.decision() == Verdict::Allow,
                    "{principal:?} {action:?} {data:?} {facts:?}"
                );
                allowed += usize::from(sorted);
            }
        }
    }
    assert!(allowed > 100, "{allowed}");
}

#[test]
fn an_account_that_policies_name_is_found_however_it_is_written() {
    let lexicon = lexicon();
    let who = |account: &str| Colleague::new(account, Role::ItAnalyst, None, None).unwrap();
    let uid = |account: &str| {
        let who = who(account);
        let principal = lexicon.principal(&who).unwrap();
        let request = request(&lexicon, principal, Action::Look, DataClass::Queue, &Facts::NONE);
        request.principal().unwrap().id().unescaped().to_owned()
    };
    assert_eq!(uid("A.Weber"), "a.weber");
    assert_eq!(uid("b.klein"), "anybody else");
}

#[test]
fn the_facts_a_policy_looks_at_are_read_from_it() {
    let of = |when: &str| {
        let text = format!("permit(principal, action, resource) when {{ {when} }};");
        mentioned(&Policy::parse(None, text).unwrap())
    };
    assert_eq!(
        of("context.member && !context.about_self"),
        BTreeSet::from([Dim::Member, Dim::AboutSelf])
    );
    assert_eq!(of("context has legal_hold"), BTreeSet::from([Dim::LegalHold]));
    assert_eq!(of("context[\"asked\"]"), BTreeSet::from([Dim::Asked]));
    assert_eq!(of("if context.member then true else context.own_note").len(), 2);
    assert_eq!(of("context == {}").len(), Dim::ALL.len());
    assert_eq!(of("true").len(), 0);
}

#[test]
fn situations_are_all_that_can_be_and_none_that_cannot() {
    let members = situations(&BTreeSet::from([Dim::Member]));
    assert_eq!(
        members.len(),
        5,
        "no case, and two states with or without membership"
    );
    assert!(members.iter().all(|facts| !facts.member || facts.case.is_some()));
    let all = situations(&BTreeSet::from([Dim::Purpose, Dim::Asked]));
    assert_eq!(all.len(), 16);
}
