//! From a command to facts: who may do it, whether the case allows it, and what follows.

use tandem_domain::{CaseId, Department, Timestamp};

use super::duty;
use super::evidence::EvidenceCommand;
use super::life::{self, LifeCommand, LifeFact, Opening};
use super::link::Link;
use super::people::{Member, PeopleCommand, PeopleFact};
use super::{Case, CaseFact, Command, Fact, Stamp};
use super::{decision, evidence, link, meeting, note, people, task};
use crate::raci::RaciBook;
use crate::record::{FactVersion, Recorded, SYSTEM};
use crate::refused::Refused;
use crate::roster::Roster;
use crate::words::CaseRole;

/// What a decision may use besides the case: the caller's clock, the caller's random bits, and who is who.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// Account of who gives the command; [`SYSTEM`] for what is due by itself.
    pub who: &'a str,
    /// Everybody who works with Tandem.
    pub roster: &'a Roster,
    /// The responsibility matrices.
    pub raci: &'a RaciBook,
    /// 128 fresh random bits: the id of what the command makes, if it makes anything.
    pub id: u128,
}

/// What a command needs of whoever gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// The command itself checks (own duty, own conflict, ruling).
    Own,
    /// Any member.
    Read,
    /// Counsel too.
    Write,
    /// A member who works on the case.
    Work,
    /// A lead, or whoever is accountable for the current phase.
    Manage,
    /// Tandem itself.
    System,
}

/// A case being changed: every fact is folded in as it is made, so that what follows sees it.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) case: Case,
    pub(crate) ctx: &'a Context<'a>,
    facts: Vec<Fact>,
}

impl<'a> Draft<'a> {
    pub(crate) fn of(case: &Case, ctx: &'a Context<'a>) -> Result<Self, Refused> {
        if ctx.now < case.last {
            return Err(Refused::TimeWentBack { last: case.last });
        }
        Ok(Self {
            case: case.clone(),
            ctx,
            facts: Vec::new(),
        })
    }

    /// A case that begins with its opening.
    fn opening(id: &CaseId, opened: LifeFact, ctx: &'a Context<'a>) -> Result<Self, Refused> {
        let department = ctx.roster.department(ctx.who);
        let fact = record(id, 1, ctx, department, opened.into());
        let case = Case::begin(&fact).map_err(|_| Refused::NotAnOpening)?;
        Ok(Self {
            case,
            ctx,
            facts: vec![fact],
        })
    }

    pub(crate) fn push(&mut self, what: impl Into<CaseFact>) {
        let who = self.ctx.who;
        let department = self.own_department().or_else(|| self.ctx.roster.department(who));
        let seq = self.case.seq.saturating_add(1);
        let fact = record(&self.case.id, seq, self.ctx, department, what.into());
        fact.what.fold(&mut self.case, &Stamp::of(&fact));
        self.case.seq = fact.seq;
        self.case.last = fact.at;
        self.facts.push(fact);
    }

    pub(crate) fn finish(self) -> Vec<Fact> {
        self.facts
    }

    /// True if the account takes no part: declared involved, or the case is or was about them.
    pub(crate) fn is_barred(&self, account: &str) -> bool {
        let own = self.ctx.roster.get(account).and_then(|c| c.subject.as_ref());
        self.case.barred.contains(account) || own.is_some_and(|s| self.case.ever_subjects.contains(s))
    }

    /// Refuses an account that cannot take part.
    pub(crate) fn check_fit(&self, account: &str) -> Result<(), Refused> {
        let account = || account.to_owned();
        if self.ctx.roster.get(&account()).is_none() {
            return Err(Refused::UnknownColleague { account: account() });
        }
        if !self.ctx.roster.works_here(&account(), self.ctx.now) {
            return Err(Refused::HasLeft { account: account() });
        }
        if self.is_barred(&account()) {
            return Err(Refused::MayNotTakePart { account: account() });
        }
        Ok(())
    }

    /// The member that an account is.
    pub(crate) fn member(&self, account: &str) -> Result<&Member, Refused> {
        let missing = || Refused::NotAMember {
            account: account.to_owned(),
        };
        self.case.members.get(account).ok_or_else(missing)
    }

    /// True if the actor leads, or has accepted to answer for the current phase.
    pub(crate) fn manages(&self) -> bool {
        let who = self.ctx.who;
        let leads = self
            .case
            .members
            .get(who)
            .is_some_and(|m| m.role == CaseRole::Lead);
        let answers = self
            .case
            .accountable(self.case.phase)
            .is_some_and(|d| d.is_taken_by(who));
        leads || answers
    }

