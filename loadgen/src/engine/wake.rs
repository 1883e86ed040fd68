//! How late the machine wakes a thread, learnt while running, so that the thread can ask to be woken that much earlier.
//!
//! A core that has gone to sleep needs a while to come back: a few microseconds on bare metal, 50 and more in some
//! virtual machines. The usual delay of a machine hardly varies, so it is anticipated: the engine sleeps until the due
//! time less the median of the delays it has seen, and looks at the clock for what is left, which is a few
//! microseconds in half of the cases. The median is found by small steps (Robbins and Monro, 1951): one up after a
//! longer delay, one down after a shorter one, which balances where both are equally many.

use std::time::Duration;

/// The step: small against the delays, and yet a delay of 60 us is learnt in 60 waits.
const STEP_NS: u64 = 1_000;
/// Longer delays are those of a busy machine and cannot be anticipated.
const MAX_LEAD_NS: u64 = 100_000;

/// The delay that is anticipated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WakeDelay {
    lead_ns: u64,
}

impl WakeDelay {
    /// How much before the due time to ask for.
    pub(super) fn lead(self) -> Duration {
        Duration::from_nanos(self.lead_ns)
    }

    /// Learns from a wait that lasted so much longer than it was asked to.
    pub(super) fn learn(&mut self, delay: Duration) {
        self.lead_ns = if delay > self.lead() {
            (self.lead_ns + STEP_NS).min(MAX_LEAD_NS)
        } else {
            self.lead_ns.saturating_sub(STEP_NS)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(delays: impl Iterator<Item = u64>) -> Duration {
        let mut wake = WakeDelay::default();
        delays.for_each(|micros| wake.learn(Duration::from_micros(micros)));
        wake.lead()
    }

    #[test]
    fn the_lead_settles_at_the_median_delay() {
        // Delays from 40 to 89 us in an order without a pattern: 13 has no divisor in common with 50.
        let lead = learnt((0..5_000).map(|number| 40 + number * 13 % 50));
        assert!(lead.abs_diff(Duration::from_micros(65)) <= Duration::from_micros(5), "{lead:?}");
        // Always the same delay.
        let lead = learnt((0..500).map(|_| 60));
        assert!(lead.abs_diff(Duration::from_micros(60)) <= Duration::from_micros(1), "{lead:?}");
        // Now and then one that is far longer moves nothing.
        let lead = learnt((0..5_000).map(|number| if number % 20 == 0 { 5_000 } else { 6 }));
        assert!(lead <= Duration::from_micros(8), "{lead:?}");
    }

    #[test]
    fn the_lead_has_a_limit_and_comes_back() {
        assert_eq!(learnt((0..5_000).map(|_| 10_000)), Duration::from_nanos(MAX_LEAD_NS));
        let lead = learnt((0..5_000).map(|number| if number < 1_000 { 10_000 } else { 0 }));
        assert_eq!(lead, Duration::ZERO);
    }
}
