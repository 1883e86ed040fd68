//! Copies of answers, kept in this process: question pages and questions as JSON, as strangers see them.
//!
//! They serve two ends. While the database is away, the last copy is shown, marked as old. And with the cache switched on,
//! a copy that is young enough is the answer, without asking the database at all.
//!
//! - Only what a stranger was answered is kept: never a body that depends on who asks.
//! - What is kept is bounded by its bytes (`moka`: what is asked for more often stays). When that is full, only what was asked
//!   for shortly before is copied for outages.
//! - A write to a question makes its copies worthless at once, on this server. Another server learns of it when its copies
//!   have grown old, and so does everybody of a member's new name: the time to live bounds both.
//! - Many who ask for the same thing that is not there send one of them to the database; the others wait for him.
//! - That there is no such question is kept too, for a short while.
//!
//! In front of the handlers and behind the gate: nothing in them knows of it.

mod copy;
mod doorkeeper;
mod flights;
mod key;
mod switch;

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
use crate::outage::DatabaseAway;
use copy::Copy;
use doorkeeper::Doorkeeper;
use flights::Flights;
use key::{Key, Wanted, is_worth_keeping};
pub use switch::{Cache, Keep, Size};

/// A copy is shown for so long at the most while the database is away: older ones say too little of today.
const SHOWN_FOR: Duration = Duration::from_hours(24);
/// How long it is believed that there is no such question.
const MISSING_FOR: Duration = Duration::from_secs(5);
/// A copy that is kept for outages alone is made anew when it is as old as this: to what is read often that is enough.
const RENEWED_AFTER: Duration = Duration::from_secs(1);
/// Counters of writes: questions that share one only lose copies too often.
const WRITE_COUNTERS: usize = 4096;
/// What a copy costs beside its body.
const COPY_BYTES: usize = 1024;

/// How an answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From a copy.
    Hit,
    /// From a copy that somebody else had made while this one waited.
    Waited,
    /// From the database.
    Miss,
    /// From an old copy, because the database is away.
    Stale,
}

impl Source {
    /// All of them.
    pub(crate) const ALL: [Source; 4] = [Source::Hit, Source::Waited, Source::Miss, Source::Stale];

    /// The name in metrics and headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Waited => "waited",
            Self::Miss => "miss",
            Self::Stale => "stale",
        }
    }
}

/// The copies of one server.
#[derive(Clone, Debug, Default)]
pub struct Copies(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    /// For how long a copy is the answer; `None` only while the database is away.
    answers_for: Option<Duration>,
    kept: moka::future::Cache<Key, Arc<Copy>>,
    doorkeeper: Doorkeeper,
    flights: Flights,
    writes: Box<[AtomicU64]>,
    counted: [AtomicU64; 4],
    evicted: Arc<AtomicU64>,
}

