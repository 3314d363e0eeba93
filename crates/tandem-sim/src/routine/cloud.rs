//! Documents and mailboxes in the cloud suite.

use super::Shift;
use crate::act::{Act, CloudItem};
use crate::names::WORDS;
use crate::paths::usual_doc;
use crate::scribe::DayLog;

/// The cloud acts of a shift.
pub(crate) fn cloud(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let mean = shift.person.profile(shift.day).saas * share;
    for _ in 0..shift.times(mean) {
        let at = shift.moment();
        let item = item(shift);
        shift.act(log, at, &Act::Saas(item));
    }
}

fn item(shift: &mut Shift<'_>) -> CloudItem {
    let doc = usual_doc(shift.company, shift.person, shift.day, &mut shift.dice);
    let name = doc.name().to_owned();
    let site = if shift.dice.chance(0.35) {
        format!("personal/{}", shift.person.account)
    } else {
        doc.path
            .split('/')
            .next()
            .filter(|_| doc.share == "Projects")
            .unwrap_or(&doc.share)
            .to_owned()
    };
    let file = |operation| CloudItem::File {
        operation,
        site: site.clone(),
        name: name.clone(),
        size: doc.size,
    };
    match shift.dice.below(100) {
        0..45 => file("FileAccessed"),
        45..63 => file("FileModified"),
        63..71 => file("FileDownloaded"),
        71..78 => file("FileUploaded"),
        78 => file("FileDeleted"),
        79..86 => CloudItem::Search {
            text: format!("{} {}", shift.dice.word(&WORDS), doc.name()),
        },
        86 if shift.dice.chance(0.4) => {
            let customer = shift
                .dice
                .pick(&shift.company.customers)
                .map_or("partner.example", |c| &c.domain);
            CloudItem::Share {
                operation: "SharingInvitationCreated",
                site,
                name,
                with: format!("office@{customer}"),
            }
        }
        87 if shift.dice.chance(0.08) => {
            let to = shift
                .person
                .contacts
                .first()
                .map(|c| shift.company.mail(&shift.company.person(*c).account));
            CloudItem::InboxRule {
                name: shift.dice.word(&WORDS).into(),
                forward_to: to.unwrap_or_default(),
            }
        }
        _ => CloudItem::MailRead {
            owner: None,
            count: shift.dice.between(1, 25) as u32,
        },
    }
}
