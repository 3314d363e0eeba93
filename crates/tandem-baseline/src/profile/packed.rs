//! Lists of a subject's state in as few bytes as they need: a list of which most entries are nothing, and one whose keys are
//! close to each other.

use serde::{Deserializer, Serializer};

use super::small::Small;

/// Hours of the week (168 numbers, or none): a bit for each that is above 0, then those.
pub(super) mod hours {
    use std::borrow::Cow;

    use super::super::hours::WEEK_HOURS;
    use super::{Deserializer, Serializer, Small};

    const BITS: usize = WEEK_HOURS / 8;

    pub(crate) fn serialize<S: Serializer>(hours: &[Small], serializer: S) -> Result<S::Ok, S::Error> {
        serde_bytes::serialize(&pack(hours), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Small>, D::Error> {
        let bytes: Cow<'de, [u8]> = serde_bytes::deserialize(deserializer)?;
        unpack(&bytes).ok_or_else(|| serde::de::Error::custom("hours of the week are damaged"))
    }

    /// Bytes of the list with its length.
    pub(crate) fn size(hours: &[Small]) -> usize {
        let above = hours.iter().filter(|number| **number != Small::default()).count();
        let bytes = if hours.is_empty() { 0 } else { BITS + 2 * above };
        // Of a length above 127 seven bits go into each byte.
        bytes + if bytes < 128 { 1 } else { 2 }
    }

    pub(super) fn pack(hours: &[Small]) -> Vec<u8> {
        if hours.is_empty() {
            return Vec::new();
        }
        let mut bits = [0_u8; BITS];
        let mut numbers = Vec::with_capacity(2 * hours.len());
        for (hour, number) in hours.iter().enumerate() {
            if *number != Small::default()
                && let Some(byte) = bits.get_mut(hour / 8)
            {
                *byte |= 1 << (hour % 8);
                numbers.extend(number.to_bytes());
            }
        }
        [&bits[..], &numbers].concat()
    }

    pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<Small>> {
        if bytes.is_empty() {
            return Some(Vec::new());
        }
        let (bits, numbers) = bytes.split_first_chunk::<BITS>()?;
        let (numbers, rest) = numbers.as_chunks::<2>();
        let mut numbers = numbers.iter();
        let mut hours = Vec::with_capacity(WEEK_HOURS);
        for hour in 0..WEEK_HOURS {
            let set = bits.get(hour / 8).is_some_and(|byte| byte >> (hour % 8) & 1 == 1);
            hours.push(if set {
                Small::from_bytes(*numbers.next()?)
            } else {
                Small::default()
            });
        }
        (numbers.next().is_none() && rest.is_empty()).then_some(hours)
    }
}

/// Days by channel and bin, sorted by both: how far the bin is from the one before; for the first of a channel 0, the channel
/// and the bin.
pub(super) mod bins {
    use std::borrow::Cow;

    use super::super::rate::Bin;
    use super::{Deserializer, Serializer, Small};

    pub(crate) fn serialize<S: Serializer>(bins: &[Bin], serializer: S) -> Result<S::Ok, S::Error> {
        serde_bytes::serialize(&pack(bins), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Bin>, D::Error> {
        let bytes: Cow<'de, [u8]> = serde_bytes::deserialize(deserializer)?;
        unpack(&bytes).ok_or_else(|| serde::de::Error::custom("days by count are damaged"))
    }

    pub(super) fn pack(bins: &[Bin]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 * bins.len());
        let mut last: Option<(u8, u8)> = None;
        for Bin { channel, bin, days } in bins {
            match last.filter(|(before, _)| before == channel) {
                Some((_, before)) => bytes.push(bin.saturating_sub(before)),
                None => bytes.extend([0, *channel, *bin]),
            }
            bytes.extend(days.to_bytes());
            last = Some((*channel, *bin));
        }
        bytes
    }

    pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<Bin>> {
        let mut bins = Vec::with_capacity(bytes.len() / 3);
        let mut rest = bytes;
        let (mut channel, mut bin) = (0, 0_u8);
        while let Some((far, after)) = rest.split_first() {
            rest = after;
            if *far == 0 {
                let ([first, second], after) = rest.split_first_chunk::<2>()?;
                (channel, bin, rest) = (*first, *second, after);
            } else {
                bin = bin.checked_add(*far)?;
            }
            let (days, after) = rest.split_first_chunk::<2>()?;
            rest = after;
            let days = Small::from_bytes(*days);
            bins.push(Bin { channel, bin, days });
        }
        Some(bins)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rate::Bin;
    use super::*;

    #[test]
    fn hours_come_back_as_they_were_and_what_is_cut_is_told() {
        let mut week = vec![Small::default(); 168];
        assert_eq!(hours::unpack(&hours::pack(&week)).unwrap(), week);
        assert!(hours::unpack(&hours::pack(&[])).unwrap().is_empty());
        for hour in [0, 7, 8, 50, 167] {
            week[hour] = Small::new(1.0 + hour as f32);
        }
        let packed = hours::pack(&week);
        assert_eq!(packed.len(), 21 + 5 * 2);
        assert_eq!(hours::unpack(&packed).unwrap(), week);
        assert!(hours::unpack(&packed[..30]).is_none());
        assert!(hours::unpack(&packed[..20]).is_none());
    }

    #[test]
    fn days_by_count_come_back_as_they_were_and_what_is_cut_is_told() {
        let bin = |channel, bin, days| Bin {
            channel,
            bin,
            days: Small::new(days),
        };
        let all = [
            bin(0, 0, 1.0),
            bin(0, 255, 2.0),
            bin(3, 3, 0.5),
            bin(3, 4, 7.0),
            bin(9, 1, 100.0),
        ];
        let packed = bins::pack(&all);
        assert_eq!(packed.len(), 5 * 3 + 3 * 2);
        assert_eq!(bins::unpack(&packed).unwrap(), all);
        assert!(bins::unpack(&packed[..packed.len() - 1]).is_none());
        assert!(
            bins::unpack(&[1, 0, 0, 255, 0, 0]).is_none(),
            "no bin beyond the last"
        );
    }
}
