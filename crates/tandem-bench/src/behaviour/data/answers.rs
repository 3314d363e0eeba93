//! The official answers of CERT's releases: `insiders.csv` names every incident, a file per incident holds its rows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::cert::Days;
use super::labels::{Labels, Seen};
use super::rows::{self, BadRows};

/// One incident of the master file.
struct Incident {
    release: String,
    scenario: u8,
    details: String,
    user: String,
    span: (String, String),
}

/// Reads the answers of the release whose insiders the logs know best. Only the insider gets credit, and only for rows under
/// the own account in a log that was read.
pub fn read(
    files: &BTreeMap<String, Vec<u8>>,
    seen: Seen<'_>,
    labels: &mut Labels,
    bad: &mut BadRows,
) -> Result<()> {
    let mut incidents = Vec::new();
    let master = files.get("insiders.csv").context("insiders.csv is missing")?;
    rows::table("insiders.csv", &mut master.as_slice(), None, bad, &mut |row| {
        incidents.push(Incident {
            release: row.must("dataset")?.to_owned(),
            scenario: row
                .must("scenario")?
                .parse()
                .map_err(|_| "no scenario".to_owned())?,
            details: row.must("details")?.to_owned(),
            user: row.must("user")?.to_owned(),
            span: (row.must("start")?.to_owned(), row.must("end")?.to_owned()),
        });
        Ok(())
    })?;
    let Some(release) = release(&incidents, seen.people) else {
        labels
            .said
            .push("none of the insiders of the answers is in the logs".to_owned());
        return Ok(());
    };
    labels.said.push(format!("answers of release {release}"));
    labels
        .said
        .push("no benign people are marked as made to look odd".to_owned());
    for incident in incidents.iter().filter(|incident| incident.release == release) {
        match files.get(&incident.details) {
            Some(bytes) => details(incident, bytes, seen, labels, bad)?,
            None => span(incident, labels),
        }
    }
    Ok(())
}

/// The release with the largest share of its insiders among the people of the logs; of equals the one with more of them.
fn release(incidents: &[Incident], people: &BTreeSet<&str>) -> Option<String> {
    let mut known: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for incident in incidents {
        let (there, all) = known.entry(&incident.release).or_default();
        *there += u32::from(people.contains(incident.user.as_str()));
        *all += 1;
    }
    let share = |(there, all): &(u32, u32)| f64::from(*there) / f64::from(*all);
    known
        .into_iter()
        .filter(|(_, (there, _))| *there > 0)
        .max_by(|(_, a), (_, b)| share(a).total_cmp(&share(b)).then(a.0.cmp(&b.0)))
        .map(|(release, _)| release.to_owned())
}

/// The rows of an incident have no header: log, id, date, user, and what the log has besides.
fn details(
    incident: &Incident,
    bytes: &[u8],
    seen: Seen<'_>,
    labels: &mut Labels,
    bad: &mut BadRows,
) -> Result<()> {
    let mut days = Days::default();
    let columns = ["log", "id", "date", "user"];
    rows::table(&incident.details, &mut &*bytes, Some(&columns), bad, &mut |row| {
        let (log, date) = (row.must("log")?, row.must("date")?);
        let day = days.time(date).ok_or_else(|| format!("no date: {date:?}"))?.day();
        let user = row.must("user")?;
        if user == incident.user && seen.logs.contains(&format!("{log}.csv")) {
            labels.shown(user, day, incident.scenario);
        }
        labels.all.insert((user.to_owned(), day));
        labels.all.insert((incident.user.clone(), day));
        Ok(())
    })?;
    Ok(())
}

/// Without its rows, every day from the first to the last act counts.
fn span(incident: &Incident, labels: &mut Labels) {
    let mut days = Days::default();
    let (Some(first), Some(last)) = (days.time(&incident.span.0), days.time(&incident.span.1)) else {
        return;
    };
    labels.said.push(format!(
        "{} is missing: every day of its span counts",
        incident.details
    ));
    let mut day = first.day();
    while day <= last.day() {
        labels.shown(&incident.user, day, incident.scenario);
        day = day.plus(1);
    }
}

#[cfg(test)]
mod tests {
    use tandem_domain::Day;

    use super::*;

    #[test]
    fn answers_are_those_of_the_release_that_the_logs_are_of() {
        let master = "dataset,scenario,details,user,start,end\n\
            2,1,r2.csv,OLD1,3/6/2010 1:41:56,3/20/2010 8:10:12\n\
            9.1,1,r9.1-1.csv,X1,07/01/2010 01:24:58,07/03/2010 06:52:00\n\
            9.1,3,r9.1-3.csv,X2,07/01/2010 01:24:58,07/02/2010 06:52:00\n";
        let rows = "logon,{A},07/01/2010 01:24:58,X1,PC-1,Logon\nhttp,{B},07/02/2010 01:24:58,X1,PC-1,http://a.example,words, and more\n\
            device,{C},07/03/2010 01:24:58,V1,PC-2,Connect\n";
        let files = BTreeMap::from([
            ("insiders.csv".to_owned(), master.as_bytes().to_vec()),
            ("r9.1-1.csv".to_owned(), rows.as_bytes().to_vec()),
        ]);
        let logs = BTreeSet::from(["logon.csv".to_owned(), "device.csv".to_owned()]);
        let people = BTreeSet::from(["X1", "X2", "V1"]);
        let seen = Seen {
            logs: &logs,
            people: &people,
        };
        let (mut labels, mut bad) = (Labels::default(), BadRows::default());
        read(&files, seen, &mut labels, &mut bad).unwrap();
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(bad.count, 0);
        assert_eq!(labels.visible["X1"], BTreeSet::from([day("2010-07-01")]));
        assert_eq!(labels.visible["X2"].len(), 2, "only its span is known");
        assert!(labels.all.contains(&("X1".to_owned(), day("2010-07-03"))));
        assert!(labels.all.contains(&("V1".to_owned(), day("2010-07-03"))));
        assert_eq!((labels.visible.len(), labels.scenario["X2"]), (2, 3));
    }
}
