//! A known amount of extra work for each request that is let in: a switch with which checks for regressions and overload are
//! tested.

use std::str::FromStr;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::span;

/// More would only stop the server: a request is answered within seconds, or it is not worth measuring.
const MOST: Duration = Duration::from_secs(1);

/// How much processor time is burnt for each request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtraWork(Duration);

impl ExtraWork {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0.is_zero()
    }

    /// Burns it as a request does that was let in: when its thread comes to it, after those that came before.
    pub(crate) async fn take_turn(self) {
        if !self.is_none() {
            // What has arrived in the meantime is looked at first, as it is while a handler waits for the store.
            tokio::task::yield_now().await;
            self.burn();
        }
    }

    /// Burns it, on the thread that calls. It is processor time and not time on the wall, so that a thread which is kept
    /// from running does not get away with less.
    pub fn burn(self) {
        let until = own_time() + self.0;
        while own_time() < until {
            std::hint::spin_loop();
        }
    }
}

/// Processor time of this thread so far.
fn own_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither is ever negative for this clock.
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

impl FromStr for ExtraWork {
    type Err = String;

    /// `50us`, `1.5 ms`, `0`.
    fn from_str(text: &str) -> Result<ExtraWork, String> {
        span::parse(text, MOST).map(ExtraWork)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_its_unit() {
        let read = |text: &str| text.parse::<ExtraWork>();
        assert_eq!(read("50us"), Ok(ExtraWork(Duration::from_micros(50))));
        assert_eq!(read("1.5 ms"), Ok(ExtraWork(Duration::from_micros(1_500))));
        assert!(read("0").unwrap().is_none() && read("0us").unwrap().is_none());
        for bad in ["", "50", "-1us", "2 s", "5 %", "1us 2us", "us", "1.2.3us"] {
            assert!(read(bad).unwrap_err().contains("like `50us`"), "{bad}");
        }
    }

    #[test]
    fn so_much_processor_time_is_gone_afterwards() {
        let before = own_time();
        ExtraWork(Duration::from_millis(2)).burn();
        assert!(own_time() >= before + Duration::from_millis(2));
    }
}
