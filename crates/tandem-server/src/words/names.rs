//! Names of people in sentences give way to pseudonyms.
//!
//! Sentences quote what records say: paths with a home folder, recipients, objects named after somebody. Whoever reads an
//! alert works on pseudonyms, so every account, mail address and full name that people files know is replaced: the
//! subject's own by `(own)`, another person's by that person's pseudonym.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use tandem_domain::SubjectId;
use tandem_people::{PersonKind, View};

/// Stands for the subject's own names.
const OWN: &str = "(own)";
/// Plain words shorter than this are not replaced: `rita` is also the end of `senorita`, and short accounts such as `ops` are
/// words. With a dot or a digit in it, a name is no word.
const SHORTEST_WORD: usize = 6;
/// Names shorter than this are never replaced.
const SHORTEST: usize = 4;

/// Every name that people files know, ready to be found in text.
#[derive(Debug, Default)]
pub struct Names {
    automaton: Option<AhoCorasick>,
    owners: Vec<Arc<str>>,
    /// Number of people and of their accounts that the names were taken from.
    size: (usize, usize),
}

impl Names {
    /// Takes the names again if people or accounts were added since.
    pub fn learn(&mut self, view: &View) {
        let people = view.people();
        let size = (people.len(), people.iter().map(|p| p.accounts.len()).sum());
        if size == self.size {
            return;
        }
        let mut owners: HashMap<String, Arc<str>> = HashMap::new();
        for person in people.iter().filter(|p| p.kind != PersonKind::ServiceAccount) {
            let own = person
                .accounts
                .iter()
                .chain(&person.email)
                .chain(&person.display_name);
            for name in own.chain([&person.key]).map(|name| name.to_lowercase()) {
                let is_word = name.chars().all(char::is_alphabetic);
                if name.len() >= if is_word { SHORTEST_WORD } else { SHORTEST } {
                    owners.insert(name, Arc::clone(&person.key));
                }
            }
        }
        let mut names: Vec<_> = owners.into_iter().collect();
        names.sort();
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(names.iter().map(|(name, _)| name));
        // It only fails for more names than fit a machine's address space.
        self.automaton = built.ok();
        self.owners = names.into_iter().map(|(_, owner)| owner).collect();
        self.size = size;
    }

    /// `text` about the person `own` without anybody's name.
    pub fn hide<'t>(
        &self,
        text: &'t str,
        own: &str,
        subject: &mut impl FnMut(&str) -> SubjectId,
    ) -> Cow<'t, str> {
        let Some(automaton) = &self.automaton else {
            return Cow::Borrowed(text);
        };
        let mut hidden = String::new();
        let mut done = 0;
        for found in automaton.find_iter(text) {
            let (before, rest) = text.split_at(found.start());
            let (_, after) = rest.split_at(found.len());
            let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if joined(before.chars().next_back()) || joined(after.chars().next()) {
                continue;
            }
            let Some(owner) = self.owners.get(found.pattern().as_usize()) else {
                continue;
            };
            hidden.push_str(text.get(done..found.start()).unwrap_or_default());
            if owner.as_ref() == own {
                hidden.push_str(OWN);
            } else {
                hidden.push_str(subject(owner).as_str());
            }
            done = found.end();
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        hidden.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(hidden)
    }
}

#[cfg(test)]
mod tests {
    use tandem_domain::Day;
    use tandem_people::{Directory, Home, PeopleFormat, parse};

    use super::*;

    fn names() -> Names {
        let csv = "known_on,person,kind,display_name,accounts,email\n\
                   2026-01-01,E1001,employee,Anna Berg,anna.berg;adm.aberg,anna.berg@home.example\n\
                   2026-01-01,E1002,employee,Rita Ott,rita,rita@home.example\n\
                   2026-01-01,S1,service_account,Backup,svc.backup,\n";
        let parsed = parse(PeopleFormat::PeopleCsv, "people.csv", csv.as_bytes(), Day(30_000));
        assert!(parsed.rejects.is_empty(), "{:?}", parsed.rejects);
        let mut names = Names::default();
        names.learn(&Directory::new(Home::default(), parsed.records).as_of(Day(30_000)));
        names
    }

    fn hidden(text: &str) -> String {
        let names = names();
        let own = names
            .owners
            .iter()
            .find(|key| key.contains("1001"))
            .unwrap()
            .to_string();
        names
            .hide(text, &own, &mut |key| SubjectId(format!("S-{key}")))
            .into_owned()
    }

    #[test]
    fn own_names_and_those_of_others_give_way() {
        let text = hidden(r"7z a C:\Users\Anna.Berg\x.zip for rita@home.example, by Anna Berg");
        assert!(text.starts_with(r"7z a C:\Users\(own)\x.zip for S-"), "{text}");
        assert!(text.ends_with(", by (own)") && !text.contains("rita"), "{text}");
    }

    #[test]
    fn words_parts_of_words_and_service_accounts_stay() {
        let text = "rita, senorita, xanna.berg2 and svc.backup";
        assert_eq!(hidden(text), text);
        assert_eq!(hidden("müller und ANNA.BERG"), "müller und (own)");
    }
}
