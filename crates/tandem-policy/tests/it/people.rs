//! The people and things the tests speak of.

use std::collections::BTreeSet;

use tandem_domain::time::MICROS_PER_HOUR;
use tandem_domain::{CaseId, Department, Purpose, Role, SubjectId, Timestamp};
use tandem_policy::{
    Act, ActRequest, Colleague, Disclosure, DisclosureRequest, Field, Fields, Limits, Policies, Request,
    Terms,
};

/// The pseudonym of whoever asks, where somebody asks about themselves.
pub fn own() -> SubjectId {
    SubjectId("S-OWN00000".to_owned())
}

pub fn subject() -> SubjectId {
    SubjectId("S-7K3M2Q9D".to_owned())
}

pub fn case() -> CaseId {
    CaseId::of(2026, 42)
}

pub fn hours(hours: i64) -> Timestamp {
    Timestamp(1_790_000_000_000_000).plus_micros(hours * MICROS_PER_HOUR)
}

pub fn colleague(account: &str, role: Role, department: Option<Department>) -> Colleague {
    Colleague::new(account, role, department, Some(own())).unwrap()
}

pub fn analyst() -> Colleague {
    colleague("a.weber", Role::ItAnalyst, None)
}

pub fn investigator() -> Colleague {
    colleague("c.braun", Role::CorporateInvestigator, None)
}

pub fn approver_it() -> Colleague {
    colleague("i.lang", Role::Approver, Some(Department::It))
}

pub fn approver_corporate() -> Colleague {
    colleague("h.maurer", Role::Approver, Some(Department::Corporate))
}

pub fn terms() -> Terms {
    Terms {
        id: "D-1".to_owned(),
        case: case(),
        subject: subject(),
        purpose: Purpose::Investigation,
        reason: "The copies went to a private store; we must speak with the person.".to_owned(),
        at: hours(0),
        expires: hours(100),
    }
}

pub fn fields() -> Fields {
    Fields(BTreeSet::from([Field::Name, Field::Contact]))
}

pub fn request() -> DisclosureRequest {
    Request::new(terms(), fields(), &analyst(), BTreeSet::new(), &Limits::default()).unwrap()
}

pub fn act() -> Act {
    Act {
        name: "suspend_account".to_owned(),
        object: "S-7K3M2Q9D".to_owned(),
    }
}

pub fn act_request() -> ActRequest {
    Request::new(terms(), act(), &analyst(), BTreeSet::new(), &Limits::default()).unwrap()
}

/// A disclosure for `subject` and `purpose`.
pub fn disclosure(subject: SubjectId, purpose: Purpose) -> Disclosure {
    let terms = Terms {
        subject,
        purpose,
        ..terms()
    };
    let requester = Colleague::new("r.vogt", Role::CorporateInvestigator, None, None).unwrap();
    let request = Request::new(terms, fields(), &requester, BTreeSet::new(), &Limits::default()).unwrap();
    let yes = |account: &str, department| {
        let approver = Colleague::new(account, Role::Approver, Some(department), None).unwrap();
        request.approve(&approver, hours(1), "needed").unwrap()
    };
    let approvals = [
        yes("x.it", Department::It),
        yes("y.corporate", Department::Corporate),
    ];
    Disclosure::grant(&request, &approvals, hours(2)).unwrap()
}

/// Loaded once, as a server does.
pub fn shipped() -> &'static Policies {
    static POLICIES: std::sync::LazyLock<Policies> =
        std::sync::LazyLock::new(|| Policies::shipped().unwrap());
    &POLICIES
}
