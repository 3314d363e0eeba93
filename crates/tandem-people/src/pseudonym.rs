//! Pseudonyms: stable, keyed, and without the key no way back.

use std::collections::HashMap;

use tandem_domain::SubjectId;

/// Crockford's base 32: no I, L, O, U, so that a pseudonym can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of an ordinary pseudonym: 40 bits.
const SHORT: usize = 8;
/// Characters of a pseudonym that had to give way: 80 bits.
const LONG: usize = 16;

/// The pseudonym of a person's key: `S-` and 8 characters of keyed BLAKE3, 40 bits.
///
/// Two of n people share one with a probability of about n²/2⁴¹: one in 240,000 at 3,000 people, about one in three at
/// 1 million. Use [`Pseudonyms`] wherever a subject is created: it notices and gives the later one a longer pseudonym.
pub fn pseudonym(key: &[u8; 32], person: &str) -> SubjectId {
    written(key, person, SHORT)
}

fn written(key: &[u8; 32], person: &str, length: usize) -> SubjectId {
    let hash = blake3::keyed_hash(key, person.as_bytes());
    let mut bits = hash.as_bytes().iter().copied();
    let mut text = String::with_capacity(2 + length);
    text.push_str("S-");
    let (mut held, mut count) = (0_u32, 0_u32);
    while text.len() < 2 + length {
        if count < 5 {
            // 32 bytes of hash hold far more than 16 characters need.
            held = (held << 8) | u32::from(bits.next().unwrap_or_default());
            count += 8;
        }
        count -= 5;
        let letter = ALPHABET
            .get(((held >> count) & 31) as usize)
            .copied()
            .unwrap_or(b'0');
        text.push(char::from(letter));
    }
    SubjectId(text)
}

/// Gives each person one pseudonym and no pseudonym to two people.
///
/// Pairs that were given out before are put back with [`Pseudonyms::restore`]; so whoever was first keeps the short one, also
/// after a restart.
pub struct Pseudonyms {
    key: [u8; 32],
    by_person: HashMap<String, SubjectId>,
    by_subject: HashMap<SubjectId, String>,
}

impl Pseudonyms {
    /// An empty registry under a secret key.
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            by_person: HashMap::new(),
            by_subject: HashMap::new(),
        }
    }

    /// Puts back a pair given out earlier.
    pub fn restore(&mut self, person: &str, subject: SubjectId) {
        self.by_subject.insert(subject.clone(), person.to_owned());
        self.by_person.insert(person.to_owned(), subject);
    }

    /// The person's pseudonym, made at the first call.
    pub fn of(&mut self, person: &str) -> SubjectId {
        if let Some(known) = self.by_person.get(person) {
            return known.clone();
        }
        let short = written(&self.key, person, SHORT);
        let taken = self.by_subject.get(&short).is_some_and(|other| other != person);
        let subject = if taken {
            written(&self.key, person, LONG)
        } else {
            short
        };
        self.restore(person, subject.clone());
        subject
    }

    /// The person's key behind a pseudonym that this registry gave out.
    pub fn person(&self, subject: &SubjectId) -> Option<&str> {
        self.by_subject.get(subject).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_stable_short_and_depends_on_the_key() {
        let one = pseudonym(&[7; 32], "anna");
        assert_eq!(one, pseudonym(&[7; 32], "anna"));
        assert_ne!(one, pseudonym(&[8; 32], "anna"));
        assert_ne!(one, pseudonym(&[7; 32], "bert"));
        assert_eq!(one.as_str().len(), 10);
        assert!(one.as_str().starts_with("S-"));
        assert!(
            one.as_str().bytes().skip(2).all(|b| ALPHABET.contains(&b)),
            "{one}"
        );
    }

    #[test]
    fn the_five_bit_groups_are_those_of_the_hash() {
        let hash = blake3::keyed_hash(&[7; 32], b"anna");
        let number = hash
            .as_bytes()
            .iter()
            .take(5)
            .fold(0_u64, |n, b| (n << 8) | u64::from(*b));
        let by_hand: String = (0..8)
            .rev()
            .map(|i| char::from(ALPHABET[((number >> (5 * i)) & 31) as usize]))
            .collect();
        assert_eq!(pseudonym(&[7; 32], "anna").0, format!("S-{by_hand}"));
    }

    #[test]
    fn whoever_comes_second_to_a_pseudonym_gets_a_longer_one() {
        let mut names = Pseudonyms::new([7; 32]);
        names.restore("somebody else", pseudonym(&[7; 32], "anna"));
        let anna = names.of("anna");
        assert_eq!(anna.as_str().len(), 18);
        assert_eq!(names.of("anna"), anna);
        assert_eq!(names.person(&anna), Some("anna"));
        assert_eq!(names.person(&pseudonym(&[7; 32], "anna")), Some("somebody else"));
    }
}
