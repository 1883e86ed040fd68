//! `compare:`: who is compared, and what is predicted of it.

use std::time::Duration;

use crate::comparison::Metric;
use crate::error::nearest;
use crate::experiment::{About, BYTES, ERRORS, Effect, Experiment, Pace, STATEMENTS, Scale, Side};
use crate::quantity;
use crate::raw::{Key, Node, Value};
use crate::units::{Dimension, Ratio};

use super::choices::switches;
use super::fields::{Fields, File, Read, entries, one_or_many, refused, scalar};

const KNOWN: &[&str] =
    &["a", "b", "because", "predict", "rate", "connections", "block", "time", "failing", "show"];
/// The longest reason; it is a line of every report.
const LONGEST_REASON: usize = 300;
/// More than a comparison shows on a screen.
const MOST_SERIES: usize = 20;
/// The largest change that is a prediction and not a slip.
const MOST_TIMES: f64 = 1e6;
const RANGE_HINT: &str = "like `-70%..-30%`, `2x..4x`, or `-3%..+3%` for no change to speak of";

pub(super) fn read(file: File<'_>, node: &Node, actions: &[&str]) -> Read<Experiment> {
    let fields = Fields::of(node, "compare", KNOWN)?;
    let side = |name: &str| {
        let Some(node) = fields.get(name) else {
            let hint = "a comparison has a baseline `a` and a variant `b`: `a: reference`, `b: reference --cache \"64MB 10s\"`";
            return Err(refused(node, format!("`{name}` is missing"), hint));
        };
        Ok(Side { words: words(file, node)?, line: file.line(node.place) })
    };
    let (a, b) = (side("a")?, side("b")?);
    let show = fields.read("show", series)?.unwrap_or_default();
    let predict = fields.read("predict", |node| effects(file, node, actions, &show))?.unwrap_or_default();
    let above_zero = |node: &Node| match file.point::<Duration>(node)? {
        Duration::ZERO => Err(refused(node, "expected a time of more than zero", "like `60 s`")),
        time => Ok(time),
    };
    Ok(Experiment {
        a,
        b,
        because: fields.read("because", reason)?,
        predict,
        pace: pace(file, &fields)?,
        block: fields.read("block", above_zero)?,
        time: fields.read("time", above_zero)?,
        failing: fields.read("failing", |node| file.point::<Ratio>(node))?,
        show,
    })
}

/// What `--a` and `--b` take: as it is, or switches of the reference server by name.
fn words(file: File<'_>, node: &Node) -> Read<String> {
    if let Value::Map(_) = node.value {
        let switches = switches(file, node)?;
        let words = switches.iter().map(|switch| {
            let is_one_word =
                !switch.value.is_empty() && !switch.value.contains(|c: char| c.is_whitespace() || c == '"');
            let value = if is_one_word {
                switch.value.clone()
            } else {
                format!("\"{}\"", switch.value.replace('"', "\\\""))
            };
            format!(" --{} {value}", switch.name)
        });
        return Ok(format!("reference{}", words.collect::<String>()));
    }
    match scalar(node)?.trim() {
        "" => Err(refused(
            node,
            "who is compared?",
            "a URL, a command, or `reference` with words for its `serve`",
        )),
        words if words.contains(char::is_control) => {
            Err(refused(node, "expected one line", "write it without line breaks"))
        }
        words => Ok(words.to_owned()),
    }
}

fn reason(node: &Node) -> Read<String> {
    let text = scalar(node)?.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().count() > LONGEST_REASON || text.contains(char::is_control) {
        let message = format!("a reason is a sentence of 1 to {LONGEST_REASON} characters");
        return Err(refused(
            node,
            message,
            "like `a hit asks no database and renders nothing`; more belongs into a comment",
        ));
    }
    Ok(text)
}

fn pace(file: File<'_>, fields: &Fields<'_>) -> Read<Option<Pace>> {
    match (fields.get("rate"), fields.get("connections")) {
        (Some(_), Some(second)) => Err(refused(
            second,
            "how it is loaded is said twice",
            "keep one of `rate` and `connections`: connections ask as fast as they are answered",
        )),
        (Some(node), None) => {
            let rate = file.point::<crate::units::Rate>(node)?;
            if rate.in_one_second() > 0.0 {
                return Ok(Some(Pace::Rate(rate)));
            }
            Err(refused(node, "expected a rate above zero", "like `300/s`"))
        }
        (None, Some(node)) => Ok(Some(Pace::Connections(file.whole(node)?))),
        (None, None) => Ok(None),
    }
}

