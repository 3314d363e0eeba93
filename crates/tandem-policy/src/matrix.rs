//! Who may do what, written out: every role, class and action, in the situations that matter. It answers as
//! [`Policies::authorise`] does; a test holds the two against each other.

use std::collections::BTreeSet;

use cedar_policy::Decision as Verdict;
use tandem_domain::{Department, Purpose, Role};

use crate::cedar::Principal;
use crate::context::Facts;
use crate::policies::decided;
use crate::words::words;
use crate::{Action, CaseState, DataClass, Invariant, Policies, Visibility};

words! {
    /// A situation that matters: what the thing has to do with a case and with whoever asks.
    Situation {
        /// Somebody else's, outside of a case.
        Elsewhere => "elsewhere", "about somebody else, no case";
        /// At work on an open case.
        Member => "member", "member of an open case";
        /// After the work.
        ClosedCase => "closed_case", "member of a closed case";
        /// From outside of the case, because one's word is needed.
        Asked => "asked", "an open case waits for the asker's word; no member";
        /// From inside of it.
        MemberAsked => "member_asked", "member of an open case that waits for the asker's word";
        /// Answering oneself.
        OwnRequest => "own_request", "member of an open case that waits for the asker's word, on the asker's own request";
        /// While a disclosure lasts.
        Disclosed => "disclosed", "member of an open case, under a disclosure";
        /// One's own.
        OwnSubject => "own_subject", "about the asker's own subject, no case";
        /// One's own, with everything else in place.
        OwnDisclosed => "own_disclosed", "about the asker's own subject, member, asked, under a disclosure";
        /// One's own, which may not change.
        OwnHeld => "own_held", "about the asker's own subject, under a legal hold";
    }
}

words! {
    /// A kind of note, from where the asker stands.
    NoteKind {
        /// For both.
        Both => "both", "both departments";
        /// For the asker's.
        AskersDepartment => "askers_department", "asker's department";
        /// For the other.
        OtherDepartment => "other_department", "other department";
        /// For counsel, and the asker is not.
        Counsel => "counsel", "counsel";
        /// For counsel, and the asker is.
        CounselAsker => "counsel_asker", "counsel, asker is";
        /// For counsel, by the asker.
        CounselAuthor => "counsel_author", "counsel, asker wrote";
    }
}

/// For which purposes something is allowed, and in which situations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The purposes; `None` is none at all.
    pub purposes: Vec<Option<Purpose>>,
    /// The situations, the same for each of these purposes.
    pub situations: Vec<Situation>,
}

/// What a role may do with a class of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// Who.
    pub role: Role,
    /// Of which department, where the role has one.
    pub department: Option<Department>,
    /// With what.
    pub data: DataClass,
    /// With which kind of note, where notes are meant.
    pub note: Option<NoteKind>,
    /// What.
    pub action: Action,
    /// When; never empty.
    pub grants: Vec<Grant>,
    /// Ids of the policies that allow it, sorted.
    pub policies: Vec<String>,
}

impl Situation {
    /// Its facts for a purpose. A disclosure counts for its own purpose, so it is one for the purpose that is asked for.
    fn facts(self, purpose: Option<Purpose>) -> Facts {
        let disclosed = matches!(
            purpose,
            Some(Purpose::Investigation | Purpose::Support | Purpose::Containment)
        );
        let base = Facts {
            purpose,
            ..Facts::NONE
        };
        let member = Facts {
            case: Some(CaseState::Open),
            member: true,
            ..base
        };
        let asked = Facts {
            asked: true,
            ..member
        };
        match self {
            Self::Elsewhere => base,
            Self::Member => member,
            Self::ClosedCase => Facts {
                case: Some(CaseState::Closed),
                ..member
            },
            Self::Asked => Facts {
                member: false,
                ..asked
            },
            Self::MemberAsked => asked,
            Self::OwnRequest => Facts {
                own_request: true,
                ..asked
            },
            Self::Disclosed => Facts { disclosed, ..member },
            Self::OwnSubject => Facts {
                about_self: true,
                ..base
            },
            Self::OwnDisclosed => Facts {
                about_self: true,
                disclosed,
                ..asked
            },
            Self::OwnHeld => Facts {
                about_self: true,
                legal_hold: true,
                ..base
            },
        }
    }
}

