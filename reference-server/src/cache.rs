//! Copies of answers, kept in this process: question pages and questions as JSON, as strangers see them.
//!
//! They serve two ends. While the database is away, the last copy is shown, marked as old. And with the cache switched on,
//! a copy that is young enough is the answer, without asking the database at all.
//!
//! - Only what a stranger was answered is kept: never a body that depends on who asks.
//! - What is kept is bounded by its bytes (`moka`: what is asked for more often stays). When that is full, only what was asked
//!   for shortly before is copied for outages.
//! - A write to a question makes its copies worthless at once, on this server. Another server learns of it by a message if
//!   both share a Redis (`shared`), else when its copies have grown old, and so does everybody of a member's new name: the
//!   time to live bounds both.
//! - Many who ask for the same thing that is not there send one of them to the database; the others wait for him.
//! - That there is no such question is kept too, for a short while.
//! - Copies that several servers share are in Redis, behind those of this process, if that is switched on; without an
//!   answer from there the database is asked.
//!
//! In front of the handlers and behind the gate: nothing in them knows of it.

mod copy;
mod doorkeeper;
mod flights;
mod forget_after;
mod forgetting;
mod key;
mod scripts;
mod shared;
mod source;
mod switch;
mod wire;
mod writes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;
use crate::context;
use crate::domain::QuestionId;
use crate::error::ApiError;
use crate::limits::SUSPECT_TIME;
use crate::link::Address;
use crate::outage::DatabaseAway;
use copy::Copy;
use doorkeeper::Doorkeeper;
use flights::Flights;
use forget_after::ForgetAfter;
use key::{Key, Wanted, is_worth_keeping};
pub(crate) use shared::SharedCache;
use shared::{Hears as _, Lease, Look, TURN_WAIT};
pub(crate) use source::Source;
pub use switch::{Cache, Keep, Sharing, Size};
use writes::{Known, Writes};

/// A copy is shown for so long at the most while the database is away: older ones say too little of today.
const SHOWN_FOR: Duration = Duration::from_hours(24);
/// How long it is believed that there is no such question.
const MISSING_FOR: Duration = Duration::from_secs(5);
/// A copy that is kept for outages alone is made anew when it is as old as this: to what is read often that is enough.
const RENEWED_AFTER: Duration = Duration::from_secs(1);
/// What a copy costs beside its body.
const COPY_BYTES: usize = 1024;

/// The copies of one server.
#[derive(Clone, Debug, Default)]
pub struct Copies(Option<Arc<Local>>);

#[derive(Debug)]
struct Local {
    /// For how long a copy is the answer; `None` only while the database is away.
    answers_for: Option<Duration>,
    kept: moka::future::Cache<Key, Copy>,
    doorkeeper: Doorkeeper,
    flights: Flights,
    known: Known,
    /// Copies that are shared with other servers, if there are any.
    shared: Option<SharedCache>,
    counted: [AtomicU64; 5],
    evicted: Arc<AtomicU64>,
}

impl Copies {
    /// Copies as they are wanted; none when neither is.
    #[must_use]
    pub fn new(cache: Cache, keep: Keep) -> Self {
        match (cache, keep) {
            (Cache::Off, Keep::Nothing) => Self(None),
            _ => Self::made_of(cache, keep, Known::new(), None),
        }
    }

