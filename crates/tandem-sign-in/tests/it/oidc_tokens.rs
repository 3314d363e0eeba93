//! What a dishonest or broken provider, or somebody in between, gets for it.

use ring::hmac;
use serde_json::{Value, json};
use tandem_domain::{Department, Role};
use tandem_sign_in::Bytes;
use tandem_sign_in::oidc::{Asking, Callback, OidcClient, OidcError, TokenError};

use crate::issuer::{Issuer, NOW, SECONDS, TokenKey, honest, query, settings, text};

/// The outcome of a token whose claims are changed.
async fn with(changed: Value) -> Result<(), OidcError> {
    let issuer = Issuer::start().await;
    let make = |issuer: &Issuer, mut claims: Value| {
        for (name, value) in changed.as_object().unwrap() {
            claims[name] = value.clone();
        }
        honest(issuer, claims)
    };
    issuer.sign_in(&issuer.client(), make).await.map(drop)
}

async fn refused(changed: Value) -> TokenError {
    match with(changed).await {
        Err(OidcError::Token(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The outcome of a token under another header.
async fn header(issuer: &Issuer, make: impl Fn(&Issuer, Value) -> String) -> TokenError {
    match issuer.sign_in(&issuer.client(), make).await {
        Err(OidcError::Token(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_honest_token_signs_in_with_role_and_department() {
    let issuer = Issuer::start().await;
    let verified = issuer.sign_in(&issuer.client(), honest).await.unwrap();
    assert_eq!(
        (verified.sub.as_str(), verified.account.as_str()),
        ("u-1", "anna")
    );
    assert_eq!(
        (verified.role, verified.department),
        (Role::ItAnalyst, Some(Department::It))
    );
    assert_eq!(verified.issuer, issuer.address);
    assert!(!format!("{verified:?}").contains("eyJ"), "the token shows");
}

#[tokio::test]
async fn the_question_carries_pkce_state_and_nonce_and_the_code_goes_with_its_verifier() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    let (url, flow) = client.begin(Asking::SignIn, &[7; 96], NOW).await.unwrap();
    assert_eq!(query(&url, "response_type"), "code");
    assert_eq!(query(&url, "scope"), "openid profile groups");
    assert_eq!(query(&url, "code_challenge_method"), "S256");
    assert_eq!(
        query(&url, "redirect_uri"),
        "http://127.0.0.1:9/sign-in/oidc/callback"
    );
    let verifier = text(&Bytes(vec![7; 32]));
    let hash = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    assert_eq!(
        query(&url, "code_challenge"),
        text(&Bytes(hash.as_ref().to_vec()))
    );
    for secret in [query(&url, "state"), query(&url, "nonce"), verifier.clone()] {
        assert!(!format!("{flow:?}").contains(&secret));
    }
    let _refused = issuer.finish(&client, &url, flow).await;
    let script = issuer.script.lock().unwrap();
    let (_, authorization, form) = script.asked.iter().find(|(path, ..)| path == "token").unwrap();
    // RFC 6749 section 2.3.1: form-encoded, then base 64.
    assert_eq!(
        authorization,
        "Basic dGFuZGVtOmErc2VjcmV0JTNBKzEwMCUyNSslMjYrbW9yZQ=="
    );
    assert!(
        form.contains(&format!("code_verifier={verifier}")) && form.contains("code=the+code"),
        "{form}"
    );
    assert!(!form.contains("client_secret"), "{form}");
}

#[tokio::test]
async fn a_token_is_refused_for_each_claim_that_is_wrong() {
    assert_eq!(refused(json!({ "nonce": "another" })).await, TokenError::Nonce);
    assert_eq!(refused(json!({ "nonce": null })).await, TokenError::Nonce);
    assert_eq!(refused(json!({ "aud": "another" })).await, TokenError::Audience);
    assert_eq!(refused(json!({ "aud": [] })).await, TokenError::Audience);
    assert_eq!(
        refused(json!({ "aud": ["tandem", "another"] })).await,
        TokenError::Audience
    );
    assert_eq!(refused(json!({ "azp": "another" })).await, TokenError::Audience);
    assert_eq!(
        refused(json!({ "iss": "https://evil.example" })).await,
        TokenError::Issuer
    );
    assert_eq!(refused(json!({ "exp": SECONDS - 60 })).await, TokenError::Expired);
    assert_eq!(refused(json!({ "exp": null })).await, TokenError::Expired);
    assert_eq!(
        refused(json!({ "iat": SECONDS + 61 })).await,
        TokenError::IssuedAt
    );
    assert_eq!(
        refused(json!({ "iat": SECONDS - 661 })).await,
        TokenError::IssuedAt
    );
    assert_eq!(
        refused(json!({ "nbf": SECONDS + 61 })).await,
        TokenError::IssuedAt
    );
    assert_eq!(
        refused(json!({ "at_hash": "AAAA" })).await,
        TokenError::AccessToken
    );
    assert_eq!(refused(json!({ "sub": "" })).await, TokenError::Malformed);
}

#[tokio::test]
async fn clocks_may_be_a_minute_apart() {
    for changed in [
        json!({ "exp": SECONDS - 59 }),
        json!({ "iat": SECONDS + 60 }),
        json!({ "nbf": SECONDS + 60, "exp": SECONDS as f64 + 0.5 }),
        json!({ "aud": ["tandem", "another"], "azp": "tandem" }),
    ] {
        assert_eq!(with(changed.clone()).await, Ok(()), "{changed}");
    }
}

#[tokio::test]
async fn no_algorithm_and_symmetric_algorithms_are_refused() {
    let issuer = Issuer::start().await;
    for name in ["none", "None", "HS256", "ES512", ""] {
        let make = |issuer: &Issuer, claims: Value| {
            issuer.key.token(&json!({ "alg": name, "kid": "first" }), &claims)
        };
        assert_eq!(header(&issuer, make).await, TokenError::Algorithm, "{name}");
    }
    // The classic: no signature at all.
    let bare = |issuer: &Issuer, claims: Value| {
        let token = issuer.key.token(&json!({ "alg": "none" }), &claims);
        format!("{}.", token.rsplit_once('.').unwrap().0)
    };
    assert_eq!(header(&issuer, bare).await, TokenError::Algorithm);
    // The other classic: the public key as the secret of an HMAC, under an algorithm that is allowed for that key.
    let hmac = |issuer: &Issuer, claims: Value| {
        let token = issuer.key.token(&issuer.key.header(), &claims);
        let signed = token.rsplit_once('.').unwrap().0.to_owned();
        let key = hmac::Key::new(hmac::HMAC_SHA256, issuer.key.jwk().to_string().as_bytes());
        format!(
            "{signed}.{}",
            text(&Bytes(hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()))
        )
    };
    assert_eq!(header(&issuer, hmac).await, TokenError::Signature);
}

#[tokio::test]
async fn keys_of_others_wrong_signatures_and_unknown_extensions_are_refused() {
    let issuer = Issuer::start().await;
    let foreign = |_: &Issuer, claims: Value| {
        let key = TokenKey::new("first");
        key.token(&key.header(), &claims)
    };
    assert_eq!(header(&issuer, foreign).await, TokenError::Signature);
    let unknown = |_: &Issuer, claims: Value| {
        let key = TokenKey::new("unknown");
        key.token(&key.header(), &claims)
    };
    assert_eq!(header(&issuer, unknown).await, TokenError::UnknownKey);
    // A key given along in the header is not looked at.
    let own = |_: &Issuer, claims: Value| {
        let key = TokenKey::new("own");
        key.token(
            &json!({ "alg": "ES256", "kid": "own", "jwk": key.jwk() }),
            &claims,
        )
    };
    assert_eq!(header(&issuer, own).await, TokenError::UnknownKey);
    let changed = |issuer: &Issuer, claims: Value| {
        let token = honest(issuer, claims);
        let mut parts = token.split('.');
        let (header, _, signature) = (parts.next().unwrap(), parts.next(), parts.next().unwrap());
        let payload = text(&Bytes(json!({ "sub": "admin" }).to_string().into_bytes()));
        format!("{header}.{payload}.{signature}")
    };
    assert_eq!(header(&issuer, changed).await, TokenError::Signature);
    let critical = |issuer: &Issuer, claims: Value| {
        issuer.key.token(
            &json!({ "alg": "ES256", "kid": "first", "crit": ["b64"], "b64": false }),
            &claims,
        )
    };
    assert_eq!(header(&issuer, critical).await, TokenError::Critical);
    for nonsense in ["", "a", "a.b", "a.b.c", "....", "e30.e30.e30"] {
        let make = |_: &Issuer, _: Value| nonsense.to_owned();
        assert_eq!(header(&issuer, make).await, TokenError::Malformed, "{nonsense}");
    }
    assert_eq!(
        header(&issuer, |_, _| "x".repeat(200_000)).await,
        TokenError::Malformed
    );
}

#[tokio::test]
async fn only_algorithms_of_the_settings_are_accepted() {
    let issuer = Issuer::start().await;
    let mut settings = settings(&issuer.address);
    settings
        .algorithms
        .retain(|algorithm| algorithm.name() != "ES256");
    let client = OidcClient::new(settings).unwrap();
    let outcome = issuer.sign_in(&client, honest).await;
    assert_eq!(outcome.unwrap_err(), OidcError::Token(TokenError::Algorithm));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_found_and_unknown_names_do_not_flood_it() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    issuer.sign_in(&client, honest).await.unwrap();
    issuer.sign_in(&client, honest).await.unwrap();
    assert_eq!(
        (
            issuer.asked("keys"),
            issuer.asked(".well-known/openid-configuration")
        ),
        (1, 1)
    );
    let second = TokenKey::new("second");
    issuer.publish(&[&second]);
    let rotated = |_: &Issuer, claims: Value| second.token(&second.header(), &claims);
    // Within the cool-down the provider is left in peace …
    let outcome = issuer.sign_in(&client, rotated).await;
    assert_eq!(outcome.unwrap_err(), OidcError::Token(TokenError::UnknownKey));
    assert_eq!(issuer.asked("keys"), 1);
    // … and half a minute later the new key is fetched.
    let later = NOW.plus_micros(30_000_000);
    let (url, flow) = client.begin(Asking::SignIn, &[7; 96], later).await.unwrap();
    let token = rotated(&issuer, issuer.claims(&query(&url, "nonce")));
    issuer.set("token", 200, &json!({ "access_token": "at", "id_token": token }));
    assert!(client.finish(flow, &issuer.callback(&url), later).await.is_ok());
    assert_eq!(issuer.asked("keys"), 2);
}

#[tokio::test]
async fn the_answer_must_belong_to_the_question() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    let (url, flow) = client.begin(Asking::SignIn, &[7; 96], NOW).await.unwrap();
    let good = issuer.callback(&url);
    let finish = |callback: Callback, after: i64| {
        let (client, flow) = (&client, flow.clone());
        async move {
            client
                .finish(flow, &callback, NOW.plus_micros(after))
                .await
                .unwrap_err()
        }
    };
    let state = |text: &str| Callback {
        state: Some(tandem_sign_in::SecretText::new(text.into())),
        ..good.clone()
    };
    assert_eq!(finish(state("another"), 0).await, OidcError::State);
    assert_eq!(
        finish(
            Callback {
                state: None,
                ..good.clone()
            },
            0
        )
        .await,
        OidcError::State
    );
    assert_eq!(
        finish(
            Callback {
                iss: Some("https://evil.example".into()),
                ..good.clone()
            },
            0
        )
        .await,
        OidcError::Issuer
    );
    assert_eq!(
        finish(
            Callback {
                iss: None,
                ..good.clone()
            },
            0
        )
        .await,
        OidcError::Issuer
    );
    assert_eq!(finish(good.clone(), 600_000_000).await, OidcError::Expired);
    let error = Callback {
        code: None,
        error: Some("access_denied<script>".into()),
        ..good.clone()
    };
    assert_eq!(
        finish(error, 0).await,
        OidcError::Refused("access_deniedscript".into())
    );
    assert!(matches!(
        finish(Callback { code: None, ..good }, 0).await,
        OidcError::Refused(_)
    ));
    assert_eq!(
        issuer.asked("token"),
        0,
        "nothing is exchanged for a wrong answer"
    );
}

#[tokio::test]
async fn who_is_in_no_mapped_group_is_refused_plainly() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    let staff = |issuer: &Issuer, mut claims: Value| {
        claims["groups"] = json!(["staff", 7, "Security-Operations"]);
        honest(issuer, claims)
    };
    let refused = issuer.sign_in(&client, staff).await.unwrap_err();
    assert_eq!(
        refused,
        OidcError::NoRole {
            claim: "groups".into(),
            count: 2
        }
    );
    assert!(
        refused
            .to_string()
            .starts_with("none of the person's groups gives a role")
    );
    // No claim and no user information either.
    let bare = |issuer: &Issuer, mut claims: Value| {
        claims.as_object_mut().unwrap().remove("groups");
        honest(issuer, claims)
    };
    issuer.set("me", 200, &json!({ "sub": "u-1" }));
    let refused = issuer.sign_in(&client, bare).await.unwrap_err();
    assert_eq!(
        refused,
        OidcError::NoRole {
            claim: "groups".into(),
            count: 0
        }
    );
    issuer.set("me", 200, &json!({ "sub": "u-1", "groups": "approvers" }));
    let verified = issuer.sign_in(&client, bare).await.unwrap();
    assert_eq!(
        (verified.role, verified.department),
        (Role::Approver, Some(Department::Corporate))
    );
    issuer.set(
        "me",
        200,
        &json!({ "sub": "somebody else", "groups": ["approvers"] }),
    );
    assert!(matches!(
        issuer.sign_in(&client, bare).await,
        Err(OidcError::Provider { .. })
    ));
}

#[tokio::test]
async fn groups_may_lie_deeper_and_the_account_name_must_be_there() {
    let issuer = Issuer::start().await;
    let mut deep = settings(&issuer.address);
    deep.groups_claim = "realm_access.roles".into();
    let client = OidcClient::new(deep).unwrap();
    let make = |issuer: &Issuer, mut claims: Value| {
        claims["realm_access"] = json!({ "roles": ["corporate-security"] });
        honest(issuer, claims)
    };
    let verified = issuer.sign_in(&client, make).await.unwrap();
    assert_eq!(verified.role, Role::CorporateInvestigator);
    let nameless = |issuer: &Issuer, mut claims: Value| {
        claims["preferred_username"] = json!(" \u{7} ");
        honest(issuer, claims)
    };
    let outcome = issuer.sign_in(&issuer.client(), nameless).await;
    assert_eq!(
        outcome.unwrap_err(),
        OidcError::NoAccount("preferred_username".into())
    );
}

#[tokio::test]
async fn a_step_up_needs_the_same_person_and_a_new_proof() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    let again = |sub: &str| Asking::StepUp { sub: sub.into() };
    let proved = |at: i64| {
        move |issuer: &Issuer, mut claims: Value| {
            claims["auth_time"] = json!(at);
            honest(issuer, claims)
        }
    };
    let (url, _) = client.begin(again("u-1"), &[7; 96], NOW).await.unwrap();
    assert_eq!(
        (query(&url, "prompt"), query(&url, "max_age")),
        ("login".into(), "0".into())
    );
    assert!(issuer.play(&client, again("u-1"), proved(SECONDS)).await.is_ok());
    let refused = issuer.play(&client, again("u-1"), honest).await.unwrap_err();
    assert_eq!(refused, OidcError::Token(TokenError::AuthTime));
    let refused = issuer
        .play(&client, again("u-1"), proved(SECONDS - 61))
        .await
        .unwrap_err();
    assert_eq!(refused, OidcError::Token(TokenError::AuthTime));
    let refused = issuer
        .play(&client, again("u-2"), proved(SECONDS))
        .await
        .unwrap_err();
    assert_eq!(refused, OidcError::OtherPerson);
}

#[tokio::test]
async fn a_description_that_leads_elsewhere_is_refused() {
    for (changed, word) in [
        (json!({ "issuer": "https://evil.example" }), "another issuer"),
        (
            json!({ "token_endpoint": "http://evil.example/token" }),
            "not https",
        ),
        (json!({ "jwks_uri": "file:///etc/passwd" }), "not https"),
        (
            json!({ "authorization_endpoint": "https://a:b@evil.example/" }),
            "user name",
        ),
        (json!({ "code_challenge_methods_supported": ["plain"] }), "PKCE"),
        (json!({ "jwks_uri": null }), "not its JSON"),
    ] {
        let issuer = Issuer::start().await;
        issuer.describe(&changed);
        let refused = issuer
            .client()
            .begin(Asking::SignIn, &[7; 96], NOW)
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, OidcError::Description(why) if why.contains(word)),
            "{changed}: {refused}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_fails_is_named_without_secrets_and_redirects_are_not_followed() {
    let issuer = Issuer::start().await;
    let client = issuer.client();
    let (url, flow) = client.begin(Asking::SignIn, &[7; 96], NOW).await.unwrap();
    for (status, body, word) in [
        (
            400,
            json!({ "error": "invalid_grant", "error_description": "the code" }),
            "invalid_grant",
        ),
        (502, json!("<html>"), "status 502"),
        (302, json!("{}"), "status 302"),
        (200, json!("x".repeat(2_000_000)), "too long"),
        (200, json!({ "access_token": "at" }), "not a signed token"),
    ] {
        issuer.set("token", status, &body);
        let refused = issuer
            .finish(&client, &url, flow.clone())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(word), "{refused}");
        assert!(
            !refused.contains("the code") && !refused.contains("100%"),
            "{refused}"
        );
    }
    let nobody = OidcClient::new(settings("http://127.0.0.1:1")).unwrap();
    let refused = nobody.begin(Asking::SignIn, &[7; 96], NOW).await.unwrap_err();
    assert!(
        matches!(
            refused,
            OidcError::Provider {
                what: "the description",
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn settings_that_cannot_be_safe_are_refused() {
    let bad = |change: &dyn Fn(&mut tandem_sign_in::oidc::OidcSettings)| {
        let mut settings = settings("https://id.example");
        change(&mut settings);
        settings.check().is_err()
    };
    assert!(settings("https://id.example").check().is_ok());
    assert!(bad(&|s| s.issuer = "http://id.example".into()));
    assert!(bad(&|s| s.issuer = "http://127.0.0.1.evil.example".into()));
    assert!(bad(&|s| s.redirect_uri = "http://tandem.example/callback".into()));
    assert!(bad(
        &|s| s.post_logout_redirect_uri = Some("javascript:alert(1)".into())
    ));
    assert!(bad(&|s| s.client_id.clear()));
    assert!(bad(&|s| s.rules.clear()));
    assert!(bad(&|s| s.rules[1].group.clear()));
    assert!(
        bad(&|s| s.rules[0].department = None),
        "an approver without a department"
    );
    assert!(
        bad(&|s| s.rules[1].department = Some(Department::Corporate)),
        "an IT analyst of corporate security"
    );
    assert!(bad(&|s| s.scopes = vec!["a b".into()]));
    assert!(bad(&|s| s.algorithms.clear()));
}

#[test]
fn settings_read_as_written_and_refuse_unknown_words() {
    let json = r#"{"issuer":"https://id.example","client_id":"tandem","client_secret":"s3cret","redirect_uri":"https://tandem.example/cb",
        "rules":[{"group":"soc","role":"it_analyst"},{"group":"board","role":"approver","department":"it"}]}"#;
    let settings: tandem_sign_in::oidc::OidcSettings = serde_json::from_str(json).unwrap();
    settings.check().unwrap();
    assert_eq!(settings.rules[1].department(), Some(Department::It));
    assert!(!format!("{settings:?}").contains("s3cret"));
    let unknown = json.replace("\"rules\"", "\"insecure\":true,\"rules\"");
    assert!(serde_json::from_str::<tandem_sign_in::oidc::OidcSettings>(&unknown).is_err());
}
