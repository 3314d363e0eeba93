//! Rights used for what they were not given for: a shared account, curious look-ups, somebody else's mailbox.

use tandem_domain::{Day, Motive, Stage, Threat};

use super::craft::{at_a_desk, begin, erp, from_home, hang_up, look_up_customer};
use crate::act::{Act, CloudItem, ErpEntry, LogonKind};
use crate::company::profile::Department as D;
use crate::company::{Company, Person};
use crate::plot::{Plot, Script, clock};
use crate::routine::post::private_address;
use crate::seat::Post;

/// A team lead lends the account to a colleague, who then makes and approves credits alone.
pub(super) fn account_sharing(company: &mut Company, plot: &mut Plot, start: Day) {
    let lead = |p: &Person| at_a_desk(p) && p.role.title == "Service Team Lead";
    let agent = |p: &Person| at_a_desk(p) && p.role.title == "Service Agent";
    let Some(who) = company
        .choose("story: lender", lead)
        .or_else(|| company.choose("story: lender", agent))
    else {
        return;
    };
    let site = company.person(who).site;
    let near = |p: &Person| agent(p) && p.ix != who && p.site == site;
    let Some(borrower) = company
        .choose("story: borrower", near)
        .or_else(|| company.choose("story: borrower", |p| agent(p) && p.ix != who))
    else {
        return;
    };
    let first = company.nth_workday(company.person(borrower), start, 0);
    let title = "A team lead's account is used by a colleague, who approves own credits with it";
    let window = (first, first.plus(16));
    plot.busy.insert(borrower, window);
    company.cast(borrower);
    let mut s = begin(
        company,
        plot,
        who,
        ("account_sharing", title),
        (Threat::Misuse, Motive::Ignorance),
        window,
    );
    let name = s.company.person(borrower).account.clone();
    s.uses(&name);
    let days = s.dice.between(6, 8) as usize;
    for n in 0..days {
        let day = s.company.nth_workday(s.company.person(borrower), first, n);
        let share = 0.25 + s.dice.unit() * 0.5;
        s.by(borrower)
            .come_in(day)
            .from(Post::AccountOf(who))
            .during(day, share);
        s.stage(if n < 3 { Stage::Means } else { Stage::Infringement });
        s.act(Act::LogOn(LogonKind::Interactive));
        for _ in 0..s.dice.between(6, 14) {
            let customer = s.dice.below(s.company.customers.len());
            look_up_customer(&mut s, customer);
            s.wait(20, 180);
        }
        if n >= 3 {
            credits(&mut s, borrower, who, &name);
        }
        s.from(Post::AccountOf(who)).act(Act::LogOff);
    }
    s.harm_done();
    s.note(format!(
        "The lead's account signs in on the machine of {name} on {days} days, often while the lead works elsewhere; from the fourth day on the \
         colleague makes credits and approves them with the lead's account. Windows logons (host), ERP audit (client_host)."
    ));
}

fn credits(s: &mut Script<'_>, borrower: usize, lender: usize, maker: &str) {
    for _ in 0..s.dice.between(1, 3) {
        let object = format!("CRED-{}", 8_000 + s.dice.below(1_900));
        let amount = Some(s.dice.between(18_000, 74_000));
        let entry = |action, more| ErpEntry {
            action,
            object: object.clone(),
            label: "Internal",
            rows: 1,
            amount,
            more,
            ..ErpEntry::default()
        };
        let (made, approved) = (
            entry("credit.create", Vec::new()),
            entry("credit.approve", vec![("created_by", maker.to_owned())]),
        );
        s.by(borrower).from(Post::Office);
        erp(s, made);
        s.wait(40, 200).from(Post::AccountOf(lender));
        erp(s, approved);
    }
}

/// Somebody in customer service looks up well-known people, more and more of them.
pub(super) fn curious_lookups(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| at_a_desk(p) && p.role.title == "Service Agent";
    let Some(who) = company.choose("story: curious", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "A service agent looks up well-known customers without any case";
    let mut s = begin(
        company,
        plot,
        who,
        ("curious_lookups", title),
        (Threat::Misuse, Motive::Unknown),
        (first, first.plus(24)),
    );
    let known: Vec<usize> = s
        .company
        .customers
        .iter()
        .enumerate()
        .filter(|(_, c)| c.vip)
        .map(|(n, _)| n)
        .collect();
    for n in [0, 2, 3, 5, 7, 8, 10, 11, 12] {
        let day = s.workday(first, n);
        s.stage(if n < 5 {
            Stage::Preparation
        } else {
            Stage::Infringement
        });
        let share = 0.2 + s.dice.unit() * 0.6;
        s.during(day, share);
        for _ in 0..(3 + n + s.dice.below(5)) {
            let customer = s.dice.pick(&known).copied().unwrap_or(7);
            look_up_customer(&mut s, customer);
            s.wait(25, 160);
        }
    }
    let rows = known.len().clamp(8, 30) as u32;
    erp(
        &mut s,
        ErpEntry {
            action: "customer.export",
            object: "customers".into(),
            label: "Confidential",
            rows,
            ..ErpEntry::default()
        },
    );
    s.harm_done();
    s.note("ERP audit: look-ups of records labelled confidential without a case, few at first, some twenty a day at the end, then an export.");
}

/// An administrator gives themselves a director's mailbox and reads it in the evenings.
pub(super) fn mailbox_spy(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| at_a_desk(p) && p.admin.is_some() && p.role.department == D::It;
    let Some(who) = company.choose("story: mailbox", fits) else {
        return;
    };
    let Some(owner) = company.choose("story: mailbox owner", |p| p.role.department == D::Executive) else {
        return;
    };
    let owner = company.person(owner).account.clone();
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "An administrator reads a director's mailbox";
    let mut s = begin(
        company,
        plot,
        who,
        ("mailbox_spy", title),
        (Threat::Misuse, Motive::Money),
        (first, first.plus(22)),
    );
    let own = s.person().account.clone();
    s.stay(first, clock(19, 30))
        .at(first, clock(18, 45))
        .from(Post::Admin)
        .stage(Stage::Means);
    let (mailbox, to) = (s.company.mail(&owner), s.company.mail(&own));
    s.act(Act::Saas(CloudItem::MailboxPermission { owner: mailbox, to }));
    for n in [1, 3, 4, 6, 8, 9, 11, 13] {
        let day = s.workday(first, n);
        let (hour, minute) = (s.dice.between(20, 22) as i32, s.dice.between(0, 40) as i32);
        s.at(day, clock(hour, minute)).stage(Stage::Infringement);
        from_home(&mut s);
        for _ in 0..s.dice.between(3, 7) {
            let count = s.dice.between(12, 60) as u32;
            s.act(Act::Saas(CloudItem::MailRead {
                owner: Some(owner.clone()),
                count,
            }));
            s.wait(60, 400);
        }
        if n == 6 {
            let forward_to = private_address(&own, s.person().id());
            s.act(Act::Saas(CloudItem::InboxRule {
                name: "..".into(),
                forward_to,
            }));
        }
        hang_up(&mut s, 40, 14_000_000);
    }
    s.harm_done();
    s.note(
        "Cloud audit: full access to a director's mailbox granted to the own account after hours without a ticket, reading as a delegate on \
         eight evenings through the VPN, an inbox rule that forwards to a private address.",
    );
}
