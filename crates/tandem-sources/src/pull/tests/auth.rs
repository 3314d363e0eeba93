use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use url::Url;

use super::super::api::Fault;
use super::super::auth::{Auth, granted, jwt};
use super::super::sigv4::{Keys, Signed, sign};
use super::{answer, at};
use crate::secret::SecretPlace;

const KEY: &str = include_str!("../../../tests/it/seeds/pull/test-key.pem");

/// The claims, if the signature is good.
fn verified(token: &str) -> Value {
    let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref())
        .verify(signed.as_bytes(), &signature)
        .unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn field(form: &str, name: &str) -> String {
    url::form_urlencoded::parse(form.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[test]
fn a_google_grant_is_what_google_documents() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.json");
    let key = json!({"type": "service_account", "client_email": "x@p.iam.gserviceaccount.com", "private_key": KEY,
        "private_key_id": "k", "token_uri": "https://oauth2.googleapis.com/token"});
    std::fs::write(&file, key.to_string()).unwrap();
    let auth = Auth::Google {
        key: SecretPlace::File(file),
        subject: Some("admin@example.com".to_owned()),
        scope: "https://www.googleapis.com/auth/admin.reports.audit.readonly",
        url: None,
    };
    let grant = auth.grant(at("2026-03-02T08:00:00Z")).unwrap().unwrap();
    assert_eq!(grant.url.as_str(), "https://oauth2.googleapis.com/token");
    assert_eq!(
        field(&grant.form, "grant_type"),
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    // <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>
    assert_eq!(
        verified(&field(&grant.form, "assertion")),
        json!({"iss": "x@p.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/admin.reports.audit.readonly",
            "aud": "https://oauth2.googleapis.com/token", "iat": 1_772_438_400, "exp": 1_772_439_000, "sub": "admin@example.com"})
    );
    assert!(!format!("{auth:?}").contains("PRIVATE"));
}

#[test]
fn an_okta_assertion_is_what_okta_documents() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    std::fs::write(&file, KEY).unwrap();
    let auth = Auth::Assertion {
        url: Url::parse("https://example.okta.com/oauth2/v1/token").unwrap(),
        client_id: "0oa".to_owned(),
        key: SecretPlace::File(file),
        key_id: Some("k".to_owned()),
        scope: "okta.logs.read",
    };
    let grant = auth.grant(at("2026-03-02T08:00:00Z")).unwrap().unwrap();
    assert_eq!(field(&grant.form, "scope"), "okta.logs.read");
    assert_eq!(field(&grant.form, "grant_type"), "client_credentials");
    assert_eq!(
        field(&grant.form, "client_assertion_type"),
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let claims = verified(&field(&grant.form, "client_assertion"));
    assert_eq!(
        (&claims["iss"], &claims["sub"], &claims["aud"]),
        (
            &json!("0oa"),
            &json!("0oa"),
            &json!("https://example.okta.com/oauth2/v1/token")
        )
    );
    assert!(claims["jti"].as_str().unwrap().len() > 20);
}

#[test]
fn a_key_that_is_none_is_not_shown() {
    for pem in [
        "",
        "topsecret",
        "-----BEGIN PRIVATE KEY-----\ndG9wc2VjcmV0\n-----END PRIVATE KEY-----\n",
    ] {
        let error = jwt(pem, None, &json!({})).unwrap_err();
        assert!(
            !error.to_string().contains("topsecret") && !error.to_string().contains("dG9w"),
            "{error}"
        );
    }
}

#[test]
fn a_token_is_renewed_before_it_runs_out_and_never_shown() {
    let asked = Instant::now();
    let now = at("2026-03-02T08:00:00Z");
    let json = ("content-type", "application/json");
    // <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#successful-response-1>
    let body = r#"{"token_type": "Bearer", "expires_in": 3599, "access_token": "eyJ0eXAiOiJKV1Qi"}"#;
    let token = granted(&answer(200, &[json], body), asked, now).unwrap();
    assert_eq!(token.header.as_str(), "Bearer eyJ0eXAiOiJKV1Qi");
    assert_eq!(token.until, Some(asked + Duration::from_secs(3_299)));
    assert!(!format!("{token:?}").contains("eyJ0"));
    let short = granted(
        &answer(200, &[json], r#"{"expires_in": "10", "access_token": "t"}"#),
        asked,
        now,
    )
    .unwrap();
    assert_eq!(short.until, Some(asked + Duration::from_secs(5)));
    let wrong = r#"{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided: topsecret"}"#;
    let Err(Fault::Refused(why)) = granted(&answer(401, &[json], wrong), asked, now) else {
        panic!("a wrong secret stays wrong");
    };
    assert!(
        why.contains("401 invalid_client AADSTS7000215;") && !why.contains("topsecret"),
        "{why}"
    );
    let odd = r#"{"acess_token": "topsecret"}"#;
    let Err(fault) = granted(&answer(200, &[json], odd), asked, now) else {
        panic!("no token");
    };
    assert!(!format!("{fault:?}").contains("topsecret"));
}

/// The published suite of test vectors (AWS, «Signature Version 4 test suite»): `get-vanilla`, `post-vanilla`,
/// `post-header-key-case`, `post-x-www-form-urlencoded`.
#[test]
fn signatures_are_those_of_the_published_vectors() {
    let url = Url::parse("https://example.amazonaws.com/").unwrap();
    let keys = Keys {
        id: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session: None,
    };
    let form = [("content-type", "application/x-www-form-urlencoded".to_owned())];
    let none: [(&'static str, String); 0] = [];
    for (method, headers, body, names, signature) in [
        (
            "GET",
            &none[..],
            "",
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "POST",
            &none[..],
            "",
            "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            "POST",
            &form[..],
            "Param1=value1",
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ] {
        let signed = Signed {
            method,
            url: &url,
            headers,
            body: body.as_bytes(),
            region: "us-east-1",
            service: "service",
        };
        let added = sign(signed, keys, at("2015-08-30T12:36:00Z"));
        assert_eq!(
            added.first().unwrap(),
            &("x-amz-date", "20150830T123600Z".to_owned())
        );
        assert_eq!(
            added.last().unwrap().1,
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}"
            )
        );
    }
}
