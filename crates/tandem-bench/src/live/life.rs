//! What another process uses, as `/proc` tells it.

use std::fs;

/// Processor time and memory over all lives of a program.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// Processor seconds of all threads.
    pub cpu_seconds: f64,
    /// The largest resident size of any life, MiB.
    pub peak_mib: f64,
}

impl Used {
    /// Adds another life.
    pub fn add(&mut self, life: Self) {
        self.cpu_seconds += life.cpu_seconds;
        self.peak_mib = self.peak_mib.max(life.peak_mib);
    }
}

/// What a process has used so far; nothing where `/proc` does not tell.
pub fn of_process(id: u32) -> Used {
    let of = |name: &str| fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
    read(&of("stat"), &of("status"))
}

fn read(stat: &str, status: &str) -> Used {
    // utime and stime, in ticks of which there are 100 in a second (proc(5), fields 14 and 15). The program's name, in
    // brackets, may hold blanks.
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u64>().ok())
        .sum();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    Used {
        cpu_seconds: ticks as f64 / 100.0,
        peak_mib: kib.unwrap_or_default() / 1_024.0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Used, read};

    #[test]
    fn time_and_size_are_found_behind_a_name_with_blanks() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 8 0 100";
        let status = "Name:\ta\nVmPeak:\t  999999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 1024 kB\n";
        let mut used = read(stat, status);
        let wanted = Used {
            cpu_seconds: 3.0,
            peak_mib: 2.0,
        };
        assert_eq!(used, wanted);
        used.add(read(stat, ""));
        assert_eq!((used.cpu_seconds, used.peak_mib), (6.0, 2.0));
    }
}
