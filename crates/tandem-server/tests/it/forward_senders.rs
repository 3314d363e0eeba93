//! Forwarders as they are in use send to a served Tandem.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::forward::{PATIENCE, Served};

fn missing(what: &str) {
    assert!(
        std::env::var_os("TANDEM_REQUIRE_SENDERS").is_none(),
        "{what} is not installed, and TANDEM_REQUIRE_SENDERS is set"
    );
    eprintln!("skipped: {what} is not installed");
}

fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        missing(name);
    }
    found
}

/// Runs a Python script with the senders' packages; false if there is no such Python.
async fn python(script: &str, arguments: &[&str]) -> bool {
    let Some(python) = std::env::var_os("TANDEM_SENDERS_PYTHON") else {
        missing("a Python with the senders' packages (TANDEM_SENDERS_PYTHON)");
        return false;
    };
    let running = Command::new(python)
        .args(["-c", script])
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, running)
        .await
        .expect("the script ends")
        .unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

fn start(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends lines to a program that is just starting.
async fn send_to(port: u16, lines: &str) {
    let sending = async {
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", port)).await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        stream.write_all(lines.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    };
    timeout(PATIENCE, sending).await.expect("it listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn splunk_handler_sends_to_the_event_collector() {
    let served = Served::new().await;
    let script = r"
import logging, sys, splunk_handler
port, token = sys.argv[1:]
handler = splunk_handler.SplunkHandler(host='127.0.0.1', port=port, token=token, index='main', protocol='http',
    sourcetype='shop:app', hostname='web-1', flush_interval=0.2, record_format=True)
log = logging.getLogger('shop')
log.addHandler(handler)
for n in range(500):
    log.warning({'user': 'mona', 'action': 'file_read', 'n': n})
splunk_handler.force_flush()
handler.shutdown()
";
    if python(script, &[&served.port.to_string(), &served.token]).await {
        assert_eq!(served.sources(500).await, [("shop-app".to_owned(), 500)]);
    }
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn elasticsearchs_client_sends_in_bulk_below_the_prefix_and_at_a_root_of_its_own() {
    let script = r"
import sys
from base64 import b64encode
from elasticsearch import Elasticsearch, helpers
url, token = sys.argv[1:]
key = b64encode(f'shipper:{token}'.encode()).decode()
client = Elasticsearch(url, api_key=key, http_compress=True)
assert client.info()['version']['number'].startswith('8.')
assert client.indices.exists_index_template(name='filebeat-8.13.0')
client.ilm.put_lifecycle(name='filebeat', policy={'phases': {}})
client.ingest.get_pipeline(id='filebeat-8.13.0-nginx')
assert client.cluster.health()['status'] == 'green'
doc = lambda n: {'@timestamp': '2026-05-04T10:00:00Z', 'user': 'mona', 'action': 'file_read', 'n': n}
done, errors = helpers.bulk(client, ({'_op_type': 'create', '_index': 'logs-shop-default', **doc(n)} for n in range(1200)))
assert (done, errors) == (1200, []), (done, errors)
done, errors = helpers.bulk(client, [{'_index': 'shop-2026.05.04', **doc(1)}, {'_op_type': 'delete', '_index': 'a', '_id': 'x'}], raise_on_error=False)
assert done == 1 and len(errors) == 1 and errors[0]['delete']['status'] == 400, (done, errors)
assert client.index(index='shop-2026.05.05', document=doc(2))['result'] == 'created'
try:
    Elasticsearch(url, api_key='wrong').info()
    raise SystemExit('a wrong key was let in')
except Exception as error:
    assert getattr(error, 'status_code', None) == 401, error
";
    for (served, path) in [(Served::new().await, "/elastic"), (Served::alone().await, "")] {
        let url = format!("http://127.0.0.1:{}{path}", served.port);
        if python(script, &[&url, &served.token]).await {
            assert_eq!(served.sources(1_202).await, [("shop".to_owned(), 1_202)]);
        }
        served.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opentelemetrys_exporters_send_over_http_and_grpc() {
    let served = Served::new().await;
    let script = r"
import logging, sys
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
port, token = sys.argv[1:]
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as Http
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as Grpc
import grpc
exporters = {
    'over-http': Http(endpoint=f'http://127.0.0.1:{port}/v1/logs', headers={'Authorization': f'Bearer {token}'}, compression=Compression.Gzip),
    'over-grpc': Grpc(endpoint=f'127.0.0.1:{port}', insecure=True, headers=(('authorization', f'Bearer {token}'),), compression=grpc.Compression.Gzip),
}
for name, exporter in exporters.items():
    provider = LoggerProvider(resource=Resource.create({'service.name': name, 'host.name': 'web-1'}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    log = logging.getLogger(name)
    log.propagate = False
    log.addHandler(LoggingHandler(logger_provider=provider))
    for n in range(700):
        log.warning('order %d placed', n, extra={'user.name': 'mona'})
    assert provider.force_flush()
    provider.shutdown()
";
    if python(script, &[&served.port.to_string(), &served.token]).await {
        let expected = [("over-grpc".to_owned(), 700), ("over-http".to_owned(), 700)];
        assert_eq!(served.sources(1_400).await, expected);
    }
    served.end().await;
}

fn syslog(count: usize) -> String {
    (0..count)
        .map(|n| format!("<86>1 2026-05-04T10:00:00Z web-1 sshd {n} - - Accepted publickey for mona from 10.1.2.3 port {} ssh2\n", 1_000 + n))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslogs_omelasticsearch_sends_in_bulk() {
    let Some(rsyslog) = program("rsyslogd") else {
        return;
    };
    let served = Served::new().await;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let (port, listen, token) = (served.port, free_port(), &served.token);
    let settings = format!(
        r#"
global(workDirectory="{at}")
module(load="imtcp")
module(load="omelasticsearch")
input(type="imtcp" address="127.0.0.1" port="{listen}")
# The line as it came is the message, so that it keeps its format.
template(name="line" type="list" option.jsonf="on") {{
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="message" name="rawmsg" format="jsonf")
}}
*.* action(type="omelasticsearch" server="http://127.0.0.1:{port}/elastic" uid="shipper" pwd="{token}"
  searchIndex="linux-auth" searchType="" template="line" bulkmode="on" errorFile="{at}/errors" action.resumeRetryCount="-1")
"#
    );
    let file = folder.path().join("rsyslog.conf");
    std::fs::write(&file, settings).unwrap();
    let _running = start(
        Command::new(rsyslog)
            .arg("-n")
            .arg("-f")
            .arg(&file)
            .arg("-i")
            .arg(folder.path().join("pid")),
    );
    send_to(listen, &syslog(300)).await;
    let sources = served.sources(300).await;
    assert!(sources.contains(&("linux-auth".to_owned(), 300)), "{sources:?}");
    served.end().await;
}

/// Where syslog-ng is. Debian does not let it and rsyslog be installed together, so `TANDEM_SYSLOG_NG` may name a folder into
/// which syslog-ng-core, -mod-http and -scl were unpacked (`dpkg -x`).
fn syslog_ng() -> Option<PathBuf> {
    let root = std::env::var_os("TANDEM_SYSLOG_NG").map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let found = root.join("usr/sbin/syslog-ng").is_file() && root.join(ELASTIC_HTTP).is_file();
    if !found {
        missing("syslog-ng with its HTTP module and configuration library");
    }
    found.then_some(root)
}

/// Its driver for Elasticsearch.
const ELASTIC_HTTP: &str = "usr/share/syslog-ng/include/scl/elasticsearch/elastic-http.conf";

#[tokio::test(flavor = "multi_thread")]
async fn syslog_ng_sends_in_bulk_and_to_the_event_collector() {
    let Some(root) = syslog_ng() else { return };
    let served = Served::new().await;
    let folder = tempfile::tempdir().unwrap();
    let (port, listen, token) = (served.port, free_port(), &served.token);
    let settings = format!(
        r#"@version: 3.35
@include "{driver}"
options {{ log-msg-size(65536); keep-hostname(yes); stats-freq(0); time-reopen(1); }};
source s {{ network(ip("127.0.0.1") port({listen}) transport("tcp") flags(syslog-protocol, store-raw-message)); }};
destination elastic {{ elasticsearch-http(url("http://127.0.0.1:{port}/elastic/_bulk") index("linux-auth") type("")
  user("shipper") password("{token}") batch-timeout(200)
  template("$(format-json @timestamp=$ISODATE host=$HOST message=$RAWMSG)")); }};
destination hec {{ http(url("http://127.0.0.1:{port}/services/collector/event") method("POST")
  headers("Authorization: Splunk {token}") batch-lines(100) batch-timeout(200)
  body("$(format-json time=$S_UNIXTIME host=$HOST sourcetype=linux-hec event=$RAWMSG)")); }};
log {{ source(s); destination(elastic); flags(flow-control); }};
log {{ source(s); destination(hec); flags(flow-control); }};
"#,
        driver = root.join(ELASTIC_HTTP).display(),
    );
    let file = folder.path().join("syslog-ng.conf");
    std::fs::write(&file, settings).unwrap();
    let libraries = root.join("usr/lib/syslog-ng");
    let modules = std::fs::read_dir(&libraries)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("libhttp.so").is_file())
        .expect("its modules are there");
    let mut paths = vec![libraries];
    // Where the libraries are that were unpacked beside it.
    for folder in ["lib", "usr/lib"] {
        let inside = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten();
        paths.extend(
            inside
                .map(|entry| entry.path())
                .filter(|path| path.to_string_lossy().ends_with("-linux-gnu")),
        );
    }
    let mut command = Command::new(root.join("usr/sbin/syslog-ng"));
    command
        .env("LD_LIBRARY_PATH", std::env::join_paths(paths).unwrap())
        .arg("--module-path")
        .arg(modules)
        .args(["--foreground", "--no-caps", "--cfgfile"])
        .arg(&file);
    for (option, name) in [
        ("--control", "control"),
        ("--persist-file", "persist"),
        ("--pidfile", "pid"),
    ] {
        command.arg(option).arg(folder.path().join(name));
    }
    let _running = start(&mut command);
    send_to(listen, &syslog(300)).await;
    let expected = [("linux-auth".to_owned(), 300), ("linux-hec".to_owned(), 300)];
    assert_eq!(served.sources(600).await, expected);
    served.end().await;
}