fn series(node: &Node) -> Read<Vec<String>> {
    let nodes = one_or_many(node);
    if nodes.len() > MOST_SERIES {
        return Err(refused(
            node,
            format!("{} series are more than {MOST_SERIES}", nodes.len()),
            "show what the prediction is about",
        ));
    }
    let one = |node: &&Node| {
        let text = scalar(node)?.trim();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        let (name, labels) = text.split_once('{').map_or((text, None), |(name, labels)| (name, Some(labels)));
        let has_labels =
            labels.is_none_or(|labels| labels.strip_suffix('}').is_some_and(|inner| inner.contains('=')));
        if name.is_empty() || !name.chars().all(is_name) || !has_labels {
            let hint = "a name as `/metrics` has it, like `forum_shed_total` or `forum_cache_requests_total{from=\"hit\"}`";
            return Err(refused(node, format!("`{text}` is not the name of a series"), hint));
        }
        Ok(text.to_owned())
    };
    nodes.iter().map(one).collect()
}

fn effects(file: File<'_>, node: &Node, actions: &[&str], show: &[String]) -> Read<Vec<Effect>> {
    let effects = entries(node, "predict")?.iter().map(|(key, node)| effect(file, key, node, actions, show));
    let effects = effects.collect::<Read<Vec<_>>>()?;
    for (at, (key, _)) in entries(node, "predict")?.iter().enumerate() {
        if effects[..at].iter().any(|other| other.about == effects[at].about) {
            let message = format!("`{}` is predicted twice", effects[at].about.title());
            return Err(crate::ScenarioError::new(key.place, message, "").hint("keep one of the two"));
        }
    }
    Ok(effects)
}

fn effect(file: File<'_>, key: &Key, node: &Node, actions: &[&str], show: &[String]) -> Read<Effect> {
    // The value first: a map in its place is a slip of indentation, whatever its name is.
    let text = scalar(node)?.trim();
    let about = about(key, actions, show)?;
    let (scale, low, high) =
        range(file, &about, text).map_err(|(message, hint)| refused(node, message, hint))?;
    Ok(Effect { about, scale, low, high, text: text.to_owned(), line: file.line(key.place) })
}

/// What an effect is of: a name that a comparison prints, or the short one of the command line.
fn about(key: &Key, actions: &[&str], show: &[String]) -> Read<About> {
    let name = key.name.trim();
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if let Some(metric) = Metric::ALL.into_iter().find(|metric| is(metric.name()) || is(metric.title())) {
        return Ok(About::Metric(metric));
    }
    if let Some(action) = name.strip_suffix(" p50").filter(|action| actions.contains(action)) {
        return Ok(About::Action(action.to_owned()));
    }
    for (known, about) in [(BYTES, About::Bytes), (STATEMENTS, About::Statements), (ERRORS, About::Errors)] {
        if is(known) {
            return Ok(about);
        }
    }
    if show.iter().any(|series| series == name) {
        return Ok(About::Series(name.to_owned()));
    }
    let mut known: Vec<String> = Metric::ALL.iter().map(|metric| metric.title().to_owned()).collect();
    known.extend([BYTES, STATEMENTS, ERRORS].map(str::to_owned));
    known.extend(actions.iter().map(|action| format!("{action} p50")));
    let near = nearest(name, known.iter().map(String::as_str))
        .map_or(String::new(), |near| format!("did you mean `{near}`?"));
    let message = format!("`{name}` is not measured by a comparison");
    let hint = format!("it measures {}, and what `show` names", known.join(", "));
    Err(crate::ScenarioError::new(key.place, message, near).hint(hint))
}

type Complaint = (String, String);

/// Both ends, and what they are in.
fn range(file: File<'_>, about: &About, text: &str) -> Result<(Scale, f64, f64), Complaint> {
    let complain = |message: String| (message, RANGE_HINT.to_owned());
    let Some((low, high)) = text.split_once("..") else {
        return Err(complain(format!(
            "`{text}` is one figure, and a prediction is a range: something must be able to refute it"
        )));
    };
    let (low, high) = (low.trim(), high.trim());
    // The unit may stand behind the second alone: `-70..-30%`.
    let unit = high.trim_start_matches(|c: char| !c.is_alphabetic() && c != '%');
    let low =
        if low.ends_with(|c: char| c.is_ascii_digit()) { format!("{low}{unit}") } else { low.to_owned() };
    let end =
        |text: &str| end(file, about, text).ok_or_else(|| complain(format!("`{text}` is not a change")));
    let ((scale, low), (other, high)) = (end(&low)?, end(high)?);
    if scale != other {
        return Err(complain("one end is a share and the other a time".to_owned()));
    }
    if low > high {
        return Err((
            "the range is upside down".to_owned(),
            "write the smaller end first: `-70%..-30%`".to_owned(),
        ));
    }
    if scale == Scale::Seconds && !about.is_time() {
        return Err(complain(format!("`{}` is not a time", about.title())));
    }
    Ok((scale, low, high))
}