    /// The same, in front of copies that are shared with other servers. `wait` is how long a request waits for Redis, and
    /// `kind` what pages depend on beside the question: servers with another one have copies of their own. Needs a runtime.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn sharing(
        cache: Cache,
        keep: Keep,
        (address, fresh): (&Address, Duration),
        wait: Duration,
        kind: &str,
    ) -> Result<Self, String> {
        let known = Known::new();
        let shared = SharedCache::open(address, fresh, wait, kind, known.clone());
        let shared = shared.map_err(|_| "the address of Redis cannot be used".to_owned())?;
        Ok(Self::made_of(cache, keep, known, Some(shared)))
    }

    fn made_of(cache: Cache, keep: Keep, known: Known, shared: Option<SharedCache>) -> Self {
        let (bytes, answers_for) = match (cache, keep) {
            (Cache::On { size, fresh }, _) => (size.bytes(), Some(fresh)),
            (Cache::Off, Keep::UpTo(size)) => (size.bytes(), None),
            (Cache::Off, Keep::Nothing) => (0, None),
        };
        let evicted = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&evicted);
        let kept = moka::future::Cache::builder()
            .max_capacity(bytes)
            .weigher(|_: &Key, copy: &Copy| u32::try_from(copy.body_bytes() + COPY_BYTES).unwrap_or(u32::MAX))
            .time_to_live(SHOWN_FOR)
            .eviction_listener(move |_, _, cause| {
                if cause.was_evicted() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
            .build();
        Self(Some(Arc::new(Local {
            answers_for,
            kept,
            doorkeeper: Doorkeeper::default(),
            flights: Flights::default(),
            known,
            shared,
            counted: Default::default(),
            evicted,
        })))
    }

    /// Answers that came about in this way.
    pub(crate) fn counted(&self, source: Source) -> u64 {
        self.0.as_ref().map_or(0, |local| local.counted[source as usize].load(Ordering::Relaxed))
    }

    /// Copies that had to go for others or for their age; how many there are, and their bytes.
    pub(crate) async fn sizes(&self) -> (u64, u64, u64) {
        let Some(local) = &self.0 else { return (0, 0, 0) };
        // What was put in lately is weighed late, to keep reading fast.
        local.kept.run_pending_tasks().await;
        let evicted = local.evicted.load(Ordering::Relaxed);
        (evicted, local.kept.entry_count(), local.kept.weighted_size())
    }

    /// What copies are kept for, and how many bytes of them; `None` when none are.
    pub(crate) fn limit(&self) -> Option<(&'static str, u64)> {
        let local = self.0.as_ref()?;
        let used_for = if local.answers_for.is_some() { "answers" } else { "outages" };
        Some((used_for, local.kept.policy().max_capacity()?))
    }

    /// The copies that are shared, if there are any.
    pub(crate) fn shared(&self) -> Option<&SharedCache> {
        self.0.as_ref()?.shared.as_ref()
    }

    /// Makes copies of a question worthless.
    fn forget(&self, question: QuestionId) {
        if let Some(local) = &self.0 {
            local.known.written(question);
            if let Some(shared) = &local.shared {
                shared.forget(question);
            }
        }
    }
}

impl Local {
    /// The copy, if nothing was written to the question since it was read, as far as is known.
    async fn copy(&self, key: Key) -> Option<Copy> {
        let copy = self.kept.get(&key).await?;
        self.known.is_as_it_was(key.question(), copy.writes).then_some(copy)
    }

    /// The copy, if it is young enough to be the answer.
    async fn fresh(&self, key: Key) -> Option<Copy> {
        let answers_for = self.answers_for?;
        let copy = self.kept.get(&key).await?;
        let is_good = self.known.is_surely_as_it_was(key.question(), copy.writes);
        (is_good && copy.held() < life(answers_for, key, copy.is_missing())).then_some(copy)
    }

    /// Whether copies answer, here or from elsewhere.
    fn answers(&self) -> bool {
        self.answers_for.is_some() || self.shared.is_some()
    }

    /// Whether a copy is worth its making: if it is kept for outages alone, while there is room, and then only of what was
    /// asked for shortly before. Others would be made to be thrown away.
    fn is_welcome(&self, key: Key) -> bool {
        let has_room =
            || self.kept.weighted_size() < self.kept.policy().max_capacity().unwrap_or(u64::MAX) / 10 * 9;
        self.answers() || self.kept.contains_key(&key) || has_room() || self.doorkeeper.knows(key)
    }

    fn count(&self, source: Source) {
        // With the cache switched off every answer comes from the database, and that is not worth a word.
        if self.answers() || source == Source::Stale {
            self.counted[source as usize].fetch_add(1, Ordering::Relaxed);
            context::came_from(source.name());
        }
    }

    fn answer(&self, key: Key, copy: &Copy, source: Source) -> Response {
        let life = self.answers_for.map_or(Duration::ZERO, |life_of| life(life_of, key, copy.is_missing()));
        let spent = if source == Source::Stale { copy.age() } else { copy.held() };
        self.show(key, copy, source, life.as_secs().cast_signed() - spent.as_secs().cast_signed())
    }

    fn show(&self, key: Key, copy: &Copy, source: Source, left: i64) -> Response {
        self.count(source);
        copy.response(left, source == Source::Stale, key.is_page())
    }

    /// Looks elsewhere: an answer from there, or what may be kept there, if anything.
    async fn elsewhere(&self, key: Key, writes: Writes, wait: Duration) -> Result<Response, Option<Lease>> {
        let Some(shared) = &self.shared else { return Err(None) };
        match shared.look(key, wait).await {
            Look::Copy(answer, age, left) => {
                let copy = Copy::received(answer, age, writes);
                let response = self.show(key, &copy, Source::Shared, left.as_secs().cast_signed());
                self.kept.insert(key, copy).await;
                Ok(response)
            }
            Look::Fetch(lease) => Err(Some(lease)),
            Look::Nothing => Err(None),
        }
    }

    async fn give_back(&self, lease: Option<Lease>) {
        if let (Some(shared), Some(lease)) = (&self.shared, lease) {
            shared.give_back(&lease).await;
        }
    }

