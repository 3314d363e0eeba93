//! Where an act is done from: which account, on which machine, with which address.

use tandem_domain::Day;

use crate::act::Seat;
use crate::calendar::SITES;
use crate::company::{Company, Person, SERVICES, server};
use crate::rhythm::Place;

/// Where the acts of a plot are done from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// The own account on the own machine, wherever the person works that day.
    Usual,
    /// The own account and machine, at the site.
    Office,
    /// The own account and machine, through the VPN.
    Tunnel,
    /// The own administration account and the own machine, at the site.
    Admin,
    /// The own administration account through the VPN.
    AdminTunnel,
    /// The account of somebody else, on the own machine.
    AccountOf(usize),
    /// A service account on its server.
    Service(usize),
}

impl<'a> Seat<'a> {
    /// The seat of a person at a place.
    pub(crate) fn of(person: &'a Person, place: Place) -> Self {
        Self {
            account: &person.account,
            rid: person.rid,
            key: &person.key,
            host: &person.host,
            ip: if place == Place::Office {
                person.ip
            } else {
                person.tunnel_ip()
            },
            public_ip: match place {
                Place::Office => [192, 0, 2, 10 * (person.site as u8 + 1)],
                Place::Home => person.home_ip(),
                Place::Abroad(country) => {
                    let hash = xxhash_rust::xxh3::xxh3_64_with_seed(country.as_bytes(), person.id());
                    [198, 19, (hash % 250) as u8, (hash >> 8) as u8 % 250 + 2]
                }
            },
            site: SITES.get(person.site).map_or("", |s| s.name),
        }
    }

    /// The same machine with the person's administration account, if there is one.
    pub(crate) fn admin(person: &'a Person, place: Place) -> Option<Self> {
        let account = person.admin.as_deref()?;
        Some(Self {
            account,
            rid: person.rid + 1,
            ..Self::of(person, place)
        })
    }

    /// The seat of a service account.
    pub(crate) fn service(n: usize) -> Seat<'static> {
        let service = SERVICES.get(n).unwrap_or(&SERVICES[0]);
        let host = server(service.host);
        Seat {
            account: service.account,
            rid: 1_100 + n as u32,
            key: service.key,
            host: host.host,
            ip: host.ip,
            public_ip: [192, 0, 2, 10],
            site: SITES[0].name,
        }
    }
}

impl Company {
    /// The seat of a post on a local day.
    pub(crate) fn post<'a>(&'a self, person: &'a Person, post: Post, day: Day) -> Seat<'a> {
        match post {
            Post::Usual => Seat::of(
                person,
                self.presence(person, day).map_or(Place::Home, |p| p.place),
            ),
            Post::Office => Seat::of(person, Place::Office),
            Post::Tunnel => Seat::of(person, Place::Home),
            Post::Admin => {
                Seat::admin(person, Place::Office).unwrap_or_else(|| Seat::of(person, Place::Office))
            }
            Post::AdminTunnel => {
                Seat::admin(person, Place::Home).unwrap_or_else(|| Seat::of(person, Place::Home))
            }
            Post::AccountOf(other) => {
                let owner = self.person(other);
                Seat {
                    account: &owner.account,
                    rid: owner.rid,
                    ..Seat::of(person, Place::Office)
                }
            }
            Post::Service(n) => Seat::service(n),
        }
    }
}
