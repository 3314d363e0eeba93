//! What a people file says, one value per row.

use serde::{Deserialize, Serialize};
use tandem_domain::Day;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The written name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What somebody is to the company.
    PersonKind {
        /// On the payroll.
        Employee => "employee",
        /// Works for the company under a contract of their own or of an agency.
        Contractor => "contractor",
        /// Works for another company with access here.
        Partner => "partner",
        /// No person: a programme's account with an owner.
        ServiceAccount => "service_account",
        /// An account that no people file names.
        Unknown => "unknown",
    }
}

words! {
    /// What happened to somebody, or was decided about them.
    FactKind {
        /// Gave or was given notice; `until` is the last working day.
        NoticeGiven => "notice_given",
        /// A contract ends; `until` is its last day.
        ContractEnd => "contract_end",
        /// A promotion was denied.
        DeniedPromotion => "denied_promotion",
        /// A performance plan runs.
        PerformancePlan => "performance_plan",
        /// New role, department or place.
        RoleChange => "role_change",
        /// Leave of any kind; no reason is kept.
        Absence => "absence",
        /// A red flag that a second person confirmed.
        RedFlagConfirmed => "red_flag_confirmed",
        /// A hotline report that was looked into and corroborated.
        HotlineCorroborated => "hotline_corroborated",
        /// A project that explains unusual work.
        ApprovedProject => "approved_project",
        /// A hand-over that explains copying.
        ApprovedHandover => "approved_handover",
        /// A change or service ticket that explains an act.
        Ticket => "ticket",
        /// The manager's or the person's own explanation, accepted.
        Explanation => "explanation",
        /// Training taken.
        Training => "training",
        /// Coached after a mistake.
        Coaching => "coaching",
        /// A training on the rules is overdue; `until` is the day it was taken.
        TrainingOverdue => "training_overdue",
        /// Support offered and taken.
        SupportGiven => "support_given",
        /// What the person could harm has changed; `detail` is 0 to 5 decibans or `low`, `medium`, `high`.
        ExposureChange => "exposure_change",
    }
}

words! {
    /// The kind of file a record came from. Rows of one origin replace one another; rows of different origins complete each
    /// other.
    Origin {
        /// `people*.csv`.
        People => "people",
        /// A directory export in LDIF.
        Ldif => "ldif",
        /// A monthly CERT LDAP table.
        CertLdap => "cert_ldap",
    }
}

/// A row that belongs to a complete listing: who is missing from the next listing of the same series has left.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name of the series of listings.
    pub series: String,
    /// First day of the time that this listing covers.
    pub covers_from: Day,
}

/// What one row says about one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonRecord {
    /// The day it became known.
    pub known_on: Day,
    /// The person's key in that source (personnel number, account).
    pub person: String,
    /// What they are to the company; `None` if the source does not say.
    pub kind: Option<PersonKind>,
    /// Full name.
    pub display_name: Option<String>,
    /// Accounts as written in the source.
    pub accounts: Vec<String>,
    /// Mail address.
    pub email: Option<String>,
    /// The manager's key or full name.
    pub manager: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Role or title.
    pub role: Option<String>,
    /// Groups of the directory, by name, in the order of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Place of work.
    pub site: Option<String>,
    /// IANA name of the time zone they work in.
    pub time_zone: Option<String>,
    /// First day of work.
    pub join_date: Option<Day>,
    /// Last day of work.
    pub leave_date: Option<Day>,
    /// Kind of file.
    pub origin: Origin,
    /// Set for rows of a complete listing.
    pub snapshot: Option<Snapshot>,
}

/// What one row says happened to one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FactRecord {
    /// The day it became known.
    pub known_on: Day,
    /// The person's key or one of their accounts.
    pub person: String,
    /// What.
    pub fact: FactKind,
    /// First day it holds; `None` means the day it became known.
    pub from: Option<Day>,
    /// Last day it holds; `None` means open.
    pub until: Option<Day>,
    /// Free words; never shown outside the corporate side.
    pub detail: Option<String>,
    /// Ticket, case or letter number.
    pub reference: Option<String>,
}

impl FactRecord {
    /// First day it holds.
    pub fn starts(&self) -> Day {
        self.from.unwrap_or(self.known_on)
    }

    /// True if it holds on `day`.
    pub fn holds_on(&self, day: Day) -> bool {
        self.starts() <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// One row of a people file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// About who somebody is.
    Person(PersonRecord),
    /// About what happened.
    Fact(FactRecord),
}

impl Record {
    /// The day it became known.
    pub const fn known_on(&self) -> Day {
        match self {
            Self::Person(p) => p.known_on,
            Self::Fact(f) => f.known_on,
        }
    }
}
