//! Documents: which files somebody works with, where they lie and what they hold.

use tandem_domain::Day;

use crate::company::profile::Department;
use crate::company::{Company, Person};
use crate::dice::Dice;
use crate::names::{ENDINGS, PAPERS, WORDS};

/// A document on a share.
#[derive(Debug, Clone)]
pub(crate) struct Doc {
    /// Share.
    pub(crate) share: String,
    /// Path inside the share.
    pub(crate) path: String,
    /// Label.
    pub(crate) label: &'static str,
    /// Bytes.
    pub(crate) size: u64,
}

impl Doc {
    /// Name without folders.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

fn file_name(dice: &mut Dice) -> String {
    format!(
        "{}-{}-{:02}.{}",
        dice.word(&PAPERS),
        dice.word(&WORDS),
        dice.below(40),
        dice.word(&ENDINGS)
    )
}

fn size(dice: &mut Dice) -> u64 {
    dice.spread(180_000.0, 1.3).clamp(2_000.0, 60_000_000.0) as u64
}

/// The n-th document of a department's share; low numbers are the ones everybody knows.
pub(crate) fn department_doc(company: &Company, department: Department, n: usize) -> Doc {
    let mut dice = company.dice("department document", department as u64, n as u64);
    let folder = match department {
        Department::Sales => {
            let customer = company
                .customers
                .get(dice.below(company.customers.len()))
                .map_or("General", |c| c.name.as_str());
            format!("Customers/{customer}")
        }
        Department::Finance => format!(
            "{}/Q{}/{}",
            dice.between(2024, 2026),
            dice.between(1, 4),
            dice.word(&["Close", "Planning", "Tax"])
        ),
        Department::Hr => dice
            .word(&[
                "Personnel files",
                "Pay bands",
                "Recruiting",
                "Training",
                "Reviews",
            ])
            .to_owned(),
        Department::It => dice
            .word(&["Runbooks", "Network", "Backup", "Accounts", "Licences"])
            .to_owned(),
        Department::Legal => dice
            .word(&["Contracts", "Disputes", "Data protection", "Audit"])
            .to_owned(),
        Department::Executive => dice.word(&["Board", "Strategy", "Acquisitions"]).to_owned(),
        _ => format!("{}/{}", dice.between(2024, 2026), dice.word(&WORDS)),
    };
    let name = file_name(&mut dice);
    let strict = match department {
        Department::Executive => 0.5,
        Department::Hr => 0.3,
        Department::Finance | Department::Legal => 0.1,
        _ => 0.02,
    };
    let label = if dice.chance(strict) {
        "Strictly confidential"
    } else {
        department.label()
    };
    Doc {
        share: department.share().to_owned(),
        path: format!("{folder}/{name}"),
        label,
        size: size(&mut dice),
    }
}

/// The n-th document of a project.
pub(crate) fn project_doc(company: &Company, project: usize, n: usize) -> Doc {
    let mut dice = company.dice("project document", project as u64, n as u64);
    let name = company
        .projects
        .get(project)
        .map_or("General", |p| p.name.as_str());
    let folder = dice.word(&["Design", "Specs", "Drawings", "Tests", "Planning", "Customer"]);
    let label = if dice.chance(0.25) {
        "Confidential"
    } else {
        "Internal"
    };
    let path = format!("{name}/{folder}/{}", file_name(&mut dice));
    Doc {
        share: "Projects".into(),
        path,
        label,
        size: size(&mut dice),
    }
}

/// The n-th document that everybody may read.
pub(crate) fn public_doc(company: &Company, n: usize) -> Doc {
    let mut dice = company.dice("public document", 0, n as u64);
    let folder = dice.word(&["Forms", "Policies", "Canteen", "Templates", "Events"]);
    let path = format!("{folder}/{}", file_name(&mut dice));
    Doc {
        share: "Public".into(),
        path,
        label: "Public",
        size: size(&mut dice),
    }
}

/// A document from the circle somebody works in on that day: some sixty of their own that change slowly, and the team's.
pub(crate) fn usual_doc(company: &Company, person: &Person, day: Day, dice: &mut Dice) -> Doc {
    let department = person.role_on(day).department;
    let drift = usize::try_from(day.0).unwrap_or_default() / 6;
    let own = company
        .dice("own documents", person.id(), (drift + dice.rank(60)) as u64)
        .next();
    let project = dice.pick(&person.projects).copied();
    match (dice.unit(), project) {
        (u, _) if u < 0.06 => public_doc(company, dice.rank(120)),
        (u, Some(project)) if u < 0.5 => project_doc(company, project, (own % 160) as usize),
        (u, _) if u < 0.75 => department_doc(company, department, (own % 900) as usize),
        _ => department_doc(company, department, dice.rank(300)),
    }
}
