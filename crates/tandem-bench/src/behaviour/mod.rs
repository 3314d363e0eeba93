//! Behaviour analytics at a daily budget of alerts.

mod cert;
mod labels;
mod organisation;
mod pack;
mod ranking;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use tandem_baseline::{DayContext, Profiles, Settings, SubjectDay};
use tandem_domain::Day;

use self::labels::Labels;
use self::organisation::Organisation;
use self::ranking::Ranking;

/// Arguments of `tandem-bench behaviour`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value = "hybrid_r4.2_hard")]
    set: String,
    #[arg(long)]
    settings: Option<String>,
    #[arg(long)]
    misses: bool,
}

/// Runs.
pub fn run(args: &Args) -> Result<()> {
    let archive = format!("cert_{}", args.set);
    let Some(pack) = pack::open(&args.data, &args.set, &archive, |n| {
        cert::is_log(n) || labels::is_labels(n)
    })?
    else {
        println!("skipped");
        return Ok(());
    };
    let org = pack::open(
        &args.data,
        "r4.2_ldap_full_logs_head",
        "cert_r4.2_org_and_head_logs",
        organisation::is_month,
    )?;
    let org = org
        .map(|p| Organisation::read(&p))
        .transpose()?
        .unwrap_or_default();
    let t = Instant::now();
    let activity = cert::read(&pack)?;
    eprintln!("read {} events in {:?}", activity.events, t.elapsed());
    let settings: Settings = match &args.settings {
        Some(s) => serde_json::from_str(s)?,
        None => Settings::default(),
    };
    let mut profiles = Profiles::new(settings);
    let t = Instant::now();
    let first = *activity.days.keys().next().unwrap_or(&Day(0));
    let names = [
        "fused", "p", "dist", "own", "hmp", "sum2", "hm3", "hm2", "max3", "2d+o+h", "pooled",
    ];
    let mut rankings: Vec<Ranking> = names.iter().map(|_| Ranking::default()).collect();
    let mut n = 0;
    let mut all = Vec::new();
    let mut previous: std::collections::BTreeMap<String, String> = Default::default();
    for (day, people) in &activity.days {
        let groups: Vec<Vec<&str>> = people
            .keys()
            .map(|p| org.groups(*day, p).iter().map(String::as_str).collect())
            .collect();
        let rows: Vec<SubjectDay<'_>> = people
            .iter()
            .zip(&groups)
            .map(|((p, a), g)| {
                let role = g.first().copied().unwrap_or("");
                let changed = previous
                    .get(p)
                    .is_some_and(|old| old != role && !role.is_empty() && !old.is_empty());
                if !role.is_empty() {
                    previous.insert(p.clone(), role.to_owned());
                }
                SubjectDay {
                    subject: p,
                    peers: g,
                    activity: a,
                    context: DayContext {
                        role_changed: changed,
                        absent: false,
                    },
                }
            })
            .collect();
        n += rows.len();
        let scores = profiles.score_day(*day, &rows);
        if day.0 - first.0 >= 90 {
            let f: [fn(&tandem_baseline::DayScore) -> f64; 5] = [
                |s| s.order,
                |s| -s.p,
                |s| s.parts.distance,
                |s| s.parts.own_distance,
                |s| -s.parts.harmonic_p,
            ];
            for (r, f) in rankings.iter_mut().zip(f) {
                r.add(*day, scores.iter().map(|s| (s.subject.clone(), f(s))).collect());
            }
            let rank = |f: fn(&tandem_baseline::DayScore) -> f64| -> Vec<f64> {
                let mut v: Vec<f64> = scores.iter().map(f).collect();
                let o = v.clone();
                v.sort_by(|a, b| b.total_cmp(a));
                o.iter()
                    .map(|x| (v.partition_point(|y| y >= x) as f64 - 0.5) / v.len() as f64)
                    .collect()
            };
            let d = rank(|s| s.parts.distance);
            let o = rank(|s| s.parts.own_distance);
            let h = rank(|s| -s.parts.harmonic_p);
            let fs: [&dyn Fn(usize) -> f64; 5] = [
                &|i| -(d[i].ln() + o[i].ln()),
                &|i| 1.0 / d[i] + 1.0 / o[i] + 1.0 / h[i],
                &|i| 1.0 / d[i] + 1.0 / o[i],
                &|i| -d[i].min(o[i]).min(h[i]),
                &|i| -(2.0 * d[i].ln() + o[i].ln() + h[i].ln()),
            ];
            for (r, f) in rankings.iter_mut().skip(5).zip(fs) {
                r.add(
                    *day,
                    scores
                        .iter()
                        .enumerate()
                        .map(|(i, s)| (s.subject.clone(), f(i)))
                        .collect(),
                );
            }
            all.push((*day, scores));
        }
    }
    let e = t.elapsed();
    eprintln!(
        "{n} person-days in {e:?}; bytes/subject {:.0}",
        profiles.bytes_per_subject()
    );
    let labels = Labels::read(&pack)?;
    let total = labels.visible.len() as f64;
    let mut oracle = Ranking::default();
    for (day, scores) in &all {
        oracle.add(
            *day,
            scores
                .iter()
                .map(|s| {
                    (
                        s.subject.clone(),
                        if labels.visible.get(&s.subject).is_some_and(|d| d.contains(day)) {
                            1.0
                        } else {
                            0.0
                        },
                    )
                })
                .collect(),
        );
    }
    for k in [1.0, 2.0, 5.0] {
        let a = oracle.queue(k, &labels);
        println!(
            "oracle k {k} {:.3}",
            a.iter().filter(|a| a.true_alert).count() as f64 / a.len() as f64
        );
    }
    println!(
        "oracle r@1 {:.3}",
        oracle.caught_within(1, &labels).len() as f64 / total
    );
    for (name, r) in names.iter().zip(&rankings) {
        let rk: Vec<String> = [1, 2, 5, 10]
            .iter()
            .map(|k| format!("{:.3}", r.caught_within(*k, &labels).len() as f64 / total))
            .collect();
        let q: Vec<String> = [1.0, 2.0, 5.0]
            .iter()
            .map(|k| {
                let a = r.queue(*k, &labels);
                let good = a.iter().filter(|a| a.true_alert).count();
                let who: std::collections::BTreeSet<_> =
                    a.iter().filter(|a| a.true_alert).map(|a| &a.person).collect();
                let conf = a
                    .iter()
                    .filter(|a| labels.confounders.contains(&a.person))
                    .count();
                format!(
                    "{:.3} ({}/{}, {} people, conf {:.2})",
                    good as f64 / a.len() as f64,
                    good,
                    a.len(),
                    who.len(),
                    conf as f64 / a.len() as f64
                )
            })
            .collect();
        println!(
            "{name:6} R@ {}  auc {:.3}  queue {}",
            rk.join(" "),
            r.auc(&labels),
            q.join(" | ")
        );
    }
    let benign: Vec<f64> = all
        .iter()
        .flat_map(|(d, s)| s.iter().map(move |s| (d, s)))
        .filter(|(d, s)| !labels.all.contains(&(s.subject.clone(), **d)))
        .map(|(_, s)| s.p)
        .collect();
    for a in [0.05, 0.01, 0.001] {
        println!(
            "calibration {a}: {:.3}",
            benign.iter().filter(|p| **p <= a).count() as f64 / benign.len() as f64 / a
        );
    }
    if args.misses {
        for (day, scores) in &all {
            for (rank, s) in scores.iter().enumerate() {
                let bad = labels.visible.get(&s.subject).is_some_and(|d| d.contains(day));
                if bad || rank < 1 {
                    println!(
                        "{day} {} rank {} {} p {:.5} dist {:.1} own {:.1} hmp {:.6} known {}",
                        s.subject,
                        rank + 1,
                        if bad {
                            format!("BAD{}", labels.scenario[&s.subject])
                        } else if labels.confounders.contains(&s.subject) {
                            "conf".into()
                        } else {
                            "-".into()
                        },
                        s.p,
                        s.parts.distance,
                        s.parts.own_distance,
                        s.parts.harmonic_p,
                        s.known_days
                    );
                    for c in s.channels.iter().take(5) {
                        println!(
                            "     {} s {:.1} p {:.5} share {:.2} obs {:.1} own {:.2} peers {:?}",
                            c.channel.name(),
                            c.surprise,
                            c.p,
                            c.contribution,
                            c.observed,
                            c.own_usual,
                            c.peer_usual
                        );
                    }
                }
            }
        }
    }
    Ok(())
}
