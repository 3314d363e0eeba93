//! Innocents: people whose days look odd for a good reason. Whoever flags them must be able to see the reason.

mod systems;
mod times;
mod work;

use tandem_domain::Day;

use crate::company::Company;
use crate::plan::Plan;
use crate::plot::{Opening, Plot, Script};

/// Plants every kind that the company has people and time for.
pub(crate) fn plant(company: &mut Company, plot: &mut Plot) {
    if company.plan.days < Plan::MIN_STORY_DAYS {
        return;
    }
    times::quarter_end_crunch(company, plot);
    times::night_shift(company, plot);
    times::parental_leave(company, plot);
    times::traveller(company, plot);
    times::late_effort(company, plot);
    work::approved_handover(company, plot);
    work::new_role(company, plot);
    work::honest_leaver(company, plot);
    work::new_joiner(company, plot);
    work::auditor(company, plot);
    work::portal_uploads(company, plot);
    work::sticks_all_day(company, plot);
    work::calm_after_refusal(company, plot);
    systems::maintenance_weekend(company, plot);
    systems::password_campaign(company, plot);
    systems::data_pull(company, plot);
}

/// Starts an innocent's script.
fn begin<'a>(
    company: &'a mut Company,
    plot: &'a mut Plot,
    who: usize,
    kind: &'static str,
    window: (Day, Day),
) -> Script<'a> {
    plot.plant(
        company,
        who,
        Opening {
            id: kind.into(),
            title: kind,
            harm: None,
            window,
        },
    )
}

/// A workday between the quiet weeks and `length` days before the end, drawn from the seed.
fn some_day(company: &Company, kind: &str, length: i32) -> Day {
    let (quiet, end) = (company.plan.quiet_until(), company.calendar.end());
    let room = (end.0 - quiet.0 - length - 3).max(1);
    let day = quiet.plus(company.dice(kind, 2, 0).below(room as usize) as i32);
    // A Monday is never a weekend, and holidays move it at most a day.
    day.plus(-i32::from(day.weekday()))
}

/// The usual workdays of somebody from `from` to `until`.
fn workdays(company: &Company, who: usize, from: Day, until: Day) -> Vec<Day> {
    let days = (0..=(until.0 - from.0).max(0)).map(|n| from.plus(n));
    days.filter(|day| company.workday(company.person(who), *day))
        .collect()
}
