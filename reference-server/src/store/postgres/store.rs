//! Answers the forum's questions from PostgreSQL.

use sqlx::postgres::{PgConnectOptions, PgPool};

use super::transaction::{self, Write};
use super::{answers, connect, documents, lists, questions, schema, sessions, storage, users};
use crate::domain::{
    Answer, AnswerId, Credentials, Limit, NewAnswer, NewQuestion, NewSession, NewUser, Page, PasswordChange,
    ProfileChange, Question, QuestionId, QuestionKey, QuestionList, QuestionSummary, Session, SessionId,
    Timestamp, User, UserId, Visitor,
};
use crate::store::interface::timed;
use crate::store::{
    Counters, DocumentWrites, EntityStorage, GroupSizes, Layout, OpenError, Reply, Schema, Setup, Statements,
    Store, StoreError,
};

/// The pool of connections; it counts what is sent over it.
pub(super) struct Connections {
    pub(super) pool: PgPool,
    pub(super) statements: Statements,
    /// Where numbers come from.
    pub(super) counters: Counters,
    /// How a question is read and written.
    pub(super) layout: Layout,
    /// How many documents were written.
    pub(super) documents: DocumentWrites,
}

impl Connections {
    /// The pool for one statement.
    pub(super) fn sql(&self) -> &PgPool {
        self.statements.count();
        &self.pool
    }

    /// Carries a write out, once for each key under which it may be sent again.
    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Reply, StoreError> {
        transaction::write(self, write).await
    }
}

/// A forum in PostgreSQL.
pub struct PostgresStore {
    engine: String,
    statements: Statements,
    pub(super) connections: Connections,
    groups: GroupSizes,
}

impl PostgresStore {
    /// Connects and brings the schema up to date; `place` is how errors name the database.
    ///
    /// # Errors
    /// Names the database, the cause and what to do.
    pub async fn open(options: &PgConnectOptions, place: &str, setup: Setup) -> Result<Self, OpenError> {
        let options = connect::durable(options, setup.durability);
        let (pool, version) = connect::connect(&options, place, Some(connect::STATEMENT_TIME), setup).await?;
        let statements = Statements::default();
        Ok(Self {
            engine: format!("postgres {version}"),
            connections: Connections {
                pool,
                statements: statements.clone(),
                counters: setup.counters,
                layout: setup.layout,
                documents: DocumentWrites::default(),
            },
            statements,
            groups: GroupSizes::default(),
        })
    }
}

impl Store for PostgresStore {
    fn insert_user(&self, user: NewUser) -> Reply<'_, UserId> {
        timed(self.connections.write(users::InsertUser(user)))
    }

    fn credentials(&self, name: String) -> Reply<'_, Option<Credentials>> {
        timed(users::credentials(&self.connections, name))
    }

    fn user(&self, id: UserId) -> Reply<'_, Option<User>> {
        timed(users::user(&self.connections, id))
    }

    fn update_profile(&self, change: ProfileChange) -> Reply<'_, User> {
        timed(self.connections.write(users::UpdateProfile(change)))
    }

    fn insert_session(&self, session: NewSession) -> Reply<'_, SessionId> {
        timed(sessions::insert(&self.connections, session))
    }

    fn change_password(&self, change: PasswordChange) -> Reply<'_, Option<SessionId>> {
        timed(sessions::change_password(&self.connections, change))
    }

    fn visitor(&self, token_hash: [u8; 32], now: Timestamp) -> Reply<'_, Option<Visitor>> {
        timed(sessions::visitor(&self.connections, token_hash, now))
    }

    fn sessions(&self, user: UserId, now: Timestamp) -> Reply<'_, Vec<Session>> {
        timed(sessions::of_user(&self.connections, user, now))
    }

    fn delete_session(&self, user: UserId, session: SessionId) -> Reply<'_, bool> {
        timed(sessions::delete(&self.connections, user, session))
    }

    fn delete_sessions(&self, user: UserId) -> Reply<'_, u64> {
        timed(sessions::delete_all(&self.connections, user))
    }

    fn insert_question(&self, question: NewQuestion) -> Reply<'_, QuestionId> {
        timed(self.connections.write(questions::InsertQuestion(question)))
    }

    fn newest_questions(
        &self,
        limit: Limit,
        after: Option<QuestionId>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionId>> {
        timed(async move {
            let after = after.map(|id| QuestionKey { value: 0, id });
            let page = lists::questions(&self.connections, QuestionList::default(), limit, after).await?;
            Ok(Page { items: page.items, next: page.next.map(|key| key.id) })
        })
    }

    fn question(&self, id: QuestionId) -> Reply<'_, Option<Question>> {
        timed(async move {
            match self.connections.layout {
                Layout::Rows => questions::question(&self.connections, id).await,
                Layout::Document => documents::question(&self.connections, id).await,
            }
        })
    }

    fn insert_answer(&self, answer: NewAnswer) -> Reply<'_, AnswerId> {
        timed(self.connections.write(answers::InsertAnswer(answer)))
    }

    fn answers(
        &self,
        question: QuestionId,
        after: Option<AnswerId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Answer, AnswerId>>> {
        timed(async move {
            let page = answers::of_question(&self.connections, question, after, limit).await?;
            if page.items.is_empty() && !questions::exists(&self.connections, question).await? {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }

    fn ping(&self) -> Reply<'_, ()> {
        timed(async move {
            sqlx::query("select 1").execute(self.connections.sql()).await?;
            Ok(())
        })
    }

    fn storage(&self) -> Reply<'_, Vec<EntityStorage>> {
        timed(storage::storage(&self.connections))
    }

    fn schema(&self) -> Reply<'_, Schema> {
        timed(schema::schema(&self.connections))
    }

    fn total_bytes(&self) -> Reply<'_, u64> {
        timed(async move {
            let bytes: i64 = sqlx::query_scalar("select pg_database_size(current_database())")
                .fetch_one(self.connections.sql())
                .await?;
            Ok(bytes.unsigned_abs())
        })
    }

    fn engine(&self) -> &str {
        &self.engine
    }

    fn statements(&self) -> &Statements {
        &self.statements
    }

    /// There is no queue: writes wait inside the server.
    fn write_queue_depth(&self) -> usize {
        0
    }

    fn write_groups(&self) -> &GroupSizes {
        &self.groups
    }

    fn document_writes(&self) -> &DocumentWrites {
        &self.connections.documents
    }

    fn close(&self) -> Reply<'_, ()> {
        timed(async move {
            self.connections.pool.close().await;
            Ok(())
        })
    }
}
