//! How many datagrams the kernel dropped because nobody took them in time.

use std::os::fd::AsRawFd;

/// The tables of UDP sockets: IPv4 and IPv6.
const TABLES: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];

/// The kernel's count for one socket.
#[derive(Debug)]
pub(super) struct Drops {
    inode: Option<u64>,
    seen: u64,
}

impl Drops {
    /// The count of a socket. Where there is no `/proc`, nothing is ever counted.
    pub(super) fn of(socket: &impl AsRawFd) -> Self {
        let link = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok();
        Self {
            inode: link.as_deref().and_then(std::path::Path::to_str).and_then(inode),
            seen: 0,
        }
    }

    /// How many more were dropped since it was asked last.
    pub(super) async fn more(&mut self) -> u64 {
        let Some(inode) = self.inode else {
            return 0;
        };
        for table in TABLES {
            let text = tokio::fs::read_to_string(table).await.unwrap_or_default();
            if let Some(count) = dropped(&text, inode) {
                let more = count.saturating_sub(self.seen);
                self.seen = count;
                return more;
            }
        }
        0
    }

    /// How many were dropped since the socket was opened, as far as was asked.
    pub(super) const fn all(&self) -> u64 {
        self.seen
    }
}

/// The inode of a descriptor's link: `socket:[4711]`.
fn inode(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The last column, `drops`, of the line whose tenth column is the inode (`man 5 proc_pid_net`, kernel
/// `net/ipv4/udp.c`).
fn dropped(table: &str, inode: u64) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let this: u64 = columns.get(9)?.parse().ok()?;
        if this == inode {
            columns.last()?.parse().ok()
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  123: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 17
  124: 00000000:0203 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 17 2 0000000000000000 0
broken line
";

    #[test]
    fn the_count_is_that_of_the_sockets_inode() {
        assert_eq!(dropped(TABLE, 4711), Some(17));
        assert_eq!(dropped(TABLE, 17), Some(0));
        assert_eq!(dropped(TABLE, 1), None);
        assert_eq!(inode("socket:[4711]"), Some(4711));
        assert_eq!(inode("pipe:[4711]"), None);
    }

    #[tokio::test]
    async fn a_socket_finds_its_own_line() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut drops = Drops::of(&socket);
        let inode = drops.inode.unwrap();
        let table = std::fs::read_to_string(TABLES[0]).unwrap();
        assert_eq!(dropped(&table, inode), Some(0));
        assert_eq!(drops.more().await, 0);
    }
}
