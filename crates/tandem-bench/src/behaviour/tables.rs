//! The figures as tables: the same ones for the terminal and for the documentation.

use serde_json::{Map, Value};

use super::metrics::{BUDGETS, FOUR_FIFTHS, PLACES, SURVIVAL};

/// Methods by the prefix of their figures.
pub const METHODS: [(&str, &str); 7] = [
    ("", "Tandem"),
    ("p_", "  by p alone"),
    ("distance_", "  distance alone"),
    ("own_distance_", "  own distance alone"),
    ("harmonic_", "  harmonic mean alone"),
    ("zmax_", "largest own z-score"),
    ("random_", "random"),
];

/// One table.
#[derive(Debug, Default)]
pub struct Table {
    /// Above it.
    pub title: String,
    /// Names of the columns; the first one names the rows.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// Below it.
    pub note: String,
}

/// Figures of one set.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// All figures.
    pub all: &'a Map<String, Value>,
    /// Before the names of this set's.
    pub prefix: &'a str,
}

impl Of<'_> {
    /// One number.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.all.get(&format!("{}{name}", self.prefix))?.as_f64()
    }

    /// Words.
    pub fn words(&self, name: &str) -> &str {
        let value = self.all.get(&format!("{}{name}", self.prefix));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    fn share(&self, name: &str) -> String {
        self.get(name)
            .map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
    }

    fn whole(&self, name: &str) -> String {
        self.get(name)
            .map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"))
    }

    /// A share with its 95 % interval.
    fn with_interval(&self, name: &str, low: &str, high: &str) -> String {
        match (self.get(low), self.get(high)) {
            (Some(low), Some(high)) => format!("{} [{low:.2}, {high:.2}]", self.share(name)),
            _ => self.share(name),
        }
    }
}

/// The tables of one set that say most.
pub fn brief(of: Of<'_>) -> Vec<Table> {
    let mut tables = Vec::new();
    if of.get("r_at_1").is_some() {
        tables.push(caught(of));
        tables.extend(BUDGETS.map(|k| queue(of, k, "")));
        tables.push(cold(of));
    }
    let mut calibration = calibration(of);
    calibration.rows.truncate(1);
    tables.extend([calibration, cost(of)]);
    tables
}

/// All tables of one set.
pub fn of_set(of: Of<'_>) -> Vec<Table> {
    let mut tables = Vec::new();
    if of.get("r_at_1").is_some() {
        tables.push(caught(of));
        tables.extend(BUDGETS.map(|k| queue(of, k, "")));
        tables.extend(BUDGETS.map(|k| queue(of, k, "filled_")));
        tables.push(survival(of));
        tables.push(detection(of));
        tables.push(whole_period(of));
    }
    if of.get("cold_start_r_at_1").is_some() {
        tables.push(cold(of));
    }
    tables.push(calibration(of));
    if of.get("alert_rate_shift_groups").is_some() || of.get("alert_rate_role_groups").is_some() {
        tables.push(fairness(of));
    }
    tables.push(cost(of));
    tables
}

fn table<H: Into<String>>(title: impl Into<String>, head: impl IntoIterator<Item = H>, note: &str) -> Table {
    Table {
        title: title.into(),
        head: head.into_iter().map(Into::into).collect(),
        rows: Vec::new(),
        note: note.to_owned(),
    }
}

fn methods(of: Of<'_>, mark: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    METHODS
        .into_iter()
        .filter(move |(prefix, _)| of.get(&format!("{prefix}{mark}")).is_some())
}

fn caught(of: Of<'_>) -> Table {
    let head = ["".to_owned()]
        .into_iter()
        .chain(PLACES.map(|k| format!("k = {k}")));
    let mut table = table(
        "Share of insiders among their day's first k people per 1,000 (at least k)",
        head,
        "In square brackets the 95 % interval (Clopper and Pearson), then the mean over scenarios.",
    );
    for (prefix, name) in methods(of, "r_at_1") {
        let cell = |k: usize| {
            let r = format!("{prefix}r_at_{k}");
            let all = of.with_interval(&r, &format!("{r}_low95"), &format!("{r}_high95"));
            format!("{all}; {}", of.share(&format!("{prefix}macro_r_at_{k}")))
        };
        table
            .rows
            .push([name.to_owned()].into_iter().chain(PLACES.map(cell)).collect());
    }
    table
}

