//! Whole scenarios: whatever stands there, it is refused at a place that can be shown, or it has an estimate in every
//! form, or an error. What follows a zero byte is settings of the command line, one on each line.

#![no_main]

use estimator::{Options, show};
use libfuzzer_sys::{Corpus, fuzz_target};
use scenarios::Scenario;
use scenarios::estimate::Estimate;

/// Few samples: what is sampled is the same code for each.
const OPTIONS: Options = Options { seed: 7, samples: Options::LEAST_SAMPLES };

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    let (text, settings) = text.split_once('\0').unwrap_or((text, ""));
    let settings: Vec<String> = settings.lines().map(str::to_owned).collect();
    let scenario = match Scenario::with_settings(text, &settings) {
        Ok(scenario) => scenario,
        Err(error) => {
            drop(error.render("fuzzed.yaml", text));
            return Corpus::Keep;
        }
    };
    match estimator::estimate(&scenario, "fuzzed.yaml", &OPTIONS) {
        Ok(estimate) => shown(&estimate),
        Err(error) => drop(error.render("fuzzed.yaml", text, &settings)),
    }
    Corpus::Keep
});

fn shown(estimate: &Estimate) {
    drop(show::text::text(estimate, &[]));
    drop(show::markdown::markdown(estimate));
    let json = show::json::json(estimate).expect("a finite number is JSON");
    serde_json::from_str::<Estimate>(&json).expect("what is written is read again");
}
