//! One small company and one with stories, each written once for all tests; and the reading of its files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tandem_domain::Day;
use tandem_sim::{Plan, Summary, Truth, simulate};

/// A company on disk.
pub struct Written {
    pub dir: PathBuf,
    pub plan: Plan,
    pub summary: Summary,
    pub truth: Truth,
}

fn written(people: u32, days: u32, seed: u64) -> Written {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("company-{people}-{days}-{seed}"));
    if dir.exists() {
        fs::remove_dir_all(&dir).unwrap();
    }
    let plan = Plan::new(people, days, seed);
    let summary = simulate(&plan, &dir, &mut |_| {}).unwrap();
    let truth = serde_json::from_str(&fs::read_to_string(dir.join("truth.json")).unwrap()).unwrap();
    Written {
        dir,
        plan,
        summary,
        truth,
    }
}

/// 40 people for three weeks, without stories.
pub fn small() -> &'static Written {
    static ONCE: OnceLock<Written> = OnceLock::new();
    ONCE.get_or_init(|| written(40, 21, 3))
}

/// 150 people for 120 days, with stories.
pub fn storied() -> &'static Written {
    static ONCE: OnceLock<Written> = OnceLock::new();
    ONCE.get_or_init(|| written(150, 120, 11))
}

/// Files below a folder, sorted.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The text of a log file, unpacked.
pub fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .unwrap(),
        Some("zst") => zstd::Decoder::new(&bytes[..])
            .unwrap()
            .read_to_string(&mut text)
            .unwrap(),
        _ => (&bytes[..]).read_to_string(&mut text).unwrap(),
    };
    text
}

/// One line of a log.
pub struct Line {
    pub source: String,
    pub day: Day,
    pub text: String,
    pub broken: bool,
}

/// Every line of a company's logs, headers left out; `take` decides which sources are read.
pub fn lines(company: &Written, take: impl Fn(&str) -> bool) -> Vec<Line> {
    let broken: std::collections::BTreeSet<(String, u64)> = company
        .truth
        .broken_records
        .iter()
        .map(|b| (b.file.clone(), b.line))
        .collect();
    let mut all = Vec::new();
    for path in files(&company.dir.join("logs")) {
        let file = path
            .strip_prefix(&company.dir)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let source = file.split('/').nth(1).unwrap().to_owned();
        if !take(&source) {
            continue;
        }
        let day = Day::parse(&file.split('/').nth(2).unwrap()[..10]).unwrap();
        for (n, line) in text(&path).lines().enumerate() {
            if source == "badge" && n == 0 {
                continue;
            }
            let broken = broken.contains(&(file.clone(), n as u64 + 1));
            all.push(Line {
                source: source.clone(),
                day,
                text: line.to_owned(),
                broken,
            });
        }
    }
    all
}

/// The account a whole line is about, as its format says it; `None` for lines nobody of the company acted in.
pub fn account(line: &Line) -> Option<String> {
    let text = line.text.as_str();
    let json = || serde_json::from_str::<serde_json::Value>(text).unwrap();
    let local = |mail: &str| mail.strip_suffix("@aldermoor.example").map(str::to_owned);
    let between = |from: &str, to: &str| Some(text.split_once(from)?.1.split_once(to)?.0.to_owned());
    match line.source.as_str() {
        "windows-security" => {
            let log = &json()["winlog"];
            let id = log["event_id"].as_str()?.to_owned();
            let field = if matches!(id.as_str(), "4624" | "4625" | "4634") {
                "TargetUserName"
            } else {
                "SubjectUserName"
            };
            let data = if id == "1102" {
                &log["user_data"]
            } else {
                &log["event_data"]
            };
            data[field]
                .as_str()
                .filter(|a| !a.ends_with('$'))
                .map(str::to_owned)
        }
        "sysmon" => json()["Event"]["EventData"]["User"]
            .as_str()?
            .strip_prefix("ALDERMOOR\\")
            .map(str::to_owned),
        "proxy" => text.split_whitespace().nth(7).map(str::to_owned),
        "mail" => local(json()["from"].as_str()?),
        "file-server" => between("]: ", "|"),
        "badge" => text.split(',').nth(5).map(str::to_owned),
        "vpn" => between("user=\"", "\""),
        "saas" => local(json()["UserId"].as_str()?),
        "dlp-usb" => between("suser=", " "),
        "erp" => json()["user"].as_str().map(str::to_owned),
        "linux-auditd" => between("AUID=\"", "\""),
        "linux-syslog" if text.contains("sudo[") => between("]:   ", " :"),
        "linux-syslog" => between(" for ", " from").or_else(|| between("from user ", " ")),
        other => panic!("unknown source {other}"),
    }
}

/// A row of `people.csv` by column name.
pub type Row = BTreeMap<String, String>;

/// A CSV file with a header.
pub fn table(path: &Path) -> Vec<Row> {
    let mut file = csv::Reader::from_path(path).unwrap();
    file.deserialize().map(Result::unwrap).collect()
}