/// `-70%`, `1.5x`, `+100 us`; with either minus.
fn end(file: File<'_>, about: &About, text: &str) -> Option<(Scale, f64)> {
    let text = text.replace('\u{2212}', "-");
    let is_share_itself = *about == About::Errors;
    if let Some(percent) = text.strip_suffix('%') {
        let share = percent.trim().parse::<f64>().ok()? / 100.0;
        let scale = if is_share_itself { Scale::Points } else { Scale::Share };
        let most = if is_share_itself { 1.0 } else { MOST_TIMES };
        return (-1.0..=most).contains(&share).then_some((scale, share));
    }
    if let Some(times) = text.strip_suffix('x').filter(|_| !is_share_itself) {
        let times = times.trim().parse::<f64>().ok()?;
        return (0.0..=MOST_TIMES).contains(&times).then_some((Scale::Share, times - 1.0));
    }
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1.0, size),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    let read = quantity::parse(size, Some(Dimension::TIME), file.conventions).ok()?;
    (read.low.to_bits() == read.high.to_bits()).then_some((Scale::Seconds, sign * read.low))
}

#[cfg(test)]
mod tests {
    use crate::Scenario;

    use super::*;

    const TOP: &str = "name: a\nactions: { read question: 5 }\n";

    fn experiment(text: &str) -> Experiment {
        let text = format!("{TOP}compare:\n{text}\n");
        let scenario =
            Scenario::from_yaml(&text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", &text)));
        scenario.compare.unwrap()
    }

    #[test]
    fn sides_are_words_or_switches_by_name() {
        for (written, words) in [
            ("reference", "reference"),
            ("'reference --cache \"64MB 10s\"'", "reference --cache \"64MB 10s\""),
            ("{}", "reference"),
            ("{ cache: off, extra-work: 50us }", "reference --cache off --extra-work 50us"),
            ("{ cache: 64MB 10s }", "reference --cache \"64MB 10s\""),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ] {
            let experiment = experiment(&format!("  a: reference\n  b: {written}"));
            assert_eq!((experiment.b.words.as_str(), experiment.b.line), (words, 5), "{written}");
        }
    }

    #[test]
    fn a_prediction_is_of_what_a_comparison_prints() {
        for (name, about) in [
            ("cpu", About::Metric(Metric::Cpu)),
            ("CPU per request", About::Metric(Metric::Cpu)),
            ("cpu per request", About::Metric(Metric::Cpu)),
            ("p99", About::Metric(Metric::P99)),
            ("read question p50", About::Action("read question".to_owned())),
            ("bytes of an answer", About::Bytes),
            ("SQL statements of a request", About::Statements),
            ("errors", About::Errors),
            ("forum_shed_total", About::Series("forum_shed_total".to_owned())),
        ] {
            let experiment = experiment(&format!(
                "  a: x\n  b: y\n  show: forum_shed_total\n  predict: {{ {name}: -5%..5% }}"
            ));
            assert_eq!(experiment.predict[0].about, about, "{name}");
            if !matches!(about, About::Series(_)) {
                assert!(about.title().eq_ignore_ascii_case(name) || name == "cpu", "{name}");
            }
        }
    }

    #[test]
    fn effects_are_shares_factors_times_or_points() {
        for (name, text, scale, low, high) in [
            ("p50", "-70%..-30%", Scale::Share, -0.7, -0.3),
            ("p50", "-70..-30%", Scale::Share, -0.7, -0.3),
            ("p50", "\u{2212}70% .. +5%", Scale::Share, -0.7, 0.05),
            ("p50", "2x..4x", Scale::Share, 1.0, 3.0),
            ("throughput", "0.5x..+20%", Scale::Share, -0.5, 0.2),
            ("cpu", "+95us..+110us", Scale::Seconds, 95e-6, 110e-6),
            ("cpu", "95..110 us", Scale::Seconds, 95e-6, 110e-6),
            ("read question p50", "-1 ms..-0.2 ms", Scale::Seconds, -1e-3, -0.2e-3),
            ("errors", "+20%..+60%", Scale::Points, 0.2, 0.6),
        ] {
            let read = experiment(&format!("  a: x\n  b: y\n  predict:\n    {name}: {text}"));
            let Effect { scale: found, low: from, high: to, line, .. } = read.predict[0];
            assert_eq!((found, line), (scale, 7), "{text}");
            assert!((from - low).abs() < 1e-12 && (to - high).abs() < 1e-12, "{text}: {from} {to}");
        }
    }

    #[test]
    fn how_it_is_loaded_can_be_said() {
        let read = experiment(
            "  a: x\n  b: y\n  rate: 300/s\n  block: 2 s\n  time: 80 s\n  failing: 60%\n  because: so  it is",
        );
        assert!(matches!(read.pace, Some(Pace::Rate(rate)) if rate.in_one_second() == 300.0));
        assert_eq!((read.block, read.time), (Some(Duration::from_secs(2)), Some(Duration::from_secs(80))));
        assert_eq!(read.failing.map(Ratio::share), Some(0.6));
        assert_eq!(read.because.as_deref(), Some("so it is"));
        assert_eq!(experiment("  a: x\n  b: y\n  connections: 16").pace, Some(Pace::Connections(16)));
        assert_eq!(experiment("  a: x\n  b: y").pace, None);
    }
}
