//! `load: { shape: ... }`: phases as short lines (`ramp 10/s..300/s for 30 s`) or as maps (`{ ramp: 10/s..300/s, for: 30 s }`).
//!
//! A map is put together to its line and read as that, so that both mean the same.

use std::time::Duration;

use crate::conventions::Conventions;
use crate::error::{ScenarioError, nearest};
use crate::quantity::{self, Complaint};
use crate::raw::{Node, Value};
use crate::shape::{Course, Level, LoadShape, MOST_PARTS, Phase};
use crate::units::{Dimension, Factor, Rate};

use super::fields::{File, Read, entries, one_or_many, refused, scalar};

/// The words that a phase begins with.
const WORDS: [&str; 6] = ["constant", "ramp", "steps", "spike", "pause", "daily"];
/// What stands beside them in the long form.
const JOINTS: [&str; 3] = ["for", "by", "each"];
/// One of each, for hints.
const EXAMPLES: &str = "`300/s for 1 min`, `ramp 10/s..300/s for 30 s`, `steps 100/s..500/s by 100/s for 10 s each`, `spike 5x for 10 s`, `pause 5 s`, `daily in 60 s`";
/// Users of a shape at most; how many one machine carries is for the run to say.
const MOST_USERS: f64 = 1e9;

/// The shape of a file.
pub(super) fn read(file: File<'_>, node: &Node) -> Read<LoadShape> {
    let mut phases = Vec::new();
    for item in one_or_many(node) {
        if matches!(item.value, Value::Map(_)) {
            phases.push(phase(&line(item)?, file.conventions).map_err(|complaint| at(item, complaint))?);
            continue;
        }
        for text in scalar(item)?.split(',') {
            phases.push(phase(text, file.conventions).map_err(|complaint| at(item, complaint))?);
        }
    }
    LoadShape::new(phases).map_err(|(problem, hint)| refused(node, problem, hint))
}

/// A shape as it is typed, phases parted by commas: `ramp 10/s..300/s for 30 s, 300/s for 1 min`; for command lines.
///
/// # Errors
/// Says what was expected.
pub fn parse_shape(text: &str) -> Result<LoadShape, String> {
    let phases = text.split(',').map(|text| phase(text, &Conventions::default()));
    let phases = phases.collect::<Result<Vec<_>, _>>();
    let phases = phases.map_err(|complaint| format!("{}\n  hint: {}", complaint.message, complaint.hint))?;
    LoadShape::new(phases).map_err(|(problem, hint)| format!("{problem}\n  hint: {hint}"))
}

fn at(node: &Node, complaint: Complaint) -> ScenarioError {
    refused(node, complaint.message, complaint.hint)
}

/// The long form of a phase as its line.
fn line(node: &Node) -> Read<String> {
    for (key, value) in entries(node, "a phase")? {
        scalar(value)?;
        let mut known = WORDS.iter().chain(&JOINTS);
        if !known.any(|known| *known == key.name) {
            let label =
                nearest(&key.name, WORDS).map_or(String::new(), |near| format!("did you mean `{near}`?"));
            return Err(ScenarioError::new(key.place, format!("a phase has no `{}`", key.name), label)
                .hint(long_form("ramp")));
        }
    }
    let fields = entries(node, "a phase")?;
    let get = |name: &str| fields.iter().find(|(key, _)| key.name == name).map(|(_, value)| value);
    let text = |name: &str| get(name).map(scalar).transpose();
    let mut lines = Vec::new();
    for word in WORDS {
        let Some(what) = text(word)? else { continue };
        let rest: &[(&str, &str)] = match word {
            "steps" => &[("by", "by"), ("each", "for")],
            "pause" | "daily" => &[],
            _ => &[("for", "for")],
        };
        let mut line = format!("{word} {what}");
        for (key, joint) in rest {
            let Some(value) = text(key)? else {
                return Err(refused(node, format!("a phase of this kind has a `{key}`"), long_form(word)));
            };
            line.extend([" ", joint, " ", value]);
        }
        for key in JOINTS {
            if get(key).is_some() && !rest.iter().any(|(known, _)| *known == key) {
                return Err(refused(node, format!("a phase of this kind has no `{key}`"), long_form(word)));
            }
        }
        if word == "steps" {
            line.push_str(" each");
        }
        lines.push(line);
    }
    match (lines.pop(), lines.is_empty()) {
        (Some(line), true) => Ok(line),
        _ => Err(refused(node, "a phase is of one kind", long_form("ramp"))),
    }
}

