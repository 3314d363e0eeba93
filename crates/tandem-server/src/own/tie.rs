//! Which colleague is whom: an account tied to the data about the person who has it.

use tandem_store::ColleagueRow;

use crate::app::App;
use crate::asker::colleague;
use crate::http::error::ApiError;
use crate::ledger::About;
use crate::service::ServiceError;

impl App {
    /// Ties a colleague's account to the data about themselves: they read it, and never work on it. `person` is a key, an
    /// account or an unambiguous full name of the people files.
    ///
    /// It is for whoever runs the machine. Administrators cannot do it: they make accounts and links, and could read about
    /// anybody. The ledger's row names the account alone, so that nobody finds the pseudonym of a colleague there.
    ///
    /// # Errors
    /// No such colleague or person, they do not go together, or a store fails.
    pub async fn tie_account(&self, account: &str, person: &str) -> Result<(), ApiError> {
        let known = self.store.colleague(account).await?;
        let known = known.ok_or(ServiceError::Missing("colleague"))?;
        let day = crate::pipeline::now().day();
        let view = self.directory().await?.as_of(day);
        let person = view.find(person).ok_or(ServiceError::Missing("person"))?;
        let pseudonyms = self.store.pseudonyms().await?;
        let subject = pseudonyms
            .into_iter()
            .find(|(key, _)| key.as_str() == &*person.key)
            .map(|(_, subject)| subject);
        let row = ColleagueRow {
            subject: Some(subject.ok_or(ServiceError::Missing("subject"))?),
            ..known
        };
        if colleague(&row).is_none() {
            return Err(ApiError::bad(
                "account",
                format!("{} cannot be tied to anybody", row.account),
                "correct its role and department first",
            ));
        }
        // The ledger first: a change that nobody can see must not be there.
        let about = About {
            object: Some(&row.account),
            ..About::default()
        };
        self.record("system", "system", "colleague.tie", &about).await?;
        self.store.put_colleague(&row).await?;
        Ok(())
    }
}
