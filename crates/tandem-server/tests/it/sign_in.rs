//! Signing in by password, code and passkey, and one's own account.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tandem_domain::{Role, Timestamp};
use tandem_store::SessionRow;
use totp_rs::{Algorithm as Hash, Builder, Secret};

use crate::software_passkey::{Algorithm, Device};
use crate::support::{Answer, Desk, Place};

const PASSWORD: &str = "seven unlikely garden chairs";

/// A colleague who set a password after coming in by a one-time link.
async fn with_password<'a>(place: &'a Place, account: &str) -> Desk<'a> {
    let desk = place.colleague(account, Role::ItAnalyst, None).await;
    let set = desk
        .post("/account/password", json!({ "password": PASSWORD }))
        .await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text);
    desk
}

async fn password(place: &Place, account: &str, password: &str, cookie: &str) -> Answer {
    let body = json!({ "account": account, "password": password });
    place.knock("/sign-in/password", cookie, body).await
}

async fn code(place: &Place, ceremony: &Value, code: &str) -> Answer {
    let body = json!({ "ceremony": ceremony, "code": code });
    place.knock("/sign-in/code", "", body).await
}

/// The code that an authenticator app shows, steps of 30 seconds from now.
fn app_code(secret: &str, steps: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let totp = Builder::new()
        .with_algorithm(Hash::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("test")
        .with_issuer(Some("test"))
        .build()
        .unwrap();
    totp.generate(now + 30 * steps).to_string()
}

/// Enrols an authenticator app; gives its secret and the recovery codes.
async fn enrolled(desk: &Desk<'_>) -> (String, Vec<String>) {
    let begun = desk.post("/account/codes", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let begun = begun.json();
    assert!(begun["svg"].as_str().unwrap().starts_with("<svg"));
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let confirm = |code: String| json!({ "ceremony": begun["ceremony"], "code": code });
    let wrong = desk
        .post("/account/codes/confirm", confirm("nonsense".into()))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    let done = desk
        .post("/account/codes/confirm", confirm(app_code(&secret, 0)))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let codes: Vec<String> = serde_json::from_value(done.json()["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

async fn acts(place: &Place) -> Vec<(String, String, Option<String>)> {
    let rows = place
        .colleague("uma", Role::Auditor, None)
        .await
        .get("/ledger?limit=500")
        .await
        .json();
    let text = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
    rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|row| {
            (
                text(row, "who").unwrap(),
                text(row, "act").unwrap(),
                text(row, "object"),
            )
        })
        .collect()
}

#[tokio::test]
async fn the_sessions_cookie_is_bound_to_the_host_and_a_link_ends_on_a_page() {
    let place = Place::new().await;
    let token = place.link(Role::ItAnalyst).await;
    let answer = place.get(&format!("/sign-in?token={token}"), None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("http-equiv=\"refresh\""), "{}", answer.text);
    let set: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(set.len(), 2);
    for (cookie, name) in set.iter().zip(["__Host-tandem=", "__Host-tandem-device="]) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with(name), "{cookie}");
        assert!(
            cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age="),
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn a_password_signs_in_and_the_ledger_says_so() {
    let place = Place::new().await;
    with_password(&place, "ines").await;
    let wrong = password(&place, "ines", "not the password", "").await;
    let unknown = password(&place, "nobody", PASSWORD, "").await;
    let long = password(&place, "ines", &"x".repeat(5_000), "").await;
    for answer in [&wrong, &unknown, &long] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, wrong.text, "nobody learns what was wrong");
        assert!(answer.cookies.is_empty());
    }
    let right = password(&place, " ines ", PASSWORD, "").await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.text);
    assert_eq!(right.json()["next"], "done");
    let session = place.get("/api/v1/session", right.cookie.as_deref()).await;
    assert_eq!(session.json()["user"], "ines");
    let desk = place.desk(right.cookie.unwrap()).await;
    assert_eq!(desk.delete("/session").await.status, StatusCode::NO_CONTENT);
    let said = acts(&place).await;
    let said: Vec<_> = said
        .iter()
        .filter(|(who, ..)| who != "uma")
        .map(|(who, act, object)| (who.as_str(), act.as_str(), object.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            ("ines", "session.begin", Some("link")),
            ("ines", "credential.add", Some("password")),
            ("ines", "session.refused", Some("password")),
            ("system", "session.refused", Some("an account that nobody has")),
            ("ines", "session.begin", Some("password")),
            ("ines", "session.end", None),
        ]
    );
}

#[tokio::test]
async fn a_new_sign_in_takes_the_place_of_the_session_before() {
    let place = Place::new().await;
    let desk = with_password(&place, "ines").await;
    let again = password(&place, "ines", PASSWORD, &desk.cookie).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(desk.get("/session").await.status, StatusCode::UNAUTHORIZED);
    let desk = place.desk(again.cookie.unwrap()).await;
    assert_eq!(desk.get("/session").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_disabled_colleague_stays_out() {
    let place = Place::new().await;
    let desk = with_password(&place, "ines").await;
    let mut row = place.app.store.colleague("ines").await.unwrap().unwrap();
    row.disabled = true;
    place.app.store.put_colleague(&row).await.unwrap();
    assert_eq!(
        password(&place, "ines", PASSWORD, "").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(desk.get("/account").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stranger_waits_after_failures_and_a_known_device_does_not() {
    let place = Place::new().await;
    with_password(&place, "ines").await;
    let known = password(&place, "ines", PASSWORD, "").await.cookies[1].clone();
    let mut last = None;
    // Each failure beyond the free ones doubles the wait: however slow the machine, twelve are not let through.
    for _ in 0..12 {
        let answer = password(&place, "ines", "not the password", "").await;
        let waits = answer.status == StatusCode::TOO_MANY_REQUESTS;
        last = Some(answer);
        if waits {
            break;
        }
    }
    let last = last.unwrap();
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS, "{}", last.text);
    let seconds = last.headers[header::RETRY_AFTER].to_str().unwrap();
    assert!(seconds.parse::<u64>().unwrap() >= 1);
    let owner = password(&place, "ines", PASSWORD, &known).await;
    assert_eq!(owner.status, StatusCode::OK, "{}", owner.text);
}

#[tokio::test]
async fn another_sites_page_cannot_sign_anybody_in() {
    let place = Place::new().await;
    with_password(&place, "ines").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = Request::post("/api/v1/sign-in/password")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::HOST, "tandem.example")
            .header(name, value)
            .body(Body::from(
                json!({ "account": "ines", "password": PASSWORD }).to_string(),
            ))
            .unwrap();
        let answer = place.ask(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {}", answer.text);
        assert!(answer.cookies.is_empty());
    }
}

#[tokio::test]
async fn with_an_app_the_password_alone_is_not_enough_and_codes_work_once() {
    let place = Place::new().await;
    let desk = with_password(&place, "ines").await;
    let (secret, recovery) = enrolled(&desk).await;
    let first = password(&place, "ines", PASSWORD, "").await;
    assert_eq!(first.json()["next"], "code");
    assert!(first.cookies.is_empty(), "not signed in yet");
    let ceremony = first.json()["ceremony"].clone();
    let wrong = code(&place, &ceremony, "000000x").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let next = app_code(&secret, 1);
    let right = code(&place, &ceremony, &next).await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.text);
    assert_eq!(
        place.get("/api/v1/session", right.cookie.as_deref()).await.json()["user"],
        "ines"
    );
    // Neither the ceremony nor the code works again.
    assert_eq!(
        code(&place, &ceremony, &next).await.status,
        StatusCode::UNAUTHORIZED
    );
    let second = password(&place, "ines", PASSWORD, "").await.json();
    let again = code(&place, &second["ceremony"], &next).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert_eq!(again.text, wrong.text);
    // A recovery code does, once.
    let back = code(&place, &second["ceremony"], &recovery[3].to_lowercase()).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    let third = password(&place, "ines", PASSWORD, "").await.json();
    let used = code(&place, &third["ceremony"], &recovery[3]).await;
    assert_eq!(used.status, StatusCode::UNAUTHORIZED);
    let account = place
        .desk(back.cookie.unwrap())
        .await
        .get("/account")
        .await
        .json();
    let left = account["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["kind"] == "recovery")
        .unwrap();
    assert_eq!(left["left"], 9);
    // The secret lies sealed in the database.
    let rows = place.app.store.credentials("ines").await.unwrap();
    let stored = rows.iter().find(|row| row.kind == "totp").unwrap();
    assert!(!stored.body.contains(&secret), "{}", stored.body);
}

#[tokio::test]
async fn a_right_password_is_no_way_to_guess_codes() {
    let place = Place::new().await;
    let desk = with_password(&place, "ines").await;
    enrolled(&desk).await;
    let mut guesses = 0;
    let waits = 'guessing: loop {
        let step = password(&place, "ines", PASSWORD, "").await;
        if step.status == StatusCode::TOO_MANY_REQUESTS {
            break 'guessing true;
        }
        for _ in 0..6 {
            let answer = code(&place, &step.json()["ceremony"], "nonsense").await;
            guesses += 1;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                break 'guessing true;
            }
            if guesses > 20 {
                break 'guessing false;
            }
        }
    };
    assert!(waits, "{guesses} guesses without a brake");
}

#[tokio::test]
async fn a_short_password_is_taken_only_beside_an_app_and_the_app_stays_then() {
    let place = Place::new().await;
    let desk = place.colleague("ines", Role::ItAnalyst, None).await;
    let short = json!({ "password": "grzlwm,49q" });
    let refused = desk.post("/account/password", short.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("15 characters"), "{}", refused.text);
    let alone = desk.post("/account/codes", json!({})).await;
    assert_eq!(alone.status, StatusCode::BAD_REQUEST, "an app needs a password");
    desk.post("/account/password", json!({ "password": PASSWORD }))
        .await;
    enrolled(&desk).await;
    let set = desk.post("/account/password", short).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text);
    let ids = async || -> Vec<(String, String)> {
        let account = desk.get("/account").await.json();
        let list = account["credentials"].as_array().unwrap().clone();
        let text = |c: &Value, name: &str| c[name].as_str().unwrap().to_owned();
        list.iter().map(|c| (text(c, "kind"), text(c, "id"))).collect()
    };
    let of = |kind: &str, all: &[(String, String)]| all.iter().find(|(k, _)| k == kind).unwrap().1.clone();
    let app = format!("/account/credentials/{}", of("totp", &ids().await));
    assert_eq!(desk.delete(&app).await.status, StatusCode::BAD_REQUEST);
    desk.post("/account/password", json!({ "password": PASSWORD }))
        .await;
    assert_eq!(desk.delete(&app).await.status, StatusCode::NO_CONTENT);
    let kinds: Vec<String> = ids().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["password"], "recovery codes go with the app");
    assert_eq!(
        password(&place, "ines", PASSWORD, "").await.json()["next"],
        "done"
    );
}

#[tokio::test]
async fn credentials_change_only_with_a_fresh_proof_and_sessions_end_one_by_one() {
    let place = Place::new().await;
    let desk = with_password(&place, "ines").await;
    let now = tandem_server::pipeline::now();
    // A session of six minutes ago, as the database holds it.
    let (token, hash) = tandem_server::secret::new_token().unwrap();
    let old = Timestamp(now.0 - 6 * 60 * 1_000_000);
    place
        .app
        .store
        .add_session(&SessionRow {
            hash,
            user: "ines".into(),
            role: "it_analyst".into(),
            created: old,
            last_seen: old,
            expires: now.plus_micros(3_600_000_000),
            revoked: false,
            proved: old,
            way: "password".into(),
        })
        .await
        .unwrap();
    let stale = place.desk(format!("__Host-tandem={token}")).await;
    let account = stale.get("/account").await.json();
    assert_eq!(account["fresh_until"], Value::Null);
    for (path, body) in [
        ("/account/password", json!({ "password": PASSWORD })),
        ("/account/codes", json!({})),
        (
            "/account/codes/confirm",
            json!({ "ceremony": "x", "code": "000000" }),
        ),
        ("/account/recovery", json!({})),
        ("/account/passkeys", json!({})),
    ] {
        let refused = stale.post(path, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
        assert_eq!(refused.json()["error"]["code"], "prove_again");
    }
    let id = account["credentials"][0]["id"].as_str().unwrap();
    let refused = stale.delete(&format!("/account/credentials/{id}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let sessions = account["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|s| s["current"] == false).unwrap();
    assert_eq!(other["way"], "link");
    let path = format!("/account/sessions/{}", other["id"].as_str().unwrap());
    let stranger = place.colleague("carl", Role::CorporateInvestigator, None).await;
    assert_eq!(stranger.delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stale.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.get("/session").await.status, StatusCode::UNAUTHORIZED);
    // A new password ends all others.
    let fresh = place
        .desk(password(&place, "ines", PASSWORD, "").await.cookie.unwrap())
        .await;
    fresh
        .post(
            "/account/password",
            json!({ "password": "eleven other garden tables" }),
        )
        .await;
    assert_eq!(stale.get("/session").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fresh.get("/session").await.status, StatusCode::OK);
}

async fn with_passkeys() -> Place {
    Place::with(|config| config.sign_in.origin = "https://tandem.example".into()).await
}

/// Registers the device's passkey.
async fn registered(desk: &Desk<'_>, device: &mut Device, name: &str) -> Answer {
    let begun = desk.post("/account/passkeys", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let begun = begun.json();
    let credential = device.made(&begun["options"]);
    let body = json!({ "ceremony": begun["ceremony"], "name": name, "credential": credential });
    desk.post("/account/passkeys/finish", body).await
}

async fn shown(place: &Place, device: &mut Device) -> (Value, Answer) {
    let begun = place.knock("/sign-in/passkey", "", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let begun = begun.json();
    let body = json!({ "ceremony": begun["ceremony"], "credential": device.shown(&begun["options"]) });
    let answer = place.knock("/sign-in/passkey/finish", "", body.clone()).await;
    (body, answer)
}

#[tokio::test]
async fn a_passkey_is_registered_signs_in_and_is_taken_out_of_use() {
    let place = with_passkeys().await;
    let desk = place.colleague("ines", Role::ItAnalyst, None).await;
    let mut device = Device::new(Algorithm::Es256);
    let added = registered(&desk, &mut device, "my laptop").await;
    assert_eq!(added.status, StatusCode::NO_CONTENT, "{}", added.text);
    let (body, answer) = shown(&place, &mut device).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let signed = place.desk(answer.cookie.unwrap()).await;
    assert_eq!(signed.get("/session").await.json()["user"], "ines");
    // The same answer does not work twice.
    let replay = place.knock("/sign-in/passkey/finish", "", body).await;
    assert_eq!(replay.status, StatusCode::UNAUTHORIZED);
    // Somebody else cannot have it too, nor its owner twice.
    let other = place.colleague("carl", Role::CorporateInvestigator, None).await;
    let taken = registered(&other, &mut Device::new(Algorithm::EdDsa), "mine now").await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST, "{}", taken.text);
    // A counter that goes back says that there may be a copy.
    device.counter = 0;
    let (_, copied) = shown(&place, &mut device).await;
    assert_eq!(copied.status, StatusCode::UNAUTHORIZED);
    assert!(copied.text.contains("a copy may be in use"), "{}", copied.text);
    device.counter = 50;
    let account = signed.get("/account").await.json();
    let passkey = &account["credentials"][0];
    assert_eq!(
        (&passkey["kind"], &passkey["name"]),
        (&json!("passkey"), &json!("my laptop"))
    );
    let path = format!("/account/credentials/{}", passkey["id"].as_str().unwrap());
    assert_eq!(signed.delete(&path).await.status, StatusCode::NO_CONTENT);
    let (_, removed) = shown(&place, &mut device).await;
    assert_eq!(removed.status, StatusCode::UNAUTHORIZED, "{}", removed.text);
    let again = registered(&signed, &mut device, "found again").await;
    assert_eq!(
        again.status,
        StatusCode::BAD_REQUEST,
        "a lost one never comes back"
    );
    let said = acts(&place).await;
    let of = |act: &str| {
        said.iter()
            .any(|(who, a, o)| who == "ines" && a == act && o.as_deref() == Some("passkey"))
    };
    assert!(
        of("credential.add") && of("credential.remove") && of("session.begin"),
        "{said:?}"
    );
}

#[tokio::test]
async fn passkeys_are_off_in_plain_words_without_an_origin_that_can_have_them() {
    for origin in ["", "http://127.0.0.1:7878"] {
        let place = Place::with(|config| config.sign_in.origin = origin.into()).await;
        let ways = place.get("/api/v1/sign-in", None).await.json();
        assert_eq!(
            (&ways["password"], &ways["passkey"], &ways["provider"]),
            (&json!(true), &json!(false), &json!(false))
        );
        assert!(ways["passkey_off"].is_string());
        let refused = place.knock("/sign-in/passkey", "", json!({})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert!(refused.text.contains("sign_in.origin"), "{}", refused.text);
    }
}
