//! A visitor's memory for cookies (RFC 6265), bounded in number and size.
//!
//! There is one server, so domains do not matter. A visit lasts minutes: what expired before the run is deleted, as
//! servers ask for it when one logs out, and what expires later lasts for the visit.

use crate::journey::CookieRules;

/// Cookies of one visitor at most (RFC 6265, section 6.1: at least 50 for each domain); further ones are not kept.
const MAX_COOKIES: usize = 50;
/// Bytes of a name and its value at most (section 6.1: at least 4096); a longer one is not kept.
const MAX_COOKIE_BYTES: usize = 4_096;
/// Bytes of a path at most; a longer one is not kept.
const MAX_PATH_BYTES: usize = 1_024;

/// The cookies of a visitor. Memory of forgotten ones is used again.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
    /// How many of them are there; the rest is memory.
    live: usize,
}

#[derive(Debug, Default)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

/// A Set-Cookie field, taken apart.
struct Field<'a> {
    name: &'a str,
    value: &'a str,
    path: &'a str,
    is_secure: bool,
    is_deleted: bool,
}

impl Jar {
    pub(super) fn forget(&mut self) {
        self.live = 0;
    }

    /// Takes a Set-Cookie field of the answer to this path; what makes no sense is passed over, as browsers do.
    pub(super) fn set(&mut self, field: &[u8], asked: &str, rules: &CookieRules) {
        let field = std::str::from_utf8(field).ok().and_then(|field| Field::parse(field, asked, rules));
        let Some(field) = field else { return };
        let known = self.cookies[..self.live]
            .iter()
            .position(|cookie| cookie.name == field.name && cookie.path == field.path);
        if field.is_deleted || field.is_secure && !rules.secure {
            if let Some(place) = known.filter(|_| field.is_deleted) {
                self.cookies[place..self.live].rotate_left(1);
                self.live -= 1;
            }
            return;
        }
        let place = match known {
            Some(place) => place,
            None if self.live == MAX_COOKIES => return,
            None => self.place_for(field.path),
        };
        let cookie = &mut self.cookies[place];
        for (to, from) in
            [(&mut cookie.name, field.name), (&mut cookie.value, field.value), (&mut cookie.path, field.path)]
        {
            to.clear();
            to.push_str(from);
        }
    }

    /// A place behind those whose path is as long or longer: the longest path is sent first (section 5.4).
    fn place_for(&mut self, path: &str) -> usize {
        if self.live == self.cookies.len() {
            self.cookies.push(Cookie::default());
        }
        let place = self.cookies[..self.live].partition_point(|cookie| cookie.path.len() >= path.len());
        self.cookies[place..=self.live].rotate_right(1);
        self.live += 1;
        place
    }

    /// Writes the value of the Cookie field for a request to this path; nothing where there is no cookie for it.
    pub(super) fn write(&self, asked: &str, out: &mut String) {
        let path = path_of(asked);
        for cookie in self.cookies[..self.live].iter().filter(|cookie| is_below(path, &cookie.path)) {
            let separator = if out.is_empty() { "" } else { "; " };
            for piece in [separator, &cookie.name, "=", &cookie.value] {
                out.push_str(piece);
            }
        }
    }
}

impl<'a> Field<'a> {
    fn parse(field: &'a str, asked: &'a str, rules: &CookieRules) -> Option<Field<'a>> {
        let mut parts = field.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_clean = !name.is_empty() && !field.contains(char::is_control);
        if !is_clean || name.len() + value.len() > MAX_COOKIE_BYTES {
            return None;
        }
        let mut cookie =
            Field { name, value, path: folder_of(path_of(asked)), is_secure: false, is_deleted: false };
        let (mut max_age, mut expires) = (None, None);
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (key.trim(), value.trim());
            if key.eq_ignore_ascii_case("path") && value.starts_with('/') {
                cookie.path = value;
            } else if key.eq_ignore_ascii_case("secure") {
                cookie.is_secure = true;
            } else if key.eq_ignore_ascii_case("max-age") {
                max_age = value.parse::<i64>().ok();
            } else if key.eq_ignore_ascii_case("expires") {
                expires = unix_seconds(value);
            }
        }
        let now = i64::try_from(rules.now_unix_s).unwrap_or(i64::MAX);
        // Max-Age decides where both are there (section 5.3).
        cookie.is_deleted = match (max_age, expires) {
            (Some(seconds), _) => seconds <= 0,
            (None, Some(time)) => time <= now,
            (None, None) => false,
        };
        (cookie.path.len() <= MAX_PATH_BYTES).then_some(cookie)
    }
}

fn path_of(asked: &str) -> &str {
    asked.split('?').next().unwrap_or("/")
}

/// The path of a cookie that says none: up to the last slash (section 5.1.4).
fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(slash) => &path[..slash],
    }
}