impl Copies {
    /// Copies as they are wanted; none when neither is.
    #[must_use]
    pub fn new(cache: Cache, keep: Keep) -> Self {
        let (bytes, answers_for) = match (cache, keep) {
            (Cache::On { size, fresh }, _) => (size.bytes(), Some(fresh)),
            (Cache::Off, Keep::UpTo(size)) => (size.bytes(), None),
            (Cache::Off, Keep::Nothing) => return Self(None),
        };
        let evicted = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&evicted);
        let kept = moka::future::Cache::builder()
            .max_capacity(bytes)
            .weigher(|_: &Key, copy: &Arc<Copy>| {
                u32::try_from(copy.body_bytes() + COPY_BYTES).unwrap_or(u32::MAX)
            })
            .time_to_live(SHOWN_FOR)
            .eviction_listener(move |_, _, cause| {
                if cause.was_evicted() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
            .build();
        Self(Some(Arc::new(Shared {
            answers_for,
            kept,
            doorkeeper: Doorkeeper::default(),
            flights: Flights::default(),
            writes: (0..WRITE_COUNTERS).map(|_| AtomicU64::new(0)).collect(),
            counted: Default::default(),
            evicted,
        })))
    }

    /// Answers that came about in this way.
    pub(crate) fn counted(&self, source: Source) -> u64 {
        self.0.as_ref().map_or(0, |shared| shared.counted[source as usize].load(Ordering::Relaxed))
    }

    /// Copies that had to go for others or for their age; how many there are, and their bytes.
    pub(crate) async fn sizes(&self) -> (u64, u64, u64) {
        let Some(shared) = &self.0 else { return (0, 0, 0) };
        // What was put in lately is weighed late, to keep reading fast.
        shared.kept.run_pending_tasks().await;
        let evicted = shared.evicted.load(Ordering::Relaxed);
        (evicted, shared.kept.entry_count(), shared.kept.weighted_size())
    }

    /// What copies are kept for, and how many bytes of them; `None` when none are.
    pub(crate) fn limit(&self) -> Option<(&'static str, u64)> {
        let shared = self.0.as_ref()?;
        let used_for = if shared.answers_for.is_some() { "answers" } else { "outages" };
        Some((used_for, shared.kept.policy().max_capacity()?))
    }

    /// Makes copies of a question worthless.
    fn forget(&self, question: QuestionId) {
        if let Some(shared) = &self.0 {
            shared.writes_to(question).fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Shared {
    fn writes_to(&self, question: QuestionId) -> &AtomicU64 {
        let place = question.get().unsigned_abs() % WRITE_COUNTERS as u64;
        &self.writes[usize::try_from(place).unwrap_or_default()]
    }

    /// The copy, if nothing was written to the question since it was read.
    async fn copy(&self, key: Key) -> Option<Arc<Copy>> {
        let copy = self.kept.get(&key).await?;
        (copy.writes == self.writes_to(key.question()).load(Ordering::Acquire)).then_some(copy)
    }

    /// The copy, if it is young enough to be the answer.
    async fn fresh(&self, key: Key) -> Option<Arc<Copy>> {
        let answers_for = self.answers_for?;
        let copy = self.copy(key).await?;
        (copy.age() < life(answers_for, key, copy.is_missing())).then_some(copy)
    }

    /// Whether a copy is worth its making. One that is the answer to the next who asks is; one that is kept for outages alone
    /// is while there is room, and then only of what was asked for shortly before: most of what is read once is not read again
    /// soon, and its copy would be made to be thrown away.
    fn is_welcome(&self, key: Key) -> bool {
        let has_room =
            || self.kept.weighted_size() < self.kept.policy().max_capacity().unwrap_or(u64::MAX) / 10 * 9;
        self.answers_for.is_some() || self.kept.contains_key(&key) || has_room() || self.doorkeeper.knows(key)
    }

    fn count(&self, source: Source) {
        // With the cache switched off every answer comes from the database, and that is not worth a word.
        if self.answers_for.is_some() || source == Source::Stale {
            self.counted[source as usize].fetch_add(1, Ordering::Relaxed);
            context::came_from(source.name());
        }
    }

    fn answer(&self, key: Key, copy: &Copy, source: Source) -> Response {
        self.count(source);
        let life = self.answers_for.map_or(Duration::ZERO, |life_of| life(life_of, key, copy.is_missing()));
        copy.response(life, source == Source::Stale, key.is_page())
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
    let (Some(shared), Some(wanted)) = (&state.copies.0, Wanted::of(&request)) else {
        let forget = ForgetAfter(&state.copies);
        let response = Box::pin(ask(state, request, next)).await;
        drop(forget);
        return response;
    };
    let key = wanted.key;
    if !wanted.by_a_stranger {
        // What he is shown is his own; only when there is nothing better is he shown what strangers see.
        let old = shared.copy(key).await;
        return Box::pin(last_resort(state, (shared, key, old), request, next)).await;
    }
    if let Some(copy) = shared.fresh(key).await {
        return Ok(shared.answer(key, &copy, Source::Hit));
    }
    let _flight = match shared.answers_for {
        Some(_) => Some(shared.flights.board(key).await),
        None => None,
    };
    if shared.answers_for.is_some()
        && let Some(copy) = shared.fresh(key).await
    {
        return Ok(shared.answer(key, &copy, Source::Waited));
    }
    let writes = shared.writes_to(key.question()).load(Ordering::Acquire);
    let old = shared.copy(key).await;
    let is_recent = shared.answers_for.is_none() && old.as_ref().is_some_and(|old| old.age() < RENEWED_AFTER);
    // Apart, so that an answer from a copy need not carry the room for it.
    let response = Box::pin(last_resort(state, (shared, key, old), request, next)).await?;
    if !is_worth_keeping(response.status(), shared.answers_for.is_some()) || copy::is_one(&response) {
        return Ok(response);
    }
    shared.count(Source::Miss);
    if is_recent || !shared.is_welcome(key) {
        return Ok(response);
    }
    let (response, copy) = Copy::of(response, writes).await;
    if let Some(copy) = copy {
        shared.kept.insert(key, Arc::new(copy)).await;
    }
    Ok(response)
}

/// Asks the database, and shows the last copy if there is one and the database is away.
async fn last_resort(
    state: &AppState,
    (shared, key, old): (&Shared, Key, Option<Arc<Copy>>),
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
        (_, Some(old)) if away => Ok(shared.answer(key, &old, Source::Stale)),
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

/// Makes the copies of what a request wrote to worthless when it ends, even if nobody waits for its end any more.
struct ForgetAfter<'c>(&'c Copies);

impl Drop for ForgetAfter<'_> {
    fn drop(&mut self) {
        if let Some(question) = context::current().and_then(|context| context.touched()) {
            self.0.forget(question);
        }
    }
}
