//! What counts as one client.

use std::net::IpAddr;

/// A client's network: one IPv4 address, or the /56 of an IPv6 address, which is what one household or small site is given
/// (RIPE-690 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// The network of an address. IPv4 written as IPv6 is IPv4.
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(IpAddr::V4(v4)),
            IpAddr::V6(v6) => {
                let prefix = v6.to_bits() & (u128::MAX << 72);
                Self(IpAddr::V6(std::net::Ipv6Addr::from_bits(prefix)))
            }
        }
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        }
    }
}
