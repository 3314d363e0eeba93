//! Real servers that tests speak to, installed by the test run itself.

use std::path::PathBuf;

use crate::console::npm_ci;
use crate::sh::{Outcome, root};

/// The certified OpenID provider of the sign-in tests.
const PROVIDER: &str = "crates/tandem-sign-in/tests/oidc";

/// Installs the OpenID provider if its lock file changed, and gives its folder.
pub fn openid_provider() -> Outcome<PathBuf> {
    let step = "installing the OpenID provider of the tests (npm ci)";
    npm_ci(PROVIDER, "openid-provider", step)?;
    Ok(root().join(PROVIDER))
}
