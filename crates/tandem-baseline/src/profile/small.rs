//! A number in two bytes: what a subject's state is made of.

use serde::{Deserialize, Serialize};

/// Biased exponent of the smallest number kept, 2^-14.
const LEAST: u32 = 113;
/// Bits of a 32-bit float's mantissa that are dropped.
const DROPPED: u32 = 13;

/// A number from 2^-14 to 2^50 without a sign, to three significant digits: 6 bits of exponent, 10 of mantissa. Smaller ones
/// are 0. What fades by 0.4 % a day still fades, at twice to eight times the last digit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Small(u16);

impl Small {
    /// The nearest such number.
    pub(crate) fn new(value: f32) -> Self {
        let offset = LEAST << (23 - DROPPED);
        // Half of the last digit more rounds to the nearest.
        let bits = value.max(0.0).to_bits().saturating_add(1 << (DROPPED - 1)) >> DROPPED;
        Self(bits.saturating_sub(offset).min(u32::from(u16::MAX)) as u16)
    }

    /// Its value.
    pub(crate) fn get(self) -> f32 {
        match self.0 {
            0 => 0.0,
            bits => f32::from_bits((u32::from(bits) + (LEAST << (23 - DROPPED))) << DROPPED),
        }
    }

    /// As bytes, for where two of them must not be aligned.
    pub(crate) const fn to_bytes(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }

    /// Back from [`Self::to_bytes`].
    pub(crate) const fn from_bytes(bytes: [u8; 2]) -> Self {
        Self(u16::from_le_bytes(bytes))
    }

    /// Adds.
    pub(crate) fn add(&mut self, more: f32) {
        *self = Self::new(self.get() + more);
    }

    /// Multiplies.
    pub(crate) fn scale(&mut self, by: f32) {
        *self = Self::new(self.get() * by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits_and_the_ends_hold() {
        for value in [1.0, 43.8, 0.02, 1e-3, 123_456.0, 9.87e12] {
            let kept = Small::new(value).get();
            assert!((kept - value).abs() <= value / 2_000.0, "{value} became {kept}");
        }
        assert_eq!(Small::new(0.0).get(), 0.0);
        assert_eq!(Small::new(-3.0).get(), 0.0);
        assert_eq!(Small::new(1e-6).get(), 0.0);
        assert!(Small::new(f32::MAX).get() > 1e15);
    }

    #[test]
    fn the_slow_half_life_is_kept_within_a_twentieth() {
        let daily = crate::settings::decay(180.0) as f32;
        for start in [1.0_f32, 37.0, 5e6] {
            let mut number = Small::new(start);
            (0..180).for_each(|_| number.scale(daily));
            let left = number.get() / start;
            assert!((left - 0.5).abs() < 0.025, "{start}: {left}");
        }
    }
}
