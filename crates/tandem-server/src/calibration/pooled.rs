//! Groups that are too small are shown together or not at all, so that no figure is of fewer than so many people, also not by
//! subtracting what is shown from the whole.

/// Something counted of a group of people.
pub trait Grouped: Sized {
    /// How many people.
    fn people(&self) -> u64;
    /// Several groups as one without a name.
    fn together(groups: Vec<Self>) -> Self;
}

/// Groups of at least `least` people as they are, the others as one at the end. While that one is too small as well, the smallest
/// group that is large enough joins it. If everything is too small together, nothing is left.
pub fn pooled<G: Grouped>(groups: Vec<G>, least: u64) -> Vec<G> {
    let (mut shown, mut rest): (Vec<G>, Vec<G>) = groups.into_iter().partition(|g| g.people() >= least);
    let of = |rest: &[G]| rest.iter().map(Grouped::people).sum::<u64>();
    while !rest.is_empty() && of(&rest) < least {
        let Some(smallest) = (0..shown.len()).min_by_key(|at| shown[*at].people()) else {
            return Vec::new();
        };
        rest.push(shown.remove(smallest));
    }
    if !rest.is_empty() {
        shown.push(G::together(rest));
    }
    shown
}
