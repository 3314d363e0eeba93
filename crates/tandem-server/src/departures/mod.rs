//! A subject's departures from what is usual: each in three sentences, with the picture behind them.
//!
//! The sentences are those of the day's analysis. The picture is told anew from the days of activity that are still kept, by
//! the hours that were the subject's own then.

mod own;
mod picture;
#[cfg(test)]
mod tests;
mod values;
mod view;

use std::collections::{BTreeMap, HashMap};

use tandem_baseline::DayActivity;
use tandem_domain::{Day, SubjectId};
use tandem_people::{Person, View};

use self::own::own_sentence;
use self::picture::{Around, Days, PEER_DAYS, picture};
pub use self::view::{
    DayValue, DepartureView, DeparturesView, PastBand, PeerValues, Picture, PictureKind, PictureUnit,
};
use crate::api::card::PEERS;
use crate::app::App;
use crate::pipeline::departures::UnusualDay;
use crate::service::{ServiceError, instant};

/// How far back departures are told, days.
const BACK: i32 = 60;
/// Most days told.
const MOST_DAYS: usize = 10;
/// Most channels told of a day.
const CHANNELS: usize = 4;
/// How far back earlier active days are sought, days.
const PAST: i32 = 180;
/// Most peers looked at.
pub(crate) const MOST_PEERS: usize = 100;

/// Accounts of the subject and of its peers as known on a day.
struct Known {
    own: Vec<String>,
    /// Empty if there are too few peers to be shown.
    peers: Vec<Vec<String>>,
}

impl App {
    /// A subject's departures up to `at` (RFC 3339 or a day), or up to the end of the last day analysed.
    ///
    /// # Errors
    /// When there is no such subject or a store fails.
    pub async fn departures(&self, id: &str, at: Option<&str>) -> Result<DeparturesView, ServiceError> {
        let row = self.subject_row(id).await?;
        let last = self.store.analysed_to().await?.unwrap_or_default();
        let at = instant(at, false)?.unwrap_or(last.end());
        // What a day came to is known at its end.
        let to = if at < at.day().end() {
            at.day().plus(-1)
        } else {
            at.day()
        };
        let from = to.plus(-BACK);
        let kept = self
            .store
            .departures_of(&row.subject, from, to, MOST_DAYS)
            .await?;
        let told = kept
            .iter()
            .map(|row| Ok((row.day, serde_json::from_str(&row.body)?)))
            .collect::<Result<Vec<(Day, UnusualDay)>, ServiceError>>()?;
        let mut seen = Seen::of(self, &told);
        let people = self.people_of(&told).await?;
        let mut cursor = self.directory().await?.cursor();
        let mut departures = Vec::new();
        // Forward, because what was known of people is walked that way.
        for (day, unusual) in told.iter().rev() {
            let known = known(cursor.at(*day), &row.person, unusual, &people);
            departures.push(seen.told(*day, unusual, &known).await?);
        }
        departures.reverse();
        Ok(DeparturesView {
            at: at.to_string(),
            from: from.to_string(),
            departures: departures.into_iter().flatten().collect(),
        })
    }

    /// Who is behind the pseudonyms of peers, if any are named.
    async fn people_of(
        &self,
        told: &[(Day, UnusualDay)],
    ) -> Result<BTreeMap<SubjectId, String>, ServiceError> {
        if told.iter().all(|(_, unusual)| unusual.same_things.is_empty()) {
            return Ok(BTreeMap::new());
        }
        let known = self.store.pseudonyms().await?;
        Ok(known
            .into_iter()
            .map(|(person, subject)| (subject, person))
            .collect())
    }
}

fn known(view: &View, person: &str, unusual: &UnusualDay, people: &BTreeMap<SubjectId, String>) -> Known {
    let Some(known) = view.person(person) else {
        // A provisional person is its account.
        return Known {
            own: vec![person.strip_prefix("account:").unwrap_or(person).to_owned()],
            peers: Vec::new(),
        };
    };
    let accounts = |accounts: &[std::sync::Arc<str>]| accounts.iter().map(ToString::to_string).collect();
    let same_things = unusual.same_things.iter();
    let mut members: Vec<&Person> = same_things
        .filter_map(|subject| view.person(people.get(&SubjectId(subject.clone()))?))
        .collect();
    if unusual.same_things.is_empty() {
        members = view.peers(known, PEERS).members;
    }
    let enough = members.len() >= PEERS;
    Known {
        own: accounts(&known.accounts),
        peers: members
            .into_iter()
            .filter(|_| enough)
            .take(MOST_PEERS)
            .map(|peer| accounts(&peer.accounts))
            .collect(),
    }
}

/// Days of activity that were read already, by account.
struct Seen<'a> {
    app: &'a App,
    /// First and last day that departures are told of.
    span: (Day, Day),
    days: HashMap<String, Vec<(Day, DayActivity)>>,
}

impl<'a> Seen<'a> {
    fn of(app: &'a App, told: &[(Day, UnusualDay)]) -> Self {
        let days = || told.iter().map(|(day, _)| *day);
        Self {
            app,
            span: (days().min().unwrap_or_default(), days().max().unwrap_or_default()),
            days: HashMap::new(),
        }
    }

    /// One unusual day's channels with their pictures.
    async fn told(
        &mut self,
        day: Day,
        unusual: &UnusualDay,
        known: &Known,
    ) -> Result<Vec<DepartureView>, ServiceError> {
        let own = self.together(&known.own, day, PAST).await?;
        let mut peers = Vec::with_capacity(known.peers.len());
        for accounts in &known.peers {
            peers.push(self.together(accounts, day, PEER_DAYS - 1).await?);
        }
        let around = Around {
            day,
            hours: unusual.own_hours,
            own: &own,
            peers: &peers,
        };
        let told = unusual.channels.iter().take(CHANNELS).map(|found| {
            let drawn = picture(found, &around);
            let own = drawn.as_ref().map(|drawn| own_sentence(found, drawn));
            DepartureView {
                day: day.to_string(),
                channel: found.channel.clone(),
                title: found.title.clone(),
                what: found.what.clone(),
                own: own.unwrap_or_else(|| found.own.clone()),
                peers: found.peers.clone(),
                share: found.share,
                picture: drawn,
            }
        });
        Ok(told.collect())
    }

    /// The days of some accounts of one person, up to and with `day`, as one.
    async fn together(&mut self, accounts: &[String], day: Day, back: i32) -> Result<Days, ServiceError> {
        let mut days = Days::new();
        for account in accounts {
            if !self.days.contains_key(account) {
                let read = self.read(account, back).await?;
                self.days.insert(account.clone(), read);
            }
            let known = self.days.get(account).map(Vec::as_slice).unwrap_or_default();
            for (at, part) in known
                .iter()
                .filter(|(at, _)| day.plus(-back) <= *at && *at <= day)
            {
                days.entry(*at).or_default().merge(part);
            }
        }
        Ok(days)
    }

    async fn read(&self, account: &str, back: i32) -> Result<Vec<(Day, DayActivity)>, ServiceError> {
        let (first, last) = (self.span.0.plus(-back), self.span.1);
        let rows = self.app.store.activity_of_account(account, first, last).await?;
        // What another version wrote is no part of the picture.
        let read = rows
            .into_iter()
            .filter_map(|(day, body)| Some((day, DayActivity::decode(&body).ok()?)));
        Ok(read.collect())
    }
}
