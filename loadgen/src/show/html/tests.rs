//! The page as a reader and a browser see it.

use proptest::prelude::*;
use scenarios::estimate::Spread;
use scenarios::report::{Report, Second, SpectrumPoint};

use super::{broken, page, sample};

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("met", sample::met()),
        ("missed", sample::missed()),
        ("closed", sample::closed()),
        ("cut short", sample::cut_short()),
        ("disturbed", sample::disturbed()),
        ("empty", sample::empty()),
        ("long", sample::long()),
    ]
}

/// The tags of a page in order, without what stands between them; `None` when one does not end.
fn tags(html: &str) -> Option<Vec<&str>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>')? + start;
        tags.push(&rest[start + 1..end]);
        rest = &rest[end + 1..];
    }
    Some(tags)
}

/// Why a page is not nested as it must be.
pub(super) fn misnested(html: &str) -> Option<String> {
    const VOID: [&str; 3] = ["meta", "link", "!doctype"];
    let mut open = Vec::new();
    for tag in tags(html)? {
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => {}
                other => return Some(format!("</{name}> closes {other:?}")),
            }
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    open.pop().map(|name| format!("<{name}> is not closed"))
}

#[test]
fn every_page_is_whole_and_well_formed() {
    for (name, report) in samples() {
        let html = page(&report);
        assert!(html.starts_with("<!doctype html>"), "{name}: {}", &html[..80]);
        assert_eq!(misnested(&html), None, "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(html.contains("<html lang=\"en\">") && html.contains("<title>"), "{name}");
        for words in ["NaN", "inf", "null"] {
            let found = html.split(['<', '>']).any(|text| text.split([' ', '"']).any(|word| word == words));
            assert!(!found, "{name}: {words}");
        }
        assert_eq!(html.matches("<svg").count(), html.matches("role=\"img\"").count(), "{name}");
        assert_eq!(html.matches("<table").count(), html.matches("<caption").count(), "{name}");
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for (name, report) in samples() {
        let html = page(&report);
        for word in
            ["src=", "href=\"http", "<script", "@import", "url(", "xlink", "onload", "<iframe", "https:"]
        {
            assert!(!html.contains(word), "{name}: {word}");
        }
        // The address of the target is a text.
        let outside = html.replace("http:&#x2f;&#x2f;127.0.0.1:41873", "");
        assert!(!outside.contains("http:"), "{name}");
    }
}

#[test]
fn what_was_set_aside_is_said_where_the_answer_is() {
    let html = page(&sample::disturbed());
    let header = html.split("</header>").next().unwrap();
    assert!(header.contains(
        "3 s of 33 s are set aside: the host of this machine took its processors away (4.1 % in them)."
    ));
    assert!(
        header
            .contains("With every second counted, p99 would be 26.4 ms and the generator&#x27;s lag 3.1 ms.")
    );
    assert!(html.contains("began at second 7, 8, 20"));
    assert!(!page(&sample::met()).contains("set aside"));
}

#[test]
fn ten_minutes_are_a_small_file_and_an_hour_is_not_larger() {
    const TEN_MINUTES_BYTES_MAX: usize = 200_000;
    let mut ten_minutes = sample::long();
    ten_minutes.seconds.truncate(600);
    ten_minutes.offered.measured_s = 600.0;
    let (ten_minutes, hour) = (page(&ten_minutes), page(&sample::long()));
    assert!(ten_minutes.len() < TEN_MINUTES_BYTES_MAX, "{}", ten_minutes.len());
    assert!(hour.len() < TEN_MINUTES_BYTES_MAX, "{}", hour.len());
    assert!(
        hour.contains("Each point is the highest of 6 s.") && hour.contains("Each point is the mean of 6 s.")
    );
    assert!(!ten_minutes.contains("Each point"));
}

#[test]
fn whatever_a_name_says_stays_a_text() {
    const HOSTILE: &str = "</title></svg><script>alert('x')</script>\"{{ page }}{% raw %}&";
    let mut report = sample::missed();
    report.scenario = HOSTILE.to_owned();
    report.offered.model = HOSTILE.to_owned();
    report.offered.arrivals = HOSTILE.to_owned();
    report.offered.rule = HOSTILE.to_owned();
    report.offered.schedule = HOSTILE.to_owned();
    report.target.url = HOSTILE.to_owned();
    report.target.what = HOSTILE.to_owned();
    report.provenance.version = HOSTILE.to_owned();
    report.provenance.scenario_hash = HOSTILE.to_owned();
    report.provenance.command = HOSTILE.to_owned();
    report.provenance.machine = HOSTILE.to_owned();
    report.actions[0].name = HOSTILE.to_owned();
    report.actions[0].errors[0].kind = HOSTILE.to_owned();
    report.all.name = HOSTILE.to_owned();
    report.generator.evidence[0] = HOSTILE.to_owned();
    report.predictions[2].quantity = HOSTILE.to_owned();
    report.predictions[2].note = HOSTILE.to_owned();
    report.notes[0] = HOSTILE.to_owned();
    report.slo[0].promise = format!("{HOSTILE} p99 < 200 ms");
    let seeded = report.target.seeded.as_mut().unwrap();
    (seeded.rule, seeded.storage[0].entity) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    let html = page(&report);
    assert!(!html.contains("<script"));
    assert!(!html.contains("alert('x')"));
    assert_eq!(misnested(&html), None);
    // 21 places in which it was put; some are shown more than once.
    assert!(html.matches("alert(&#x27;x&#x27;)").count() >= 21);
    assert!(html.contains("{{ page }}{% raw %}&amp;"));
}

