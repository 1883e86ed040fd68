//! What servers say of their own time: the header `Server-Timing` (W3C), summed up by action and metric.
//!
//! A value is a list like `db;dur=1.2, cache;desc="hit, or not";dur=0.3`. Durations are in milliseconds. A metric without
//! one, or with one that is no time, is not counted. Nothing here is touched by a target that sends no such header.

use scenarios::report::ServerTiming;

/// Metrics of one action that are kept apart; what a server names beyond is left out.
const MOST_METRICS: usize = 16;
/// Bytes of a name; a longer one is left out.
const NAME_MAX: usize = 64;
/// The longest duration that is believed: two hours, as for every time that is recorded.
const LONGEST_MS: f64 = 7_200_000.0;

/// Metrics by action.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timings {
    actions: Vec<Vec<Metric>>,
}

#[derive(Clone, Debug)]
struct Metric {
    name: String,
    count: u64,
    sum_ms: f64,
    max_ms: f64,
}

impl Timings {
    /// Takes the header's value of one answer.
    pub(crate) fn add(&mut self, action: u16, value: &[u8]) {
        let Ok(value) = std::str::from_utf8(value) else { return };
        let index = usize::from(action);
        if self.actions.len() <= index {
            self.actions.resize(index + 1, Vec::new());
        }
        let metrics = &mut self.actions[index];
        for (name, ms) in durations(value).filter(|(name, _)| name.len() <= NAME_MAX) {
            if let Some(metric) = metrics.iter_mut().find(|metric| metric.name == name) {
                metric.count += 1;
                metric.sum_ms += ms;
                metric.max_ms = metric.max_ms.max(ms);
            } else if metrics.len() < MOST_METRICS {
                metrics.push(Metric { name: name.to_owned(), count: 1, sum_ms: ms, max_ms: ms });
            }
        }
    }

    /// What was said in answers to an action.
    pub(crate) fn of(&self, action: usize) -> Vec<ServerTiming> {
        self.actions
            .get(action)
            .map(|metrics| metrics.iter().map(Metric::summed_up).collect())
            .unwrap_or_default()
    }

    /// What was said in all answers.
    pub(crate) fn of_all(&self) -> Vec<ServerTiming> {
        let mut all: Vec<Metric> = Vec::new();
        for metric in self.actions.iter().flatten() {
            match all.iter_mut().find(|known| known.name == metric.name) {
                Some(known) => {
                    known.count += metric.count;
                    known.sum_ms += metric.sum_ms;
                    known.max_ms = known.max_ms.max(metric.max_ms);
                }
                None => all.push(metric.clone()),
            }
        }
        all.truncate(MOST_METRICS);
        all.iter().map(Metric::summed_up).collect()
    }
}

impl Metric {
    fn summed_up(&self) -> ServerTiming {
        let Metric { name, count, sum_ms, max_ms } = self;
        ServerTiming {
            name: name.clone(),
            count: *count,
            mean_s: sum_ms / *count as f64 / 1e3,
            max_s: max_ms / 1e3,
        }
    }
}

/// The metrics of a value that have a duration, in milliseconds.
fn durations(value: &str) -> impl Iterator<Item = (&str, f64)> {
    parts(value, ',').filter_map(|metric| {
        let mut parameters = parts(metric, ';');
        // What is no name goes no further: it would be printed.
        let name = parameters.next().filter(|name| !name.is_empty() && name.bytes().all(is_token))?;
        // Of a parameter that is there twice, the first counts.
        let duration = parameters.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("dur").then_some(value.trim())
        })?;
        let ms: f64 = duration.trim_matches('"').parse().ok()?;
        (0.0..=LONGEST_MS).contains(&ms).then_some((name, ms))
    })
}

/// What a token is made of (RFC 9110, section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte)
}

/// The parts between separators that do not stand within quotes.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character: char| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return character == separator && !quoted,
        }
        false
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_the_standard_writes_them() {
        let cases: [(&str, &[(&str, f64)]); 10] = [
            ("\u{1b}[31m;dur=1, a b;dur=1, ok;dur=1", &[("ok", 1.0)]),
            ("db;dur=53.2", &[("db", 53.2)]),
            // The examples of the standard: a description, no duration, several.
            ("miss, db;dur=53, app;dur=47.2", &[("db", 53.0), ("app", 47.2)]),
            ("cache;desc=\"Cache, Read; dur=9\";dur=23.2", &[("cache", 23.2)]),
            ("a;DUR=1;dur=2", &[("a", 1.0)]),
            (" a ; dur = 1 ,, b;dur=\"2\"", &[("a", 1.0), ("b", 2.0)]),
            ("a;desc=\"q\\\"x, y\";dur=3", &[("a", 3.0)]),
            ("a;dur=-1, b;dur=x, c;dur=NaN, d;dur=inf, e;dur=1e99", &[]),
            (";dur=1", &[]),
            ("a;dur=0", &[("a", 0.0)]),
        ];
        for (value, expected) in cases {
            assert_eq!(durations(value).collect::<Vec<_>>(), expected, "{value}");
        }
    }

    #[test]
    fn metrics_are_summed_up_by_action() {
        let mut timings = Timings::default();
        timings.add(0, b"db;dur=10, app;dur=1");
        timings.add(0, b"db;dur=30");
        timings.add(2, b"db;dur=2");
        timings.add(2, b"\xff;dur=2");
        let timing =
            |name: &str, count, mean_s, max_s| ServerTiming { name: name.to_owned(), count, mean_s, max_s };
        assert_eq!(timings.of(0), [timing("db", 2, 0.020, 0.030), timing("app", 1, 0.001, 0.001)]);
        assert!(timings.of(1).is_empty());
        assert!(timings.of(9).is_empty());
        // (10 + 30 + 2) / 3 = 14 ms.
        assert_eq!(timings.of_all(), [timing("db", 3, 0.014, 0.030), timing("app", 1, 0.001, 0.001)]);
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_takes_little_room(values in proptest::collection::vec(".{0,200}", 0..50)) {
            let mut timings = Timings::default();
            for (number, value) in values.iter().enumerate() {
                timings.add(0, value.as_bytes());
                timings.add(0, format!("m{number};dur=1").as_bytes());
            }
            let found = timings.of(0);
            prop_assert!(found.len() <= MOST_METRICS);
            for timing in found {
                prop_assert!(timing.name.len() <= NAME_MAX && timing.mean_s.is_finite());
            }
        }
    }
}
