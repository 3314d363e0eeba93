//! What the people of a made-up company do, day by day: everybody uses every source there is, so that everything that can be
//! known of somebody is known.

use std::borrow::Cow;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tandem_baseline::{Action, DayActivity, Object, ObjectKind, Observation};
use tandem_domain::Day;

/// People of a team.
pub const TEAM: usize = 20;
/// Teams whose people have the same role.
const TEAMS_OF_ROLE: usize = 10;
/// Share of evenings somebody works on.
const EVENING: f64 = 0.08;

/// One person of the company.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    seed: u64,
    number: usize,
}

/// How many different objects of a kind: the team's, one's own, and new ones a day.
struct Pool {
    kind: ObjectKind,
    team: u32,
    own: u32,
    new: f64,
}

const fn pool(kind: ObjectKind, team: u32, own: u32, new: f64) -> Pool {
    Pool { kind, team, own, new }
}

/// What is used of each kind, by position of [`ObjectKind::ALL`].
const POOLS: [Pool; ObjectKind::COUNT] = [
    pool(ObjectKind::Host, 3, 2, 0.02),
    pool(ObjectKind::Peripheral, 0, 2, 0.01),
    pool(ObjectKind::Share, 5, 1, 0.02),
    pool(ObjectKind::Domain, 20, 40, 2.0),
    pool(ObjectKind::Recipient, 5, 20, 0.3),
    pool(ObjectKind::Resource, 6, 2, 0.05),
    pool(ObjectKind::Program, 10, 6, 0.05),
    pool(ObjectKind::Origin, 0, 2, 0.01),
    pool(ObjectKind::Door, 4, 1, 0.01),
    pool(ObjectKind::Administered, 2, 4, 0.05),
    pool(ObjectKind::Label, 3, 0, 0.0),
];

/// Acts on a usual day; what is below 1 is done every few days or weeks.
const fn acts(action: Action) -> f64 {
    match action {
        Action::WebVisit | Action::FileRead | Action::RecordRead => 12.0,
        Action::FileWrite | Action::MailInternal | Action::ProcessStart | Action::Network => 6.0,
        Action::Logon | Action::Logoff | Action::BadgeEntry | Action::ShareAccess | Action::CloudView => 2.5,
        Action::MailExternal | Action::DatabaseRead | Action::RecordChange | Action::CloudDownload => 1.0,
        Action::Print | Action::CloudUpload | Action::FileRename | Action::FileDelete | Action::Vpn => 0.4,
        Action::CloudShare | Action::DatabaseWrite | Action::RemoteSession | Action::DeviceConnect => 0.2,
        Action::RemovableCopy | Action::WebUpload | Action::ScriptRun | Action::RecordExport => 0.1,
        _ => 0.04,
    }
}

/// The kinds of objects an act is done with.
const fn kinds(action: Action) -> &'static [ObjectKind] {
    match action {
        Action::Logon | Action::Logoff | Action::RemoteSession => &[ObjectKind::Host],
        Action::Vpn | Action::LogonFailed => &[ObjectKind::Origin],
        Action::BadgeEntry | Action::BadgeDenied => &[ObjectKind::Door],
        Action::DeviceConnect | Action::RemovableCopy => &[ObjectKind::Peripheral],
        Action::ShareAccess | Action::FileRead | Action::FileWrite => &[ObjectKind::Share],
        Action::WebVisit | Action::WebUpload | Action::Network => &[ObjectKind::Domain],
        Action::MailExternal => &[ObjectKind::Recipient],
        Action::ProcessStart | Action::ScriptRun => &[ObjectKind::Program],
        Action::AdminAct | Action::SystemChange => &[ObjectKind::Administered],
        Action::Print | Action::CloudView | Action::CloudDownload | Action::FileEncrypt => {
            &[ObjectKind::Resource, ObjectKind::Label]
        }
        _ => &[ObjectKind::Resource],
    }
}

impl Person {
    /// One of a company's people.
    pub const fn new(seed: u64, number: usize) -> Self {
        Self { seed, number }
    }

    /// A pseudonym.
    pub fn name(self) -> String {
        format!("subject-{:08}", self.number)
    }

    /// The groups of the organisation, closest first.
    pub fn groups(self) -> [String; 3] {
        let team = self.number / TEAM;
        let role = team / TEAMS_OF_ROLE;
        [
            format!("people|team|{team}"),
            format!("people|role|{role}"),
            "people|all".to_owned(),
        ]
    }

    /// What was done on a day; nothing on days of rest and on one working day in ten.
    pub fn day(self, day: Day) -> DayActivity {
        let mut done = DayActivity::default();
        let seed = self.seed ^ (self.number as u64) << 24 ^ day.0 as u64;
        let mut dice = SmallRng::seed_from_u64(seed);
        if day.is_weekend() || dice.random_bool(0.1) {
            return done;
        }
        let evening = dice.random_bool(EVENING);
        for action in Action::ALL
            .iter()
            .filter(|a| !matches!(a, Action::Confidential | Action::Denied))
        {
            let usual = acts(*action);
            let most = (2.0 * usual).round() as u32;
            let count = if usual < 1.0 {
                u32::from(dice.random_bool(usual))
            } else {
                dice.random_range(0..=most)
            };
            for _ in 0..count {
                done.add(&self.act(*action, evening, day, &mut dice));
            }
        }
        done
    }

    fn act(self, action: Action, evening: bool, day: Day, dice: &mut SmallRng) -> Observation<'static> {
        let hour = match evening && dice.random_bool(0.3) {
            true => dice.random_range(19..24),
            false => dice.random_range(8..18),
        };
        let mut seen = Observation::new(action, hour);
        seen.bytes = u64::from(action.has_volume()) * dice.random_range(1_000..5_000_000);
        seen.items = u32::from(action == Action::DatabaseRead) * dice.random_range(1..500);
        seen.confidential = dice.random_bool(0.02);
        seen.denied = dice.random_bool(0.01);
        seen.file = Some(dice.random());
        if matches!(
            action,
            Action::RecordRead | Action::RecordChange | Action::RecordExport
        ) {
            // A case load that moves on by ten records a day.
            let team = (self.number / TEAM) as u64;
            let record = (day.0 as u64) * 10 + dice.random_range(0..150_u64);
            seen.record = Some(record_hash(team, record));
        }
        let objects = kinds(action).iter().filter_map(|kind| POOLS.get(kind.index()));
        seen.objects = objects.filter_map(|pool| self.object(pool, dice)).collect();
        seen
    }

    fn object(self, pool: &Pool, dice: &mut SmallRng) -> Option<Object<'static>> {
        let Pool { kind, team, own, new } = *pool;
        // Objects are picked a few times a day, so new ones a day are spread over that.
        if dice.random_bool((new / 12.0).min(1.0)) {
            return Some(named(
                kind,
                format!("new {} {}", self.number, dice.random::<u32>()),
            ));
        }
        let pick = dice.random_range(0..(team + own).max(1));
        let text = if pick < team {
            format!("team {} {pick}", self.number / TEAM)
        } else {
            format!("own {} {pick}", self.number)
        };
        Some(named(kind, text))
    }
}

fn named(kind: ObjectKind, text: String) -> Object<'static> {
    Object {
        kind,
        text: Cow::Owned(text),
    }
}

fn record_hash(team: u64, record: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(&record.to_le_bytes(), team)
}