fn long_form(word: &str) -> &'static str {
    match word {
        "constant" => "like `{ constant: 300/s, for: 1 min }`",
        "steps" => "like `{ steps: 100/s..500/s, by: 100/s, each: 10 s }`",
        "spike" => "like `{ spike: 5x, for: 10 s }`",
        "pause" => "like `{ pause: 5 s }`",
        "daily" => "like `{ daily: 60 s }`",
        _ => "like `{ ramp: 10/s..300/s, for: 30 s }`",
    }
}

fn complain<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Complaint> {
    Err(Complaint { message: message.into(), hint: hint.into() })
}

fn phase(text: &str, conventions: &Conventions) -> Result<Phase, Complaint> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (word, rest) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    let course = match word {
        "constant" => constant(rest, conventions)?,
        "ramp" => {
            let (levels, length) = what_and_time(rest, conventions)?;
            let (from, to) = range(levels, conventions)?;
            Course::Ramp { from, to, length }
        }
        "steps" => steps(rest, conventions)?,
        "spike" => {
            let (factor, length) = what_and_time(rest, conventions)?;
            match level(factor, conventions)? {
                Level::Times(factor) => Course::Spike { factor, length },
                _ => return complain("a spike is a multiple of the base rate", "like `spike 5x for 10 s`"),
            }
        }
        "pause" => Course::Pause { length: time(rest.trim_start_matches("for "), conventions)? },
        "daily" => {
            let length = rest.trim_start_matches("in ").trim_start_matches("for ");
            Course::Daily { length: time(length, conventions)? }
        }
        _ if text.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
            constant(&text, conventions)?
        }
        _ => return unknown(word),
    };
    Ok(Phase { text, course })
}

fn unknown<T>(word: &str) -> Result<T, Complaint> {
    let near = nearest(word, WORDS).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    complain(format!("no phase begins with `{word}`{near}"), format!("write {EXAMPLES}"))
}

fn constant(text: &str, conventions: &Conventions) -> Result<Course, Complaint> {
    let (what, length) = what_and_time(text, conventions)?;
    if what.contains("..") {
        return complain(format!("`{what}` is a range"), format!("write `ramp {text}`, or one level"));
    }
    Ok(Course::Constant { level: level(what, conventions)?, length })
}

fn steps(text: &str, conventions: &Conventions) -> Result<Course, Complaint> {
    const LIKE: &str = "like `steps 100/s..500/s by 100/s for 10 s each`";
    let Some((what, each)) = text.trim_end_matches(" each").split_once(" for ") else {
        return complain("steps say how long each is", LIKE);
    };
    let Some((levels, by)) = what.split_once(" by ") else {
        return complain("steps say how far they are apart", LIKE);
    };
    let ((from, to), by, each) =
        (range(levels, conventions)?, level(by, conventions)?, time(each, conventions)?);
    if by.number() <= 0.0 || by.counts() != to.counts() {
        return complain("steps are some way apart, in the unit of the levels", LIKE);
    }
    // A sum of decimals may fall short of the last step by a rounding.
    let count = ((to.number() - from.number()).abs() / by.number() + 1e-9).floor() + 1.0;
    if count > MOST_PARTS as f64 {
        return complain(
            format!("{count} steps are more than a report holds ({MOST_PARTS})"),
            "write larger steps after `by`",
        );
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to MOST_PARTS")]
    Ok(Course::Steps { from, to, by, each, count: count as u32 })
}

/// `300/s for 1 min`.
fn what_and_time<'a>(text: &'a str, conventions: &Conventions) -> Result<(&'a str, Duration), Complaint> {
    match text.split_once(" for ") {
        Some((what, length)) => Ok((what.trim(), time(length, conventions)?)),
        None => complain(format!("`{text}` does not say for how long"), format!("write {EXAMPLES}")),
    }
}

