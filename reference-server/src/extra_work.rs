//! A known amount of extra work for each request: a switch with which checks for regressions are tested.

use std::str::FromStr;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use rustix::time::{ClockId, clock_gettime};

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
        let cannot = || format!("expected a time from 0 to 1 s, like `50us` or `2ms`, found `{text}`");
        let text = text.trim();
        let unit_at = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let number: f64 = number.parse().map_err(|_| cannot())?;
        let seconds = match unit.trim() {
            "us" | "µs" => number / 1e6,
            "ms" => number / 1e3,
            "s" => number,
            "" if number == 0.0 => 0.0,
            _ => return Err(cannot()),
        };
        let work = Duration::try_from_secs_f64(seconds).map_err(|_| cannot())?;
        if work <= MOST { Ok(ExtraWork(work)) } else { Err(cannot()) }
    }
}

/// The layer that does it, before the answer is made.
pub(crate) async fn layer(State(work): State<ExtraWork>, request: Request, next: Next) -> Response {
    work.burn();
    next.run(request).await
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