#[test]
fn the_verdict_comes_first_and_every_promise_appears() {
    for (name, report) in samples() {
        let html = page(&report);
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{name} has no {text}"));
        assert!(place("<h1") < place("id=\"pictures\""), "{name}");
        assert!(place("id=\"pictures\"") < place("id=\"figures\""), "{name}");
        assert!(place("id=\"figures\"") < place("id=\"method\""), "{name}");
        let verdict = &html[..place("id=\"pictures\"")];
        assert!(verdict.contains(report.generator.verdict.word()), "{name}");
        for outcome in &report.slo {
            let promise = outcome.promise.replace('<', "&lt;");
            assert!(
                verdict.contains(&promise) && verdict.contains(outcome.verdict.word()),
                "{name}: {promise}"
            );
        }
        assert_eq!(verdict.contains("Cut short"), report.offered.cut_short, "{name}");
    }
}

#[test]
fn what_a_reader_needs_to_repeat_the_run_is_on_the_page() {
    let html = page(&sample::met());
    for text in [
        "412 requests&#x2f;s asked, 412 done, p99 8.1\u{a0}ms, 0 errors",
        "loadgen run forum --seed 7 --duration 30s",
        "9f3a61c0d2b4e875",
        "5d41402abc4b2a76",
        "2026-11-23 16:02 UTC",
        "10,000 questions of the scenario&#x27;s 1 M",
        "the peak of the action table",
        "2 cores, 8 GB of memory",
    ] {
        assert!(html.contains(text), "{text}");
    }
}

#[test]
fn a_closed_run_has_no_rate_that_was_asked() {
    let html = page(&sample::closed());
    assert!(!html.contains(">asked&#x2f;s<") && html.contains(">done&#x2f;s<"));
    assert!(!html.contains(">asked</text>") && html.contains(">done</text>"));
    assert!(html.contains("what the server spent is not known"));
}

#[test]
fn a_page_that_cannot_be_laid_out_says_where_the_figures_are() {
    let error = minijinja::Error::new(minijinja::ErrorKind::SyntaxError, "<here>");
    let html = broken(&error, "report.json");
    assert!(html.contains("report.json") && !html.contains("<here>"));
}

/// Any number, the ones that are none included.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        0.0..10.0,
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::MIN_POSITIVE)
    ]
}

fn second() -> impl Strategy<Value = Second> {
    (any::<u32>(), any::<u64>(), any::<u64>(), number(), number(), number()).prop_map(
        |(at_s, scheduled, good, p50_s, p99_s, max_s)| Second { at_s, scheduled, good, p50_s, p99_s, max_s },
    )
}

fn point() -> impl Strategy<Value = SpectrumPoint> {
    (number(), number(), number()).prop_map(|(q, response_s, service_s)| SpectrumPoint {
        q,
        response_s,
        service_s,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_report_renders_without_a_number_that_is_none(
        seconds in prop::collection::vec(second(), 0..5),
        spectrum in prop::collection::vec(point(), 0..5),
        values in prop::collection::vec(number(), 8),
        count in any::<u64>(),
        text in "\\PC{0,20}",
    ) {
        let mut report = sample::missed();
        (report.seconds, report.spectrum) = (seconds, spectrum);
        (report.all.scheduled, report.all.good) = (count, count / 2);
        (report.all.asked_per_s, report.all.done_per_s) = (values[0], values[1]);
        (report.offered.measured_s, report.offered.actions_per_s) = (values[2], Some(values[3]));
        report.all.response.quantiles[2].value_s = values[4];
        report.all.response.quantiles[2].interval_s = Some((values[5], values[6]));
        report.slo[0].promise = format!("{text} p99 < {text}");
        report.slo[0].attained_share = Some(values[7]);
        report.predictions[0].measured = Some(Spread { p10: values[0], p50: values[1], p90: values[2] });
        report.predictions[1].predicted = Spread { p10: values[3], p50: values[4], p90: values[5] };
        report.actions[0].name = text;
        report.provenance.started_unix_s = count;
        let html = page(&report);
        prop_assert_eq!(misnested(&html), None);
        let drawn = html.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next());
        for drawing in drawn {
            prop_assert!(!drawing.contains("NaN") && !drawing.contains("inf "), "{}", drawing);
        }
    }
}