impl NoteKind {
    /// The facts of such a note, for somebody of that department. Who has none is of no note's department.
    fn on(self, facts: Facts, department: Option<Department>) -> Facts {
        let note = match self {
            Self::Both => Visibility::Both,
            Self::AskersDepartment | Self::OtherDepartment => Visibility::OwnDepartment,
            Self::Counsel | Self::CounselAsker | Self::CounselAuthor => Visibility::Counsel,
        };
        Facts {
            note: Some(note),
            own_departments_note: department.is_some() && !matches!(self, Self::Both | Self::OtherDepartment),
            own_note: self == Self::CounselAuthor,
            counsel: self == Self::CounselAsker,
            ..facts
        }
    }
}

/// The kinds of a class; only notes have more than one.
fn kinds_of(data: DataClass) -> Vec<Option<NoteKind>> {
    if data == DataClass::CaseNote {
        NoteKind::ALL.iter().copied().map(Some).collect()
    } else {
        vec![None]
    }
}

impl Policies {
    /// Everything that is allowed, by role, class and action; what is not in it is denied. It is for accounts that no policy
    /// names ([`Policies::accounts`]). Some ten thousand decisions: keep the answer.
    pub fn matrix(&self) -> Vec<MatrixRow> {
        let everybody = self.lexicon.principals().iter();
        let mut rows = Vec::new();
        for principal in everybody.filter(|principal| principal.account().is_none()) {
            for data in DataClass::ALL {
                for note in kinds_of(*data) {
                    for action in Action::ALL {
                        rows.extend(self.row(principal, *data, note, *action));
                    }
                }
            }
        }
        rows
    }

    /// Accounts that a policy names: for these, more or less may be allowed than their role says.
    pub fn accounts(&self) -> Vec<&str> {
        let named = self.lexicon.principals().iter().filter_map(Principal::account);
        let named: BTreeSet<&str> = named.collect();
        named.into_iter().collect()
    }

    fn row(
        &self,
        principal: &Principal,
        data: DataClass,
        note: Option<NoteKind>,
        action: Action,
    ) -> Option<MatrixRow> {
        self.slice(principal.role, action, data)?;
        let mut grants: Vec<Grant> = Vec::new();
        let mut policies = BTreeSet::new();
        for purpose in std::iter::once(None).chain(Purpose::ALL.iter().copied().map(Some)) {
            let mut situations = Vec::new();
            for situation in Situation::ALL {
                let facts = situation.facts(purpose);
                let facts = note.map_or(facts, |note| note.on(facts, principal.department));
                if let Some(ids) = self.granted(principal, action, data, &facts) {
                    situations.push(*situation);
                    policies.extend(ids);
                }
            }
            if situations.is_empty() {
                continue;
            }
            match grants.iter_mut().find(|grant| grant.situations == situations) {
                Some(grant) => grant.purposes.push(purpose),
                None => grants.push(Grant {
                    purposes: vec![purpose],
                    situations,
                }),
            }
        }
        (!grants.is_empty()).then(|| MatrixRow {
            role: principal.role,
            department: principal.department,
            data,
            note,
            action,
            grants,
            policies: policies.into_iter().collect(),
        })
    }

    /// Ids of the policies that allow it; `None` if it is denied.
    fn granted(
        &self,
        principal: &Principal,
        action: Action,
        data: DataClass,
        facts: &Facts,
    ) -> Option<Vec<String>> {
        let response = self.evaluate(principal, action, data, facts).ok()??;
        let sound = response.diagnostics().errors().next().is_none();
        let holds = Invariant::first_broken(principal.role, action, data, facts).is_none();
        (sound && holds && response.decision() == Verdict::Allow).then(|| decided(&response))
    }
}
