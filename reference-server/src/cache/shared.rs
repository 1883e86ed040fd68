//! Copies that several forums share, in Redis.
//!
//! One key holds all copies of a question, as a hash: the body of each, when it was made, and until when it is good, all in
//! the time of Redis, so that the clocks of the forums do not matter. A write to the question removes the key and tells
//! every forum, which then forgets the copies of its own.
//!
//! A copy that was made before a write must not be kept after it. So who finds nothing is given a lease (Nishtala et al.,
//! "Scaling Memcache at Facebook", 2013): a name under the same key, and only who still finds his name there may keep a copy.
//! A write removes it together with the copies; so does Redis when it needs the room. The lease is at once the turn to ask
//! the database: others, here and in other forums, wait for a short while and look again.
//!
//! Who was cut off from Redis does not know what others could not tell it meanwhile: of the copies there he uses those alone
//! that were made after his return. What remains is bounded by the time to live: a forum that is cut off while others are
//! not writes to a question, and the others show their copy until it is old.
//!
//! The scripts are carried out by Redis one at a time. Not for a cluster: one script names several keys.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, RedisResult, Script, Value};

use super::forgetting::{Forgetting, QUESTIONS_MAX};
use super::key::Key;
use super::scripts::{FORGET, GIVE_BACK, KEEP, LOOK};
use super::wire::Answer;
use crate::domain::QuestionId;
use crate::link::{Address, Link, Tending};
use crate::session::Token;

/// Keys of questions begin with this.
const PREFIX: &str = "forum:question:";
/// Where forums tell one another what was written to.
const CHANNEL: &str = "forum:written";
/// Longer copies are not kept: all commands share one connection, and a long one keeps the others waiting.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Copies of one question: its page, its JSON and pages of its answers. Whoever asks for ever new pages gets no more kept.
const COPIES_MAX: usize = 32;
/// Each copy is three fields and each lease two.
const FIELDS_MAX: usize = 5 * COPIES_MAX;
/// How long it is the turn of who was given a lease: longer than a question takes that is answered at all.
const TURN: Duration = Duration::from_secs(2);
/// How long a lease can be used: longer than a request may take.
const LEASE: Duration = Duration::from_secs(15);
/// How long one waits for who has the turn, before one asks the database as well.
pub(super) const TURN_WAIT: Duration = Duration::from_secs(1);
/// Pause between two looks meanwhile.
const LOOK_PAUSE: Duration = Duration::from_millis(10);
/// Questions that are told of in one message.
const TOLD_AT_ONCE: usize = 256;
/// Pause before something is told again that could not be told.
const TELL_PAUSE: Duration = Duration::from_millis(250);
/// How many keys are looked at in one step when everything is forgotten.
const SCANNED_AT_ONCE: usize = 1_000;

/// What is known in Redis of something that is asked for.
pub(super) enum Look {
    /// A copy: how old it is, and how long it is still good.
    Copy(Answer, Duration, Duration),
    /// None; it is our turn to ask the database, and what it says may be kept.
    Fetch(Lease),
    /// Nothing that helps: the database is to be asked, and nothing kept.
    Nothing,
}

/// The right to keep a copy, unless there is a write meanwhile.
pub(super) struct Lease {
    key: Key,
    name: String,
}

/// What other forums have written to, as this one is told.
pub(super) trait Hears: Send + Sync + 'static {
    /// Somebody wrote to this question.
    fn written(&self, question: QuestionId);
    /// Something was written, and it is not known to what.
    fn anything_written(&self);
}

/// The shared copies, as one forum sees them.
#[derive(Debug)]
pub(crate) struct SharedCache {
    link: Link,
    forgetting: Arc<Forgetting>,
    /// When this forum came back to Redis, in its time, in milliseconds; 0 as long as it was never away.
    returned: Arc<AtomicU64>,
    teller: tokio::task::JoinHandle<()>,
    fresh: Duration,
    /// Copies of forums that make other pages of the same question have other fields.
    kind: String,
    names: Names,
    look: Script,
    keep: Script,
    give_back: Script,
    kept: [AtomicU64; 2],
}

/// Names for leases that no other forum gives.
#[derive(Debug)]
struct Names {
    beginning: String,
    next: AtomicU64,
}

