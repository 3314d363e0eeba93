use super::*;

const MINUTE: i64 = 60 * MICROS_PER_SECOND;

fn times(began: i64, last_seen: i64) -> SessionTimes {
    SessionTimes {
        began: Timestamp(began * MINUTE),
        last_seen: Timestamp(last_seen * MINUTE),
        proved: Timestamp(began * MINUTE),
    }
}

fn state(began: i64, last_seen: i64, now: i64) -> SessionState {
    SessionRules::default().state(times(began, last_seen), Timestamp(now * MINUTE))
}

#[test]
fn a_session_ends_idle_after_an_hour_and_in_any_case_after_twelve() {
    let until = |minute| SessionState::Live {
        until: Timestamp(minute * MINUTE),
    };
    assert_eq!(state(0, 0, 59), until(60));
    assert_eq!(state(0, 0, 60), SessionState::Idle);
    assert_eq!(state(0, 700, 719), until(720));
    assert_eq!(state(0, 719, 720), SessionState::Expired);
    assert_eq!(state(0, 0, 100_000), SessionState::Expired);
    assert_eq!(state(10, 10, 9), SessionState::Expired);
}

#[test]
fn an_approval_needs_a_proof_of_the_last_five_minutes() {
    let rules = SessionRules::default();
    let fresh = |age: i64| rules.is_fresh(Timestamp(0), Timestamp(age));
    assert!(fresh(0) && fresh(5 * MINUTE - 1));
    assert!(!fresh(5 * MINUTE) && !fresh(-1));
    let refused = rules.need_fresh(Timestamp(0), Timestamp(6 * MINUTE)).unwrap_err();
    assert!(refused.to_string().contains("last 5 minutes"), "{refused}");
    assert_eq!(rules.need_fresh(Timestamp(0), Timestamp(MINUTE)), Ok(()));
}

#[test]
fn cookies_say_all_that_protects_them() {
    assert_eq!(
        session_cookie("abc", 43_200).unwrap(),
        "__Host-tandem=abc; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200"
    );
    assert_eq!(
        flow_cookie("abc", 600).unwrap(),
        "__Host-tandem-flow=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
    );
    assert_eq!(
        clear_cookie(SESSION_COOKIE),
        "__Host-tandem=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
    );
    for hostile in ["", "a; Domain=evil.example", "a\r\nSet-Cookie: b=c", "a b", "ä"] {
        assert_eq!(session_cookie(hostile, 1), Err(CookieError), "{hostile}");
    }
}

#[test]
fn a_cookie_is_read_by_its_whole_name_and_not_if_it_came_twice() {
    let read = |headers: &[&'static str]| read_cookie(headers.iter().copied(), SESSION_COOKIE);
    assert_eq!(read(&["a=1; __Host-tandem=abc; b=2"]), Some("abc"));
    assert_eq!(read(&["a=1", "__Host-tandem=abc"]), Some("abc"));
    assert_eq!(read(&["__Host-tandem-flow=x; x__Host-tandem=y"]), None);
    assert_eq!(read(&["__Host-tandem=abc; __Host-tandem=def"]), None);
    assert_eq!(read(&["__Host-tandem=abc", "__Host-tandem=abc"]), None);
    assert_eq!(read(&[]), None);
}

#[test]
fn the_token_of_one_session_is_none_for_another() {
    let key = Key::new([7; 32]);
    let token = csrf_token(&key, "session a");
    assert!(csrf_matches(&key, "session a", token.expose()));
    assert!(!csrf_matches(&key, "session b", token.expose()));
    assert!(!csrf_matches(&Key::new([8; 32]), "session a", token.expose()));
    assert!(!csrf_matches(&key, "session a", ""));
    assert_eq!(format!("{token:?}"), "SecretText(…)");
}