fn queue(of: Of<'_>, k: u32, kind: &str) -> Table {
    let (title, note) = if kind.is_empty() {
        let title = format!("Queue of at most {k} per 1,000 people and working day");
        (
            title,
            "A place is given only to days that ordinary days do not show, nobody is alerted on twice in 14 days, weekends wait for Monday.",
        )
    } else {
        let title = format!("Queue of {k} per 1,000 people and working day, whatever they did");
        (title, "Every place is filled every day.")
    };
    let head = [
        "",
        "alerts",
        "precision",
        "insiders found",
        "alerts per insider",
        "on odd innocents",
        "delay, days (median, 90 %)",
        "most on one innocent",
        "Gini",
    ];
    let mut table = table(title, head, note);
    for (prefix, name) in methods(of, "r_at_1") {
        let key = |what: &str| format!("{prefix}queue_{kind}{what}_k{k}");
        let ranged = |what: &str| {
            of.with_interval(
                &key(what),
                &key(&format!("{what}_low95")),
                &key(&format!("{what}_high95")),
            )
        };
        table.rows.push(vec![
            name.to_owned(),
            of.whole(&key("alerts")),
            ranged("precision"),
            ranged("recall"),
            of.get(&key("alerts_per_insider"))
                .map_or_else(|| "-".to_owned(), |v| format!("{v:.1}")),
            of.share(&key("confounders")),
            format!(
                "{}, {}",
                of.whole(&key("delay_median")),
                of.whole(&key("delay_p90"))
            ),
            of.whole(&key("most_on_one_benign")),
            of.share(&key("gini_benign")),
        ]);
    }
    table
}

fn survival(of: Of<'_>) -> Table {
    let head = ["".to_owned()]
        .into_iter()
        .chain(SURVIVAL.map(|day| day.to_string()));
    let mut table = table(
        "Share of insiders not yet alerted on, days after their first observable malicious day",
        head,
        "Of the queues above that leave places empty.",
    );
    for (prefix, name) in
        methods(of, "r_at_1").filter(|(prefix, _)| matches!(*prefix, "" | "zmax_" | "random_"))
    {
        for k in BUDGETS {
            let cell = |day: i32| of.share(&format!("{prefix}queue_unfound_after_{day}d_k{k}"));
            let name = format!("{name}, k = {k}");
            table
                .rows
                .push([name].into_iter().chain(SURVIVAL.map(cell)).collect());
        }
    }
    table
}

fn detection(of: Of<'_>) -> Table {
    let head = [
        "",
        "days, 0.1 %",
        "days, 1 %",
        "days, 5 %",
        "insiders, 0.1 %",
        "insiders, 1 %",
        "insiders, 5 %",
    ];
    let mut table = table(
        "Malicious days and insiders among the most unusual 0.1, 1 and 5 % of all person-days of the period",
        head,
        "A budget over the whole period lets late scores decide early alerts: for comparison with Le and Zincir-Heywood 2021, not for use.",
    );
    for (prefix, name) in methods(of, "dr_1permille_days") {
        let cell = |kind: &str, permille: u32| {
            let key = format!("{prefix}dr_{permille}permille_{kind}");
            of.with_interval(&key, &format!("{key}_low95"), &format!("{key}_high95"))
        };
        let cells = ["days", "insiders"]
            .into_iter()
            .flat_map(|kind| [1, 10, 50].map(|b| cell(kind, b)));
        table
            .rows
            .push([name.to_owned()].into_iter().chain(cells).collect());
    }
    table
}

fn whole_period(of: Of<'_>) -> Table {
    let keys = [
        ("CR-100", "cr_100"),
        ("CR-400", "cr_400"),
        ("CR-1000", "cr_1000"),
        ("normalised CR-1000", "cr_1000_normalised"),
        ("AUC", "auc"),
        ("AUC, mean over scenarios", "macro_auc"),
        ("average precision", "average_precision"),
        ("recall at 5 % false positives", "r_at_5_fpr"),
    ];
    let head = [""].into_iter().chain(keys.map(|(name, _)| name));
    let mut table = table(
        "Person-days over the whole period",
        head,
        "CR-k sums the recall of malicious days at daily budgets of 25, 50, … k people (Tuor et al. 2017); CR-1000 is at most 40.",
    );
    for (prefix, name) in methods(of, "auc") {
        let cells = keys.map(|(_, key)| of.share(&format!("{prefix}{key}")));
        table
            .rows
            .push([name.to_owned()].into_iter().chain(cells).collect());
    }
    table
}