    pub(crate) fn admit(&self, right: Right) -> Result<(), Refused> {
        let who = self.ctx.who;
        if who == SYSTEM {
            return if right == Right::System {
                Ok(())
            } else {
                Err(Refused::NotBySystem)
            };
        }
        self.check_fit(who)?;
        match right {
            Right::System => return Err(Refused::OnlyBySystem),
            Right::Own => return Ok(()),
            _ => {}
        }
        let member = self.member(who)?;
        let allowed = match right {
            Right::Write => member.role != CaseRole::Observer,
            Right::Work => !matches!(member.role, CaseRole::Observer | CaseRole::Counsel),
            Right::Manage => self.manages(),
            _ => true,
        };
        if allowed {
            Ok(())
        } else if right == Right::Manage {
            Err(Refused::NotALead)
        } else {
            Err(Refused::RoleForbids { role: member.role })
        }
    }

    /// The actor's department in this case.
    pub(crate) fn own_department(&self) -> Option<Department> {
        self.case.members.get(self.ctx.who).and_then(|m| m.department)
    }
}

fn record(id: &CaseId, seq: u32, ctx: &Context<'_>, department: Option<Department>, what: CaseFact) -> Fact {
    Recorded {
        v: FactVersion,
        of: id.clone(),
        seq,
        at: ctx.now,
        who: ctx.who.to_owned(),
        department,
        what,
    }
}

/// Opens a case: its first facts, with the opener as lead and the duties of its kind's matrix.
///
/// # Errors
/// When the opener is unknown, stands beside both departments or is the one it is about, or the number is none.
pub fn open(id: &CaseId, opening: Opening, ctx: &Context<'_>) -> Result<Vec<Fact>, Refused> {
    open_draft(id, opening, None, ctx).map(Draft::finish)
}

pub(crate) fn open_draft<'a>(
    id: &CaseId,
    opening: Opening,
    split_from: Option<CaseId>,
    ctx: &'a Context<'a>,
) -> Result<Draft<'a>, Refused> {
    if CaseId::parse(id.as_str()).is_none() {
        return Err(Refused::NotACaseNumber);
    }
    let department = ctx.roster.department(ctx.who).ok_or(Refused::NoDepartment)?;
    let Opening {
        kind,
        severity,
        title,
        phase,
        reason,
        subjects,
        alerts,
    } = opening;
    let opened = LifeFact::Opened {
        kind,
        severity,
        title,
        phase,
        split_from,
        reason: reason.clone(),
    };
    let mut draft = Draft::opening(id, opened, ctx)?;
    // Whom it is about comes first, so that nobody concerned is given anything.
    let subjects = subjects.into_iter().map(Link::Subject);
    let links = subjects.chain(alerts.into_iter().map(Link::Alert)).collect();
    link::link_all(&mut draft, links, &reason)?;
    draft.check_fit(ctx.who)?;
    draft.push(PeopleFact::Joined {
        account: ctx.who.to_owned(),
        department: Some(department),
        role: CaseRole::Lead,
        reason,
    });
    duty::draw(&mut draft);
    Ok(draft)
}

/// What a command does to a case: facts to store, in order, or why not.
///
/// # Errors
/// A typed refusal that says why and what would make it possible; nothing changes then.
pub fn decide(case: &Case, command: Command, ctx: &Context<'_>) -> Result<Vec<Fact>, Refused> {
    let mut draft = Draft::of(case, ctx)?;
    if let Some(into) = &case.merged_into
        && !matches!(
            command,
            Command::Evidence(EvidenceCommand::Handle { .. }) | Command::Life(LifeCommand::Tick)
        )
    {
        return Err(Refused::Merged { into: into.clone() });
    }
    draft.admit(right(&command))?;
    match command {
        Command::Life(command) => life::decide(&mut draft, command)?,
        Command::People(command) => people::decide(&mut draft, command)?,
        Command::Link(command) => link::decide(&mut draft, command)?,
        Command::Duty(command) => duty::decide(&mut draft, command)?,
        Command::Task(command) => task::decide(&mut draft, command)?,
        Command::Meeting(command) => meeting::decide(&mut draft, command)?,
        Command::Note(command) => note::decide(&mut draft, command)?,
        Command::Evidence(command) => evidence::decide(&mut draft, command)?,
        Command::Decision(command) => decision::decide(&mut draft, command)?,
    }
    Ok(draft.finish())
}

fn right(command: &Command) -> Right {
    match command {
        Command::Life(LifeCommand::Tick) => Right::System,
        Command::Life(_) => Right::Manage,
        Command::People(PeopleCommand::DeclareInvolved { .. } | PeopleCommand::Leave { .. }) => Right::Own,
        Command::People(PeopleCommand::Watch | PeopleCommand::Unwatch) => Right::Read,
        Command::People(_) => Right::Manage,
        Command::Duty(_) => Right::Own,
        Command::Evidence(EvidenceCommand::Handle { act, .. }) if act.only_looks() => Right::Read,
        Command::Decision(
            decision::DecisionCommand::Rule { .. } | decision::DecisionCommand::Recuse { .. },
        ) => Right::Own,
        Command::Note(_) => Right::Write,
        Command::Link(_)
        | Command::Task(_)
        | Command::Meeting(_)
        | Command::Evidence(_)
        | Command::Decision(_) => Right::Work,
    }
}
