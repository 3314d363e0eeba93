//! Every shipped playbook is walked to an end on every branch.

use std::collections::BTreeSet;

use tandem_playbook::{Kind, Outcome, Plan, What, builtin};

use crate::driver::{Driver, check_laws, outcome};

/// Most walks by the systematic enumeration of one playbook.
const MOST: usize = 1_500;

/// The choices of one walk, and how many there were each time.
struct Script {
    digits: Vec<usize>,
    sizes: Vec<usize>,
    at: usize,
}

impl Script {
    fn choose(&mut self, size: usize) -> usize {
        if self.at == self.digits.len() {
            self.digits.push(0);
        }
        self.sizes.truncate(self.at);
        self.sizes.push(size);
        self.at += 1;
        self.digits[self.at - 1] % size
    }

    /// The next combination; false after the last one.
    fn next(&mut self) -> bool {
        self.digits.truncate(self.at);
        self.at = 0;
        while let Some(last) = self.digits.pop() {
            let size = self.sizes.pop().unwrap_or(1);
            if last + 1 < size {
                self.digits.push(last + 1);
                return true;
            }
        }
        false
    }
}

/// One walk; gives what it saw.
fn walk(plan: &Plan, choose: &mut dyn FnMut(usize) -> usize, seen: &mut BTreeSet<(String, String)>) {
    let mut driver = Driver::begun_with(plan, &mut |_, size| choose(size));
    let mut turns = 0;
    while !driver.is_over() {
        turns += 1;
        assert!(turns < 500, "{}: no end", plan.playbook().id);
        let went_on = driver.advance(&mut |_, size| choose(size));
        assert!(went_on, "{}: nobody can do anything", plan.playbook().id);
    }
    assert_eq!(outcome(&driver.facts), Some(Outcome::Completed));
    check_laws(plan, &driver.facts);
    for fact in &driver.facts {
        let what = match &fact.what {
            What::BranchChosen { branch, .. } => branch.clone(),
            What::StepOffered { .. } => "offered".to_owned(),
            What::StepFailed { .. } => "failed".to_owned(),
            _ => continue,
        };
        seen.insert((fact.what.step().unwrap_or_default().to_owned(), what));
    }
}

/// Everything a set of walks must have seen.
fn wanted(plan: &Plan) -> BTreeSet<(String, String)> {
    let mut out = BTreeSet::new();
    for step in plan.playbook().all_steps() {
        let mut add = |what: &str| {
            out.insert((step.id.clone(), what.to_owned()));
        };
        match step.kind() {
            Some(Kind::If { .. } | Kind::While { .. }) => ["true", "false"].into_iter().for_each(&mut add),
            Some(Kind::Switch { cases, .. }) => cases.keys().for_each(|case| add(case)),
            Some(Kind::Parallel(_) | Kind::End(_)) | None => {}
            Some(_) => {
                add("offered");
                if !step.on_failure.is_empty() && step.run.is_some() {
                    add("failed");
                }
            }
        }
    }
    out
}

#[test]
fn every_branch_of_every_shipped_playbook_leads_to_an_end() {
    for playbook in builtin() {
        let plan = Plan::new(playbook).unwrap();
        let mut seen = BTreeSet::new();
        let mut script = Script {
            digits: Vec::new(),
            sizes: Vec::new(),
            at: 0,
        };
        let mut walks = 0;
        loop {
            walk(&plan, &mut |size| script.choose(size), &mut seen);
            walks += 1;
            if walks >= MOST || !script.next() {
                break;
            }
        }
        // What the enumeration did not come to within its bound is drawn, always in the same way.
        let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
        let missing = |seen: &BTreeSet<(String, String)>| -> Vec<(String, String)> {
            wanted(&plan).difference(seen).cloned().collect()
        };
        for _ in 0..3_000 {
            if missing(&seen).is_empty() {
                break;
            }
            let mut roll = |size: usize| {
                dice = dice
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (dice >> 33) as usize % size
            };
            walk(&plan, &mut roll, &mut seen);
        }
        assert!(
            missing(&seen).is_empty(),
            "{}: {:?}",
            plan.playbook().id,
            missing(&seen)
        );
    }
}
