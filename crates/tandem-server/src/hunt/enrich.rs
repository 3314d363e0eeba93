//! What lists know about events that are shown: whose they are, what depends on the machine, where an address is, and whether a
//! value is on a threat list.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{Attr, Day, SubjectId, Timestamp};
use tandem_people::View;
use tandem_policy::{Action, DataClass};

use super::settings::ListKind;
use super::threats::{self, ThreatList};
use super::watched::Outcome;
use super::{assets, geo};
use crate::api::dto::{Enrichment, EnrichmentLists, EventDetail};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::Known;
use crate::events::{Found, detail};
use crate::http::error::ApiError;
use crate::words::EventWords as _;

/// Machines that an event speaks of.
const MACHINES: [Attr; 7] = [
    Attr::Device,
    Attr::DstHost,
    Attr::SrcHost,
    Attr::DstIp,
    Attr::SrcIp,
    Attr::UrlHost,
    Attr::Resource,
];
/// Addresses whose place is told: where it came from first.
const ADDRESSES: [Attr; 2] = [Attr::SrcIp, Attr::DstIp];

/// The lists as they are now, and what the asker may see of people.
pub(crate) struct Enricher {
    lists: Vec<ThreatList>,
    assets: Option<Outcome<assets::Assets>>,
    places: Option<Outcome<geo::Places>>,
    today: Day,
    people: Option<People>,
}

/// Whose account is whose, for who may see pseudonyms.
struct People {
    view: View,
    asker: Asker,
    case: Option<Known>,
}

impl Enricher {
    /// The lists for a look of an asker; people as they are known on `day`.
    ///
    /// # Errors
    /// When a store fails.
    pub(crate) async fn new(app: &App, asker: &Asker, day: Day) -> Result<Self, ApiError> {
        let settings = &app.config.enrichment;
        let sees = asker.can(app, Action::Search, DataClass::Story, &asker.context())
            || asker.can(
                app,
                Action::Look,
                DataClass::Story,
                &app.situation(asker, None).await?,
            );
        let people = if sees {
            let case = match &asker.case {
                // A case that is not there covers nobody.
                Some(id) => app.case(id).await.ok(),
                None => None,
            };
            Some(People {
                view: app.directory().await?.as_of(day),
                asker: asker.clone(),
                case,
            })
        } else {
            None
        };
        Ok(Self {
            lists: threats::lists(&settings.threat_lists),
            assets: settings.assets.as_deref().map(assets::read),
            places: settings.geoip.as_deref().map(geo::read),
            today: crate::pipeline::now().day(),
            people,
        })
    }

    /// What is known about each of some events, in their order.
    ///
    /// # Errors
    /// When a store fails.
    pub(crate) async fn of(&self, app: &App, events: &[Found]) -> Result<Vec<Option<Enrichment>>, ApiError> {
        let subjects = match &self.people {
            Some(people) => people.subjects(app, events).await?,
            None => BTreeMap::new(),
        };
        let one = |event: &Found| {
            let account = event.text("account").unwrap_or_default();
            let known = Enrichment {
                subject: subjects.get(account).map(ToString::to_string),
                ..self.without_people(event)
            };
            (known != Enrichment::default()).then_some(known)
        };
        Ok(events.iter().map(one).collect())
    }

    fn without_people(&self, event: &Found) -> Enrichment {
        let of = |attrs: &'static [Attr]| attrs.iter().filter_map(|attr| event.attr(*attr));
        let assets = self.assets.as_ref().and_then(|file| (**file).as_ref().ok());
        let places = self.places.as_ref().and_then(|file| (**file).as_ref().ok());
        let threats = self.lists.iter();
        Enrichment {
            subject: None,
            asset: assets.and_then(|assets| assets.find(of(&MACHINES))),
            geo: places.and_then(|places| places.find(of(&ADDRESSES))),
            threats: threats
                .filter_map(|list| list.found(|kind| values(event, kind), self.today))
                .collect(),
        }
    }
}

/// The values of an event that a list of a kind is about.
fn values(event: &Found, kind: ListKind) -> Vec<&str> {
    let attrs: &[Attr] = match kind {
        ListKind::Ip => &[Attr::DstIp, Attr::SrcIp],
        ListKind::Domain => &[Attr::UrlHost, Attr::DstHost, Attr::EmailFrom, Attr::EmailTo],
        ListKind::Hash => &[Attr::FileHash],
        ListKind::Url => &[Attr::Url],
        ListKind::Account => &[Attr::ActorUser, Attr::TargetUser],
    };
    let values = attrs.iter().filter_map(|attr| event.attr(*attr));
    match kind {
        // Of a mail address the domain; several are joined with `;`.
        ListKind::Domain => values
            .flat_map(|value| value.split(';'))
            .map(|value| value.rsplit('@').next().unwrap_or(value).trim_end_matches('>'))
            .collect(),
        ListKind::Account => values.chain(event.text("account")).collect(),
        _ => values.collect(),
    }
}

impl People {
    /// The pseudonyms of the accounts that acted, as far as the asker may see them.
    async fn subjects(&self, app: &App, events: &[Found]) -> Result<BTreeMap<String, SubjectId>, ApiError> {
        let accounts: BTreeSet<&str> = events.iter().filter_map(|event| event.text("account")).collect();
        let mut people: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for account in accounts {
            let key = self.view.resolve(account).key.to_string();
            people.entry(key).or_default().push(account);
        }
        let keys: Vec<String> = people.keys().cloned().collect();
        let mut found = BTreeMap::new();
        for (person, subject) in app.store.pseudonyms_of(&keys).await? {
            if !self.may_see(app, &subject) {
                continue;
            }
            for account in people.get(&person).into_iter().flatten() {
                found.insert((*account).to_owned(), subject.clone());
            }
        }
        Ok(found)
    }

    fn may_see(&self, app: &App, subject: &SubjectId) -> bool {
        let context = match &self.case {
            Some(known) if known.case.subjects.contains(subject) => {
                app.case_context(&self.asker, &known.case)
            }
            _ => self.asker.context().about(subject),
        };
        self.asker.can(app, Action::Look, DataClass::Story, &context)
    }
}

impl App {
    /// One event whole, with what lists know about it, without the rules that matched it.
    ///
    /// # Errors
    /// When a store fails.
    pub(crate) async fn shown_event(&self, asker: &Asker, row: &Found) -> Result<EventDetail, ApiError> {
        let time = row.text("time").and_then(Timestamp::parse_rfc3339);
        let day = time.unwrap_or_else(crate::pipeline::now).day();
        let enricher = Enricher::new(self, asker, day).await?;
        let known = enricher.of(self, std::slice::from_ref(row)).await?;
        let enrichment = known.into_iter().flatten().next();
        let asset = enrichment.as_ref().and_then(|known| known.asset.as_ref());
        Ok(EventDetail {
            asset_criticality: asset.map(|asset| asset.criticality.clone()),
            enrichment,
            ..detail(row)
        })
    }

    /// The lists of the settings and their state.
    ///
    /// # Errors
    /// Forbidden, or a store fails.
    pub async fn enrichment_lists(&self, asker: &Asker) -> Result<EnrichmentLists, ApiError> {
        super::may_search(self, asker, None, &[]).await?;
        let settings = &self.config.enrichment;
        let today = crate::pipeline::now().day();
        Ok(EnrichmentLists {
            lists: threats::lists(&settings.threat_lists)
                .iter()
                .map(|list| list.view(today))
                .collect(),
            assets: settings.assets.as_deref().map(assets::view),
            geoip: settings.geoip.as_deref().map(geo::view),
        })
    }
}