/// Whether a path is the cookie's, or below it (section 5.1.4).
fn is_below(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

/// A date as lenient as section 5.1.1 wants it: time, day, month and year in any order; seconds since 1970.
fn unix_seconds(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(|c: char| !c.is_ascii_alphanumeric() && c != ':') {
        let number: Option<i64> = token.parse().ok();
        let parts: Vec<i64> = token.split(':').filter_map(|part| part.parse().ok()).collect();
        if let (None, [hours, minutes, seconds]) = (time, &parts[..]) {
            time = Some(hours * 3_600 + minutes * 60 + seconds);
        } else if let (None, Some(number), 1..=2) = (day, number, token.len()) {
            day = Some(number);
        } else if let (None, Some(number), 2 | 4) = (year, number, token.len()) {
            year = Some(match number {
                70..=99 => number + 1_900,
                0..=69 => number + 2_000,
                whole => whole,
            });
        } else if month.is_none() && token.len() >= 3 && token.is_ascii() {
            month = MONTHS.iter().position(|name| token[..3].eq_ignore_ascii_case(name));
        }
    }
    let month = i64::try_from(month?).ok()? + 1;
    let (year, day) = (year.filter(|year| *year >= 1_601)?, day.filter(|day| (1..=31).contains(day))?);
    // Days from the civil calendar: years begin in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
    Some(days * 86_400 + time?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: CookieRules = CookieRules { secure: false, now_unix_s: 1_700_000_000 };

    /// What is sent to `to` after answers to the paths have set these.
    fn sent(set: &[(&str, &str)], rules: &CookieRules, to: &str) -> String {
        let mut jar = Jar::default();
        for (asked, field) in set {
            jar.set(field.as_bytes(), asked, rules);
        }
        let mut out = String::new();
        jar.write(to, &mut out);
        out
    }

    #[test]
    fn a_cookie_is_sent_where_it_belongs() {
        for (set, to, expected) in [
            (&[("/", "a=1")][..], "/x?y", "a=1"),
            (&[("/", "a=1; Path=/shop")], "/shop", "a=1"),
            (&[("/", "a=1; Path=/shop")], "/shop/cart", "a=1"),
            (&[("/", "a=1; Path=/shop")], "/shopping", ""),
            (&[("/shop/cart?x=/y", "a=1")], "/shop/order", "a=1"),
            (&[("/shop/cart", "a=1")], "/", ""),
            (&[("/", "a=1; path=relative")], "/", "a=1"),
            (&[("/", "a=1"), ("/", "b=2")], "/", "a=1; b=2"),
            (&[("/", "a=1"), ("/", "b=2; Path=/shop")], "/shop", "b=2; a=1"),
            (&[("/", "a=1"), ("/", "a=2; HttpOnly; SameSite=Lax")], "/", "a=2"),
            (&[("/", "a=\"x=y\"")], "/", "a=\"x=y\""),
            (&[("/", "a=")], "/", "a="),
            (&[("/", "=1"), ("/", "nothing"), ("/", "")], "/", ""),
            (&[("/", "a=1\u{1}")], "/", ""),
        ] {
            assert_eq!(sent(set, &PLAIN, to), expected, "{set:?} to {to}");
        }
    }

    #[test]
    fn a_cookie_is_deleted_by_its_age_or_its_date() {
        for (field, stays) in [
            ("a=2; Max-Age=0", false),
            ("a=2; Max-Age=-5", false),
            ("a=2; Max-Age=60", true),
            ("a=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", true),
            ("a=2; Max-Age=x", true),
            ("a=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false),
            // 1,700,000,000 s is 14 November 2023, 22:13:20.
            ("a=2; Expires=Tue, 14 Nov 2023 22:13:20 GMT", false),
            ("a=2; Expires=Tue, 14-Nov-23 22:13:21 GMT", true),
            ("a=2; Expires=Tue Nov 14 22:13:21 2023", true),
            ("a=2; Expires=some day", true),
            ("a=2; Expires=99 \u{fc}bc 99:99", true),
        ] {
            let expected = if stays { "a=2" } else { "" };
            assert_eq!(sent(&[("/", "a=1"), ("/", field)], &PLAIN, "/"), expected, "{field}");
        }
        assert_eq!(unix_seconds("Tue, 14 Nov 2023 22:13:20 GMT"), Some(1_700_000_000));
        assert_eq!(unix_seconds("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
    }

    #[test]
    fn a_secure_cookie_is_kept_where_browsers_keep_it() {
        let set = [("/", "a=1; Secure")];
        assert_eq!(sent(&set, &PLAIN, "/"), "");
        assert_eq!(sent(&set, &CookieRules { secure: true, ..PLAIN }, "/"), "a=1");
    }

    #[test]
    fn a_memory_for_cookies_has_its_limits_and_is_used_again() {
        let mut jar = Jar::default();
        for number in 0..60 {
            jar.set(format!("c{number}={number}").as_bytes(), "/", &PLAIN);
        }
        jar.set(format!("long={}", "x".repeat(5_000)).as_bytes(), "/", &PLAIN);
        let mut out = String::new();
        jar.write("/", &mut out);
        assert_eq!(out.split("; ").count(), MAX_COOKIES);
        assert!(out.ends_with("c49=49") && !out.contains("long"));
        jar.forget();
        jar.set(b"a=1", "/", &PLAIN);
        out.clear();
        jar.write("/", &mut out);
        assert_eq!((out.as_str(), jar.cookies.len()), ("a=1", MAX_COOKIES));
    }
}
