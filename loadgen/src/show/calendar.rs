//! The day and hour of a number of seconds since 1970, in universal time.
//!
//! The calendar repeats every 400 years of 146,097 days. Counted from a first of March, the leap day is the last of
//! its year, and months follow a pattern of 153 days in five.

/// Days in 400 years.
const DAYS_PER_CYCLE: u64 = 146_097;
/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_TO_EPOCH: u64 = 719_468;
const SECONDS_PER_DAY: u64 = 86_400;

/// `2026-11-23 16:02 UTC`.
pub(crate) fn utc(unix_s: u64) -> String {
    let ((year, month, day), minutes) = (civil(unix_s / SECONDS_PER_DAY), unix_s % SECONDS_PER_DAY / 60);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// `2026-11-23T16:02:11`, as ISO 8601 has it; in universal time.
pub(crate) fn iso(unix_s: u64) -> String {
    let ((year, month, day), second) = (civil(unix_s / SECONDS_PER_DAY), unix_s % SECONDS_PER_DAY);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// Year, month and day of a day counted from 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_EPOCH;
    let (cycle, day_of_cycle) = (days / DAYS_PER_CYCLE, days % DAYS_PER_CYCLE);
    // The year is the last one that had begun: at most 399, since the last day of a cycle is a leap day.
    let first_day = |year: u64| year * 365 + year / 4 - year / 100;
    let mut year_of_cycle = (day_of_cycle / 365).min(399);
    if first_day(year_of_cycle) > day_of_cycle {
        year_of_cycle -= 1;
    }
    let day_of_year = day_of_cycle - first_day(year_of_cycle);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    // January and February belong to the year that began in March before.
    (cycle * 400 + year_of_cycle + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_days_and_hours() {
        // Checked with `date -u -d @N`.
        for (unix_s, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (951_868_800, "2000-03-01 00:00 UTC"),
            (1_704_067_199, "2023-12-31 23:59 UTC"),
            (1_709_164_800, "2024-02-29 00:00 UTC"),
            (1_795_449_720, "2026-11-23 16:02 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(utc(unix_s), expected, "{unix_s}");
        }
        assert!(utc(u64::MAX).ends_with("UTC"));
        assert_eq!(iso(1_795_449_731), "2026-11-23T16:02:11");
    }
}