fn time(text: &str, conventions: &Conventions) -> Result<Duration, Complaint> {
    let read = quantity::parse(text, Some(Dimension::TIME), conventions)?;
    let length = Duration::try_from_secs_f64(read.high).unwrap_or(Duration::MAX);
    if length.is_zero() || read.low < read.high {
        return complain(format!("a phase takes some time, and `{text}` is none"), "like `for 30 s`");
    }
    Ok(length)
}

/// `10/s..300/s`, or with the unit at the end alone.
fn range(text: &str, conventions: &Conventions) -> Result<(Level, Level), Complaint> {
    let Some((from, to)) = text.split_once("..") else {
        return complain(
            format!("`{text}` goes nowhere"),
            "write where it begins and ends, like `10/s..300/s`",
        );
    };
    let (from, to) = (from.trim(), to.trim());
    let end = level(to, conventions)?;
    let unit = to.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '.');
    let is_bare = from.chars().all(|digit| digit.is_ascii_digit() || digit == '.');
    let begin =
        if is_bare { level(&format!("{from}{unit}"), conventions)? } else { level(from, conventions)? };
    if begin.counts() != end.counts() {
        return complain(format!("the ends of `{text}` are in different units"), "like `10/s..300/s`");
    }
    Ok((begin, end))
}

