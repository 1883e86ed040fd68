//! How a client carries along what it has to see: the position in the log of the database after its last write.
//!
//! Where reads may come from replicas, the answer to a request that wrote says how far the log was then: in the header
//! `x-log-position` for programs, in a cookie for browsers. Who sends it along with a read is answered from what has come so
//! far. What was written with a log-in through this server is remembered by it as well (`store`), so the header matters where
//! there is more than one server: a program gives the greatest position it was given. It is no secret and proves nothing: a
//! made-up one costs a read from the primary and no more. Without replicas there are no such layers.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::context;
use crate::domain::{Position, Rejection};
use crate::error::ApiError;
use crate::session::{Token, bearer, log_in_number};
use crate::web::token;

/// The header, in requests and in answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-log-position");
/// How long a browser keeps a position: no replica that is used lags so far behind (`store`), and a position of a database
/// that was made anew meanwhile is forgotten.
const COOKIE_LIFETIME: Duration = Duration::from_hours(24);

/// The layer of the interface for programs.
pub(crate) async fn for_programs(request: Request, next: Next) -> Response {
    let asked = match asked(request.headers()) {
        Ok(asked) => asked,
        Err(rejection) => return ApiError::from(rejection).into_response(),
    };
    expect(request.method(), asked, bearer(request.headers()));
    let mut response = next.run(request).await;
    if let Some(position) = written_after(asked)
        && let Ok(value) = HeaderValue::try_from(position.to_string())
    {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The layer of the pages.
pub(crate) async fn for_people(State(state): State<App>, request: Request, next: Next) -> Response {
    let cookie = PositionCookie { behind_tls: state.behind_tls };
    let asked = cookie.of(request.headers());
    expect(request.method(), asked, token(request.headers(), state.behind_tls));
    let mut response = next.run(request).await;
    let ends_log_in = response.headers().get_all(SET_COOKIE).iter().any(|value| cookie.ends_with(value));
    let set = match written_after(asked) {
        // A stranger has nothing to see before others do.
        _ if ends_log_in && asked > Position::START => cookie.clear(),
        Some(position) if !ends_log_in => cookie.set(position),
        _ => None,
    };
    if let Some(value) = set {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// A request that only reads may be answered by a replica that has read so far, and as far as its log-in has written.
fn expect(method: &Method, asked: Position, token: Option<Token>) {
    if let Some(token) = token {
        context::carries(log_in_number(&token.hash()));
    }
    if *method == Method::GET || *method == Method::HEAD {
        context::reads_after(asked);
    }
}

/// The greater of what was sent along and what was written, so that it never goes back; `None` when nothing was written.
fn written_after(asked: Position) -> Option<Position> {
    let written = context::current()?.written_at()?;
    // A made-up position is not passed on for ever.
    Some(if asked == Position::END { written } else { written.max(asked) })
}

fn asked(headers: &HeaderMap) -> Result<Position, Rejection> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(Position::START) };
    let position = Position::parse(value.to_str().unwrap_or_default())?;
    match values.next() {
        None => Ok(position),
        Some(_) => {
            Err(Rejection::new("x-log-position", "position_invalid", "expected one position, found several"))
        }
    }
}

/// The cookie; as safe as the one of the log-in (`web::visitor`).
#[derive(Clone, Copy)]
struct PositionCookie {
    behind_tls: bool,
}

impl PositionCookie {
    fn name(self) -> &'static str {
        if self.behind_tls { "__Host-position" } else { "position" }
    }

    fn attributes(self) -> &'static str {
        if self.behind_tls {
            "Path=/; Secure; HttpOnly; SameSite=Lax"
        } else {
            "Path=/; HttpOnly; SameSite=Lax"
        }
    }

    /// What a browser sends; one that cannot be read asks for everything, so that it is replaced and nothing is missed.
    fn of(self, headers: &HeaderMap) -> Position {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let sent = pairs.find(|(found, _)| *found == self.name());
        sent.map_or(Position::START, |(_, value)| Position::parse(value).unwrap_or(Position::END))
    }

    fn set(self, position: Position) -> Option<HeaderValue> {
        let (name, attributes, seconds) = (self.name(), self.attributes(), COOKIE_LIFETIME.as_secs());
        HeaderValue::try_from(format!("{name}={position}; {attributes}; Max-Age={seconds}")).ok()
    }

    fn clear(self) -> Option<HeaderValue> {
        HeaderValue::try_from(format!("{}=; {}; Max-Age=0", self.name(), self.attributes())).ok()
    }

    /// Whether a cookie that is set ends a log-in.
    fn ends_with(self, set: &HeaderValue) -> bool {
        let name = if self.behind_tls { "__Host-session=;" } else { "session=;" };
        set.as_bytes().starts_with(name.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_s_position_is_read_strictly_and_one_that_is_none_asks_for_everything() {
        for (sent, expected) in [
            ("session=x; position=0/10", Position::new(16)),
            ("position=0/10; position=0/20", Position::new(16)),
            ("position=ten", Position::END),
            ("position=", Position::END),
            ("xposition=0/10", Position::START),
            ("", Position::START),
        ] {
            for behind_tls in [false, true] {
                let sent =
                    if behind_tls { sent.replace("position", "__Host-position") } else { sent.to_owned() };
                let sent = sent.replace("x__Host-", "__Host-x");
                let headers = HeaderMap::from_iter([(COOKIE, sent.parse().expect("a header value"))]);
                assert_eq!(PositionCookie { behind_tls }.of(&headers), expected, "{sent}");
            }
        }
    }

    #[test]
    fn the_cookie_is_no_script_s_business_and_goes_over_tls_alone_where_there_is_any() {
        let cookie = PositionCookie { behind_tls: true }.set(Position::new(16)).expect("a cookie");
        assert_eq!(cookie, "__Host-position=0/10; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400");
        let cookie = PositionCookie { behind_tls: false }.clear().expect("a cookie");
        assert_eq!(cookie, "position=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
