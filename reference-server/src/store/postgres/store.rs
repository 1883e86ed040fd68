//! Answers the forum's questions from PostgreSQL.

use sqlx::postgres::{PgConnectOptions, PgPool};

use super::transaction::Transaction;
use super::{answers, connect, lists, questions, sessions, users};
use crate::domain::{
    Answer, AnswerId, Credentials, Limit, NewAnswer, NewQuestion, NewSession, NewUser, Page, ProfileChange,
    Question, QuestionId, QuestionKey, QuestionList, QuestionSummary, Session, SessionId, Timestamp, User,
    UserId, Visitor,
};
use crate::store::{Entity, EntityStorage, OpenError, Reply, Statements, Store, StoreError};

/// The pool of connections; it counts what is sent over it.
pub(super) struct Connections {
    pool: PgPool,
    statements: Statements,
}

impl Connections {
    /// The pool for one statement.
    pub(super) fn sql(&self) -> &PgPool {
        self.statements.count();
        &self.pool
    }

    /// A transaction on one connection.
    pub(super) async fn begin(&self) -> Result<Transaction, StoreError> {
        Transaction::begin(&self.pool, &self.statements).await
    }
}

/// A forum in PostgreSQL.
pub struct PostgresStore {
    engine: String,
    statements: Statements,
    pub(super) connections: Connections,
}

impl PostgresStore {
    /// Connects and brings the schema up to date; `place` is how errors name the database.
    ///
    /// # Errors
    /// Names the database, the cause and what to do.
    pub async fn open(options: &PgConnectOptions, place: &str) -> Result<Self, OpenError> {
        let (pool, version) = connect::connect(options, place, Some(connect::STATEMENT_TIME)).await?;
        let statements = Statements::default();
        Ok(Self {
            engine: format!("postgres {version}"),
            connections: Connections { pool, statements: statements.clone() },
            statements,
        })
    }
}

impl Store for PostgresStore {
    fn insert_user(&self, user: NewUser) -> Reply<'_, UserId> {
        Box::pin(users::insert(&self.connections, user))
    }

    fn credentials(&self, name: String) -> Reply<'_, Option<Credentials>> {
        Box::pin(users::credentials(&self.connections, name))
    }

    fn user(&self, id: UserId) -> Reply<'_, Option<User>> {
        Box::pin(users::user(&self.connections, id))
    }

    fn update_profile(&self, change: ProfileChange) -> Reply<'_, User> {
        Box::pin(users::update_profile(&self.connections, change))
    }

    fn insert_session(&self, session: NewSession) -> Reply<'_, SessionId> {
        Box::pin(sessions::insert(&self.connections, session))
    }

    fn visitor(&self, token_hash: [u8; 32], now: Timestamp) -> Reply<'_, Option<Visitor>> {
        Box::pin(sessions::visitor(&self.connections, token_hash, now))
    }

    fn sessions(&self, user: UserId, now: Timestamp) -> Reply<'_, Vec<Session>> {
        Box::pin(sessions::of_user(&self.connections, user, now))
    }

    fn delete_session(&self, user: UserId, session: SessionId) -> Reply<'_, bool> {
        Box::pin(sessions::delete(&self.connections, user, session))
    }

    fn delete_sessions(&self, user: UserId) -> Reply<'_, u64> {
        Box::pin(sessions::delete_all(&self.connections, user))
    }

    fn insert_question(&self, question: NewQuestion) -> Reply<'_, QuestionId> {
        Box::pin(questions::insert(&self.connections, question))
    }

    fn newest_questions(
        &self,
        limit: Limit,
        after: Option<QuestionId>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionId>> {
        Box::pin(async move {
            let after = after.map(|id| QuestionKey { value: 0, id });
            let page = lists::questions(&self.connections, QuestionList::default(), limit, after).await?;
            Ok(Page { items: page.items, next: page.next.map(|key| key.id) })
        })
    }

    fn question(&self, id: QuestionId) -> Reply<'_, Option<Question>> {
        Box::pin(questions::question(&self.connections, id))
    }

    fn insert_answer(&self, answer: NewAnswer) -> Reply<'_, AnswerId> {
        Box::pin(answers::insert(&self.connections, answer))
    }

    fn answers(
        &self,
        question: QuestionId,
        after: Option<AnswerId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Answer, AnswerId>>> {
        Box::pin(async move {
            let page = answers::of_question(&self.connections, question, after, limit).await?;
            if page.items.is_empty() && !questions::exists(&self.connections, question).await? {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }

    fn ping(&self) -> Reply<'_, ()> {
        Box::pin(async move {
            sqlx::query("select 1").execute(self.connections.sql()).await?;
            Ok(())
        })
    }

    fn storage(&self) -> Reply<'_, Vec<EntityStorage>> {
        Box::pin(storage(&self.connections))
    }

    fn total_bytes(&self) -> Reply<'_, u64> {
        Box::pin(async move {
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

    fn close(&self) -> Reply<'_, ()> {
        Box::pin(async move {
            self.connections.pool.close().await;
            Ok(())
        })
    }
}

/// Tables with their indexes and long values. The text names every table, so that it stays a constant.
async fn storage(connections: &Connections) -> Result<Vec<EntityStorage>, StoreError> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "select 'questions', pg_total_relation_size('questions'), (select count(*) from questions)
          union all
         select 'answers', pg_total_relation_size('answers'), (select count(*) from answers)
          union all
         select 'users', pg_total_relation_size('users'), (select count(*) from users)
          union all
         select 'sessions', pg_total_relation_size('sessions'), (select count(*) from sessions)",
    )
    .fetch_all(connections.sql())
    .await?;
    let weigh = |entity: Entity| {
        let row = rows.iter().find(|(table, _, _)| table == entity.table());
        let (bytes, count) = row.map_or((0, 0), |(_, bytes, count)| (*bytes, *count));
        EntityStorage { entity, rows: count.unsigned_abs(), bytes: bytes.unsigned_abs() }
    };
    Ok(Entity::ALL.map(weigh).to_vec())
}
