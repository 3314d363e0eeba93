//! Planted stories: what insiders really do, spread over days, each with the traces it leaves.
//!
//! Numbers come from the seed. Stories start after the quiet weeks at the beginning, so that there is something usual to
//! depart from, and end before the last day.

pub(crate) mod craft;
mod fraud;
mod leakage;
mod misuse;
mod sabotage;
mod slow;

use tandem_domain::Day;

use crate::company::Company;
use crate::plan::Plan;
use crate::plot::Plot;

/// A story to plant.
struct Tale {
    /// Days from the first act to the last, at most.
    length: i32,
    /// Writes it, starting on a day; does nothing if nobody in the company fits the part.
    write: fn(&mut Company, &mut Plot, Day),
}

const TALES: [Tale; 12] = [
    Tale {
        length: 20,
        write: leakage::leaver_customer_list,
    },
    Tale {
        length: 26,
        write: sabotage::admin_grudge,
    },
    Tale {
        length: 33,
        write: fraud::invoice_fraud,
    },
    Tale {
        length: 4,
        write: leakage::careless_upload,
    },
    Tale {
        length: 16,
        write: misuse::account_sharing,
    },
    Tale {
        length: 24,
        write: misuse::curious_lookups,
    },
    Tale {
        length: 21,
        write: leakage::contractor_scope,
    },
    Tale {
        length: 27,
        write: slow::coerced_clerk,
    },
    Tale {
        length: 43,
        write: slow::source_code_theft,
    },
    Tale {
        length: 33,
        write: fraud::payroll_manipulation,
    },
    Tale {
        length: 19,
        write: sabotage::project_wiped,
    },
    Tale {
        length: 22,
        write: misuse::mailbox_spy,
    },
];

/// Plants every story that has room: each in its own part of the time, in an order drawn from the seed.
pub(crate) fn plant(company: &mut Company, plot: &mut Plot) {
    if company.plan.days < Plan::MIN_STORY_DAYS {
        return;
    }
    let (quiet, end) = (company.plan.quiet_until(), company.calendar.end());
    let mut dice = company.dice("order of the stories", 0, 0);
    let mut order: Vec<usize> = (0..TALES.len()).collect();
    dice.shuffle(&mut order);
    for (place, tale) in order
        .iter()
        .enumerate()
        .filter_map(|(n, ix)| Some((n, TALES.get(*ix)?)))
    {
        // Five days stay at the end, so that whoever watches has time to notice the last act.
        let room = end.0 - quiet.0 - tale.length - 5;
        if room >= 0 {
            let share = (place as f64 + dice.unit()) / TALES.len() as f64;
            (tale.write)(company, plot, quiet.plus((f64::from(room) * share) as i32));
        }
    }
}
