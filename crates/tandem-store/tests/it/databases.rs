//! Fresh databases: a file in a temporary folder, or a database of a server that lives as long as the tests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tandem_store::Store;

/// A fresh database and what must live as long as it does.
pub struct Database {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

pub fn sqlite() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("state.db").display());
    Database {
        url,
        _folder: Some(folder),
    }
}

/// A fresh database of the server, or `None` (after saying so) where PostgreSQL is not installed and not required.
pub async fn postgres() -> Option<Database> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&server.url("postgres"))
        .await
        .unwrap();
    connection
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    connection.close().await.unwrap();
    Some(Database {
        url: server.url(&name),
        _folder: None,
    })
}

struct Server {
    folder: String,
    /// The script stops the server when this end of its standard input closes: at the end of this process, however it ends.
    _script: Mutex<Child>,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("postgres://tandem@localhost/{database}?host={}", self.folder)
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

fn start() -> Option<Server> {
    let Some(binaries) = binaries() else {
        let set = |name| std::env::var(name).is_ok_and(|v| v == "1" || v == "true");
        let line = "apt-get update && apt-get install -y --no-install-recommends postgresql";
        assert!(
            !set("CI") && !set("TANDEM_REQUIRE_POSTGRES"),
            "PostgreSQL is missing; as root, run: {line}"
        );
        // Not `println!`: a test that passes would keep it to itself.
        let _ = writeln!(std::io::stderr(), "skipped: PostgreSQL is not installed ({line})");
        return None;
    };
    let mut command = unprivileged();
    command.arg("sh").arg("-c").arg(SCRIPT).arg("sh").arg(binaries);
    let mut script = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(script.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let folder = line
        .trim()
        .strip_prefix("ready ")
        .expect("PostgreSQL did not start; see above")
        .to_owned();
    Some(Server {
        folder,
        _script: Mutex::new(script),
    })
}

/// Makes a cluster, starts it on a socket in its own folder, says so, and waits for its standard input to close.
const SCRIPT: &str = r#"
set -e
folder=$(mktemp -d /tmp/tandem-pg.XXXXXX)
cd "$folder"
"$1/initdb" -D data -U tandem -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log >&2; exit 1; }
"$1/postgres" -D data -k "$folder" -c listen_addresses= -c fsync="${TANDEM_PG_FSYNC:-off}" -c max_connections=200 \
    </dev/null >>log 2>&1 &
server=$!
trap '' INT TERM HUP
for _ in $(seq 300); do
    if "$1/pg_isready" -q -h "$folder" -U tandem -d postgres; then echo "ready $folder"; break; fi
    kill -0 $server 2>/dev/null || { cat log >&2; exit 1; }
    sleep 0.1
done
cat >/dev/null
kill -INT $server
wait $server || true
cd /
rm -rf "$folder"
"#;

/// The server refuses to run as root.
fn unprivileged() -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return Command::new("env");
    }
    let user = if Command::new("id")
        .arg("postgres")
        .output()
        .is_ok_and(|o| o.status.success())
    {
        "postgres"
    } else {
        "nobody"
    };
    let mut command = Command::new("setpriv");
    command.args([
        &format!("--reuid={user}"),
        &format!("--regid={}", group(user)),
        "--clear-groups",
        "--",
    ]);
    command.env("HOME", "/tmp");
    command
}

fn group(user: &str) -> String {
    let id = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim().to_owned()
}

/// The folder of the newest server's programmes.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|v| Some((v.file_name().to_str()?.parse().ok()?, v.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path =
        || std::env::split_paths(&path).find(|f| f.join("initdb").exists() && f.join("postgres").exists());
    folders.pop().map(|(_, folder)| folder).or_else(in_path)
}
