//! What grew from level to level, so that a server whose data grow is told from one that leaks.
//!
//! The mix of requests is the same at every level, whatever its rate. So if answers are longer at the end than at the beginning, there
//! is more to answer with: the data grew, by what the levels wrote. If they are as long as before and the server is slower all the
//! same, it is something else: a leak, or the machine. Pure.

use scenarios::conventions::Conventions;
use scenarios::show;

use super::afresh::{Afresh, Why};
use super::steady::Unsteady;

/// Answers that differ by less are equally long: the mix of a level is drawn by lot.
const EQUALLY_LONG: f64 = 0.03;
/// Standard errors of that lot, were lengths to scatter as much as they are long.
const BY_LOT: f64 = 3.0;
/// Likewise of the processor time of a request, which the machine disturbs.
const EQUALLY_DEAR: f64 = 0.1;

/// One level at a rate, as far as it tells of growth; in the order of trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    /// Offered, per second.
    pub(super) rate: f64,
    /// Answers, and bytes of them.
    pub(super) answers: u64,
    pub(super) bytes: u64,
    /// Processor time of the server for each request, in seconds.
    pub(super) cost_s: Option<f64>,
}

/// What to say of growth, in sentences.
pub(super) fn words(levels: &[Size], unsteady: Option<&Unsteady>, afresh: &Afresh) -> Vec<String> {
    let Some((first, last, answers)) = lengths(levels) else { return Vec::new() };
    let bytes = |bytes: f64| show::bytes(bytes, &Conventions::default());
    let grew = last / first - 1.0;
    let got_slower = unsteady.is_some_and(Unsteady::is_slower);
    let mut said = Vec::new();
    if matches!(afresh, Afresh::PutBack | Afresh::Nothing(Why::OnlyRead)) {
        // Nothing was there to grow.
        said.extend(dearer(levels).filter(|_| got_slower));
        return said;
    }
    if grew > EQUALLY_LONG.max(BY_LOT / answers.sqrt()) {
        let which = if got_slower {
            "the data grew from level to level, which is no leak"
        } else {
            "the data grew from level to level, and this is the capacity with data in between"
        };
        said.push(format!(
            "answers were {} longer at the end ({}) than at the beginning ({}): {which}",
            show::share(grew),
            bytes(last),
            bytes(first)
        ));
        said.extend(remedy(afresh));
    } else if got_slower {
        said.push(format!(
            "answers were as long at the end ({}) as at the beginning ({}): it is not the data that grew, but a leak, or the machine",
            bytes(last),
            bytes(first)
        ));
        said.extend(dearer(levels));
    }
    said
}

fn remedy(afresh: &Afresh) -> Option<String> {
    let text = match afresh {
        Afresh::Nothing(Why::NotOurs) => {
            "give a command that puts the server's data back before each level: --between COMMAND"
        }
        Afresh::Nothing(Why::HasSetup) => {
            "the reference server is not put back before each level, since what setup has made would be lost"
        }
        Afresh::Command(_) => "the command of --between has not put them back",
        Afresh::PutBack | Afresh::Nothing(Why::OnlyRead) => return None,
    };
    Some(text.to_owned())
}

/// How long answers were in the first third of the levels and in the last, and how many in the smaller part; of two levels, in either.
fn lengths(levels: &[Size]) -> Option<(f64, f64, f64)> {
    let third = (levels.len() / 3).max(levels.len().min(2) / 2);
    let mean = |levels: &[Size]| {
        let (bytes, answers) =
            levels.iter().fold((0, 0), |sum, one| (sum.0 + one.bytes, sum.1 + one.answers));
        (answers > 0).then(|| (bytes as f64 / answers as f64, answers as f64))
    };
    let ((first, of), (last, other)) = (mean(&levels[..third])?, mean(&levels[levels.len() - third..])?);
    (first > 0.0).then_some((first, last, of.min(other)))
}

/// What a request cost at one rate early and late, where that is not the same.
fn dearer(levels: &[Size]) -> Option<String> {
    let last = levels.last()?;
    let is_same = |one: &&Size| (one.rate / last.rate - 1.0).abs() < 0.001;
    let first = levels[..levels.len() - 1].iter().find(is_same)?;
    let (before, after) = (first.cost_s?, last.cost_s?);
    (after > before * (1.0 + EQUALLY_DEAR)).then(|| {
        format!(
            "a request at {}/s cost the server {} of processor time at the beginning and {} at the end",
            show::digits(last.rate.round()),
            show::seconds(before),
            show::seconds(after)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(rate: f64, length: u64, cost_s: f64) -> Size {
        Size { rate, answers: 1_000, bytes: 1_000 * length, cost_s: Some(cost_s) }
    }

    const SLOWER: Unsteady = Unsteady::Drifted(4.0);

    #[test]
    fn longer_answers_are_growth_and_equal_ones_are_a_leak() {
        // 5,600 B at first and 6,800 B at last: 21 % more.
        let grown = [size(100.0, 5_600, 1e-3), size(200.0, 6_200, 1e-3), size(100.0, 6_800, 1.5e-3)];
        let equal = [size(100.0, 5_600, 1e-3), size(200.0, 5_600, 1e-3), size(100.0, 5_650, 1.5e-3)];
        let foreign = Afresh::Nothing(Why::NotOurs);
        for (levels, unsteady, afresh, said) in [
            (&grown, Some(&SLOWER), &foreign, &["21.4 % longer", "no leak", "--between COMMAND"][..]),
            (&grown, None, &foreign, &["data in between", "--between COMMAND"]),
            (&grown, Some(&SLOWER), &Afresh::Nothing(Why::HasSetup), &["what setup has made would be lost"]),
            (&grown, Some(&SLOWER), &Afresh::Command("x".to_owned()), &["has not put them back"]),
            (
                &equal,
                Some(&SLOWER),
                &foreign,
                &["as long at the end", "a leak", "1 ms of processor time", "1.5 ms"],
            ),
            (&equal, None, &foreign, &[]),
            // What was put back has not grown, whatever the lot says.
            (&grown, None, &Afresh::PutBack, &[]),
            (&equal, Some(&Unsteady::Drifted(-4.0)), &foreign, &[]),
        ] {
            let words = words(levels, unsteady, afresh);
            assert_eq!(words.is_empty(), said.is_empty(), "{words:?}");
            for said in said {
                assert!(words.join("\n").contains(said), "{said:?} in {words:?}");
            }
        }
        assert_eq!(words(&grown[..1], Some(&SLOWER), &foreign), Vec::<String>::new(), "one level");
    }
}
