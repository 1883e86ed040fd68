//! How long requests wait for a core in the busiest hour: Erlang's C formula for all cores of the fleet together.
//!
//! With `a` cores busy of `c`, a request waits with the probability `C(c, a)`; the mean wait is `C × S ÷ (c − a)` and the
//! tail `P(W > t) = C e^(−(c − a) t ÷ S)`, where S is the time of a core that one request takes. So the number of cores
//! follows from the tail that is promised, and not from how busy they are: many cores wait less at the same use.

use scenarios::estimate::UnitName;

use crate::laws::erlang;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;
use crate::term::Term;

/// Cores that requests wait for.
pub(crate) struct Load {
    /// Cores busy on average.
    pub(crate) busy: Term,
    /// Cores there are.
    pub(crate) cores: Term,
    /// Time of a core that one request takes.
    pub(crate) cpu: LineId,
}

/// The share of requests that may wait longer than the wait that is shown.
const TAIL: f64 = 0.01;
/// Below this share nobody's ninety-ninth percentile waits, and the sum behind the formula is spared.
const NOBODY: f64 = 1e-6;

/// Enters how long requests wait.
pub(crate) fn waiting(ledger: &mut Ledger, load: Load) {
    let Load { busy, cores, cpu } = load;
    let parts = || vec![busy.clone(), cores.clone()];
    let mean = Term::fold("M/M/c mean wait", parts(), mean_wait) * ledger.term(cpu);
    ledger.derive(Section::Background, "wait for a core, mean", UnitName::Seconds, mean);
    let tail = Term::fold("M/M/c p99 wait", parts(), tail_wait) * ledger.term(cpu);
    ledger.derive(Section::Servers, "wait for a core, p99", UnitName::Seconds, tail);
}

/// The share of requests that wait, and by how much there are more cores than busy ones.
fn waiting_share(busy: f64, cores: f64) -> (f64, f64) {
    /// A fleet that is full waits for ever; it is shown as full to one part in a thousand.
    const FULL: f64 = 0.999;
    let busy = busy.min(cores * FULL);
    // Chernoff's bound of a Poisson tail.
    let bound = (cores - busy - cores * (cores / busy).ln()).exp();
    // A fleet without end (its disks hold nothing) is refused later; it has no wait to look for.
    if busy <= 0.0 || bound < NOBODY || !bound.is_finite() {
        return (0.0, cores - busy);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of cores")]
    let servers = cores.floor().clamp(1.0, f64::from(erlang::MOST_SERVERS)) as u32;
    // Refused is only a load that does not fit, which was cut above.
    (erlang::waiting(servers, busy).unwrap_or(1.0), cores - busy)
}

/// In times of one request.
fn mean_wait(busy: f64, cores: f64) -> f64 {
    let (share, idle) = waiting_share(busy, cores);
    share / idle
}

/// In times of one request.
fn tail_wait(busy: f64, cores: f64) -> f64 {
    let (share, idle) = waiting_share(busy, cores);
    if share > TAIL { (share / TAIL).ln() / idle } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_two_cores_wait_as_the_textbook_says() {
        // M/M/1 at 50 %: half wait, the mean is one service time, and the 99th percentile ln 50 ÷ 0.5.
        // M/M/2 with one busy: C = 1/3, so 1/3 ÷ 1, and ln(100/3) ÷ 1.
        for (busy, cores, mean, tail) in
            [(0.5, 1.0, 1.0, 50_f64.ln() / 0.5), (1.0, 2.0, 1.0 / 3.0, (100.0_f64 / 3.0).ln())]
        {
            assert!((mean_wait(busy, cores) - mean).abs() < 1e-12, "{busy} of {cores}");
            assert!((tail_wait(busy, cores) - tail).abs() < 1e-12, "{busy} of {cores}");
        }
    }

    #[test]
    fn many_cores_wait_less_at_the_same_use_and_a_full_fleet_is_finite() {
        assert!(tail_wait(65.0, 100.0) < 1e-12 && tail_wait(1.3, 2.0) > 1.0);
        assert!(mean_wait(5.0, 4.0).is_finite() && mean_wait(0.0, 4.0) < 1e-12);
    }
}
