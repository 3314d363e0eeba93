//! Real servers that tests speak to, installed by the test run itself.

use std::path::PathBuf;

use crate::sh::{Outcome, Step, command, quiet, root};
use crate::stamp;

/// The certified OpenID provider of the sign-in tests.
const PROVIDER: &str = "crates/tandem-sign-in/tests/oidc";

/// Installs the OpenID provider if its lock file changed, and gives its folder.
pub fn openid_provider() -> Outcome<PathBuf> {
    let folder = root().join(PROVIDER);
    let value = stamp::of(&["crates/tandem-sign-in/tests/oidc/package-lock.json"]);
    if !stamp::is("openid-provider", &value) || !folder.join("node_modules").exists() {
        let _step = Step::new("installing the OpenID provider of the tests (npm ci)");
        let mut npm = command("npm");
        quiet(npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
        stamp::set("openid-provider", &value)?;
    }
    Ok(folder)
}
