//! Mail, inside and out.

use super::Shift;
use crate::act::{Act, Letter};
use crate::company::profile::Department;
use crate::dice::Dice;
use crate::names::{ENDINGS, FREE_MAIL, GIVEN, PAPERS, SUBJECTS, SURNAMES, WORDS};
use crate::scribe::DayLog;

/// The mails of a shift.
pub(crate) fn mails(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let profile = shift.person.profile(shift.day);
    for _ in 0..shift.times(profile.mail_in * share) {
        let at = shift.moment();
        let to = colleagues(shift);
        if !to.is_empty() {
            let letter = letter(&mut shift.dice, to, 0.22);
            shift.act(log, at, &Act::Mail(letter));
        }
    }
    for _ in 0..shift.times(profile.mail_out * share) {
        let at = shift.moment();
        let to = vec![outsider(shift)];
        let letter = letter(&mut shift.dice, to, 0.25);
        shift.act(log, at, &Act::Mail(letter));
    }
    for _ in 0..shift.times((profile.mail_out * 1.1 + 0.3) * share) {
        let at = shift.moment();
        let from = outsider(shift);
        let to = vec![shift.company.mail(&shift.person.account)];
        let letter = Letter {
            from,
            ..letter(&mut shift.dice, to, 0.2)
        };
        shift.act(log, at, &Act::MailReceived(letter));
    }
    if shift.dice.chance(0.005 * share) && profile.mail_out > 0.0 {
        let at = shift.moment();
        let to = vec![private_address(&shift.person.account, shift.person.id())];
        let letter = letter(&mut shift.dice, to, 0.4);
        shift.act(log, at, &Act::Mail(letter));
    }
}

fn colleagues(shift: &mut Shift<'_>) -> Vec<String> {
    let count = 1 + usize::from(shift.dice.chance(0.3)) + usize::from(shift.dice.chance(0.12)) * 2;
    let mut to = Vec::with_capacity(count);
    for _ in 0..count {
        let at = shift.dice.rank(shift.person.contacts.len());
        let other = shift.person.contacts.get(at).map(|ix| shift.company.person(*ix));
        if let Some(other) = other.filter(|o| o.employed(shift.day)) {
            let address = shift.company.mail(&other.account);
            if !to.contains(&address) {
                to.push(address);
            }
        }
    }
    to
}

/// Somebody at a customer or vendor: a circle of some fourteen that changes slowly, seldom a new one.
fn outsider(shift: &mut Shift<'_>) -> String {
    let drift = usize::try_from(shift.day.0).unwrap_or_default() / 20;
    let n = if shift.dice.chance(0.04) {
        1_000 + shift.dice.below(9_000)
    } else {
        drift + shift.dice.rank(14)
    };
    let mut dice = shift.company.dice("outsider", shift.person.id(), n as u64);
    let vendors = matches!(
        shift.person.role_on(shift.day).department,
        Department::Procurement | Department::Finance | Department::It
    );
    let domain = if vendors {
        dice.pick(&shift.company.vendors).map(|v| v.domain.clone())
    } else {
        dice.pick(&shift.company.customers).map(|c| c.domain.clone())
    };
    let name = format!("{}.{}", dice.word(&GIVEN), dice.word(&SURNAMES)).to_lowercase();
    format!("{name}@{}", domain.unwrap_or_else(|| "partner.example".into()))
}

/// Somebody's own address at a free provider.
pub(crate) fn private_address(account: &str, id: u64) -> String {
    let provider = FREE_MAIL
        .get(id as usize % FREE_MAIL.len())
        .copied()
        .unwrap_or_default();
    format!("{}.sim{}@{provider}", account.replace('.', "-"), 10 + id % 90)
}

fn letter(dice: &mut Dice, to: Vec<String>, attached: f64) -> Letter {
    let subject = dice.word(&SUBJECTS).to_owned();
    let mut attachments = Vec::new();
    if dice.chance(attached) {
        for _ in 0..=dice.below(2) {
            let name = format!(
                "{}-{}.{}",
                dice.word(&PAPERS),
                dice.word(&WORDS),
                dice.word(&ENDINGS)
            );
            attachments.push((name, dice.spread(140_000.0, 1.1) as u64));
        }
    }
    let size = dice.spread(9_000.0, 0.7) as u64 + attachments.iter().map(|a| a.1).sum::<u64>();
    Letter {
        from: String::new(),
        to,
        subject,
        size,
        attachments,
    }
}
