//! Fields that name accounts: whoever stands behind them may be written in several ways, and is one all the same.

use crate::base_match::BaseMatch;

/// Names whose last part, without separators and in lower case, is an account's in the taxonomies of the sources that are read:
/// Windows and Sysmon, Linux audit, Microsoft 365 and Entra, AWS, Google, Okta, GitHub, CEF, business applications, and the core view.
const NAMES: &[&str] = &[
    "account",
    "accountname",
    "acct",
    "actor",
    "actoruser",
    "actoruserid",
    "alternateid",
    "approvedby",
    "auid",
    "callinguser",
    "changedby",
    "confirmedby",
    "createdby",
    "csusername",
    "duser",
    "emailaddress",
    "emailfrom",
    "enteredby",
    "login",
    "loginname",
    "logonuser",
    "logonusersid",
    "mailboxownersid",
    "mailboxownerupn",
    "membersid",
    "owner",
    "parentuser",
    "principal",
    "principalemail",
    "principalid",
    "principalname",
    "sessionuser",
    "sourceuser",
    "subjectusername",
    "subjectusersid",
    "suser",
    "targetoutboundusername",
    "targetuser",
    "targetusername",
    "targetuserorgroupname",
    "targetusersid",
    "targetsid",
    "upn",
    "user",
    "useremail",
    "userid",
    "userkey",
    "username",
    "userprincipalname",
    "usersid",
];
/// Whole names whose last part alone says nothing.
const WHOLE: &[&str] = &[
    "useridentity.arn",
    "useridentity.sessioncontext.sessionissuer.arn",
    "actor.email",
];

/// True if a field of that name holds an account.
pub fn names_account(field: &str) -> bool {
    let lower = field.strip_prefix("attr:").unwrap_or(field).to_ascii_lowercase();
    let last: String = lower
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    NAMES.contains(&last.as_str()) || WHOLE.contains(&lower.as_str())
}

/// The account in a value: of an Amazon Resource Name what stands behind the last slash (`arn:aws:iam::1:user/ops/bob` is `bob`).
fn account_in(value: &str) -> &str {
    let value = value.trim();
    match value.rsplit_once('/') {
        Some((before, name)) if before.starts_with("arn:") && !name.is_empty() => name,
        _ => value,
    }
}

impl BaseMatch {
    /// Puts beside each account among the keys whom it belongs to, so that correlations group and count people and not spellings.
    /// `who` is given an account as the event writes it, and gives what is the same for all accounts of one person, in the manner of
    /// [`Self::account`]; `None` for what is no account.
    pub fn identify(&mut self, mut who: impl FnMut(&str) -> Option<String>) {
        for (name, value) in &self.keys {
            if names_account(name)
                && let Some(id) = who(account_in(value))
            {
                self.ids.insert(name.clone(), id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{account_in, names_account};

    #[test]
    fn fields_of_accounts_are_known_by_their_names() {
        for field in [
            "User",
            "SubjectUserName",
            "TargetUserName",
            "TargetUserSid",
            "userIdentity.arn",
            "userIdentity.userName",
            "actor.alternateId",
            "actor.email",
            "protoPayload.authenticationInfo.principalEmail",
            "initiatedBy.user.userPrincipalName",
            "MailboxOwnerUPN",
            "attr:actor_user",
            "attr:target_user",
            "cs-username",
            "confirmed_by",
        ] {
            assert!(names_account(field), "{field}");
        }
        for field in [
            "Image",
            "attr:device",
            "TargetFilename",
            "requestParameters.bucketName",
            "resource.arn",
            "UserAgent",
            "attr:user_agent",
            "object_id",
            "",
        ] {
            assert!(!names_account(field), "{field}");
        }
    }

    #[test]
    fn an_account_is_taken_out_of_a_resource_name() {
        assert_eq!(account_in("arn:aws:iam::1:user/ops/bob"), "bob");
        assert_eq!(
            account_in("arn:aws:sts::1:assumed-role/Admin/bob@corp.example"),
            "bob@corp.example"
        );
        assert_eq!(account_in("arn:aws:iam::1:root"), "arn:aws:iam::1:root");
        assert_eq!(account_in(" CORP/bob "), "CORP/bob");
    }
}
