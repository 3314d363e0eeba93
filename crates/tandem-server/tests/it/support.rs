//! A Tandem in a folder of its own, asked over its routes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tandem_domain::{Department, Role};
use tandem_server::http::routes::router;
use tandem_server::pipeline::{IngestOptions, IngestSummary, analyse, ingest};
use tandem_server::{App, Config, secret};
use tandem_store::ColleagueRow;
use tower::ServiceExt;

pub struct Place {
    pub dir: tempfile::TempDir,
    pub app: Arc<App>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub cookie: Option<String>,
    /// Every cookie that it sets, as a browser sends it back.
    pub cookies: Vec<String>,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
}

impl Place {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config {
            data_dir: dir.path().join("data"),
            ..Config::default()
        };
        config.home.mail_domains = vec!["home.example".into()];
        config.behaviour.warm_up_days = 0;
        change(&mut config);
        let app = Arc::new(App::open(config).await.unwrap());
        Self { dir, app }
    }

    /// The same data, opened by a new process.
    pub async fn reopened(self) -> Self {
        let config = self.app.config.clone();
        drop(self.app);
        Self {
            dir: self.dir,
            app: Arc::new(App::open(config).await.unwrap()),
        }
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub async fn read(&self, name: &str, text: &str) -> IngestSummary {
        let path = self.file(name, text);
        ingest(&self.app, &[path], &IngestOptions::default(), &mut |_| {})
            .await
            .unwrap()
    }

    pub async fn analyse(&self) -> u64 {
        analyse(&self.app, None, &mut |_, _, _| {}).await.unwrap().days
    }

    pub async fn token(&self) -> String {
        let (token, hash) = secret::new_token().unwrap();
        let now = tandem_server::pipeline::now();
        self.app
            .store
            .add_ingest_token(&hash, "shipper", now)
            .await
            .unwrap();
        token
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = router(Arc::clone(&self.app)).oneshot(request).await.unwrap();
        let status = response.status();
        let headers = response.headers().clone();
        let cookies: Vec<String> = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect();
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
        Answer {
            status,
            cookie: cookies.first().cloned(),
            cookies,
            headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// A one-time link's token for a colleague of that role.
    pub async fn link(&self, role: Role) -> String {
        let colleague = ColleagueRow {
            account: role.as_str().into(),
            role,
            department: (role == Role::Approver).then_some(Department::It),
            subject: None,
            disabled: false,
            created: tandem_domain::Timestamp(1),
            body: "{}".into(),
        };
        self.app
            .sign_in_token(&colleague)
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Signs in by a one-time link; gives the session's cookie.
    pub async fn signed_in(&self, role: Role) -> String {
        let token = self.link(role).await;
        let answer = self.get(&format!("/sign-in?token={token}"), None).await;
        answer.cookie.expect("a session")
    }

    /// Signs a colleague in under an account of their own.
    pub async fn colleague(&self, account: &str, role: Role, department: Option<Department>) -> Desk<'_> {
        let row = ColleagueRow {
            account: account.into(),
            role,
            department,
            subject: None,
            disabled: false,
            created: tandem_domain::Timestamp(1),
            body: "{}".into(),
        };
        let token = self
            .app
            .sign_in_token(&row)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let cookie = self
            .get(&format!("/sign-in?token={token}"), None)
            .await
            .cookie
            .expect("a session");
        self.desk(cookie).await
    }

    /// A colleague at work with a session that began in any way.
    pub async fn desk(&self, cookie: String) -> Desk<'_> {
        let session = self.get("/api/v1/session", Some(&cookie)).await.json();
        Desk {
            place: self,
            cookie,
            csrf: session["csrf"].as_str().unwrap().to_owned(),
        }
    }

    /// Asks as somebody who is not signed in, from Tandem's own page.
    pub async fn knock(&self, path: &str, cookie: &str, body: Value) -> Answer {
        let mut request = Request::post(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        self.ask(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn push(&self, token: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request =
            Request::post("/api/v1/ingest/shop").header(header::AUTHORIZATION, format!("bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Events in the lake, as the console would count them.
    pub async fn events(&self) -> u64 {
        let cookie = self.signed_in(Role::ItAnalyst).await;
        let csrf = self.get("/api/v1/session", Some(&cookie)).await.json();
        let request = Request::post("/api/v1/query")
            .header(header::COOKIE, &cookie)
            .header("x-tandem-csrf", csrf["csrf"].as_str().unwrap())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"sql":"select count(*) n from events"}"#))
            .unwrap();
        let answer = self.ask(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let rows = answer.json();
        rows["rows"][0][0].as_u64().unwrap_or_else(|| panic!("{rows}"))
    }
}

/// A colleague at work.
pub struct Desk<'a> {
    place: &'a Place,
    pub cookie: String,
    csrf: String,
}

impl Desk<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.place
            .get(&format!("/api/v1{path}"), Some(&self.cookie))
            .await
    }

    /// Looks at something for a case.
    pub async fn get_for(&self, case: &str, path: &str) -> Answer {
        let request = Request::get(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-case", case);
        self.place.ask(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-csrf", &self.csrf)
            .header(header::CONTENT_TYPE, "application/json");
        self.place
            .ask(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Does something for a case that the address does not name.
    pub async fn post_for(&self, case: &str, path: &str, body: Value) -> Answer {
        self.place.ask(self.asking(path, &body, Some(case))).await
    }

    /// A request to send by hand, for answers that are not read to their end.
    pub fn asking(&self, path: &str, body: &Value, case: Option<&str>) -> Request<Body> {
        let mut request = Request::post(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-csrf", &self.csrf)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(case) = case {
            request = request.header("x-tandem-case", case);
        }
        request.body(Body::from(body.to_string())).unwrap()
    }

    pub async fn delete(&self, path: &str) -> Answer {
        let request = Request::delete(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-csrf", &self.csrf);
        self.place.ask(request.body(Body::empty()).unwrap()).await
    }

    /// Replaces something.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        let request = Request::put(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-csrf", &self.csrf)
            .header(header::CONTENT_TYPE, "application/json");
        self.place
            .ask(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Sends bytes as a file.
    pub async fn upload(&self, path: &str, kind: &str, bytes: Vec<u8>) -> Answer {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("x-tandem-csrf", &self.csrf)
            .header(header::CONTENT_TYPE, kind);
        self.place.ask(request.body(Body::from(bytes)).unwrap()).await
    }
}

/// One line of an application's audit, readable by the generic mapping.
pub fn line(day: u32, n: u32, user: &str) -> String {
    format!(
        "{{\"timestamp\":\"2026-05-{day:02}T{:02}:{:02}:00Z\",\"user\":\"{user}\",\"action\":\"file_read\",\"path\":\"/share/f{n}\"}}\n",
        8 + n / 60 % 10,
        n % 60,
    )
}
