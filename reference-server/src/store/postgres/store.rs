//! Answers the forum's questions from PostgreSQL.

use sqlx::postgres::{PgConnectOptions, PgPool};

use super::replicas::Replicas;
use super::transaction::{self, Write};
use super::{answers, connect, documents, lists, outbox, questions, schema, sessions, storage, users};
use crate::domain::{
    Answer, AnswerId, Credentials, Limit, NewAnswer, NewQuestion, NewSession, NewUser, Page, PasswordChange,
    ProfileChange, Question, QuestionId, QuestionKey, QuestionList, QuestionSummary, Session, SessionId,
    Timestamp, User, UserId, Visitor,
};
use crate::session::log_in_number;
use crate::store::interface::timed;
use crate::store::{
    Backlog, Counters, Derived, DocumentWrites, EntityStorage, GroupSizes, Layout, OpenError, ReplicaReport,
    ReplicaSet, Reply, Schema, Setup, Statements, Store, StoreError,
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
    /// Those of a pool, counted together with others.
    pub(super) fn lazy(pool: PgPool, statements: Statements) -> Self {
        Self {
            pool,
            statements,
            counters: Counters::default(),
            layout: Layout::default(),
            documents: DocumentWrites::default(),
        }
    }

    /// Those of another pool, used in the same way.
    pub(super) fn alike(&self, pool: PgPool) -> Self {
        let Self { statements, counters, layout, documents, .. } = self;
        Self {
            pool,
            statements: statements.clone(),
            counters: *counters,
            layout: *layout,
            documents: documents.clone(),
        }
    }

    /// Ends every connection.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

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

async fn question(from: &Connections, id: QuestionId) -> Result<Option<Question>, StoreError> {
    match from.layout {
        Layout::Rows => questions::question(from, id).await,
        Layout::Document => documents::question(from, id).await,
    }
}

/// A forum in PostgreSQL.
pub struct PostgresStore {
    engine: String,
    statements: Statements,
    connections: Connections,
    replicas: Option<Replicas>,
    groups: GroupSizes,
    pub(super) backlog: Backlog,
}

impl PostgresStore {
    /// Connects and brings the schema up to date; `place` is how errors name the database.
    ///
    /// # Errors
    /// Names the database, the cause and what to do.
    pub async fn open(
        options: &PgConnectOptions,
        place: &str,
        setup: Setup,
        replicas: &ReplicaSet,
    ) -> Result<Self, OpenError> {
        let options = connect::durable(options, setup.durability);
        let (pool, version) = connect::connect(&options, place, Some(connect::STATEMENT_TIME), setup).await?;
        let statements = Statements::default();
        let connections = Connections {
            counters: setup.counters,
            layout: setup.layout,
            ..Connections::lazy(pool, statements.clone())
        };
        let replicas = if replicas.databases.is_empty() {
            None
        } else {
            let options = connect::named(&options);
            Some(Replicas::open(replicas, &options, &connections, setup.durability).await?)
        };
        let engine = format!("postgres {version}");
        let backlog = Backlog::new(setup.derived, setup.derived_backlog);
        Ok(Self { engine, connections, replicas, statements, groups: GroupSizes::default(), backlog })
    }

    /// What can be read from a replica that has what the reader has to see.
    pub(super) fn read<'a, T, F>(&'a self, read: impl Fn(&'a Connections) -> F + Send + 'a) -> Reply<'a, T>
    where
        T: Send + 'a,
        F: Future<Output = Result<T, StoreError>> + Send + 'a,
    {
        timed(async move {
            match &self.replicas {
                Some(replicas) => replicas.read(&self.connections, read).await,
                None => read(&self.connections).await,
            }
        })
    }

    /// What is read from the primary, whoever reads it: whether somebody is who he says, and what the database is like.
    pub(super) fn read_primary<'a, T, F>(&'a self, read: impl FnOnce(&'a Connections) -> F) -> Reply<'a, T>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'a,
    {
        timed(read(&self.connections))
    }

    /// A write at the primary, and where its log was after it; `begun` is the log-in that it begins, if it does.
    fn write_beginning<'a, T, F>(
        &'a self,
        begun: Option<[u8; 32]>,
        write: impl FnOnce(&'a Connections) -> F,
    ) -> Reply<'a, T>
    where
        T: Send + 'a,
        F: Future<Output = Result<T, StoreError>> + Send + 'a,
    {
        let write = write(&self.connections);
        timed(async move {
            let done = write.await;
            // Who is refused has to see what he was refused for: else he would read the old version and try in vain again.
            if let Some(replicas) = &self.replicas
                && done.as_ref().map_or_else(StoreError::is_refusal, |_| true)
            {
                replicas.wrote(&self.connections, begun.map(|hash| log_in_number(&hash))).await;
            }
            done
        })
    }

    /// A write of who sends the request.
    pub(super) fn write<'a, T, F>(&'a self, write: impl FnOnce(&'a Connections) -> F) -> Reply<'a, T>
    where
        T: Send + 'a,
        F: Future<Output = Result<T, StoreError>> + Send + 'a,
    {
        self.write_beginning(None, write)
    }
}

impl Store for PostgresStore {
    fn insert_user(&self, user: NewUser) -> Reply<'_, UserId> {
        self.write(|to| to.write(users::InsertUser(user)))
    }

    fn credentials(&self, name: String) -> Reply<'_, Option<Credentials>> {
        self.read_primary(move |from| users::credentials(from, name))
    }

    fn user(&self, id: UserId) -> Reply<'_, Option<User>> {
        self.read(move |from| users::user(from, id))
    }

    fn update_profile(&self, change: ProfileChange) -> Reply<'_, User> {
        self.write(move |to| to.write(users::UpdateProfile(change)))
    }

    fn insert_session(&self, session: NewSession) -> Reply<'_, SessionId> {
        self.write_beginning(Some(session.token_hash), |to| sessions::insert(to, session))
    }

    fn change_password(&self, change: PasswordChange) -> Reply<'_, Option<SessionId>> {
        self.write_beginning(Some(change.session.token_hash), |to| sessions::change_password(to, change))
    }

    fn visitor(&self, token_hash: [u8; 32], now: Timestamp) -> Reply<'_, Option<Visitor>> {
        self.read_primary(move |from| sessions::visitor(from, token_hash, now))
    }

    fn sessions(&self, user: UserId, now: Timestamp) -> Reply<'_, Vec<Session>> {
        self.read_primary(move |from| sessions::of_user(from, user, now))
    }

    fn delete_session(&self, user: UserId, session: SessionId) -> Reply<'_, bool> {
        self.write(move |to| sessions::delete(to, user, session))
    }

    fn delete_sessions(&self, user: UserId) -> Reply<'_, u64> {
        self.write(move |to| sessions::delete_all(to, user))
    }

    fn insert_question(&self, question: NewQuestion) -> Reply<'_, QuestionId> {
        self.write(|to| to.write(questions::InsertQuestion(question)))
    }

    fn newest_questions(
        &self,
        limit: Limit,
        after: Option<QuestionId>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionId>> {
        self.read(move |from| async move {
            let after = after.map(|id| QuestionKey { value: 0, id });
            let page = lists::questions(from, QuestionList::default(), limit, after).await?;
            Ok(Page { items: page.items, next: page.next.map(|key| key.id) })
        })
    }

    fn question(&self, id: QuestionId) -> Reply<'_, Option<Question>> {
        self.read(move |from| question(from, id))
    }

    fn insert_answer(&self, answer: NewAnswer) -> Reply<'_, AnswerId> {
        self.write(|to| self.backlog.adds(to.write(answers::InsertAnswer(answer, self.backlog.work()))))
    }

    fn answers(
        &self,
        question: QuestionId,
        after: Option<AnswerId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Answer, AnswerId>>> {
        self.read(move |from| async move {
            let page = answers::of_question(from, question, after, limit).await?;
            if page.items.is_empty() && !questions::exists(from, question).await? {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }

    fn derive(&self) -> Reply<'_, Derived> {
        timed(outbox::derive(&self.connections))
    }

    fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    fn ping(&self) -> Reply<'_, ()> {
        timed(async move {
            sqlx::query("select 1").execute(self.connections.sql()).await?;
            Ok(())
        })
    }

    fn storage(&self) -> Reply<'_, Vec<EntityStorage>> {
        self.read_primary(storage::storage)
    }

    fn schema(&self) -> Reply<'_, Schema> {
        self.read_primary(schema::schema)
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

    fn replicas(&self) -> Option<ReplicaReport> {
        self.replicas.as_ref().map(Replicas::report)
    }

    fn document_writes(&self) -> &DocumentWrites {
        &self.connections.documents
    }

    fn close(&self) -> Reply<'_, ()> {
        timed(async move {
            if let Some(replicas) = &self.replicas {
                replicas.close().await;
            }
            self.connections.close().await;
            Ok(())
        })
    }
}
