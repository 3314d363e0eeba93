//! The policies in force as people may read them, and who may do what by them. They are read when Tandem starts and edited in
//! files; nothing here changes one.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use similar::TextDiff;
use tandem_domain::{Purpose, Role};
use tandem_policy::{
    Action, DataClass, Grant, Invariant, MatrixRow, NoteKind, Policies, PolicyFile, Situation, purpose_plain,
    role_plain,
};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::error::ApiError;

/// The setting that names the folder.
const SETTING: &str = "content.policies";
/// Word for no purpose.
const NONE: &str = "none";
/// Longest time for one comparison; after it the difference is told less finely.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is worked out once: policies do not change while Tandem runs.
#[derive(Debug, Default)]
pub struct Shown {
    set: OnceLock<PolicySetView>,
    matrix: OnceLock<Vec<MatrixRow>>,
}

/// How a file stands to the one that came with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// The same to the letter.
    Shipped,
    /// Of the same name, with another text.
    Changed,
    /// Of a name that none has.
    Own,
}

/// One policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyView {
    /// Its id.
    pub id: String,
    /// Its plain sentence.
    pub why: String,
    /// Whether it allows; else it forbids.
    pub allows: bool,
    /// Its first line in the file, from 1.
    pub line: u64,
    /// Its last line.
    pub last: u64,
}

/// A file of policies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyFileView {
    /// Its name, below the folder.
    pub name: String,
    /// How it stands to the shipped one.
    pub state: FileState,
    /// Its text, as it was read.
    pub text: String,
    /// From the shipped text to this one, as a unified diff; null unless it is changed.
    pub diff: Option<String>,
    /// Its policies, in order.
    pub policies: Vec<PolicyView>,
}

/// Something that no set of policies can switch off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvariantView {
    /// Its name.
    pub name: String,
    /// What holds.
    pub holds: String,
}

/// The policies in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicySetView {
    /// The folder they were read from; null for those that came with the program.
    pub folder: Option<String>,
    /// The setting that names the folder.
    pub setting: String,
    /// The files, in the order in which they were read.
    pub files: Vec<PolicyFileView>,
    /// Shipped files that the set does without.
    pub left_out: Vec<String>,
    /// What holds whatever the files say.
    pub invariants: Vec<InvariantView>,
    /// Accounts that a policy names: for these, more or less may be allowed than their role says.
    pub accounts: Vec<String>,
}

/// Which part of the table is asked for; what is left out is not filtered by.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MatrixAsked {
    /// A role.
    pub role: Option<String>,
    /// A purpose, or `none`.
    pub purpose: Option<String>,
    /// An action.
    pub action: Option<String>,
    /// A class of data.
    pub class: Option<String>,
}

/// A word with its meaning.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WordView {
    /// As it is stored and asked for.
    pub id: String,
    /// In plain words.
    pub means: String,
}

/// When something is allowed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantView {
    /// For any of these purposes.
    pub purposes: Vec<String>,
    /// In any of these situations.
    pub situations: Vec<String>,
}

/// What a role may do with a class of data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixRowView {
    /// The role.
    pub role: String,
    /// Its department, for roles that have one.
    pub department: Option<String>,
    /// The class of data.
    pub class: String,
    /// For notes: of which kind.
    pub note: Option<String>,
    /// The action.
    pub action: String,
    /// Action and class in plain words.
    pub does: String,
    /// When.
    pub grants: Vec<GrantView>,
    /// Ids of the policies that allow it.
    pub policies: Vec<String>,
}

/// Who may do what. What no row says is denied.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixView {
    /// The rows that fit.
    pub rows: Vec<MatrixRowView>,
    /// How many rows the whole table has.
    pub of: u64,
    /// Every situation that was tried.
    pub situations: Vec<WordView>,
    /// Every role.
    pub roles: Vec<WordView>,
    /// Every purpose.
    pub purposes: Vec<WordView>,
    /// Every action.
    pub actions: Vec<WordView>,
    /// Every class of data.
    pub classes: Vec<WordView>,
}

impl App {
    /// The policies in force. The first answer takes longer than the next ones.
    pub fn policy_set(&self) -> &PolicySetView {
        let folder = self.config.content.policies.as_deref();
        self.policies_shown
            .set
            .get_or_init(|| set(&self.policies, folder))
    }

    /// Who may do what by the policies in force. The first answer takes longer than the next ones.
    ///
    /// # Errors
    /// A word that there is not.
    pub fn policy_matrix(&self, asked: &MatrixAsked) -> Result<MatrixView, ApiError> {
        let wanted = Wanted::of(asked)?;
        let rows = self.policies_shown.matrix.get_or_init(|| self.policies.matrix());
        Ok(MatrixView {
            rows: rows.iter().filter_map(|row| wanted.part(row)).collect(),
            of: rows.len() as u64,
            situations: words(Situation::ALL, |one| (one.as_str(), one.plain())),
            roles: words(&Role::ALL, |role| (role.as_str(), role_plain(*role))),
            purposes: std::iter::once(word(NONE, "no purpose"))
                .chain(words(Purpose::ALL, |one| (one.as_str(), purpose_plain(*one))))
                .collect(),
            actions: words(Action::ALL, |one| (one.as_str(), one.plain())),
            classes: words(DataClass::ALL, |one| (one.as_str(), one.plain())),
        })
    }
}

