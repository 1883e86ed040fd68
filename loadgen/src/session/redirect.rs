//! Following an answer that points elsewhere: where to, with which method, and how often in a row.
//!
//! A redirect is a step of its own, with times of its own; what is checked and kept is the answer at the end. Browsers
//! go on with GET after 303, and after 301 and 302 where they had sent a form; so do visitors (RFC 9110, section 15.4).

use scenarios::requests::Method;

use super::Session;
use crate::codec::{Answer, Path, Template};
use crate::journey::{Plan, Request};

/// The longest address that is followed; servers refuse longer ones.
const MAX_LOCATION_BYTES: usize = 8 * 1024;

/// Where an answer pointed.
#[derive(Debug, Default)]
pub(super) struct Detour {
    path: Option<Path>,
    /// Go on with GET.
    as_get: bool,
    /// Redirects in a row.
    hops: u32,
}

/// What an answer means for the way.
pub(super) enum Turn {
    /// It is the answer.
    Stay,
    /// It points elsewhere.
    Elsewhere,
    /// It points where the visitor does not go; counted at this place.
    Astray(usize),
}

impl Detour {
    pub(super) fn is_pending(&self) -> bool {
        self.path.is_some()
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    pub(super) fn drops_body(&self) -> bool {
        self.as_get
    }

    pub(super) fn end(&mut self) {
        *self = Detour::default();
    }
}

impl Session {
    /// What the request is sent with.
    pub(super) fn template<'a>(&self, request: &'a Request) -> &'a Template {
        request.redirects.get.as_ref().filter(|_| self.detour.as_get).unwrap_or(&request.template)
    }

    /// Looks whether an answer points elsewhere, and goes there where it may.
    pub(super) fn follow(&mut self, plan: &Plan, request: &Request, answer: &Answer<'_>) -> Turn {
        let points = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
        let location = answer.header("location").filter(|_| points);
        let (Some((too_many, away)), Some(location)) = (request.redirects.places, location) else {
            self.detour.end();
            return Turn::Stay;
        };
        if self.detour.hops >= request.redirects.most {
            self.detour.end();
            return Turn::Astray(too_many);
        }
        let Some(path) = resolve(&self.asked, location, plan.scheme, &plan.host) else {
            self.detour.end();
            return Turn::Astray(away);
        };
        let method = self.method(request);
        let becomes_get = match answer.status {
            303 => method != Method::Head,
            301 | 302 => method == Method::Post,
            _ => false,
        };
        self.detour.path = Some(path);
        self.detour.hops += 1;
        self.detour.as_get |= becomes_get;
        Turn::Elsewhere
    }
}

/// The path that a Location means, seen from the path that was asked; `None` when it leads to another server or is none.
fn resolve(asked: &str, location: &[u8], scheme: &str, host: &str) -> Option<Path> {
    let location = std::str::from_utf8(location).ok().filter(|text| text.len() <= MAX_LOCATION_BYTES)?;
    let location = location.split('#').next()?;
    let (base, _) = asked.split_once('?').unwrap_or((asked, ""));
    let has_scheme = location.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let with_host = if has_scheme { Some(&location[scheme.len()..]) } else { location.strip_prefix("//") };
    let target = if let Some(rest) = with_host {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        if !rest[..end].eq_ignore_ascii_case(host) {
            return None;
        }
        if rest[end..].starts_with('/') { rest[end..].to_owned() } else { format!("/{}", &rest[end..]) }
    } else if location.starts_with('/') {
        location.to_owned()
    } else if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) {
        return None;
    } else if location.is_empty() || location.starts_with('?') {
        format!("{base}{location}")
    } else {
        let folder = base.rfind('/').map_or("/", |slash| &base[..=slash]);
        format!("{folder}{location}")
    };
    let (path, query) =
        target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
    let mut clean = without_dots(path);
    if let Some(query) = query {
        clean.push('?');
        clean.push_str(query);
    }
    Path::root(&encoded(&clean)).ok()
}

/// Takes `.` and `..` out of a path (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

/// Blanks and letters beyond ASCII, which some servers send as they are, in the form that a path has.
fn encoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    for piece in text.chars() {
        if piece.is_ascii_graphic() {
            out.push(piece as u8);
        } else {
            crate::codec::write_encoded(&mut out, piece.encode_utf8(&mut [0; 4]));
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_seen_from_the_path_that_was_asked() {
        // The examples of RFC 3986, section 5.4, as far as they have one server; and what must not be followed.
        for (location, expected) in [
            ("/g", Some("/g")),
            ("g", Some("/b/c/g")),
            ("./g", Some("/b/c/g")),
            ("g/", Some("/b/c/g/")),
            ("?y", Some("/b/c/d;p?y")),
            ("g?y#s", Some("/b/c/g?y")),
            ("", Some("/b/c/d;p")),
            (".", Some("/b/c/")),
            ("..", Some("/b/")),
            ("../g", Some("/b/g")),
            ("../../../g", Some("/g")),
            ("g?y=a/../b", Some("/b/c/g?y=a/../b")),
            ("http://A:80/g", Some("/g")),
            ("HTTP://a:80?y", Some("/?y")),
            ("//a:80/g h/\u{fc}", Some("/g%20h/%C3%BC")),
            ("http://other/g", None),
            ("//other/g", None),
            ("https://a:80/g", None),
            ("mailto:a@b", None),
        ] {
            let found = resolve("/b/c/d;p?q", location.as_bytes(), "http://", "a:80");
            assert_eq!(found.as_ref().map(Path::as_str), expected, "{location}");
        }
        let secure = |location: &str| resolve("/", location.as_bytes(), "https://", "a");
        assert!(secure("https://a/g").is_some() && secure("http://a/g").is_none());
        assert!(resolve("/", &[0xff], "http://", "a").is_none());
        assert!(resolve("/", "x".repeat(9_000).as_bytes(), "http://", "a").is_none());
    }
}
