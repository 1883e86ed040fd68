//! Whether two servers answer the same: one that leaves out half of the page is no faster.
//!
//! Each action that only reads and needs nothing of an earlier answer is asked for once of each server, twice of the
//! baseline: what differs from one time to the next of the same server (a date, a token) says nothing.

use scenarios::requests::Method;

use super::arm::Arm;
use crate::ask;
use crate::codec::{Expect, Keep};
use crate::session::Session;

/// An answer as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answered {
    status: u16,
    kind: String,
    body: Vec<u8>,
}

/// What a variant answers differently, one line each.
///
/// # Errors
/// One of them does not answer at all.
pub(super) fn differences(baseline: &Arm, variant: &Arm, seed: u64) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for (index, action) in baseline.plan.actions.iter().enumerate() {
        let Some(first) = ask_for(baseline, index, seed)? else { continue };
        let (Some(again), Some(other)) = (ask_for(baseline, index, seed)?, ask_for(variant, index, seed)?)
        else {
            continue;
        };
        if let Some(difference) = difference(&first, &again, &other) {
            found.push(format!("`{}`: {difference}", action.name));
        }
    }
    Ok(found)
}

/// `None` where the action cannot be asked for by itself.
fn ask_for(arm: &Arm, action: usize, seed: u64) -> anyhow::Result<Option<Answered>> {
    let plan = &arm.plan;
    let reads = |request: &&crate::journey::Request| {
        request.template.method() == Method::Get && plan.stands_alone(request)
    };
    let Some(request) = plan.actions.get(action).and_then(|action| action.first_request()).filter(reads)
    else {
        return Ok(None);
    };
    let mut session = Session::new(plan, seed);
    if !session.begin(plan, 0) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    session.render(plan, request, &mut bytes);
    let parser = ask::exchange(arm.address(), &bytes, Expect { head: false, keep: Keep::Body })?;
    let answer = parser.answer();
    let kind = answer.header("content-type").unwrap_or_default();
    Ok(Some(Answered {
        status: answer.status,
        kind: String::from_utf8_lossy(kind).into_owned(),
        body: without_address(answer.body, arm.address()),
    }))
}

/// Pages may name the server's own address, which differs from one to the other.
fn without_address(body: &[u8], address: &crate::target::Address) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for own in
        [address.host.clone(), address.socket.to_string(), format!("localhost:{}", address.socket.port())]
    {
        text = text.replace(&own, "<address>");
    }
    text.into_bytes()
}

fn difference(first: &Answered, again: &Answered, other: &Answered) -> Option<String> {
    if first.status != other.status {
        return Some(format!("status {} and {}", first.status, other.status));
    }
    if first.kind != other.kind {
        return Some(format!("`{}` and `{}`", first.kind, other.kind));
    }
    if first.body == other.body || first.body != again.body {
        return None;
    }
    let (one, two) = (first.body.len(), other.body.len());
    let at = first.body.iter().zip(&other.body).take_while(|(one, two)| one == two).count();
    Some(format!("{one} and {two} bytes, not the same from byte {at} on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, body: &str) -> Answered {
        Answered { status, kind: "text/html".to_owned(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn what_differs_is_said() {
        let same = page(200, "hello");
        let differ = |other: &Answered| difference(&same, &same, other);
        assert_eq!(differ(&same), None);
        assert_eq!(differ(&page(500, "hello")).as_deref(), Some("status 200 and 500"));
        assert_eq!(differ(&page(200, "help")).as_deref(), Some("5 and 4 bytes, not the same from byte 3 on"));
        let json = Answered { kind: "application/json".to_owned(), ..same.clone() };
        assert_eq!(differ(&json).as_deref(), Some("`text/html` and `application/json`"));
        // What the baseline itself answers differently each time cannot be held against the other.
        assert_eq!(difference(&page(200, "12:00:01"), &page(200, "12:00:02"), &page(200, "12:00:03")), None);
    }
}