fn word(id: &str, means: &str) -> WordView {
    WordView {
        id: id.to_owned(),
        means: means.to_owned(),
    }
}

fn words<T>(all: &[T], say: impl Fn(&T) -> (&'static str, &'static str)) -> Vec<WordView> {
    all.iter()
        .map(|one| {
            let (id, means) = say(one);
            word(id, means)
        })
        .collect()
}

/// What is asked for, in the domain's words.
struct Wanted {
    role: Option<Role>,
    purpose: Option<Option<Purpose>>,
    action: Option<Action>,
    class: Option<DataClass>,
}

impl Wanted {
    fn of(asked: &MatrixAsked) -> Result<Self, ApiError> {
        let purpose = |text: &str| match text {
            NONE => Some(None),
            text => Purpose::parse(text).map(Some),
        };
        Ok(Self {
            role: read("role", asked.role.as_deref(), Role::parse)?,
            purpose: read("purpose", asked.purpose.as_deref(), purpose)?,
            action: read("action", asked.action.as_deref(), Action::parse)?,
            class: read("class", asked.class.as_deref(), DataClass::parse)?,
        })
    }

    /// The row as far as it is asked for; `None` if it is not.
    fn part(&self, row: &MatrixRow) -> Option<MatrixRowView> {
        let fits = self.role.is_none_or(|role| role == row.role)
            && self.action.is_none_or(|action| action == row.action)
            && self.class.is_none_or(|class| class == row.data);
        if !fits {
            return None;
        }
        let grants: Vec<GrantView> = row.grants.iter().filter_map(|grant| self.grant(grant)).collect();
        (!grants.is_empty()).then(|| MatrixRowView {
            role: row.role.as_str().to_owned(),
            department: row.department.map(|of| of.as_str().to_owned()),
            class: row.data.as_str().to_owned(),
            note: row.note.map(NoteKind::plain).map(str::to_owned),
            action: row.action.as_str().to_owned(),
            does: format!("{} {}", row.action.plain(), row.data.plain()),
            grants,
            policies: row.policies.clone(),
        })
    }

    fn grant(&self, grant: &Grant) -> Option<GrantView> {
        let purposes: Vec<String> = grant
            .purposes
            .iter()
            .filter(|purpose| self.purpose.is_none_or(|wanted| wanted == **purpose))
            .map(|purpose| purpose.map_or(NONE, Purpose::as_str).to_owned())
            .collect();
        (!purposes.is_empty()).then(|| GrantView {
            purposes,
            situations: grant
                .situations
                .iter()
                .map(|one| one.as_str().to_owned())
                .collect(),
        })
    }
}

/// A word of a query; an empty one counts as left out.
fn read<T>(
    name: &'static str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse(text).map(Some).ok_or_else(|| {
            ApiError::bad(
                name,
                format!("there is no such {name}"),
                "leave it out to see every one that there is",
            )
        }),
    }
}

/// A set as people read it.
fn set(policies: &Policies, folder: Option<&Path>) -> PolicySetView {
    let files: Vec<PolicyFileView> = policies
        .files()
        .map(|file| file_view(policies, file, folder))
        .collect();
    let named = |shipped: &&PolicyFile<'_>| files.iter().any(|file| base(&file.name) == shipped.name);
    let left_out = Policies::shipped_files()
        .iter()
        .filter(|shipped| !named(shipped))
        .map(|shipped| shipped.name.to_owned())
        .collect();
    PolicySetView {
        folder: folder.map(|folder| folder.display().to_string()),
        setting: SETTING.to_owned(),
        left_out,
        invariants: Invariant::ALL
            .iter()
            .map(|one| InvariantView {
                name: one.as_str().to_owned(),
                holds: one.plain().to_owned(),
            })
            .collect(),
        accounts: policies.accounts().into_iter().map(str::to_owned).collect(),
        files,
    }
}

/// The last part of a path.
fn base(name: &str) -> &str {
    Path::new(name)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or(name)
}

fn file_view(policies: &Policies, file: PolicyFile<'_>, folder: Option<&Path>) -> PolicyFileView {
    let path = Path::new(file.name);
    let below = folder.and_then(|folder| path.strip_prefix(folder).ok());
    let shipped = Policies::shipped_files()
        .iter()
        .find(|shipped| shipped.name == base(file.name));
    let state = match shipped {
        None => FileState::Own,
        Some(shipped) if shipped.text == file.text => FileState::Shipped,
        Some(_) => FileState::Changed,
    };
    let mut lines: Vec<PolicyView> = policies
        .lines()
        .filter(|line| line.file == file.name)
        .map(|line| PolicyView {
            id: line.id.to_owned(),
            why: line.why.to_owned(),
            allows: line.allows,
            line: line.line as u64,
            last: line.last as u64,
        })
        .collect();
    lines.sort_by_key(|policy| policy.line);
    PolicyFileView {
        name: below.unwrap_or(path).display().to_string(),
        state,
        text: file.text.to_owned(),
        diff: shipped
            .filter(|_| state == FileState::Changed)
            .map(|shipped| difference(shipped, file.text)),
        policies: lines,
    }
}

/// From the shipped text to the one in force.
fn difference(shipped: &PolicyFile<'_>, text: &str) -> String {
    let (before, after) = (
        format!("{} as shipped", shipped.name),
        format!("{} in force", shipped.name),
    );
    TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(shipped.text, text)
        .unified_diff()
        .context_radius(3)
        .header(&before, &after)
        .to_string()
}
