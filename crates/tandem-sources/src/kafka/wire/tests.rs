use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::*;
use crate::kafka::SaslSettings;
use crate::reach;
use crate::secret::SecretPlace;

/// A broker as far as signing in goes: it knows SCRAM-SHA-256 and PLAIN, and one account.
struct Broker {
    home: tempfile::TempDir,
    tls: Option<TlsAcceptor>,
}

impl Broker {
    fn new(tls: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let tls = tls.then(|| {
            let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
            std::fs::write(home.path().join("ca.pem"), own.cert.pem()).unwrap();
            let key = rustls::pki_types::PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
            let config =
                ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                    .with_safe_default_protocol_versions()
                    .unwrap()
                    .with_no_client_auth()
                    .with_single_cert(vec![own.cert.der().clone()], key)
                    .unwrap();
            TlsAcceptor::from(Arc::new(config))
        });
        Self { home, tls }
    }

    fn account(&self, mechanism: Mechanism, password: &str) -> Account {
        let path: PathBuf = self.home.path().join(password);
        std::fs::write(&path, password).unwrap();
        Account::read(&SaslSettings {
            mechanism,
            user: "tandem".into(),
            password: SecretPlace::File(path),
        })
        .unwrap()
    }

    /// Serves one connection.
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        let (plain, _) = listener.accept().await.unwrap();
        let mut stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(plain),
            Some(tls) => match tls.accept(plain).await {
                Ok(stream) => Box::new(stream),
                Err(_) => return,
            },
        };
        let right = self.account(Mechanism::ScramSha256, "right");
        let mut said: Vec<String> = Vec::new();
        while let Ok(length) = stream.read_i32().await {
            let mut frame = vec![0; length as usize];
            stream.read_exact(&mut frame).await.unwrap();
            let mut reader = Reader::new(&frame);
            let (key, _, asked) = (reader.i16().unwrap(), reader.i16(), reader.i32().unwrap());
            reader.text().unwrap();
            let mut answer = Writer::default();
            answer.i32(asked);
            match key {
                18 => {
                    answer.i16(0);
                    answer.count(2);
                    for (key, most) in [(17, 1), (36, 2)] {
                        answer.i16(key);
                        answer.i16(0);
                        answer.i16(most);
                    }
                }
                17 => {
                    let known = ["PLAIN", "SCRAM-SHA-256"];
                    answer.i16(if known.contains(&reader.string().unwrap()) {
                        0
                    } else {
                        33
                    });
                    answer.count(2);
                    known.iter().for_each(|name| answer.string(name));
                }
                _ => {
                    let token = String::from_utf8(reader.bytes().unwrap().to_vec()).unwrap();
                    let reply = Self::judge(&right, &said, &token);
                    answer.i16(if reply.is_some() { 0 } else { 58 });
                    answer.i16(-1);
                    answer.bytes(reply.as_deref().unwrap_or_default().as_bytes());
                    said.push(token);
                }
            }
            let answer = answer.into_bytes();
            stream.write_i32(answer.len() as i32).await.unwrap();
            stream.write_all(&answer).await.unwrap();
            stream.flush().await.unwrap();
        }
    }

    /// What it answers to a token, if it is right.
    fn judge(right: &Account, said: &[String], token: &str) -> Option<String> {
        if let Some(plain) = token.strip_prefix('\0') {
            return (plain == "tandem\0right").then(String::new);
        }
        let nonce = |first: &str| first.split_once("r=").map(|(_, nonce)| nonce.to_owned());
        let server_first = |first: &str| Some(format!("r={}more,s=AAECAwQFBgc=,i=4096", nonce(first)?));
        let [first] = said else {
            return server_first(token);
        };
        let scram = right.scram(&nonce(first)?);
        let proof = scram.prove(&server_first(first)?).ok()?;
        (proof.message == token).then(|| format!("v={}", proof.signature()))
    }
}

async fn connect(broker: Broker, account: Option<Account>, trusts: bool) -> Result<Wire, Unanswered> {
    let broker = Arc::new(broker);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let authority = broker.home.path().join("ca.pem");
    let tls = broker
        .tls
        .is_some()
        .then(|| Arc::new(reach::tls(trusts.then_some(authority.as_path())).unwrap()));
    let serving = tokio::spawn(Arc::clone(&broker).serve(listener));
    let wire = Wire::connect(&address, &Way { tls, account }).await;
    serving.abort();
    wire
}

#[tokio::test]
async fn an_account_signs_in_with_the_right_password_only() {
    for mechanism in [Mechanism::ScramSha256, Mechanism::Plain] {
        for (password, right) in [("right", true), ("wrong", false)] {
            let broker = Broker::new(true);
            let account = broker.account(mechanism, password);
            let signed_in = connect(broker, Some(account), true).await;
            match signed_in {
                Ok(_) => assert!(right, "{mechanism:?}"),
                Err(e) => {
                    assert!(!right, "{mechanism:?}: {e}");
                    assert!(
                        e.to_string().contains("refused") && !e.to_string().contains(password),
                        "{e}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_mechanism_that_the_broker_does_not_know_is_said_with_those_that_it_knows() {
    let broker = Broker::new(false);
    let account = broker.account(Mechanism::ScramSha512, "right");
    let Err(Unanswered::SignIn(said)) = connect(broker, Some(account), false).await else {
        panic!("it is refused")
    };
    assert!(said.contains("PLAIN, SCRAM-SHA-256"), "{said}");
}

#[tokio::test]
async fn a_broker_whose_certificate_nobody_vouches_for_is_not_talked_to() {
    let Err(e) = connect(Broker::new(true), None, false).await else {
        panic!("it is refused")
    };
    assert!(matches!(e, Unanswered::Io(_)), "{e}");
    let connected = connect(Broker::new(true), None, true).await;
    let wire = connected.unwrap_or_else(|e| panic!("{e}"));
    assert!(matches!(
        wire.version(messages::FETCH),
        Err(Unanswered::Version("Fetch"))
    ));
}

#[test]
fn addresses_are_told_from_what_is_none() {
    assert_eq!(host_port("kafka.example:9092"), Some(("kafka.example", 9092)));
    assert_eq!(host_port("[::1]:9092"), Some(("::1", 9092)));
    for wrong in [
        "",
        "kafka",
        "kafka:",
        "kafka:99999",
        ":9092",
        "::1:9092",
        "[::1:9092",
        "a/b:1",
        "u@h:1",
    ] {
        assert_eq!(host_port(wrong), None, "{wrong}");
    }
}
