//! How long policies take to load and to answer: `cargo run --release -p tandem-policy --example speed`.

use std::time::Instant;

use tandem_domain::{Purpose, Role, SubjectId};
use tandem_policy::{Action, CaseState, Colleague, Context, DataClass, Policies};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let policies = Policies::shipped()?;
    println!("load and check all situations: {:?}", start.elapsed());
    let own = SubjectId("S-OWN".to_owned());
    let who = Colleague::new("a.weber", Role::ItAnalyst, None, Some(own))?;
    let context = Context::of(Purpose::Investigation)
        .about(&SubjectId("S-OTHER".to_owned()))
        .in_case(CaseState::Open, true);
    for (name, action, data) in [
        ("allowed", Action::Look, DataClass::Story),
        (
            "denied, after looking for what would help",
            Action::Look,
            DataClass::Queue,
        ),
        ("nothing could allow it", Action::Look, DataClass::Settings),
    ] {
        let rounds = 20_000;
        let start = Instant::now();
        let allowed = (0..rounds)
            .filter(|_| policies.authorise(&who, action, data, &context).allowed)
            .count();
        let each = start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds);
        println!("{name}: {each:.1} µs each ({allowed} of {rounds} allowed)");
    }
    Ok(())
}
