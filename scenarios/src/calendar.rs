//! Days of the calendar, for plans: a date as people write it, and the date so many years later.
//!
//! The calendar repeats every 400 years of 146,097 days. Counted from a first of March, the leap day is the last of its
//! year, and months follow a pattern of 153 days in five.

use std::fmt;
use std::str::FromStr;

/// Days in 400 years.
const DAYS_PER_CYCLE: i64 = 146_097;
/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_TO_EPOCH: i64 = 719_468;
const SECONDS_PER_DAY: u64 = 86_400;
/// Years have four digits here.
const LAST_YEAR: i64 = 9_999;

/// A day, from 1970-01-01 to 9999-12-31; written as in ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: i64,
    month: i64,
    of_month: i64,
}

/// What was to be a day is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date, expected year-month-day from 1970 on\n  hint: like 2026-12-01")]
pub struct NoDay(String);

impl Day {
    /// The day, in universal time, on which so many seconds had passed since 1970 began; the last one at most.
    #[must_use]
    pub fn of_unix(seconds: u64) -> Day {
        let days = i64::try_from(seconds / SECONDS_PER_DAY).unwrap_or(i64::MAX / 2);
        let last = Day { year: LAST_YEAR, month: 12, of_month: 31 };
        if days > last.number() { last } else { Day::of_number(days) }
    }

    /// The day so many years later: whole years and months by the calendar, a rest as a share of the days to the next
    /// anniversary. `None` beyond the year 9999, and for a time that is negative or no number.
    #[must_use]
    pub fn after_years(self, years: f64) -> Option<Day> {
        if !(years >= 0.0 && years <= LAST_YEAR as f64) {
            return None;
        }
        // A hair below a whole number is rounding on the way.
        let whole = (years + 1e-9).floor();
        #[expect(clippy::cast_possible_truncation, reason = "at most 9999")]
        let start = self.anniversary(whole as i64);
        let months = (years - whole) * 12.0;
        if (months - months.round()).abs() < 1e-6 {
            #[expect(clippy::cast_possible_truncation, reason = "at most 12")]
            return Some(start.month_later(months.round() as i64, self.of_month))
                .filter(|day| day.year <= LAST_YEAR);
        }
        let length = self.anniversary(start.year - self.year + 1).number() - start.number();
        #[expect(clippy::cast_possible_truncation, reason = "a number of days within a year")]
        let rest = ((years - whole).max(0.0) * length as f64).round() as i64;
        let day = Day::of_number(start.number() + rest);
        (day.year <= LAST_YEAR).then_some(day)
    }

    /// The same day of a later year; of a leap day, the last of February.
    fn anniversary(self, years: i64) -> Day {
        let year = self.year + years;
        Day { year, of_month: self.of_month.min(days_of(year, self.month)), ..self }
    }

    /// So many months later, on this day of the month or the last that there is.
    fn month_later(self, months: i64, day: i64) -> Day {
        let month = self.month - 1 + months;
        let (year, month) = (self.year + month / 12, month % 12 + 1);
        Day { year, month, of_month: day.min(days_of(year, month)) }
    }

    /// Days since 1970-01-01.
    fn number(self) -> i64 {
        let year = if self.month > 2 { self.year } else { self.year - 1 };
        let (cycle, of_cycle) = (year / 400, year % 400);
        let month_from_march = (self.month + 9) % 12;
        let of_year = (153 * month_from_march + 2) / 5 + self.of_month - 1;
        cycle * DAYS_PER_CYCLE + first_day(of_cycle) + of_year - DAYS_TO_EPOCH
    }

    fn of_number(days: i64) -> Day {
        let days = days + DAYS_TO_EPOCH;
        let (cycle, of_cycle) = (days / DAYS_PER_CYCLE, days % DAYS_PER_CYCLE);
        // The year is the last one that had begun: at most 399, since the last day of a cycle is a leap day.
        let mut year = (of_cycle / 365).min(399);
        if first_day(year) > of_cycle {
            year -= 1;
        }
        let of_year = of_cycle - first_day(year);
        let from_march = (5 * of_year + 2) / 153;
        let of_month = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        // January and February belong to the year that began in March before.
        Day { year: cycle * 400 + year + i64::from(month <= 2), month, of_month }
    }
}

/// Days of a cycle before this year of it begins.
fn first_day(year: i64) -> i64 {
    year * 365 + year / 4 - year / 100
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Day, NoDay> {
        let refused = || NoDay(text.to_owned());
        let parts: Vec<&str> = text.trim().split('-').collect();
        let [year, month, day] = parts[..] else { return Err(refused()) };
        let has_shape = [(year, 4), (month, 2), (day, 2)]
            .iter()
            .all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit()));
        let number = |text: &str| text.parse::<i64>().map_err(|_| refused());
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        let is_day = (1970..=LAST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of(year, month)).contains(&day);
        if has_shape && is_day { Ok(Day { year, month, of_month: day }) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_days() {
        // Checked with `date -u -d @N +%F`.
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_704_067_199, "2023-12-31"),
            (1_795_449_720, "2026-11-23"),
            (4_107_542_400, "2100-03-01"),
            (u64::MAX, "9999-12-31"),
        ] {
            assert_eq!(Day::of_unix(seconds).to_string(), expected, "{seconds}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_is_no_day_is_refused() {
        for text in ["1970-01-01", "2000-02-29", "2026-12-01", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().map(|day| day.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "2026-13-01", "2025-02-29", "2026-12-1", "1969-12-31", "1 May 2026", "2026-+1-01"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn later_days_keep_their_date() {
        for (from, years, expected) in [
            ("2026-12-01", 0.0, Some("2026-12-01")),
            ("2026-12-01", 3.0, Some("2029-12-01")),
            ("2028-02-29", 1.0, Some("2029-02-28")),
            ("2028-02-29", 4.0, Some("2032-02-29")),
            ("2026-12-01", 0.5, Some("2027-06-01")),
            ("2026-12-31", 1.0 / 6.0, Some("2027-02-28")),
            // A hundredth of the 365 days to 2027-12-01 is 3.65, rounded up.
            ("2026-12-01", 0.01, Some("2026-12-05")),
            ("2026-12-01", 2.999_999_999_9, Some("2029-12-01")),
            ("2026-12-01", 9_000.0, None),
            ("2026-12-01", -1.0, None),
            ("2026-12-01", f64::NAN, None),
        ] {
            let day: Day = from.parse().unwrap();
            assert_eq!(
                day.after_years(years).map(|day| day.to_string()).as_deref(),
                expected,
                "{from} {years}"
            );
        }
    }
}
