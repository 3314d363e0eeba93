//! Mail over real SMTP, with a relay that keeps what it takes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tandem_connect::far::mail::{MailSettings, Post, Security};
use tandem_connect::render::mail::digest;
use tandem_connect::{Anchor, Far, Job, Key, Limits, Route, Screened, SendError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::recorder::lock;
use crate::support::{Directory, context, limits, notice};

#[derive(Debug, Clone, Default)]
struct Letter {
    to: Vec<String>,
    data: String,
}

/// What the relay says to a command instead of its usual words, by the command's first word.
type Instead = Option<(&'static str, &'static str)>;

async fn relay(instead: Instead) -> (u16, Arc<Mutex<Vec<Letter>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let letters = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&letters);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, instead, Arc::clone(&kept)));
        }
    });
    (port, letters)
}

async fn talk(
    stream: tokio::net::TcpStream,
    instead: Instead,
    letters: Arc<Mutex<Vec<Letter>>>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 relay.test ESMTP\r\n").await.ok()?;
    let mut letter = Letter::default();
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let usual = match word.as_str() {
            "EHLO" => "250-relay.test\r\n250 8BITMIME",
            "RCPT" => {
                letter.to.push(line.clone());
                "250 ok"
            }
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = instead
            .filter(|(when, _)| *when == word)
            .map_or(usual, |(_, says)| says);
        if said == "silence" {
            std::future::pending::<()>().await;
        }
        write.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
        if word == "DATA" && said.starts_with("354") {
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                letter.data.push_str(&line);
                letter.data.push('\n');
            }
            lock(&letters).push(std::mem::take(&mut letter));
            let end = instead
                .filter(|(when, _)| *when == "END")
                .map_or("250 kept", |(_, says)| says);
            if end == "silence" {
                std::future::pending::<()>().await;
            }
            write.write_all(format!("{end}\r\n").as_bytes()).await.ok()?;
        }
    }
    Some(())
}

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Loopback,
        login: None,
        from: "Tandem <tandem@example.org>".to_owned(),
    }
}

fn far(port: u16) -> Far {
    let limits = Limits {
        total: Duration::from_millis(1_500),
        ..limits()
    };
    let route = Route {
        limits,
        ..Route::default()
    };
    Far::Mail(Post::new(&settings(port), &route).unwrap())
}

fn job(to: &[&str], calendar: Option<&str>) -> Job {
    Job::Mail {
        to: to.iter().map(|t| (*t).to_owned()).collect(),
        notice: notice("n1"),
        calendar: calendar.map(str::to_owned),
    }
}

async fn deliver(far: &Far, job: &Job) -> Result<tandem_connect::Receipt, SendError> {
    let (key, anchor) = (Key("n1".to_owned()), Anchor::default());
    far.deliver(job, &context(&key, &anchor)).await
}

#[tokio::test]
async fn a_mail_arrives_with_its_calendar_and_hides_who_else_got_it() {
    let (port, letters) = relay(None).await;
    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n";
    let far = far(port);
    let both = job(&["a@example.org", "b@example.org"], Some(calendar));
    let first = deliver(&far, &both).await.unwrap();
    let again = deliver(&far, &both).await.unwrap();
    assert_eq!(first, again, "the same Message-ID");
    let letters = lock(&letters);
    assert_eq!(
        letters[0].to,
        ["RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>"]
    );
    assert_eq!(letters[0].data.matches("b@example.org").count(), 0);
    for part in [
        "text/plain",
        "text/html",
        "text/calendar",
        "tandem.ics",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(letters[0].data.contains(part), "{part}\n{}", letters[0].data);
    }
    assert!(letters[0].data.contains(first.message.as_deref().unwrap()));
    assert!(letters[0].data.contains("Subject: "));
}

#[tokio::test]
async fn one_reader_is_named_and_a_digest_is_one_mail() {
    let (port, letters) = relay(None).await;
    let far = far(port);
    deliver(&far, &job(&["a@example.org"], None)).await.unwrap();
    let many = Job::Digest {
        to: vec!["a@example.org".to_owned()],
        title: "Today in Tandem".to_owned(),
        notices: vec![notice("n1"), notice("n2")],
    };
    deliver(&far, &many).await.unwrap();
    let letters = lock(&letters);
    assert!(letters[0].data.contains("To: a@example.org"));
    assert_eq!(letters.len(), 2);
    assert!(letters[1].data.contains("Subject: Today in Tandem"));
}

#[tokio::test]
async fn the_relay_s_words_are_sorted_and_not_repeated() {
    let mut sorted = Vec::new();
    for instead in [
        ("RCPT", "550 5.1.1 <a@example.org> unknown"),
        ("RCPT", "451 4.7.1 try later"),
        ("MAIL", "421 4.3.2 closing"),
        ("END", "554 5.7.1 spam"),
        ("END", "silence"),
    ] {
        let (port, _letters) = relay(Some(instead)).await;
        let error = deliver(&far(port), &job(&["a@example.org"], None))
            .await
            .unwrap_err();
        assert!(!error.to_string().contains("a@example.org"), "{error}");
        sorted.push(error.to_string());
    }
    assert_eq!(
        sorted,
        [
            "mail: refused: the relay says 550",
            "mail: not reached: the relay says 451",
            "mail: not reached: the relay says 421",
            "mail: refused: the relay says 554",
            "mail: unclear whether it arrived: no end after 1500 milliseconds",
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let (port, letters) = relay(None).await;
    let far = far(port);
    for to in [
        &[] as &[&str],
        &["not an address"],
        &["a@example.org\r\nBcc: x@example.org"],
        &["x@e.org"; 101],
    ] {
        let error = deliver(&far, &job(to, None)).await.unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{error}");
    }
    let named = job(&["a@example.org"], Some("SUMMARY:Anna Schm\r\n idt\r\n"));
    assert!(matches!(deliver(&far, &named).await, Err(SendError::Gate(_))));
    assert!(lock(&letters).is_empty());
    let mut notice = notice("n");
    notice.title = "Talk with Anna Schmidt".to_owned();
    assert!(Screened::new(digest("Today", &[notice]), &Directory).is_err());
}

#[tokio::test]
async fn plain_text_goes_to_this_machine_only() {
    let mut elsewhere = settings(25);
    elsewhere.host = "relay.example".to_owned();
    assert!(
        Post::new(&elsewhere, &Route::default())
            .unwrap_err()
            .to_string()
            .contains("this machine")
    );
    elsewhere.security = Security::StartTls;
    Post::new(&elsewhere, &Route::default()).unwrap();
    // A relay without STARTTLS gets nothing.
    let (port, letters) = relay(None).await;
    let mut strict = settings(port);
    strict.security = Security::StartTls;
    let far = Far::Mail(
        Post::new(
            &strict,
            &Route {
                limits: limits(),
                ..Route::default()
            },
        )
        .unwrap(),
    );
    deliver(&far, &job(&["a@example.org"], None)).await.unwrap_err();
    assert!(lock(&letters).is_empty());
}