    /// Keeps a copy, and shares it if that is allowed.
    async fn keep(&self, key: Key, copy: Copy, lease: Option<Lease>) {
        if let (Some(shared), Some(lease)) = (&self.shared, lease) {
            let life = life(shared.fresh(), key, copy.is_missing());
            shared.keep(&lease, &copy.answer, life).await;
        }
        if self.answers_for.is_some() || !copy.is_missing() {
            self.kept.insert(key, copy).await;
        }
    }
}

/// How long a copy is the answer: up to a tenth less than is asked for, by its key, so that copies which were made
/// together do not all end together.
fn life(answers_for: Duration, key: Key, missing: bool) -> Duration {
    let most = if missing { answers_for.min(MISSING_FOR) } else { answers_for };
    most.mul_f64(1.0 - 0.1 * key.spread())
}

/// Answers a request from a copy or from the database.
pub(crate) async fn answer(state: &AppState, request: Request, next: Next) -> Result<Response, ApiError> {
    let (Some(local), Some(wanted)) = (&state.copies.0, Wanted::of(&request)) else {
        let forget = ForgetAfter::new(&state.copies);
        let response = ask(state, request, next).await;
        forget.now().await;
        return response;
    };
    let key = wanted.key;
    if !wanted.by_a_stranger {
        // What he is shown is his own; only when there is nothing better is he shown what strangers see.
        let old = local.copy(key).await;
        return Box::pin(last_resort(state, (local, key, old), request, next)).await;
    }
    if let Some(copy) = local.fresh(key).await {
        return Ok(local.answer(key, &copy, Source::Hit));
    }
    let _flight = if local.answers() { Some(local.flights.board(key).await) } else { None };
    if let Some(copy) = local.fresh(key).await {
        return Ok(local.answer(key, &copy, Source::Waited));
    }
    // Before anybody is asked: what is written from now on makes what they say worthless.
    let writes = local.known.of(key.question());
    // While the database is away nobody is making a copy.
    let wait = if state.outage.is_on() { Duration::ZERO } else { TURN_WAIT };
    let lease = match local.elsewhere(key, writes, wait).await {
        Ok(response) => return Ok(response),
        Err(lease) => lease,
    };
    if local.answers() {
        // Made before the last write through this forum, it would be shown for as long as one made after it.
        context::is_copied(key.question());
    }
    let old = local.copy(key).await;
    let is_recent = !local.answers() && old.as_ref().is_some_and(|old| old.age() < RENEWED_AFTER);
    let response = match Box::pin(last_resort(state, (local, key, old), request, next)).await {
        Ok(response) if is_worth_keeping(response.status(), local.answers()) && !copy::is_one(&response) => {
            response
        }
        other => {
            local.give_back(lease).await;
            return other;
        }
    };
    local.count(Source::Miss);
    if is_recent || !local.is_welcome(key) {
        return Ok(response);
    }
    let (response, copy) = Copy::of(response, writes).await;
    match copy {
        Some(copy) => local.keep(key, copy, lease).await,
        None => local.give_back(lease).await,
    }
    Ok(response)
}

/// Asks the database, and shows the last copy if there is one and the database is away.
async fn last_resort(
    state: &AppState,
    (local, key, old): (&Local, Key, Option<Copy>),
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let mut asked = std::pin::pin!(ask(state, request, next));
    let old = old.filter(|old| !old.is_missing());
    let outcome = match &old {
        // Who could be shown something does not wait for a database that hangs.
        Some(_) => tokio::time::timeout(SUSPECT_TIME, &mut asked).await,
        None => Ok(asked.await),
    };
    let away = match &outcome {
        Ok(Ok(response)) => response.extensions().get::<DatabaseAway>().is_some(),
        Ok(Err(error)) => matches!(error, ApiError::Unavailable),
        Err(_) => {
            state.outage.suspect(&state.store);
            true
        }
    };
    match (outcome, old) {
        (_, Some(old)) if away => Ok(local.answer(key, &old, Source::Stale)),
        (Ok(outcome), _) => outcome,
        (Err(_), _) => Err(ApiError::TimedOut),
    }
}

/// Has the handler answer, unless it is known that it cannot.
async fn ask(state: &AppState, request: Request, next: Next) -> Result<Response, ApiError> {
    if state.outage.is_on() {
        return Err(ApiError::Unavailable);
    }
    let mut served = std::pin::pin!(next.run(request));
    let response = if let Ok(response) = tokio::time::timeout(SUSPECT_TIME, &mut served).await {
        response
    } else {
        // It may only be slow: the database is asked from beside.
        state.outage.suspect(&state.store);
        // An answer wins. Who gives up does not know whether it was done, as after any other loss of the answer; and his
        // place among those who are served is free for somebody who can be shown something.
        tokio::select! {
            biased;
            response = &mut served => response,
            () = state.outage.begun() => return Err(ApiError::Unavailable),
        }
    };
    if response.extensions().get::<DatabaseAway>().is_some() {
        state.outage.suspect(&state.store);
    }
    Ok(response)
}
