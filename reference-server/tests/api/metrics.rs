//! `/metrics` is exactly the list of metrics, in the format that Prometheus reads.

use std::collections::BTreeMap;

use reference_server::telemetry::names::{ALL, Kind};
use serde_json::json;

use crate::forum::Forum;

/// Bound, if it is a bucket, and value: as it stands there, because counts are compared and not computed with.
type Sample = (Option<String>, String);

/// One line of samples: name, labels without the bound, and the rest.
fn sample(line: &str) -> (String, String, Sample) {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value: {line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').expect("an end of the labels")),
        None => (series, ""),
    };
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    assert!(plain(name), "{line}");
    let mut others = Vec::new();
    let mut bound = None;
    // None of our values has a quotation mark or a comma in it.
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (name, value) = label.split_once('=').expect("a value of the label");
        let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotes");
        assert!(plain(name) && !value.contains('"'), "{line}");
        if name == "le" { bound = Some(value.to_owned()) } else { others.push(label) }
    }
    (name.to_owned(), others.join(","), (bound, value.to_owned()))
}

fn count(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("no count: {text}"))
}

#[tokio::test]
async fn what_is_shown_is_what_is_listed_and_can_be_read() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question to count", "body").await;
    forum.get("/api/v1/questions/7").await;
    let text = forum.get("/metrics").await.text;
    assert!(text.ends_with('\n'));
    let mut listed = ALL.iter();
    let mut metric = None;
    let mut series: BTreeMap<(String, String), Vec<Sample>> = BTreeMap::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            metric = listed.next();
            let metric = metric.unwrap_or_else(|| panic!("not in the list: {line}"));
            assert_eq!(help, format!("{} {}", metric.name, metric.help));
            continue;
        }
        let metric = metric.expect("help comes first");
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{} {}", metric.name, metric.kind.word()));
            continue;
        }
        let (name, labels, (bound, value)) = sample(line);
        let suffix = name.strip_prefix(metric.name).unwrap_or_else(|| panic!("{line} under {}", metric.name));
        let parts: &[&str] =
            if metric.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
        assert!(parts.contains(&suffix) && bound.is_some() == (suffix == "_bucket"), "{line}");
        assert_eq!(metric.kind == Kind::Counter, metric.name.ends_with("_total"), "{line}");
        assert!(value.parse::<f64>().is_ok_and(|value| value >= 0.0), "{line}");
        series.entry((name, labels)).or_default().push((bound, value));
    }
    assert!(listed.next().is_none(), "every metric is shown");
    for ((name, labels), samples) in &series {
        let Some(histogram) = name.strip_suffix("_bucket") else {
            assert_eq!(samples.len(), 1, "{name} {labels} stands there twice");
            continue;
        };
        assert!(samples.windows(2).all(|pair| count(&pair[0].1) <= count(&pair[1].1)), "{name} {labels}");
        let (last, all) = samples.last().expect("a bucket");
        assert_eq!(last.as_deref(), Some("+Inf"));
        let total = &series[&(format!("{histogram}_count"), labels.clone())];
        assert_eq!(total[0].1, *all, "{name} {labels}");
    }
}

#[tokio::test]
async fn writes_that_come_together_are_one_group() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    forum.ask(&ada, "A question with an answer", "body").await;
    let groups = |text: &str, part: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(&format!("forum_write_group_size{part} ")));
        count(&sample(line.expect("the size of groups")).2.1)
    };
    let before = forum.get("/metrics").await.text;
    let body = json!({"body": "b"});
    for _ in 0..3 {
        forum.post("/api/v1/questions/1/answers", &ada, body.clone()).await;
    }
    let after = forum.get("/metrics").await.text;
    assert_eq!(groups(&after, "_count") - groups(&before, "_count"), 3, "one after the other");
    assert_eq!(groups(&after, "_sum") - groups(&before, "_sum"), 3);
    assert!(after.contains("forum_requests_in_flight 1\n"), "the one that asks: {after}");
    assert!(after.contains("forum_password_queue_depth 0\n"));
}
