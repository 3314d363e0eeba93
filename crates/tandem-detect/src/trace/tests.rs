use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{LogSource, Value};

use super::trace;
use crate::ruleset::RuleSet;

#[test]
fn it_shows_what_fits_and_what_is_missing() {
    let rule = "title: t
id: 7c1f3c5e-0000-4000-8000-000000000001
logsource: {product: p}
level: low
detection:
  sel:
    Path|endswith: ['.zip', '.rar']
    User: jdoe
  filter:
    - Tool: backup
    - Size|lt: 10
  condition: sel and not filter
";
    let (rules, errors) = RuleSet::load([("r.yml", rule)]);
    assert!(errors.is_empty(), "{errors:?}");
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("Path", Value::Text("A.RAR"));
    event.field("Size", Value::Int(4));
    event.logsource(&LogSource {
        product: Some("q".to_owned()),
        ..LogSource::default()
    });
    event.finish(EventHead::default());
    let found = trace(&rules.rules()[0], batch.get(0).unwrap()).unwrap();
    assert!(!found.source_fits && !found.condition_holds && !found.matches());
    let [sel, filter] = found.selections.as_slice() else {
        panic!("{found:?}")
    };
    assert!(!sel.holds && filter.holds);
    let [items] = sel.alternatives.as_slice() else {
        panic!("{sel:?}")
    };
    assert_eq!(items[0].fits.as_deref(), Some(".rar"));
    assert_eq!(items[0].values, ["A.RAR"]);
    assert!(items[0].holds && !items[1].holds);
    assert_eq!(
        (items[1].values.len(), &items[1].wanted),
        (0, &vec!["jdoe".to_owned()])
    );
    let holds: Vec<bool> = filter.alternatives.iter().map(|one| one[0].holds).collect();
    assert_eq!(holds, [false, true]);
}