impl Names {
    fn next(&self) -> String {
        format!("{}-{}", self.beginning, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// What is done beside: subscribing, telling what was not told, hearing.
struct Beside<H> {
    forgetting: Arc<Forgetting>,
    sender: String,
    returned: Arc<AtomicU64>,
    was_here: AtomicBool,
    hears: H,
}

impl<H: Hears> Tending for Beside<H> {
    fn begin(
        &self,
        mut connection: MultiplexedConnection,
    ) -> impl Future<Output = RedisResult<()>> + Send + 'static {
        let (forgetting, sender) = (Arc::clone(&self.forgetting), self.sender.clone());
        let returned = Arc::clone(&self.returned);
        let was_here = self.was_here.swap(true, Ordering::AcqRel);
        // What was written while nobody told us.
        self.hears.anything_written();
        async move {
            connection.subscribe(CHANNEL).await?;
            if was_here {
                let (seconds, micros): (u64, u64) = redis::cmd("TIME").query_async(&mut connection).await?;
                returned.store(seconds * 1_000 + micros / 1_000, Ordering::Release);
            }
            while forgetting.len() > 0 {
                tell(&forgetting, connection.clone(), &sender).await?;
            }
            Ok(())
        }
    }

    fn told(&self, push: PushInfo) {
        if push.kind == PushKind::Subscribe {
            // From here on everything is heard, and before it anything may have been written.
            self.hears.anything_written();
        }
        let (PushKind::Message, [_, Value::BulkString(message)]) = (push.kind, &push.data[..]) else {
            return;
        };
        let message = String::from_utf8_lossy(message);
        let mut words = message.split(' ');
        if words.next() == Some(self.sender.as_str()) {
            return;
        }
        for word in words {
            match word.parse() {
                Ok(question) => self.hears.written(question),
                Err(_) => self.hears.anything_written(),
            }
        }
    }
}

/// Removes the copies of what was written to, and tells every forum, some questions at a time.
async fn tell(
    forgetting: &Forgetting,
    mut connection: MultiplexedConnection,
    sender: &str,
) -> RedisResult<()> {
    let telling = forgetting.next(TOLD_AT_ONCE);
    if telling.is_nothing() {
        return Ok(());
    }
    if !telling.questions.is_empty() {
        remove(&telling.questions, &mut connection, sender).await?;
    }
    if telling.everything {
        remove_everything(&mut connection, sender).await?;
    }
    forgetting.done(&telling);
    Ok(())
}

async fn remove(
    questions: &[QuestionId],
    connection: &mut MultiplexedConnection,
    sender: &str,
) -> RedisResult<()> {
    let forget = Script::new(FORGET);
    let mut message = sender.to_owned();
    let mut call = forget.prepare_invoke();
    for question in questions {
        call.key(key_of(*question));
        // Writing to a string cannot fail.
        let _ = write!(message, " {question}");
    }
    call.arg(CHANNEL).arg(message);
    call.invoke_async(connection).await
}

async fn remove_everything(connection: &mut MultiplexedConnection, sender: &str) -> RedisResult<()> {
    let mut cursor = 0_u64;
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(format!("{PREFIX}*")).arg("COUNT").arg(SCANNED_AT_ONCE);
        let (next, keys): (u64, Vec<String>) = scan.query_async(connection).await?;
        if !keys.is_empty() {
            redis::cmd("UNLINK").arg(keys).query_async::<()>(connection).await?;
        }
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    let message = format!("{sender} everything");
    redis::cmd("PUBLISH").arg(CHANNEL).arg(message).query_async(connection).await
}

fn key_of(question: QuestionId) -> String {
    format!("{PREFIX}{question}")
}

/// Tells Redis what was written to, as soon as there is something. Writes that come together are told together.
async fn tell_always(link: Link, forgetting: Arc<Forgetting>, sender: String) {
    loop {
        forgetting.woken().await;
        while forgetting.len() > 0 {
            // While there is no connection this says so at once, and the next one begins by telling.
            let told = link.ask(|connection| tell_owned(Arc::clone(&forgetting), connection, sender.clone()));
            if told.await.is_none() {
                tokio::time::sleep(TELL_PAUSE).await;
            }
        }
    }
}

async fn tell_owned(
    forgetting: Arc<Forgetting>,
    connection: MultiplexedConnection,
    sender: String,
) -> RedisResult<()> {
    tell(&forgetting, connection, &sender).await
}

impl SharedCache {
    /// Copies in the Redis at `address`, each good for `fresh`; `kind` is what else the pages depend on.
    pub(super) fn open(
        address: &Address,
        fresh: Duration,
        wait: Duration,
        kind: &str,
        hears: impl Hears,
    ) -> RedisResult<Self> {
        // Without randomness two forums might take one another's leases; the number of the process tells them apart.
        let random = Token::random().map(|token| token.reveal()[..16].to_owned());
        let beginning = random.unwrap_or_else(|_| std::process::id().to_string());
        let forgetting = Arc::new(Forgetting::new(QUESTIONS_MAX));
        let returned = Arc::new(AtomicU64::new(0));
        let beside = Beside {
            forgetting: Arc::clone(&forgetting),
            sender: beginning.clone(),
            returned: Arc::clone(&returned),
            was_here: AtomicBool::new(false),
            hears,
        };
        let link = Link::open("cache", address, wait, Arc::new(beside))?;
        let teller = tokio::spawn(tell_always(link.clone(), Arc::clone(&forgetting), beginning.clone()));
        Ok(Self {
            link,
            forgetting,
            returned,
            teller,
            fresh,
            kind: kind.to_owned(),
            names: Names { beginning, next: AtomicU64::new(0) },
            look: Script::new(LOOK),
            keep: Script::new(KEEP),
            give_back: Script::new(GIVE_BACK),
            kept: Default::default(),
        })
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// For how long a copy is good.
    pub(super) fn fresh(&self) -> Duration {
        self.fresh
    }

    /// Writes that Redis does not know of.
    pub(crate) fn untold(&self) -> usize {
        self.forgetting.len()
    }

    /// Copies that were kept, and that were not: written to meanwhile, too long, or Redis did not answer.
    pub(crate) fn kept(&self) -> [u64; 2] {
        self.kept.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    fn field(&self, key: Key) -> String {
        format!("{} {key}", self.kind)
    }

    /// Looks for a copy, and waits so long for one that somebody else is making.
    pub(super) async fn look(&self, key: Key, wait: Duration) -> Look {
        let mut waited = Duration::ZERO;
        loop {
            if self.forgetting.is_untold(key.question()) {
                return Look::Nothing; // what is there is from before the write
            }
            let name = self.names.next();
            let mut call = self.look.key(key_of(key.question()));
            call.arg(self.field(key)).arg(&name).arg(millis(TURN)).arg(millis(LEASE));
            call.arg(FIELDS_MAX).arg(self.returned.load(Ordering::Acquire));
            let found = self.link.ask(async |mut connection| call.invoke_async(&mut connection).await).await;
            match found {
                Some(Value::Array(parts)) => return copy(parts).unwrap_or(Look::Nothing),
                Some(Value::BulkString(word)) if word == b"fetch" => return Look::Fetch(Lease { key, name }),
                Some(Value::BulkString(word)) if word == b"wait" && waited < wait => {
                    tokio::time::sleep(LOOK_PAUSE).await;
                    waited += LOOK_PAUSE;
                }
                _ => return Look::Nothing,
            }
        }
    }

    /// Keeps a copy for everybody, unless its question was written to meanwhile.
    pub(super) async fn keep(&self, lease: &Lease, answer: &Answer, life: Duration) {
        let kept = match answer.encode().filter(|bytes| bytes.len() <= BODY_BYTES_MAX) {
            Some(bytes) => {
                let mut call = self.keep.key(key_of(lease.key.question()));
                call.arg(self.field(lease.key)).arg(&lease.name).arg(bytes);
                call.arg(millis(life)).arg(millis(LEASE));
                let kept: Option<u8> =
                    self.link.ask(async |mut connection| call.invoke_async(&mut connection).await).await;
                kept == Some(1)
            }
            None => false,
        };
        self.kept[usize::from(!kept)].fetch_add(1, Ordering::Relaxed);
    }

    /// Lets somebody else have the turn: nothing came of it.
    pub(super) async fn give_back(&self, lease: &Lease) {
        let mut call = self.give_back.key(key_of(lease.key.question()));
        call.arg(self.field(lease.key)).arg(&lease.name);
        let _: Option<()> =
            self.link.ask(async |mut connection| call.invoke_async(&mut connection).await).await;
    }

    /// Has Redis told that a question was written to.
    pub(super) fn forget(&self, question: QuestionId) {
        self.forgetting.put(question);
    }

    /// Waits until Redis was told of what was written to a question, if it can be told soon.
    pub(super) async fn is_told(&self, question: QuestionId) {
        if self.link.is_up() {
            // What is not told in time is told later.
            let _ = tokio::time::timeout(2 * self.link.wait(), self.forgetting.is_told(question)).await;
        }
    }
}

impl Drop for SharedCache {
    fn drop(&mut self) {
        self.teller.abort();
    }
}

fn copy(parts: Vec<Value>) -> Option<Look> {
    let [Value::Int(age), Value::Int(left), Value::BulkString(body)] = <[Value; 3]>::try_from(parts).ok()?
    else {
        return None;
    };
    let span = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
    Some(Look::Copy(Answer::decode(body)?, span(age), span(left)))
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
