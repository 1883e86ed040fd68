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

/// Reads `URL`; `None` when there is nothing to be had.
pub(crate) fn scrape(url: &str) -> Option<Counters> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let text = runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(WAIT).no_proxy().build().ok()?;
        let answer = client.get(url).send().await.ok()?.error_for_status().ok()?;
        if answer.content_length().is_some_and(|length| length > MOST_BYTES) {
            return None;
        }
        answer.text().await.ok()
    })?;
    Some(parse(&text))
}

fn parse(text: &str) -> Counters {
    Counters {
        sql: sum(text, "forum_sql_statements_total"),
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

/// The sum of a metric over its labels.
fn sum(text: &str, name: &str) -> Option<f64> {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = match rest.strip_prefix('{') {
            Some(labels) => labels.rsplit_once('}')?.1,
            None => rest.strip_prefix(' ')?,
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
        assert_eq!(parse("nothing here").sql, None);
        assert_eq!(parse("forum_sql_statements_total 4\n").sql, Some(4.0));
    }
}
