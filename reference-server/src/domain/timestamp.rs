//! Moments, as the database and the API know them.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

/// A moment in UTC, in whole milliseconds since 1970; shown as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `milliseconds` after the start of 1970 in UTC.
    #[must_use]
    pub const fn from_unix_ms(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the start of 1970 in UTC.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// The moment `span` later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `span` earlier.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The date for people, such as `23 November 2026`.
    #[must_use]
    pub fn date(self) -> String {
        let moment = self.moment();
        format!("{} {} {}", moment.day(), moment.month(), moment.year())
    }

    /// Date and time of day for people, such as `23 November 2026, 09:05 UTC`.
    #[must_use]
    pub fn date_and_time(self) -> String {
        let moment = self.moment();
        format!("{}, {:02}:{:02} UTC", self.date(), moment.hour(), moment.minute())
    }

    fn moment(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH) // beyond the year 9999; no column holds such a value
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.moment();
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            moment.year(),
            u8::from(moment.month()),
            moment.day(),
            moment.hour(),
            moment.minute(),
            moment.second(),
            moment.millisecond()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_shown_in_utc() {
        // 1,000,000,000 s after the start of 1970 is the well-known 9 September 2001, 01:46:40 UTC.
        for (milliseconds, text, date) in [
            (0, "1970-01-01T00:00:00.000Z", "1 January 1970"),
            (1_000_000_000_123, "2001-09-09T01:46:40.123Z", "9 September 2001"),
        ] {
            let moment = Timestamp::from_unix_ms(milliseconds);
            assert_eq!((moment.to_string().as_str(), moment.date().as_str()), (text, date));
        }
    }
}
