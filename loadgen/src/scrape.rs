//! Reading a target's own counters in the Prometheus text format, off the hot path.

use std::time::Duration;

/// How long the counters may take to come; the run goes on without them.
const WAIT: Duration = Duration::from_secs(2);
/// Counters are some kilobytes; a larger answer is something else.
const MOST_BYTES: u64 = 4 << 20;

/// What is of use.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counters {
    /// Statements that the server sent to its database.
    pub(crate) sql: Option<f64>,
    /// Processor time that the server has used, in seconds, by the name that Prometheus' clients give it.
    pub(crate) cpu_s: Option<f64>,
    /// Requests that are being served.
    pub(crate) in_flight: Option<f64>,
    /// Writes that wait for the database's writer.
    pub(crate) write_queue: Option<f64>,
    /// Commits, and the writes in them.
    pub(crate) commits: Option<f64>,
    pub(crate) committed: Option<f64>,
    /// Seconds during which the writer was at work.
    pub(crate) write_s: Option<f64>,
    /// Passwords that are being hashed or wait for it.
    pub(crate) password_queue: Option<f64>,
    /// Requests that were refused because their client asks too often.
    pub(crate) rate_limited: Option<f64>,
}

/// Statements that the server sent to its database.
pub(crate) const STATEMENTS: &str = "forum_sql_statements_total";

/// Reads the counters at `url`; `None` when there is nothing to be had.
pub(crate) fn scrape(url: &str) -> Option<Counters> {
    read(url).map(|text| parse(&text))
}

/// Their text as it is, likewise.
pub(crate) fn read(url: &str) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(WAIT).no_proxy().build().ok()?;
        let answer = client.get(url).send().await.ok()?.error_for_status().ok()?;
        if answer.content_length().is_some_and(|length| length > MOST_BYTES) {
            return None;
        }
        answer.text().await.ok()
    })
}

/// By how much a counter has grown between two readings; `None` where it is not there.
pub(crate) fn grown(before: &str, after: &str, series: &str) -> Option<f64> {
    // What is counted for the first time was not there before.
    Some((sum(after, series)? - sum(before, series).unwrap_or(0.0)).max(0.0))
}

/// What a series did in between: of a histogram the mean of what it was given, of a counter how much it has grown for each
/// request. `series` may pick by labels: `forum_cache_requests_total{from="hit"}`.
pub(crate) fn change(before: &str, after: &str, series: &str, requests: u64) -> Option<f64> {
    let (name, labels) = series.find('{').map_or((series, ""), |at| series.split_at(at));
    let part = |part: &str| grown(before, after, &format!("{name}_{part}{labels}"));
    match part("count") {
        Some(count) if count > 0.0 => Some(part("sum")? / count),
        Some(_) => None,
        None => (requests > 0).then(|| grown(before, after, series))?.map(|grown| grown / requests as f64),
    }
}

fn parse(text: &str) -> Counters {
    Counters {
        sql: sum(text, STATEMENTS),
        cpu_s: sum(text, "process_cpu_seconds_total"),
        in_flight: sum(text, "forum_requests_in_flight"),
        write_queue: sum(text, "forum_write_queue_depth"),
        commits: sum(text, "forum_write_group_size_count"),
        committed: sum(text, "forum_write_group_size_sum"),
        write_s: sum(text, "forum_write_seconds_total"),
        password_queue: sum(text, "forum_password_queue_depth"),
        rate_limited: sum(text, "forum_rate_limited_total"),
    }
}

/// The sum of a metric over its labels, or over those that have all of the given ones.
fn sum(text: &str, series: &str) -> Option<f64> {
    let (name, wanted) = series.split_once('{').unwrap_or((series, ""));
    let wanted: Vec<&str> =
        wanted.trim_end_matches('}').split(',').map(str::trim).filter(|label| !label.is_empty()).collect();
    let has_all = |labels: &str| wanted.iter().all(|label| labels.split(',').any(|one| one.trim() == *label));
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = match rest.strip_prefix('{') {
            Some(labels) => {
                let (labels, rest) = labels.rsplit_once('}')?;
                has_all(labels).then_some(rest)?
            }
            None => rest.strip_prefix(' ').filter(|_| wanted.is_empty())?,
        };
        rest.split_ascii_whitespace().next()?.parse::<f64>().ok()
    });
    values.reduce(|a, b| a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_summed_over_their_labels() {
        let text = "# TYPE forum_sql_statements_total counter\nforum_sql_statements_total{kind=\"read\"} 12\nforum_sql_statements_total{kind=\"write\"} 3 1700000000\nforum_sql_statements_total_other 7\n";
        assert_eq!(parse(text).sql, Some(15.0));
        assert_eq!(parse("process_cpu_seconds_total 12.5\n").cpu_s, Some(12.5));
        assert_eq!(sum(text, "forum_sql_statements_total{kind=\"read\"}"), Some(12.0));
        assert_eq!(sum(text, "forum_sql_statements_total{kind=\"other\"}"), None);
        assert_eq!(parse("nothing here").sql, None);
        assert_eq!(parse("forum_sql_statements_total 4\n").sql, Some(4.0));
    }

    #[test]
    fn a_counter_is_shown_for_each_request_and_a_histogram_by_its_mean() {
        let before = "shed_total 3\ngroup_count 10\ngroup_sum 20\n";
        let after =
            "shed_total 13\ngroup_count 14\ngroup_sum 44\nhits{from=\"copy\"} 8\nhits{from=\"database\"} 2\n";
        assert_eq!(change(before, after, "shed_total", 20), Some(0.5));
        assert_eq!(change(before, after, "group", 20), Some(6.0), "24 in 4 groups");
        assert_eq!(change(before, before, "group", 20), None, "nothing was given");
        assert_eq!(change(before, after, "hits{from=\"copy\"}", 10), Some(0.8), "counted for the first time");
        assert_eq!(change(before, after, "other", 10), None);
        assert_eq!(change(before, after, "shed_total", 0), None);
    }
}