fn level(text: &str, conventions: &Conventions) -> Result<Level, Complaint> {
    let text = text.trim();
    let number = |number: &str| quantity::parse(number, Some(Dimension::NONE), conventions);
    let point = |read: quantity::Quantity| {
        if read.low < read.high {
            complain(format!("`{text}` is a range"), "write one level")
        } else {
            Ok(read.high)
        }
    };
    if let Some(users) = text.strip_suffix("users").or_else(|| text.strip_suffix("user")) {
        let users = point(number(users)?)?;
        if users.fract() != 0.0 || !(0.0..=MOST_USERS).contains(&users) {
            return complain(format!("`{text}` is no whole number of users"), "like `200 users`");
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
        return Ok(Level::Users(users as u32));
    }
    let times = text.strip_suffix('x').or_else(|| text.strip_suffix('×')).map(|times| (times, 1.0));
    if let Some((times, scale)) = times.or_else(|| text.strip_suffix('%').map(|percent| (percent, 0.01))) {
        let factor = point(number(times)?)? * scale;
        return match Factor::new(factor) {
            Some(factor) => Ok(Level::Times(factor)),
            None => complain(format!("`{text}` is below nothing"), "like `50%` or `2x`"),
        };
    }
    let read = quantity::parse(text, Some(Dimension::RATE), conventions).map_err(|complaint| Complaint {
        hint: "write a rate (`300/s`), users (`200 users`), or a multiple of the base rate (`50%`, `2x`)"
            .to_owned(),
        ..complaint
    })?;
    match Rate::per_second(point(read)?) {
        Some(rate) => Ok(Level::Rate(rate)),
        None => complain(format!("`{text}` is below nothing"), "like `300/s`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(text: &str) -> Course {
        let shape = parse_shape(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        shape.phases()[0].course
    }

    fn rate(rate: f64) -> Level {
        Level::Rate(Rate::per_second(rate).unwrap())
    }

    fn times(times: f64) -> Level {
        Level::Times(Factor::new(times).unwrap())
    }

    #[test]
    fn phases_are_written_as_people_say_them() {
        let seconds = Duration::from_secs;
        let ramp = |from, to, length| Course::Ramp { from, to, length: seconds(length) };
        for (text, expected) in [
            ("constant 300/s for 1 min", Course::Constant { level: rate(300.0), length: seconds(60) }),
            ("300/s for 1 min", Course::Constant { level: rate(300.0), length: seconds(60) }),
            (
                "18k/min for 500 ms",
                Course::Constant { level: rate(300.0), length: Duration::from_millis(500) },
            ),
            ("50% for 2 s", Course::Constant { level: times(0.5), length: seconds(2) }),
            ("2x for 2 s", Course::Constant { level: times(2.0), length: seconds(2) }),
            ("200 users for 2 s", Course::Constant { level: Level::Users(200), length: seconds(2) }),
            ("ramp 10/s..300/s for 30 s", ramp(rate(10.0), rate(300.0), 30)),
            ("ramp 0..300/s for 30 s", ramp(rate(0.0), rate(300.0), 30)),
            ("ramp 300/s..10/s  for  30 s", ramp(rate(300.0), rate(10.0), 30)),
            ("ramp 0..500 users for 30 s", ramp(Level::Users(0), Level::Users(500), 30)),
            ("ramp 50..200% for 30 s", ramp(times(0.5), times(2.0), 30)),
            (
                "steps 100/s..500/s by 100/s for 10 s each",
                Course::Steps {
                    from: rate(100.0),
                    to: rate(500.0),
                    by: rate(100.0),
                    each: seconds(10),
                    count: 5,
                },
            ),
            (
                // 5, 3.5 and 2, never beyond 1.
                "steps 5x..1x by 1.5x for 1 s",
                Course::Steps {
                    from: times(5.0),
                    to: times(1.0),
                    by: times(1.5),
                    each: seconds(1),
                    count: 3,
                },
            ),
            ("spike 5x for 10 s", Course::Spike { factor: Factor::new(5.0).unwrap(), length: seconds(10) }),
            ("pause 5 s, 1/s for 1 s", Course::Pause { length: seconds(5) }),
            ("daily in 60 s", Course::Daily { length: seconds(60) }),
        ] {
            assert_eq!(course(text), expected, "{text}");
        }
        let shape =
            parse_shape("ramp 10/s..300/s for 30 s, spike 5x for 10 s, steps 1/s..3/s by 1/s for 2 s each")
                .unwrap();
        // A spike is followed by as long at the base rate.
        assert_eq!(shape.length(), seconds(30 + 20 + 6));
    }

    #[test]
    fn what_is_no_phase_is_told_what_to_write() {
        for (text, said) in [
            ("", "no phase begins with ``"),
            ("rmap 1/s..2/s for 3 s", "did you mean `ramp`?"),
            ("300/s", "does not say for how long"),
            ("300 for 2 s", "expected a rate"),
            ("300/s for 0 s", "takes some time"),
            ("300/s for 3", "expected a duration"),
            ("300/s for 5 MB", "expected a duration"),
            ("100/s..200/s for 2 s", "write `ramp 100/s..200/s for 2 s`"),
            ("ramp 100/s for 2 s", "goes nowhere"),
            ("ramp 1/s..2x for 2 s", "different units"),
            ("ramp -5/s..2/s for 2 s", ""),
            ("steps 1/s..5/s for 2 s each", "how far they are apart"),
            ("steps 1/s..5/s by 0/s for 2 s each", "some way apart"),
            ("steps 1/s..500/s by 1/s for 2 s each", "500 steps are more than a report holds (50)"),
            ("spike 300/s for 2 s", "a multiple of the base rate"),
            ("pause 5 s", "a shape of no requests"),
            ("ramp 0..0/s for 5 s", "a shape of no requests"),
            ("1/s for 8 days", "too long"),
            ("1/s for 1 s, 5 users for 1 s", "counts both"),
            ("2.5 users for 1 s", "no whole number of users"),
            ("1/s for 1 s, ", "no phase begins with ``"),
        ] {
            let told = parse_shape(text).expect_err(text);
            assert!(told.contains(said) && told.contains("\n  hint: "), "{text}: {told}");
        }
        let long = vec!["1/s for 1 s"; 51].join(",");
        assert!(parse_shape(&long).unwrap_err().contains("51 parts"));
    }
}
