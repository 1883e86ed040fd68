//! Progress while a run goes on: a bar in a terminal, a plain line every ten seconds elsewhere. Always on stderr.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scenarios::show;

use crate::redact::Secrets;

/// How often a run without a terminal says where it is.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Drawing costs the generator processor time.
const REDRAWS_PER_SECOND: u8 = 4;

/// What a run looks like while it goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) elapsed: Duration,
    pub(crate) whole: Duration,
    pub(crate) warmup: Duration,
    pub(crate) set_aside: Duration,
    pub(crate) asked_per_s: Option<f64>,
    pub(crate) done_per_s: f64,
    pub(crate) p99: Option<Duration>,
    pub(crate) failed: u64,
}

/// Says how far a run is.
#[derive(Debug)]
pub(crate) struct Live {
    bar: Option<ProgressBar>,
    said: Duration,
    is_quiet: bool,
    secrets: Secrets,
}

impl Live {
    pub(crate) fn new(is_quiet: bool, secrets: Secrets) -> Live {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = (is_terminal && !is_quiet).then(|| {
            let bar = ProgressBar::with_draw_target(
                Some(1_000),
                ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND),
            );
            if let Ok(style) = ProgressStyle::with_template("{bar:26} {msg}") {
                bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏░"));
            }
            bar
        });
        Live { bar, said: Duration::ZERO, is_quiet, secrets }
    }

    /// Another load begins.
    pub(crate) fn begin(&mut self) {
        self.said = Duration::ZERO;
        if let Some(bar) = &self.bar {
            bar.reset();
        }
    }

    /// One line that stays.
    pub(crate) fn say(&self, line: &str) {
        if self.is_quiet {
            return;
        }
        let line = self.secrets.hide(line);
        match &self.bar {
            Some(bar) => bar.println(line),
            // Whoever closed stderr does not want to know.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    pub(crate) fn show(&mut self, moment: &Moment) {
        let share = moment.elapsed.as_secs_f64() / moment.whole.as_secs_f64().max(f64::MIN_POSITIVE);
        if let Some(bar) = &self.bar {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 1000"
            )]
            bar.set_position((share.clamp(0.0, 1.0) * 1_000.0) as u64);
            bar.set_message(describe(moment));
        } else if moment.elapsed >= self.said + PLAIN_EVERY {
            self.said = moment.elapsed;
            self.say(&describe(moment));
        }
    }

    pub(crate) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn describe(moment: &Moment) -> String {
    let Moment { elapsed, whole, warmup, set_aside, asked_per_s, done_per_s, p99, failed } = moment;
    let phase = if elapsed < warmup {
        ", warming up".to_owned()
    } else if set_aside.is_zero() {
        String::new()
    } else {
        format!(", {} s set aside", show::digits(set_aside.as_secs_f64()))
    };
    let rate = match asked_per_s {
        Some(asked) => format!("{} of {}/s", show::digits(*done_per_s), show::digits(*asked)),
        None => format!("{}/s", show::digits(*done_per_s)),
    };
    let p99 = p99.map_or(String::new(), |p99| format!(" · p99 {}", show::seconds(p99.as_secs_f64())));
    let errors = if *failed == 1 { "error" } else { "errors" };
    let left = whole.saturating_sub(*elapsed).as_secs();
    format!(
        "{} s of {} s{phase} · {rate}{p99} · {failed} {errors} · {left} s left",
        elapsed.as_secs(),
        whole.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_it_goes() {
        let moment = Moment {
            elapsed: Duration::from_secs(2),
            whole: Duration::from_secs(30),
            warmup: Duration::from_secs(5),
            set_aside: Duration::ZERO,
            asked_per_s: Some(412.0),
            done_per_s: 411.6,
            p99: Some(Duration::from_micros(8_100)),
            failed: 1,
        };
        assert_eq!(
            describe(&moment),
            "2 s of 30 s, warming up · 412 of 412/s · p99 8.1 ms · 1 error · 28 s left"
        );
        let later = Moment {
            elapsed: Duration::from_secs(9),
            set_aside: Duration::from_secs(2),
            failed: 0,
            ..moment
        };
        assert_eq!(
            describe(&later),
            "9 s of 30 s, 2 s set aside · 412 of 412/s · p99 8.1 ms · 0 errors · 21 s left"
        );
    }
}
