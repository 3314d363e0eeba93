//! Prints what a vault of N people costs: `cargo run --release -p tandem-vault --example size -- 1000000`.
//!
//! Names are numbered, so nothing here is about anybody.

use std::error::Error;
use std::time::Instant;

use tandem_domain::{SubjectId, Timestamp};
use tandem_vault::{Act, Erasure, Ground, Identity, MasterKey, Order, Vault, Witness};

struct Nowhere;

impl Witness for Nowhere {
    type Error = std::convert::Infallible;

    async fn record(&self, _act: Act) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn person(number: usize) -> (SubjectId, Identity) {
    // Spread over the file like real pseudonyms.
    let spread = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    let identity = Identity {
        person_key: format!("E{number:07}"),
        name: Some(format!("Given{} Family{}", number % 5_000, number / 40)),
        mail: vec![format!(
            "given{}.family{}@corp.example",
            number % 5_000,
            number / 40
        )],
        phone: None,
        accounts: vec![format!("g{number}.family"), format!("adm-g{number}")],
        position: Some("Clerk, Accounting".to_owned()),
        manager: None,
        site: Some("Head office".to_owned()),
    };
    (SubjectId(format!("S-{spread:012X}")), identity)
}

fn wait<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or("VmRSS: unknown").replace('\t', " ")
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let value = work();
    println!(
        "{what:<28} {:>9.3} s   {}",
        begun.elapsed().as_secs_f64(),
        resident()
    );
    value
}

fn main() -> Result<(), Box<dyn Error>> {
    let people: usize = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("identities.vault");
    let key = MasterKey::generate()?;
    let order = || Order {
        by: "example".to_owned(),
        at: Timestamp(0),
    };
    let vault = Vault::open_or_create(&path, std::slice::from_ref(&key))?;
    println!("{people} people");
    timed("first import", || vault.put_many((0..people).map(person)))?;
    println!("file {} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    timed("same import again", || vault.put_many((0..people).map(person)))?;
    timed("one person changed", || {
        let (subject, mut identity) = person(7);
        identity.site = Some("Harbour".to_owned());
        vault.put(subject, identity)
    })?;
    timed("10,000 accounts looked up", || {
        (0..10_000).try_for_each(|n| vault.subjects_of(&format!("adm-g{}", n % people)).map(drop))
    })?;
    let index = timed("index of names", || vault.name_index())?;
    println!("{index:?}");
    let text = "2026-05-05 g17.family copied /home/adm-g4/x to Given3 Family0, nothing else happened there\n"
        .repeat(11_000);
    println!("text {} KB", text.len() / 1_000);
    timed("text masked", || index.mask(&text).len());
    drop(index);
    let erasure = Erasure {
        order: order(),
        ground: Ground::RetentionOver,
    };
    timed("one person erased", || {
        wait(vault.erase(&[person(3).0], &erasure, &Nowhere))
    })
    .ok_or("waits")??;
    println!("file {} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    timed("checked", || vault.verify())?;
    let new = MasterKey::generate()?;
    timed("key rotated", || {
        wait(vault.rotate(new.clone(), &order(), &Nowhere))
    })
    .ok_or("waits")??;
    drop(vault);
    timed("opened", || Vault::open(&path, &[new]))?;
    Ok(())
}