fn cold(of: Of<'_>) -> Table {
    let head = ["".to_owned()]
        .into_iter()
        .chain(PLACES.map(|k| format!("k = {k}")));
    let mut table = table(
        "Cold start: all insiders and three in ten of the others are shown with twelve calendar days of history only",
        head,
        "Shares as in the first table.",
    );
    for (prefix, name) in methods(of, "cold_start_r_at_1") {
        let cell = |k: usize| {
            let r = format!("{prefix}cold_start_r_at_{k}");
            let all = of.with_interval(&r, &format!("{r}_low95"), &format!("{r}_high95"));
            format!(
                "{all}; {}",
                of.share(&format!("{prefix}cold_start_macro_r_at_{k}"))
            )
        };
        table
            .rows
            .push([name.to_owned()].into_iter().chain(PLACES.map(cell)).collect());
    }
    table
}

fn calibration(of: Of<'_>) -> Table {
    let mut table = table(
        "Calibration on benign days: how often p is at most a, divided by a; 1 is right",
        ["", "a = 0.01", "a = 0.001", "mean e-value"],
        "Of a channel, a day on which nothing of it happened counts as an ordinary one, so rare channels stay below 1. An e-value's mean should be at most 1.",
    );
    table.rows.push(vec![
        "the day".into(),
        of.share("calibration_ratio_1e2"),
        of.share("calibration_ratio_1e3"),
        of.share("mean_e_value"),
    ]);
    let mark = format!("{}calibration_ratio_1e2:", of.prefix);
    for channel in of.all.keys().filter_map(|key| key.strip_prefix(&mark)) {
        table.rows.push(vec![
            channel.to_owned(),
            of.share(&format!("calibration_ratio_1e2:{channel}")),
            of.share(&format!("calibration_ratio_1e3:{channel}")),
            of.share(&format!("mean_e_value:{channel}")),
        ]);
    }
    table
}

fn fairness(of: Of<'_>) -> Table {
    let mut table = table(
        "Alerts on innocent people by group: the group that is alerted on most, against everybody else",
        [
            "told apart by",
            "groups",
            "ratio of rates",
            "four-fifths rule",
            "beyond chance",
            "channel with the largest part",
        ],
        "Rate of everybody else divided by the group's, in the queue of five per 1,000; the rule asks for 0.8 or more. Groups of fewer than ten people, or with fewer than three alerts to be expected, are too small to tell. Beyond chance: at 5 % over all groups, with alerts on one person counted as if they were independent.",
    );
    for by in ["role", "functional_unit", "department", "site", "shift", "tenure"] {
        let key = |what: &str| format!("alert_rate_{by}_{what}");
        let Some(ratio) = of.get(&key("ratio")) else {
            continue;
        };
        table.rows.push(vec![
            by.replace('_', " "),
            of.whole(&key("groups")),
            format!("{ratio:.2}"),
            if ratio >= FOUR_FIFTHS { "kept" } else { "broken" }.to_owned(),
            if of.get(&key("beyond_chance")) == Some(1.0) {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
            of.words(&key("channel")).to_owned(),
        ]);
    }
    table
}

fn cost(of: Of<'_>) -> Table {
    let keys = [
        ("events", "events"),
        ("rows left out", "bad_rows"),
        ("events per second, files to days", "events_per_s"),
        (
            "normalised events per second and core, into the profiles",
            "events_per_s_core",
        ),
        ("the same without scoring", "events_per_s_core_observed"),
        ("person-days", "person_days"),
        ("person-days scored per second and core", "person_days_per_s"),
        ("bytes per subject", "bytes_per_subject"),
        ("of them before sketches", "bytes_before_sketches_per_subject"),
        ("bytes held once for all", "profile_bytes_shared"),
        ("100,000 such subjects, MB", "profile_mb_100k_subjects"),
    ];
    let mut table = table("Cost", ["", ""], "");
    table.rows = keys
        .map(|(name, key)| vec![name.to_owned(), of.whole(key)])
        .to_vec();
    table
}
