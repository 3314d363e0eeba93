//! What is known about a request beside who, what and which class: the caller states facts, this crate compares them.

use tandem_domain::{CaseId, Department, Purpose, SubjectId, Timestamp};

use crate::colleague::same_account;
use crate::{Action, CaseState, Colleague, DataClass, Disclosure, Field, Visibility};

/// What policies need to know of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Who may read it.
    pub visibility: Visibility,
    /// Account that wrote it.
    pub author: String,
    /// Department that account belonged to when it wrote.
    pub department: Department,
}

/// The situation of a request. A fact that is not stated counts as absent. Whoever asks about a subject's data states the
/// subject ([`Context::about`]), else a conflict of interest cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    purpose: Option<Purpose>,
    case: Option<CaseState>,
    member: bool,
    asked: bool,
    counsel: bool,
    subjects: Vec<SubjectId>,
    colleagues: Vec<String>,
    requested_by: Option<String>,
    note: Option<Note>,
    legal_hold: bool,
    disclosed: Option<Purpose>,
}

impl Context {
    /// A request without a purpose: signing out, and nothing that concerns a subject.
    pub fn without_purpose() -> Self {
        Self::default()
    }

    /// A request for a purpose.
    pub fn of(purpose: Purpose) -> Self {
        Self {
            purpose: Some(purpose),
            ..Self::default()
        }
    }

    /// The thing belongs to a case in that state; `member` says whether the asker is a member of it.
    #[must_use]
    pub fn in_case(mut self, state: CaseState, member: bool) -> Self {
        self.case = Some(state);
        self.member = member;
        self
    }

    /// A decision, act or disclosure of the case waits for the asker's word.
    #[must_use]
    pub fn asked(mut self, asked: bool) -> Self {
        self.asked = asked;
        self
    }

    /// The asker is counsel in the case.
    #[must_use]
    pub fn counsel(mut self, counsel: bool) -> Self {
        self.counsel = counsel;
        self
    }

    /// The thing is about this subject; say it once for each.
    #[must_use]
    pub fn about(mut self, subject: &SubjectId) -> Self {
        self.subjects.push(subject.clone());
        self
    }

    /// The thing is about this colleague's account (findings about colleagues, accounts and roles); say it once for each.
    #[must_use]
    pub fn about_colleague(mut self, account: &str) -> Self {
        self.colleagues.push(account.to_owned());
        self
    }

    /// Account that made the request which is to be answered.
    #[must_use]
    pub fn requested_by(mut self, account: &str) -> Self {
        self.requested_by = Some(account.to_owned());
        self
    }

    /// The thing is this note.
    #[must_use]
    pub fn note(mut self, note: Note) -> Self {
        self.note = Some(note);
        self
    }

    /// A legal hold stands.
    #[must_use]
    pub fn legal_hold(mut self, stands: bool) -> Self {
        self.legal_hold = stands;
        self
    }

    /// States the disclosure under which an identity is asked for. It counts only if it covers case, subject and field now,
    /// and only for its own purpose.
    #[must_use]
    pub fn under(
        mut self,
        disclosure: &Disclosure,
        case: &CaseId,
        subject: &SubjectId,
        field: Field,
        now: Timestamp,
    ) -> Self {
        self.disclosed = disclosure
            .covers(case, subject, field, now)
            .then(|| disclosure.purpose());
        self
    }
}

/// Facts as policies see them: resolved for one asker, one class and one action, and finite, so that every situation can be
/// tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    pub purpose: Option<Purpose>,
    pub case: Option<CaseState>,
    pub member: bool,
    pub asked: bool,
    pub counsel: bool,
    pub about_self: bool,
    pub own_request: bool,
    pub disclosed: bool,
    pub legal_hold: bool,
    pub note: Option<Visibility>,
    pub own_departments_note: bool,
    pub own_note: bool,
}

impl Facts {
    /// No purpose, no case, nothing known.
    pub const NONE: Self = Self {
        purpose: None,
        case: None,
        member: false,
        asked: false,
        counsel: false,
        about_self: false,
        own_request: false,
        disclosed: false,
        legal_hold: false,
        note: None,
        own_departments_note: false,
        own_note: false,
    };

    /// What the context means for this asker.
    pub fn of(who: &Colleague, action: Action, data: DataClass, context: &Context) -> Self {
        let note = context.note.as_ref();
        Self {
            purpose: context.purpose,
            case: context.case,
            member: context.member && context.case.is_some(),
            asked: context.asked,
            counsel: context.counsel,
            about_self: about_self(who, action, data, context),
            own_request: context
                .requested_by
                .as_deref()
                .is_some_and(|account| who.is(account)),
            disclosed: context.disclosed.is_some() && context.disclosed == context.purpose,
            legal_hold: context.legal_hold,
            note: note.map(|note| note.visibility),
            own_departments_note: note.is_some_and(|note| who.department() == Some(note.department)),
            own_note: note.is_some_and(|note| same_account(who.account(), &note.author)),
        }
    }
}

/// Whether the thing is about the asker. A conflict of interest is there as soon as one of those concerned is the asker; to
/// see one's own data, nobody else may be concerned.
fn about_self(who: &Colleague, action: Action, data: DataClass, context: &Context) -> bool {
    let own = |subject: &SubjectId| who.own_subject() == Some(subject);
    if data == DataClass::OwnData && action != Action::Answer {
        return !context.subjects.is_empty() && context.subjects.iter().all(own);
    }
    context.subjects.iter().any(own) || context.colleagues.iter().any(|account| who.is(account))
}
