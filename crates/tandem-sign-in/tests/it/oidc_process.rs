//! A real identity provider (`oidc-provider`, certified).
//!
//! It runs if `TANDEM_OIDC_PROVIDER` names a folder with `provider.mjs` and its installed modules, and says so if not:
//! `npm ci --prefix crates/tandem-sign-in/tests/oidc`, then the variable is that folder's absolute path.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running provider; it ends when dropped.
pub struct Provider {
    child: Child,
    /// Kept open: a provider that cannot write ends.
    _output: BufReader<ChildStdout>,
    pub issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It ends by itself when its standard input closes; this is quicker.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts one whose identity tokens hold the groups (`full`) or leave them to the user-info address (`thin`).
pub fn provider(mode: &str) -> Option<Provider> {
    let Some(folder) = std::env::var_os("TANDEM_OIDC_PROVIDER") else {
        println!("skipped: TANDEM_OIDC_PROVIDER does not name the folder of the real provider");
        return None;
    };
    let script = Path::new(&folder).join("provider.mjs");
    assert!(
        script.exists(),
        "TANDEM_OIDC_PROVIDER is set, but there is no {}",
        script.display()
    );
    let mut child = Command::new("node")
        .arg(&script)
        .arg(mode)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("TANDEM_OIDC_PROVIDER is set, but node does not start");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let said: serde_json::Value =
        serde_json::from_str(&line).expect("the provider did not start; is npm ci done?");
    let issuer = said["issuer"].as_str().unwrap().to_owned();
    Some(Provider {
        child,
        _output: output,
        issuer,
    })
}
