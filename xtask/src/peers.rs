//! Real servers and tools that tests speak to, installed by the test run itself.

use std::path::PathBuf;

use crate::console::npm_ci;
use crate::sh::{Outcome, Step, command, quiet, root, target_dir};

/// The certified OpenID provider of the sign-in tests.
const PROVIDER: &str = "crates/tandem-sign-in/tests/oidc";
/// The Matrix homeserver of the chat tests, from PyPI.
const SYNAPSE: &str = "matrix-synapse==1.163.2";
/// The fuzzer of the API, from PyPI.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Installs the OpenID provider if its lock file changed, and gives its folder.
pub fn openid_provider() -> Outcome<PathBuf> {
    let step = "installing the OpenID provider of the tests (npm ci)";
    npm_ci(PROVIDER, "openid-provider", step)?;
    Ok(root().join(PROVIDER))
}

/// A Python that has Synapse.
pub fn synapse() -> Outcome<PathBuf> {
    python("synapse", SYNAPSE)
}

/// A Python that has schemathesis.
pub fn schemathesis() -> Outcome<PathBuf> {
    python("schemathesis", SCHEMATHESIS)
}

/// A Python of its own with one package, under the target folder; made anew when another version is wanted.
fn python(name: &str, package: &str) -> Outcome<PathBuf> {
    let place = target_dir().join("python").join(name);
    let python = place.join("bin/python");
    let stamp = place.join("package");
    let installed = std::fs::read_to_string(&stamp).is_ok_and(|known| known == package);
    if installed && quiet(command(&python.display().to_string()).arg("--version")).is_ok() {
        return Ok(python);
    }
    let _step = Step::new(&format!("installing {package} from PyPI"));
    if place.exists() {
        std::fs::remove_dir_all(&place).map_err(|e| format!("cannot remove {}: {e}", place.display()))?;
    }
    quiet(command("python3").args(["-m", "venv"]).arg(&place))?;
    quiet(command(&python.display().to_string()).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        package,
    ]))?;
    std::fs::write(&stamp, package).map_err(|e| format!("cannot write {}: {e}", stamp.display()))?;
    Ok(python)
}
