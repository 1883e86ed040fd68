//! What the forum asks of a database.
//!
//! The trait can be used behind a pointer (`Arc<dyn Store>`), so that a cache or a fault can be put in front
//! of a store without the rest of the forum knowing. That is why its methods return boxed futures instead of
//! being `async`: the box costs some tens of nanoseconds, a statement tens of microseconds.

mod finding;
mod posts;

use std::pin::Pin;
use std::sync::Arc;

pub use posts::Posts;

use super::{
    Backlog, Derived, DocumentWrites, EntityStorage, GroupSizes, ReplicaReport, Schema, Statements,
    StoreError,
};
use crate::clock::Stopwatch;
use crate::context::{self, Part};
use crate::domain::{
    Answer, AnswerId, Credentials, Limit, NewAnswer, NewQuestion, NewSession, NewUser, Page, PasswordChange,
    ProfileChange, Question, QuestionId, QuestionSummary, Session, SessionId, Timestamp, User, UserId,
    Visitor,
};

pub(super) use finding::MAX_NOTICES_PER_USER;
pub use finding::{Finding, Membership};

/// A store as the rest of the forum holds it.
pub type SharedStore = Arc<dyn Store>;

/// What a method of [`Store`] returns: a future of a value, or of the reason why there is none.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What a method of a store does, boxed, with its time counted for the request that asked: every method of `Store`
/// returns what this makes.
pub(super) fn timed<'a, T>(work: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Reply<'a, T> {
    Box::pin(async move {
        let watch = Stopwatch::start();
        let done = work.await;
        context::spend(Part::Store, watch.so_far());
        done
    })
}

/// A database of the forum. A write that was answered with `Ok` is durable.
pub trait Store: Posts + Finding + Membership + Send + Sync + 'static {
    /// Opens an account. [`StoreError::Constraint`] `users_name_unique` when the name is taken.
    fn insert_user(&self, user: NewUser) -> Reply<'_, UserId>;
    /// What a log-in under `name` is checked against.
    fn credentials(&self, name: String) -> Reply<'_, Option<Credentials>>;
    /// A member as others see him.
    fn user(&self, id: UserId) -> Reply<'_, Option<User>>;
    /// Changes a profile and returns it as it then is.
    fn update_profile(&self, change: ProfileChange) -> Reply<'_, User>;

    /// Keeps a log-in. A member's ended ones, and the oldest beyond a hundred, are forgotten.
    fn insert_session(&self, session: NewSession) -> Reply<'_, SessionId>;
    /// Gives the member of a new log-in another password and ends all his other log-ins, at once. `None`, and nothing
    /// is done, when the password is no longer the one the change was allowed by.
    fn change_password(&self, change: PasswordChange) -> Reply<'_, Option<SessionId>>;
    /// Who holds the token with this hash, if it is valid at `now`.
    fn visitor(&self, token_hash: [u8; 32], now: Timestamp) -> Reply<'_, Option<Visitor>>;
    /// A member's valid log-ins, newest first.
    fn sessions(&self, user: UserId, now: Timestamp) -> Reply<'_, Vec<Session>>;
    /// Ends one log-in of `user`; whether there was one.
    fn delete_session(&self, user: UserId, session: SessionId) -> Reply<'_, bool>;
    /// Ends every log-in of `user`; how many there were.
    fn delete_sessions(&self, user: UserId) -> Reply<'_, u64>;

    /// Keeps a question.
    fn insert_question(&self, question: NewQuestion) -> Reply<'_, QuestionId>;
    /// The newest questions, those before `after` if given.
    fn newest_questions(
        &self,
        limit: Limit,
        after: Option<QuestionId>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionId>>;
    /// A question with the first of its comments and of its answers, in at most two statements.
    fn question(&self, id: QuestionId) -> Reply<'_, Option<Question>>;

    /// Keeps an answer. [`StoreError::Missing`] when there is no such question.
    fn insert_answer(&self, answer: NewAnswer) -> Reply<'_, AnswerId>;
    /// Answers to a question, oldest first, those after `after` if given; `None` when there is no such
    /// question.
    fn answers(
        &self,
        question: QuestionId,
        after: Option<AnswerId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Answer, AnswerId>>>;

    /// Does a batch of the work that writes have left for later.
    fn derive(&self) -> Reply<'_, Derived>;
    /// What is known of that work.
    fn backlog(&self) -> &Backlog;

    /// Whether the database answers.
    fn ping(&self) -> Reply<'_, ()>;
    /// How much there is of everything. Reads much: for metrics and reports, not for requests.
    fn storage(&self) -> Reply<'_, Vec<EntityStorage>>;
    /// What the database looks like, as it says itself.
    fn schema(&self) -> Reply<'_, Schema>;
    /// The size of the whole database in bytes.
    fn total_bytes(&self) -> Reply<'_, u64>;
    /// Name and version of the engine, such as `sqlite 3.51.3`.
    fn engine(&self) -> &str;
    /// The count of statements.
    fn statements(&self) -> &Statements;
    /// Writes waiting for their turn now.
    fn write_queue_depth(&self) -> usize;
    /// How many writes were committed together, where the store itself puts them together.
    fn write_groups(&self) -> &GroupSizes;
    /// What is counted of its replicas; `None` where there are none.
    fn replicas(&self) -> Option<ReplicaReport> {
        None
    }
    /// How many documents of questions were written, where there are any.
    fn document_writes(&self) -> &DocumentWrites;
    /// Finishes what was begun and leaves the database in order.
    fn close(&self) -> Reply<'_, ()>;
}

/// Most log-ins a member has at a time: enough for every device, and a bound on what one account can make the
/// table grow.
pub(super) const MAX_SESSIONS_PER_USER: i64 = 100;
/// Most of a member's own votes below one question that are read at a time: more answers than any has, and a
/// bound all the same.
pub(super) const MAX_OWN_VOTES: i64 = 1_000;
