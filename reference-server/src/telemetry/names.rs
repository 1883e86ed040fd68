//! Every metric there is: name, kind and help, in one list. A test holds `/metrics` against it.

/// How a metric is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
}

impl Kind {
    /// The word of the text format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name; that of a time or a size ends in the unit.
    pub name: &'static str,
    /// How it is to be read.
    pub kind: Kind,
    /// What it says.
    pub help: &'static str,
}

/// Declares each metric as a constant and all of them as [`ALL`].
macro_rules! metrics {
    ($($constant:ident $kind:ident $name:literal $help:literal;)+) => {
        $(pub(super) const $constant: Metric = Metric { name: $name, kind: Kind::$kind, help: $help };)+

        /// Every metric, in the order they are shown.
        pub const ALL: &[Metric] = &[$($constant),+];
    };
}

metrics! {
    BUILD Gauge "forum_build_info" "The program and its database.";
    SETTING Gauge "forum_setting_info" "A switch and what it is set to.";
    REQUESTS Counter "forum_requests_total" "Requests answered.";
    BODY_BYTES Counter "forum_response_body_bytes_total" "Bytes of answers without their headers.";
    DURATION Histogram "forum_request_duration_seconds" "Time from the head of a request to the head of its answer.";
    IN_FLIGHT Gauge "forum_requests_in_flight" "Requests being served.";
    WAITING Gauge "forum_requests_waiting" "Requests waiting for their turn.";
    WAITING_MAX Gauge "forum_requests_waiting_max" "The most requests that ever waited for their turn.";
    GATE_LIMIT Gauge "forum_gate_limit" "Requests that are served and that may wait at a time; none without shedding.";
    SHED Counter "forum_shed_total" "Requests that were not let in, because too many waited or their turn did not come.";
    RATE_LIMITED Counter "forum_rate_limited_total" "Requests beyond their client's rate.";
    CACHE_REQUESTS Counter "forum_cache_requests_total" "Questions shown, by where they came from: hit is a copy of this process, shared one of Redis, stale an old one while the database was away.";
    CACHE_EVICTIONS Counter "forum_cache_evictions_total" "Copies that had to go for others or for their age.";
    CACHE_ENTRIES Gauge "forum_cache_entries" "Copies of answers kept.";
    CACHE_BYTES Gauge "forum_cache_bytes" "Bytes of the copies kept.";
    CACHE_LIMIT Gauge "forum_cache_limit_bytes" "Bytes of copies that may be kept, and what for: answers at any time, or outages alone.";
    SHARED_CACHE_KEPT Counter "forum_shared_cache_kept_total" "Copies that were to be shared, and whether they were kept: not those of what was written to meanwhile.";
    SHARED_CACHE_UNTOLD Gauge "forum_shared_cache_untold" "Questions that were written to and whose shared copies could not be removed yet.";
    REDIS_UP Gauge "forum_redis_up" "Whether Redis is asked at present, by what it is used for.";
    REDIS_REQUESTS Counter "forum_redis_requests_total" "Questions to Redis, by what it is used for and how they ended; skipped while it is away.";
    BLOB_REQUESTS Counter "forum_blob_requests_total" "What was asked of the store of pictures, where they are not in the database, and how it ended.";
    DATABASE_UP Gauge "forum_database_up" "Whether the database is there.";
    STATEMENTS Counter "forum_sql_statements_total" "SQL statements sent.";
    READS Counter "forum_reads_total" "Reads where there are replicas, by where they were answered and why there.";
    REPLICA_UP Gauge "forum_replica_up" "Whether a replica answers.";
    REPLICA_LAG_BYTES Gauge "forum_replica_lag_bytes" "Bytes of the primary's log that a replica has not carried out yet, as far as is known.";
    REPLICA_LAG Gauge "forum_replica_lag_seconds" "For how long a replica has lacked something that the primary has.";
    REPLICA_VISIBLE Histogram "forum_replica_visible_seconds" "Time from the commit of a write until it was seen on a replica.";
    DERIVED_BACKLOG Gauge "forum_derived_backlog" "Notifications that wait to be given, as far as is known.";
    DERIVED_LAG Gauge "forum_derived_lag_seconds" "For how long the oldest of them has waited.";
    DERIVED_VISIBLE Histogram "forum_derived_visible_seconds" "Time from a deed until the notification of it was given, where it is given later.";
    QUEUE_DEPTH Gauge "forum_write_queue_depth" "Writes waiting for the writer.";
    GROUP_SIZE Histogram "forum_write_group_size" "Writes that were committed together.";
    WRITE_SECONDS Counter "forum_write_seconds_total" "Time during which the writer was at work, commits included.";
    DOCUMENTS_WRITTEN Counter "forum_documents_written_total" "Documents of questions written anew; none where questions lie as rows alone.";
    DOCUMENT_BYTES Counter "forum_document_bytes_written_total" "Bytes of them.";
    HASH_QUEUE Gauge "forum_password_queue_depth" "Passwords being hashed or waiting for it.";
    SESSIONS Gauge "forum_sessions" "Log-ins kept.";
    STORAGE Gauge "forum_storage_bytes" "Bytes of one kind of content: its tables with their indexes.";
    ROWS Gauge "forum_rows" "How many there are of one kind of content.";
    PROCESSOR Counter "process_cpu_seconds_total" "Processor time of this process.";
}
