//! What leak tests change about the data on its way in.

use std::borrow::Cow;

use tandem_baseline::{Object, ObjectKind, Observation};
use tandem_domain::Day;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Things kept to be exchanged with what comes.
const POOL: usize = 1_024;
/// Seed of the exchange.
const SEED: u64 = 0x7a11;

/// How the data is looked at.
#[derive(Debug, Default)]
pub enum Lens {
    /// As it is.
    #[default]
    Clear,
    /// Computers, files and records under other names; people are renamed at the end.
    Renamed,
    /// Who, when and with what are dealt anew among the acts after a day.
    Shuffled(Box<Shuffle>),
}

/// What waits to be exchanged.
#[derive(Debug)]
pub struct Shuffle {
    after: Day,
    count: u64,
    accounts: Vec<String>,
    times: Vec<(Day, u8, u8)>,
    objects: Vec<Vec<Object<'static>>>,
}

/// The other name of a person, account, computer or file.
pub fn renamed(name: &str) -> String {
    format!("n{:016x}", xxh3_64_with_seed(name.as_bytes(), SEED))
}

impl Lens {
    /// Everything after this day dealt anew.
    pub fn shuffled(after: Day) -> Self {
        Self::Shuffled(Box::new(Shuffle {
            after,
            count: 0,
            accounts: Vec::new(),
            times: Vec::new(),
            objects: Vec::new(),
        }))
    }

    /// One act, as this lens shows it.
    pub fn look<'t>(
        &mut self,
        account: Cow<'t, str>,
        day: Day,
        mut observation: Observation<'t>,
    ) -> (Cow<'t, str>, Day, Observation<'t>) {
        match self {
            Self::Clear => (account, day, observation),
            Self::Renamed => {
                for object in &mut observation.objects {
                    if object.kind == ObjectKind::Host {
                        object.text = Cow::Owned(renamed(&object.text));
                    }
                }
                let other = |hash: u64| xxh3_64(&hash.to_le_bytes());
                observation.file = observation.file.map(other);
                observation.record = observation.record.map(other);
                (account, day, observation)
            }
            Self::Shuffled(shuffle) if day > shuffle.after => shuffle.deal(account, day, observation),
            Self::Shuffled(_) => (account, day, observation),
        }
    }
}

impl Shuffle {
    fn deal<'t>(
        &mut self,
        account: Cow<'t, str>,
        day: Day,
        mut observation: Observation<'t>,
    ) -> (Cow<'t, str>, Day, Observation<'t>) {
        self.count += 1;
        let slot = |salt: u64| (xxh3_64_with_seed(&self.count.to_le_bytes(), SEED ^ salt) as usize) % POOL;
        let (a, b, c) = (slot(1), slot(2), slot(3));
        let account = exchange(&mut self.accounts, a, account.into_owned());
        let time = (day, observation.hour, observation.minute);
        let (day, hour, minute) = exchange(&mut self.times, b, time);
        (observation.hour, observation.minute) = (hour, minute);
        let owned = |object: Object<'t>| Object {
            kind: object.kind,
            text: Cow::Owned(object.text.into_owned()),
        };
        let objects = observation.objects.drain(..).map(owned).collect();
        observation.objects = exchange(&mut self.objects, c, objects);
        (Cow::Owned(account), day, observation)
    }
}

/// Puts a thing into a pool and takes another one out; while the pool fills, a thing already there comes once more, so that no
/// act is lost.
fn exchange<T: Clone>(pool: &mut Vec<T>, at: usize, thing: T) -> T {
    if pool.len() < POOL {
        pool.push(thing);
        let at = at % pool.len();
        return pool[at].clone();
    }
    std::mem::replace(&mut pool[at], thing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_baseline::Action;

    #[test]
    fn the_future_is_dealt_anew_and_the_past_is_not() {
        let mut lens = Lens::shuffled(Day(10));
        let mut changed = 0;
        for n in 0..5_000 {
            let (day, name) = (Day(8 + n % 5), format!("p{}", n % 50));
            let act = Observation::new(Action::Logon, (n % 24) as u8);
            let (seen, on, act) = lens.look(Cow::Borrowed(&name), day, act);
            if day <= Day(10) {
                assert_eq!(
                    (seen.as_ref(), on, act.hour),
                    (name.as_str(), day, (n % 24) as u8)
                );
            } else {
                assert!(on > Day(10), "nothing of the future may reach the past");
                changed += usize::from(seen != name);
            }
        }
        assert!(changed > 1_800, "{changed} of 2,000");
    }
}
