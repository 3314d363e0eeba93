//! Under which conditions a refused request would be allowed, or who else may.

use cedar_policy::Decision as Verdict;
use tandem_domain::Purpose;

use crate::cedar::Principal;
use crate::context::Facts;
use crate::policies::kind;
use crate::vocabulary::{purpose_plain, role_plain};
use crate::{Action, CaseState, DataClass, Policies};

impl Policies {
    /// How the asker could, or who else may.
    pub(crate) fn hint(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        facts: &Facts,
    ) -> Option<String> {
        if data == DataClass::OwnData && action != Action::Answer && !facts.about_self {
            return Some("Only the person it is about may.".to_owned());
        }
        let could = self.could.get(kind(action, data)).map_or(&[][..], Vec::as_slice);
        if could.contains(&principal.role) && !facts.about_self && !facts.own_request {
            let step = |(words, changed): (String, Facts)| {
                let response = self.evaluate(principal, action, data, &changed).ok()??;
                (response.decision() == Verdict::Allow).then_some(words)
            };
            if let Some(words) = steps(facts).into_iter().find_map(step) {
                return Some(format!("It would be allowed {words}."));
            }
        }
        let others: Vec<&str> = could
            .iter()
            .filter(|role| **role != principal.role || facts.about_self || facts.own_request)
            .map(|role| role_plain(*role))
            .collect();
        if others.is_empty() {
            return None;
        }
        Some(format!(
            "Others may when the situation fits: {}.",
            others.join(", ")
        ))
    }
}

/// Situations a small step away, in the order in which they are worth trying, each with how to get there.
fn steps(facts: &Facts) -> Vec<(String, Facts)> {
    let member = Facts {
        case: Some(CaseState::Open),
        member: true,
        ..*facts
    };
    let asked = Facts {
        asked: true,
        case: Some(CaseState::Open),
        ..*facts
    };
    let disclosed = Facts {
        disclosed: true,
        ..member
    };
    let both = Facts {
        asked: true,
        ..member
    };
    let mut found = Vec::new();
    let purposes = std::iter::once(facts.purpose).chain(Purpose::ALL.iter().map(|purpose| Some(*purpose)));
    for purpose in purposes {
        let other = purpose.filter(|purpose| facts.purpose != Some(*purpose));
        let words = other
            .map(|purpose| format!("for {}", purpose_plain(purpose)))
            .unwrap_or_default();
        for (how, base) in [
            ("", *facts),
            ("as a member of an open case", member),
            ("when your word is asked for", asked),
            ("as a member of an open case whose word is asked for", both),
            ("as a member of the case under a disclosure", disclosed),
        ] {
            let words = [how, words.as_str()]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>();
            if !words.is_empty() {
                found.push((words.join(" "), Facts { purpose, ..base }));
            }
        }
    }
    found
}
