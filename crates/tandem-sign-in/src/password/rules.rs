//! Which passwords are accepted: long ones that are not easily guessed. No composition rules, no expiry
//! (NIST SP 800-63B-4 section 3.1.1.2).

use std::fmt;

use zxcvbn::feedback::Warning;
use zxcvbn::{Score, zxcvbn};

use super::Password;

/// Shortest part of a password that must remain when the context's words are taken out, characters.
const OWN_PART: usize = 8;
/// Context words shorter than this say nothing, characters.
const SHORTEST_WORD: usize = 3;
/// At most this many context words are looked at.
const MAX_WORDS: usize = 32;
/// Longest context word that is looked at, characters.
const MAX_WORD: usize = 64;

/// What a sign-in of the account needs besides the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factors {
    /// Nothing: at least 15 characters (NIST SP 800-63B-4 section 3.1.1.2).
    PasswordAlone,
    /// A one-time code or a passkey: at least 8 characters.
    WithSecond,
}

impl Factors {
    /// Fewest characters (Unicode code points after normalisation).
    pub const fn shortest(self) -> usize {
        match self {
            Self::PasswordAlone => 15,
            Self::WithSecond => 8,
        }
    }
}

/// Words that an attacker tries first against this account: its name, mail address, the person's name, the company.
#[derive(Debug, Clone, Default)]
pub struct Context {
    words: Vec<String>,
}

impl Context {
    /// Takes the words; a text of several words counts whole and by its parts. The product's own name is always among them.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found = Vec::new();
        for text in words.into_iter().chain(["Tandem"]) {
            let text: String = text.chars().take(MAX_WORD).collect::<String>().to_lowercase();
            let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
            let whole: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            for word in std::iter::once(whole).chain(parts) {
                if word.chars().count() >= SHORTEST_WORD && !found.contains(&word) && found.len() < MAX_WORDS
                {
                    found.push(word);
                }
            }
        }
        // The longest first, so that a name inside another leaves no rest behind.
        found.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        Self { words: found }
    }
}

/// How easily a guesser finds an accepted password, for the form's meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// 10^8 guesses or more: withstands guessing against a throttled server.
    Good,
    /// 10^10 guesses or more.
    Strong,
}

/// Why a password is refused, with advice. `Display` is a full sentence for the form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too short.
    #[error(
        "use at least {least} characters; this has {length}. Several words that belong together only for you are easy to remember, and spaces are welcome"
    )]
    TooShort {
        /// Characters it has.
        length: usize,
        /// Characters it needs.
        least: usize,
    },
    /// Mainly words that everybody links with the account.
    #[error(
        "this is mainly your account, your name or your company; attackers try these first. Use words that have nothing to do with work"
    )]
    Context,
    /// Among the passwords seen most often in leaks.
    #[error("this is one of the most used passwords; attackers try these first. Use several unusual words")]
    Common,
    /// Guessed within 10^8 attempts.
    #[error("this is easily guessed: {0}. Add two or three unusual words")]
    Guessable(Why),
}

/// What makes a password guessable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Neighbouring keys.
    Keys,
    /// Repeated characters or groups.
    Repeats,
    /// `abc`, `6543`.
    Sequence,
    /// A year or a date.
    Date,
    /// A name.
    Name,
    /// A dictionary word, also with letters replaced by signs.
    Word,
    /// Several of these.
    Parts,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys => "it follows neighbouring keys",
            Self::Repeats => "it repeats itself",
            Self::Sequence => "it is a sequence",
            Self::Date => "it is a date or a year",
            Self::Name => "it is a name",
            Self::Word => "it is a common word, and swapped letters do not hide it",
            Self::Parts => "it is made of common parts",
        })
    }
}

impl Password {
    /// Judges a new password. Works offline: the estimator `zxcvbn` (Wheeler, USENIX Security 2016) brings lists of the 30,000
    /// most used passwords and of common words and names. Existing passwords are never judged again: no expiry.
    ///
    /// # Errors
    /// The [`Weakness`] that weighs most.
    pub fn judge(&self, factors: Factors, context: &Context) -> Result<Strength, Weakness> {
        let length = self.length();
        let least = factors.shortest();
        if length < least {
            return Err(Weakness::TooShort { length, least });
        }
        if self.mainly(context) {
            return Err(Weakness::Context);
        }
        let words: Vec<&str> = context.words.iter().map(String::as_str).collect();
        let entropy = zxcvbn(self.text(), &words);
        match entropy.score() {
            Score::Four => Ok(Strength::Strong),
            Score::Three => Ok(Strength::Good),
            _ => Err(weakness(entropy.feedback().and_then(|f| f.warning()))),
        }
    }

    /// Without the context's words too little remains. Signs and digits that stand for letters count as those letters.
    fn mainly(&self, context: &Context) -> bool {
        let lower = self.text().to_lowercase();
        let plain: String = lower.chars().map(letter).collect();
        [lower, plain].into_iter().any(|mut rest| {
            let before = rest.chars().count();
            for word in &context.words {
                rest = rest.replace(word.as_str(), "");
            }
            let after = rest.chars().filter(|c| c.is_alphanumeric()).count();
            after < OWN_PART && rest.chars().count() < before
        })
    }
}

const fn letter(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    }
}

fn weakness(warning: Option<Warning>) -> Weakness {
    use Warning as W;
    let why = match warning {
        Some(W::ThisIsATop10Password | W::ThisIsATop100Password | W::ThisIsACommonPassword) => {
            return Weakness::Common;
        }
        Some(W::StraightRowsOfKeysAreEasyToGuess | W::ShortKeyboardPatternsAreEasyToGuess) => Why::Keys,
        Some(W::RepeatsLikeAaaAreEasyToGuess | W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            Why::Repeats
        }
        Some(W::SequencesLikeAbcAreEasyToGuess) => Why::Sequence,
        Some(W::RecentYearsAreEasyToGuess | W::DatesAreOftenEasyToGuess) => Why::Date,
        Some(W::NamesAndSurnamesByThemselvesAreEasyToGuess | W::CommonNamesAndSurnamesAreEasyToGuess) => {
            Why::Name
        }
        Some(W::AWordByItselfIsEasyToGuess | W::ThisIsSimilarToACommonlyUsedPassword) => Why::Word,
        None => Why::Parts,
    };
    Weakness::Guessable(why)
}
