//! Chance, in streams of their own.
//!
//! Every question ("what does person 12 do on day 30?") draws from a stream named after that question. A story more or a
//! person more therefore changes nothing else, and the same seed gives the same company on every machine: the generator is
//! fixed here rather than borrowed, because libraries do not promise the same numbers from version to version, and `libm`
//! stands in for the platform's own logarithm for the same reason.

use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A stream of draws (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream for one question: a name and two numbers.
    pub(crate) fn new(seed: u64, question: &str, a: u64, b: u64) -> Self {
        let mut key = Vec::with_capacity(question.len() + 16);
        key.extend_from_slice(question.as_bytes());
        key.extend_from_slice(&a.to_le_bytes());
        key.extend_from_slice(&b.to_le_bytes());
        Self(xxh3_64_with_seed(&key, seed))
    }

    /// 64 even bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Even in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Even in 0..n; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// Even in `lo..=hi`.
    pub(crate) fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + (self.unit() * (hi - lo + 1).max(1) as f64) as i64
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Normal (Box and Muller).
    pub(crate) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        mean + sd * radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Log-normal with the given median and spread (standard deviation of the logarithm).
    pub(crate) fn spread(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(self.normal(0.0, sigma))
    }

    /// Poisson (Knuth; means above 30 by the normal).
    pub(crate) fn count(&mut self, mean: f64) -> usize {
        if mean <= 0.0 {
            return 0;
        }
        if mean > 30.0 {
            return self.normal(mean, libm::sqrt(mean)).max(0.0) as usize;
        }
        let floor = libm::exp(-mean);
        let mut product = self.unit();
        let mut count = 0;
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// A rank in 0..n where low ranks are common: the density falls with about 1/(rank + n/20).
    pub(crate) fn rank(&mut self, n: usize) -> usize {
        let start = n as f64 / 20.0 + 1.0;
        let reach = (n as f64 + start) / start;
        let rank = start * libm::pow(reach, self.unit()) - start;
        (rank as usize).min(n.saturating_sub(1))
    }

    /// One of `items`; `None` only if there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// One of `words`, or the empty text if there are none.
    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// Reorders `items` (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// `len` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        let mut text = String::with_capacity(len + 16);
        while text.len() < len {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(len);
        text
    }
}
