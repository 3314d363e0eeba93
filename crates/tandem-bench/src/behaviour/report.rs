//! The table for people.

use super::metrics::{BUDGETS, Figures, Method, PLACES};

/// Prints all figures of one set.
pub fn print(set: &str, methods: &[Method], figures: &Figures) {
    let show = |name: String| {
        figures
            .get(&name)
            .map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
    };
    let whole = |name: String| {
        figures
            .get(&name)
            .map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"))
    };
    println!("\nCERT-hybrid set {set}: {} insiders", whole("insiders".into()));
    println!("share of insiders among their day's first k people; in brackets the mean over scenarios");
    print!("{:22}", "");
    PLACES.iter().for_each(|k| print!("{:>16}", format!("k = {k}")));
    println!("{:>8}", "AUC");
    for method in methods {
        print!("{:22}", method.name);
        for k in PLACES {
            let (all, mean) = (
                format!("{}r_at_{k}", method.prefix),
                format!("{}macro_r_at_{k}", method.prefix),
            );
            print!("{:>16}", format!("{} ({})", show(all), show(mean)));
        }
        println!("{:>8}", show(format!("{}auc", method.prefix)));
    }
    queue(
        "at most k people per 1,000 and working day, places only for days that ordinary days do not show",
        "",
        methods,
        figures,
    );
    queue(
        "k people per 1,000 and working day, whatever they did",
        "filled_",
        methods,
        figures,
    );
    println!(
        "\ncalibration on benign days, 1 is right: p <= .05 {}, p <= .01 {}, p <= .001 {}",
        show("calibration_05".into()),
        show("calibration_01".into()),
        show("calibration_001".into()),
    );
    println!(
        "{} person-days scored at {} per second; {} events observed at {} per second; {} bytes per profile, {} bytes shared",
        whole("person_days".into()),
        whole("person_days_per_s".into()),
        whole("events".into()),
        whole("events_per_s".into()),
        whole("profile_bytes_per_subject".into()),
        whole("profile_bytes_shared".into()),
    );
}

fn queue(title: &str, kind: &str, methods: &[Method], figures: &Figures) {
    println!("\nqueue of {title}; nobody twice in 14 days");
    print!("{:22}", "");
    BUDGETS.iter().for_each(|k| print!("{:>38}", format!("k = {k}")));
    println!();
    print!("{:22}", "");
    BUDGETS
        .iter()
        .for_each(|_| print!("{:>38}", "alerts  precision  recall  odd  delay"));
    println!();
    for method in methods {
        print!("{:22}", method.name);
        for k in BUDGETS {
            let of = |what: &str| figures.get(&format!("{}queue_{kind}{what}_k{k}", method.prefix));
            let share = |what: &str| of(what).map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
            let whole = |what: &str| of(what).map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"));
            let text = format!(
                "{:>6} {:>8} {:>7} {:>7} {:>5}",
                whole("alerts"),
                share("precision"),
                share("recall"),
                share("confounders"),
                format!("{},{}", whole("delay_median"), whole("delay_p90"))
            );
            print!("{text:>38}");
        }
        println!();
    }
    println!(
        "odd: share on benign people made to look odd; delay: days to the first true alert, median and 90 %"
    );
}
