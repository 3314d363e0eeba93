//! A real homeserver: Synapse, if `TANDEM_SYNAPSE_PYTHON` names a Python that has it (`pip install matrix-synapse`).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use tandem_connect::net::{Body, Call, Method};
use tandem_connect::{Base, Http, Route, Secret};

/// Makes accounts possible, as `homeserver.yaml` has it; only tests' homeservers know it.
const REGISTRATION: &str = "only for this test";

/// A homeserver of its own, in a folder of its own, ended and swept away when dropped.
pub struct Synapse {
    child: Child,
    base: Base,
    pub address: String,
    http: Http,
    folder: PathBuf,
}

impl Drop for Synapse {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn config(folder: &Path, port: u16) -> String {
    include_str!("homeserver.yaml")
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@PORT@", &port.to_string())
}

/// Starts one; none, and says so, where there is no Python for it.
pub async fn start() -> Option<Synapse> {
    let Ok(python) = std::env::var("TANDEM_SYNAPSE_PYTHON") else {
        println!("skipped: TANDEM_SYNAPSE_PYTHON is not set");
        return None;
    };
    let importable = Command::new(&python).args(["-c", "import synapse"]).output();
    if !importable.is_ok_and(|o| o.status.success()) {
        println!("skipped: {python} cannot import synapse");
        return None;
    }
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let folder = std::env::temp_dir().join(format!("tandem-synapse-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("hs.yaml");
    std::fs::write(&file, config(&folder, port)).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(&python);
        command
            .args(["-m", "synapse.app.homeserver", "-c"])
            .arg(&file)
            .args(more);
        command
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    assert!(
        run(&["--generate-keys"]).status().unwrap().success(),
        "synapse makes its keys"
    );
    let address = format!("http://127.0.0.1:{port}");
    let synapse = Synapse {
        child: run(&[]).spawn().unwrap(),
        base: Base::parse(&address).unwrap(),
        address,
        http: Http::new(&Route::default()).unwrap(),
        folder,
    };
    for _ in 0..240 {
        if synapse
            .try_ask(Method::GET, &["_matrix", "client", "versions"], None, None)
            .await
            .is_some()
        {
            return Some(synapse);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("synapse did not start within a minute");
}

impl Synapse {
    /// Asks with an ordinary client; nothing if there is no answer in JSON.
    pub async fn try_ask(
        &self,
        method: Method,
        path: &[&str],
        token: Option<&Secret>,
        body: Option<&Value>,
    ) -> Option<Value> {
        let call = Call {
            method,
            base: &self.base,
            path,
            query: &[],
            bearer: token,
            headers: &[],
            body: body.map_or(Body::None, Body::Json),
        };
        let answer = self.http.send("test", &call).await.ok()?;
        serde_json::from_slice(&answer.body).ok()
    }

    /// An account and its token (Synapse's shared-secret registration).
    pub async fn account(&self, name: &str) -> String {
        let path = ["_synapse", "admin", "v1", "register"];
        let nonce = self.try_ask(Method::GET, &path, None, None).await.unwrap();
        let nonce = nonce["nonce"].as_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha1>::new_from_slice(REGISTRATION.as_bytes()).unwrap();
        mac.update(format!("{nonce}\0{name}\0pass-{name}\0notadmin").as_bytes());
        let tag: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let body = json!({"nonce": nonce, "username": name, "password": format!("pass-{name}"), "admin": false, "mac": tag});
        let answer = self
            .try_ask(Method::POST, &path, None, Some(&body))
            .await
            .unwrap();
        answer["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }
}
