//! Requests that may be sent again: the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
//!
//! The layer reads the key and takes a fingerprint of the request; the write that the request leads to keeps both in
//! its own transaction (`store::retry`). While a request is being served, a second one with the same key is refused
//! with 409, so that an impatient client does not make the server do the work twice only to throw one away.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::app::{App, AppState};
use crate::context;
use crate::domain::{Rejection, RetryKey, UserId};
use crate::error::ApiError;
use crate::http::body_in_time;
use crate::limits::BODY_BYTES;

const HEADER: &str = "idempotency-key";
/// The longest key.
const KEY_MAX: usize = 255;

/// The keys of the requests being served: as many as requests are let in at a time.
#[derive(Clone, Debug, Default)]
pub struct InProgress(Arc<Mutex<HashSet<[u8; 32]>>>);

impl InProgress {
    /// Occupies a key until what is returned is dropped; `None` if it is occupied.
    fn occupy(&self, key: [u8; 32]) -> Option<Occupied> {
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        new.then(|| Occupied { keys: self.clone(), key })
    }
}

struct Occupied {
    keys: InProgress,
    key: [u8; 32],
}

impl Drop for Occupied {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// The layer; it is put inside the gate, because it takes in the body.
pub(crate) async fn layer(State(state): State<App>, request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    match key_of(request.headers()) {
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => {
            guarded(&state, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        Err(error) => error.into_response(),
    }
}

async fn guarded(state: &AppState, key: &[u8], request: Request, next: Next) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let body = body_in_time(to_bytes(body, BODY_BYTES)).await?.map_err(|_| ApiError::Malformed {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: "body_too_large",
        message: format!("a body has at most {BODY_BYTES} bytes"),
    })?;
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let print = fingerprint(&[parts.method.as_str().as_bytes(), address.as_bytes(), &body]);
    // Who sends it is not known yet; what he sends to prove it tells clients apart well enough for a moment.
    let proof = parts.headers.get("authorization").map_or(&b""[..], |value| value.as_bytes());
    let from = context::current().and_then(|context| context.address);
    let from = from.map(|address| address.to_string()).unwrap_or_default();
    let _occupied =
        state.in_progress.occupy(fingerprint(&[key, proof, from.as_bytes()])).ok_or(ApiError::InProgress)?;
    let name = fingerprint(&[key]);
    context::may_be_repeated(RetryKey { name, request: print, at: state.clock.now() });
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

fn key_of(headers: &HeaderMap) -> Result<Option<Vec<u8>>, ApiError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    let is_key = (1..=KEY_MAX).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if is_key && values.next().is_none() {
        return Ok(Some(key.to_vec()));
    }
    let says = format!("a key is one header of 1 to {KEY_MAX} visible characters without spaces");
    Err(Rejection::new("idempotency-key", "key_invalid", says).into())
}

impl RetryKey {
    /// The key as that of one member, or of a stranger at an address: nobody meets the key of somebody else.
    pub(crate) fn owned_by(self, user: Option<UserId>, address: Option<IpAddr>) -> Self {
        let owner = match (user, address) {
            (Some(user), _) => format!("member {user}"),
            (None, Some(address)) => format!("address {address}"),
            (None, None) => String::new(),
        };
        Self { name: fingerprint(&[owner.as_bytes(), &self.name]), ..self }
    }
}

/// SHA-256 of several parts, each with its length before it: so that what ends one cannot begin the next.
fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_requests_have_different_fingerprints() {
        let all =
            [vec![&b"ab"[..], b"c"], vec![b"a", b"bc"], vec![b"abc"], vec![b"", b"abc"], vec![b"abc", b""]];
        let prints: HashSet<[u8; 32]> = all.iter().map(|parts| fingerprint(parts)).collect();
        assert_eq!(prints.len(), all.len());
    }

    #[test]
    fn a_key_is_occupied_until_its_request_has_ended() {
        let keys = InProgress::default();
        let first = keys.occupy([1; 32]);
        assert!(first.is_some() && keys.occupy([2; 32]).is_some() && keys.occupy([1; 32]).is_none());
        drop(first);
        assert!(keys.occupy([1; 32]).is_some());
    }
}
