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
    println!(
        "\nqueue of k people per 1,000 and working day, nobody twice in 14 days: precision / recall / share on benign confounders / days to first true alert (median, 90 %)"
    );
    for method in methods {
        print!("{:22}", method.name);
        for k in BUDGETS {
            let of = |what: &str| format!("{}queue_{what}_k{k}", method.prefix);
            let delay = format!("{}, {}", whole(of("delay_median")), whole(of("delay_p90")));
            let text = format!(
                "{} / {} / {} / {delay}",
                show(of("precision")),
                show(of("recall")),
                show(of("confounders"))
            );
            print!("{text:>34}");
        }
        println!();
    }
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
