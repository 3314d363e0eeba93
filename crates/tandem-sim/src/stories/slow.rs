//! Slow drips: a clerk under pressure, an engineer who copies the source over weeks.

use tandem_domain::{Day, Motive, Stage, Threat};

use super::craft::{
    at_a_desk, begin, browser, from_home, hang_up, look_up_customer, mail, pack, post, run, visit,
};
use crate::act::Act;
use crate::company::{Company, Person, is_employee};
use crate::plot::{Plot, Script, clock};
use crate::routine::tools::{GIT, clone};

/// A clerk under pressure looks up certain customers at night and mails what they find to a stranger.
pub(super) fn coerced_clerk(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| {
        at_a_desk(p)
            && matches!(
                p.role.title,
                "Service Agent" | "Dispatcher" | "Accounts Payable Clerk"
            )
    };
    let Some(who) = company.choose("story: coerced", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "A clerk under pressure passes on customers' data at night";
    let mut s = begin(
        company,
        plot,
        who,
        ("coerced_clerk", title),
        (Threat::Leakage, Motive::Coercion),
        (first, first.plus(27)),
    );
    let flagged = first.plus(s.dice.between(4, 9) as i32);
    s.fact(
        flagged,
        "red_flag_confirmed",
        (flagged, Some(flagged.plus(45))),
        "",
    );
    let wanted: Vec<usize> = (0..9).map(|_| s.dice.below(s.company.customers.len())).collect();
    let stranger = format!("k{}.sim@proton.me", s.dice.between(1_000, 9_999));
    let nights = s.dice.between(7, 9) as usize;
    for n in 0..nights {
        let day = s.workday(first, n * 2);
        let (hour, minute) = (24 + s.dice.between(0, 3) as i32, s.dice.between(10, 50) as i32);
        s.at(day, clock(hour, minute)).stage(if n < 2 {
            Stage::Preparation
        } else {
            Stage::Infringement
        });
        from_home(&mut s);
        for customer in wanted.iter().cycle().skip(n * 2).take(3 + n % 4) {
            look_up_customer(&mut s, *customer);
            s.wait(40, 200);
        }
        if n >= 1 {
            let size = s.dice.between(2, 9) as u64 * 1_000;
            let attachments = if n % 2 == 0 {
                vec![(format!("note-{n}.txt"), size)]
            } else {
                Vec::new()
            };
            mail(&mut s, &stranger, "as asked", attachments);
        }
        if n + 1 < nights {
            hang_up(&mut s, 35, 3_000_000);
        }
    }
    s.harm_done();
    hang_up(&mut s, 35, 3_000_000);
    s.note(
        "VPN sessions between midnight and four, a few look-ups of the same nine customers without a case, small mails to one new outside \
         address. A red flag by a colleague, confirmed, becomes known in the first week or two.",
    );
}

/// An engineer mirrors repositories to a private account, evening by evening.
pub(super) fn source_code_theft(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| {
        at_a_desk(p) && is_employee(p) && p.role.title == "Software Engineer" && !p.projects.is_empty()
    };
    let Some(who) = company.choose("story: source code", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "An engineer copies the source code to a private account over weeks";
    let mut s = begin(
        company,
        plot,
        who,
        ("source_code_theft", title),
        (Threat::Leakage, Motive::Money),
        (first, first.plus(43)),
    );
    let private = format!("sim-{}", s.dice.hex(6));
    let own = s.person().projects.clone();
    let mut repos: Vec<String> = own
        .iter()
        .filter_map(|p| s.company.projects.get(*p))
        .map(|p| p.repo.clone())
        .collect();
    let foreign: Vec<String> = s
        .company
        .projects
        .iter()
        .map(|p| p.repo.clone())
        .filter(|r| !repos.contains(r))
        .collect();
    repos.extend(foreign.into_iter().take(4));
    let mut at = 0;
    let evenings = s.dice.between(10, 13) as usize;
    for n in 0..evenings {
        let day = s.workday(first, at);
        at += s.dice.between(1, 2) as usize + usize::from(n % 4 == 3);
        let repo = repos.get(n % repos.len().max(1)).cloned().unwrap_or_default();
        mirror(&mut s, day, (n, &repo, &private));
    }
    let day = s.workday(first, at);
    s.at(day, clock(21, 30));
    from_home(&mut s);
    pack(&mut s, "thesis-material.7z", "src", true);
    let size = s.dice.between(140, 420) as u64 * 1_000_000;
    s.act(Act::Upload {
        host: "mega.nz".into(),
        file: "thesis-material.7z".into(),
        size,
        label: "Confidential",
    });
    s.harm_done();
    hang_up(&mut s, 70, size);
    s.note(format!(
        "Sysmon (git with a foreign remote) and proxy (git-receive-pack to a private account) on {evenings} evenings, own repositories first, \
         then others'; at the end an archive to a transfer site, seen by the endpoint agent. Low and slow: no single evening is large."
    ));
}

fn mirror(s: &mut Script<'_>, day: Day, (n, repo, private): (usize, &str, &str)) {
    let (hour, minute) = (s.dice.between(20, 22) as i32, s.dice.between(0, 45) as i32);
    s.at(day, clock(hour, minute)).stage(if n < 2 {
        Stage::Preparation
    } else {
        Stage::Infringement
    });
    from_home(s);
    if n == 0 {
        browser(s);
        visit(s, "github.com");
        post(s, "github.com", "/signup_check/username", 2_000);
    }
    s.act(clone(repo));
    if n > 0 {
        let remote = format!("https://github.com/{private}/notes-{n}.git");
        run(
            s,
            GIT,
            format!("git.exe -C C:\\src\\{repo} remote add spare {remote}"),
        );
        run(s, GIT, format!("git.exe -C C:\\src\\{repo} push --mirror spare"));
        let bytes = s.dice.between(700, 4_000) as u64;
        post(
            s,
            "github.com",
            &format!("/{private}/notes-{n}.git/git-receive-pack"),
            bytes,
        );
    }
    let sent = s.dice.between(6, 38) as u64 * 1_000_000;
    hang_up(s, 25, sent);
}
