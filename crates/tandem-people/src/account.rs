//! One spelling per account, so that `CORP\Anna`, `anna@corp.example` and `ANNA` are the same one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The company's own domains; accounts inside them are written without the domain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Home {
    /// Windows domains, short or as DNS names: `CORP`, `corp.example`.
    pub nt_domains: Vec<String>,
    /// Domains of mail addresses and user principal names.
    pub mail_domains: Vec<String>,
}

impl Home {
    /// True if `domain` is one of the company's own, in either spelling: a Kerberos realm looks like a mail domain, and a
    /// user principal name may carry the Windows domain.
    pub fn owns(&self, domain: &str) -> bool {
        let same = |own: &String| own.eq_ignore_ascii_case(domain);
        self.nt_domains.iter().any(same) || self.mail_domains.iter().any(same)
    }
}

/// What stands behind an account name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountClass<'a> {
    /// No account: empty, `-` and the like.
    Nobody,
    /// An account of the operating system itself: `SYSTEM`, `LOCAL SERVICE`, `ANONYMOUS LOGON`.
    BuiltIn,
    /// A computer's own account (ends in `$`), canonical.
    Machine(Cow<'a, str>),
    /// An account a person or a service signs in with, canonical.
    Account(Cow<'a, str>),
}

/// The canonical form of an account somebody signs in with, or `None` for nobody, built-in and machine accounts.
///
/// Lower case; `DOMAIN\` and `@domain` of the home domains are taken away, foreign ones are kept.
pub fn canonical_account<'a>(raw: &'a str, home: &Home) -> Option<Cow<'a, str>> {
    match account_class(raw, home) {
        AccountClass::Account(name) => Some(name),
        AccountClass::Nobody | AccountClass::BuiltIn | AccountClass::Machine(_) => None,
    }
}

/// What stands behind an account name, and its canonical form.
pub fn account_class<'a>(raw: &'a str, home: &Home) -> AccountClass<'a> {
    let whole = raw.trim().trim_matches('"').trim();
    if is_nobody(whole) {
        return AccountClass::Nobody;
    }
    let (domain, name) = split_domain(whole, home);
    if is_nobody(name) {
        return AccountClass::Nobody;
    }
    if domain.is_some_and(is_built_in_domain) || is_built_in_name(name) {
        return AccountClass::BuiltIn;
    }
    let foreign = domain.filter(|d| !home.owns(d));
    let canonical = match foreign {
        Some(domain) if whole.contains("\\\\") => {
            Cow::Owned(format!("{}\\{}", domain.to_lowercase(), name.to_lowercase()))
        }
        Some(_) => lower(whole),
        None => strip_mail(name, home),
    };
    if canonical.ends_with('$') {
        AccountClass::Machine(canonical)
    } else {
        AccountClass::Account(canonical)
    }
}

/// `DOMAIN\name` (also with a doubled backslash, as careless JSON writers leave it) and, for home domains only, `DOMAIN/name`.
fn split_domain<'a>(whole: &'a str, home: &Home) -> (Option<&'a str>, &'a str) {
    if let Some((domain, name)) = whole.rsplit_once('\\') {
        let domain = domain.trim_end_matches('\\');
        return ((!domain.is_empty()).then_some(domain), name);
    }
    match whole.split_once('/') {
        Some((domain, name)) if home.owns(domain) => (Some(domain), name),
        _ => (None, whole),
    }
}

fn strip_mail<'a>(name: &'a str, home: &Home) -> Cow<'a, str> {
    match name.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && home.owns(domain) => lower(local),
        _ => lower(name),
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if plain {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

fn is_nobody(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "?" | "*")
        || [
            "null",
            "none",
            "n/a",
            "unknown",
            "(unknown)",
            "unknown user",
            "not available",
        ]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
}

/// Domains whose accounts belong to the operating system, in the languages Windows writes them in.
fn is_built_in_domain(domain: &str) -> bool {
    let known = [
        "nt authority",
        "nt-autorität",
        "autorite nt",
        "autorité nt",
        "nt service",
        "window manager",
        "font driver host",
        "iis apppool",
        "nt virtual machine",
        "builtin",
    ];
    let domain = domain.to_lowercase();
    known.contains(&domain.as_str())
}

fn is_built_in_name(name: &str) -> bool {
    let known = [
        "system",
        "localsystem",
        "local system",
        "local service",
        "network service",
        "anonymous logon",
        "anonymous",
        "nt authority",
        "s-1-5-7",
        "s-1-5-18",
        "s-1-5-19",
        "s-1-5-20",
    ];
    if known.iter().any(|k| k.eq_ignore_ascii_case(name)) {
        return true;
    }
    let numbered = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|p| p.eq_ignore_ascii_case(prefix))
            && name
                .get(prefix.len()..)
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    numbered("dwm-") || numbered("umfd-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Home {
        Home {
            nt_domains: vec!["ALDERMOOR".into()],
            mail_domains: vec!["aldermoor.example".into()],
        }
    }

    fn canonical(raw: &str) -> Option<String> {
        canonical_account(raw, &home()).map(Cow::into_owned)
    }

    #[test]
    fn all_spellings_of_a_home_account_become_one() {
        for raw in [
            "anna",
            "ANNA",
            " Anna ",
            "ALDERMOOR\\Anna",
            "aldermoor\\\\anna",
            "Anna@Aldermoor.Example",
            "\"anna\"",
            "aldermoor.example\\anna",
            "anna@ALDERMOOR",
            "ALDERMOOR/anna",
        ] {
            assert_eq!(canonical(raw).as_deref(), Some("anna"), "{raw}");
        }
    }

    #[test]
    fn foreign_accounts_keep_their_domain() {
        assert_eq!(canonical("OTHER\\Anna").as_deref(), Some("other\\anna"));
        assert_eq!(canonical("OTHER\\\\Anna").as_deref(), Some("other\\anna"));
        assert_eq!(
            canonical("Anna@Partner.example").as_deref(),
            Some("anna@partner.example")
        );
        assert_eq!(
            canonical("WS-0042\\Administrator").as_deref(),
            Some("ws-0042\\administrator")
        );
    }

    #[test]
    fn nobody_the_system_and_machines_are_not_accounts_of_people() {
        for raw in [
            "",
            " ",
            "-",
            "SYSTEM",
            "NT AUTHORITY\\SYSTEM",
            "LOCAL SERVICE",
            "ANONYMOUS LOGON",
            "DWM-3",
            "umfd-0",
            "Window Manager\\DWM-1",
            "S-1-5-18",
            "ALDERMOOR\\-",
            "NT-AUTORITÄT\\SYSTEM",
        ] {
            assert_eq!(canonical(raw), None, "{raw}");
        }
        assert_eq!(
            account_class("ALDERMOOR\\WS-0042$", &home()),
            AccountClass::Machine("ws-0042$".into())
        );
        assert_eq!(canonical("dwm-x").as_deref(), Some("dwm-x"));
    }

    #[test]
    fn a_canonical_name_is_not_copied() {
        assert!(matches!(
            canonical_account("anna", &home()),
            Some(Cow::Borrowed("anna"))
        ));
    }

    proptest::proptest! {
        #[test]
        fn canonical_is_a_fixed_point(raw in "\\PC{0,24}") {
            if let Some(once) = canonical(&raw) {
                // A name that itself looks like a home address inside a home address is not worth a special case.
                if !once.contains('@') && !once.contains('\\') && !once.contains('/') && !once.contains('"') {
                    proptest::prop_assert_eq!(canonical(&once), Some(once));
                }
            }
        }
    }
}
