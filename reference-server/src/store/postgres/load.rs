//! Fills a PostgreSQL database in bulk.

use sqlx::postgres::{PgConnectOptions, PgPool};

use super::connect;
use crate::store::{Load, OpenError, Reply, Setup, Table};

const USERS: &str = "
    insert into users (id, name, display_name, about, created_at, password_hash)
    select (row ->> 0)::bigint, row ->> 1, row ->> 2, row ->> 3, (row ->> 4)::bigint, row ->> 5
      from json_array_elements($1::json) as row";
const QUESTIONS: &str = "
    insert into questions (id, author_id, title, body, answer_count, created_at, active_at, tags, score, comment_count,
                           accepted_answer_id)
    select (row ->> 0)::bigint, (row ->> 1)::bigint, row ->> 2, row ->> 3, (row ->> 4)::integer, (row ->> 5)::bigint,
           (row ->> 6)::bigint, row ->> 7, (row ->> 8)::integer, (row ->> 9)::integer, (row ->> 10)::bigint
      from json_array_elements($1::json) as row";
const ANSWERS: &str = "
    insert into answers (id, question_id, author_id, body, created_at, score, comment_count)
    select (row ->> 0)::bigint, (row ->> 1)::bigint, (row ->> 2)::bigint, row ->> 3, (row ->> 4)::bigint,
           (row ->> 5)::integer, (row ->> 6)::integer
      from json_array_elements($1::json) as row";
const VOTES: &str = "
    insert into votes (question_id, voter_id, answer_id, value, created_at)
    select (row ->> 0)::bigint, (row ->> 1)::bigint, (row ->> 2)::bigint, (row ->> 3)::integer, (row ->> 4)::bigint
      from json_array_elements($1::json) as row";
const COMMENTS: &str = "
    insert into comments (id, question_id, answer_id, author_id, body, created_at)
    select (row ->> 0)::bigint, (row ->> 1)::bigint, (row ->> 2)::bigint, (row ->> 3)::bigint, row ->> 4,
           (row ->> 5)::bigint
      from json_array_elements($1::json) as row";
const SESSIONS: &str = "
    insert into sessions (token_hash, user_id, created_at, expires_at)
    select decode(row ->> 0, 'hex'), (row ->> 1)::bigint, (row ->> 2)::bigint, (row ->> 3)::bigint
      from json_array_elements($1::json) as row";

/// A PostgreSQL database that is being filled.
pub struct PostgresLoad {
    pool: PgPool,
}

impl PostgresLoad {
    /// Connects and brings the schema up to date; `place` is how errors name the database.
    ///
    /// # Errors
    /// Names the database, the cause and what to do.
    pub async fn open(options: &PgConnectOptions, place: &str) -> Result<Self, OpenError> {
        let (pool, _) = connect::connect(options, place, None, Setup::default()).await?;
        Ok(Self { pool })
    }
}

impl Load for PostgresLoad {
    fn present(&mut self) -> Reply<'_, (u64, u64)> {
        Box::pin(async move {
            let (users, questions): (i64, i64) =
                sqlx::query_as("select (select count(*) from users), (select count(*) from questions)")
                    .fetch_one(&self.pool)
                    .await?;
            Ok((users.unsigned_abs(), questions.unsigned_abs()))
        })
    }

    fn load(&mut self, table: Table, rows: String) -> Reply<'_, ()> {
        Box::pin(async move {
            let insert = match table {
                Table::Users => USERS,
                Table::Questions => QUESTIONS,
                Table::Answers => ANSWERS,
                Table::Votes => VOTES,
                Table::Comments => COMMENTS,
                Table::Sessions => SESSIONS,
            };
            sqlx::query(insert).bind(rows).execute(&self.pool).await?;
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> Reply<'static, ()> {
        Box::pin(async move {
            // Identifiers were given; the next ones given out must come after them.
            sqlx::query(
                "select setval(pg_get_serial_sequence('users', 'id'), coalesce(max(id), 1), max(id) is not null)
                   from users",
            )
            .execute(&self.pool)
            .await?;
            sqlx::query(
                "select setval(pg_get_serial_sequence('questions', 'id'), coalesce(max(id), 1), max(id) is not null)
                   from questions",
            )
            .execute(&self.pool)
            .await?;
            sqlx::query(
                "select setval(pg_get_serial_sequence('answers', 'id'), coalesce(max(id), 1), max(id) is not null)
                   from answers",
            )
            .execute(&self.pool)
            .await?;
            sqlx::query(
                "select setval(pg_get_serial_sequence('comments', 'id'), coalesce(max(id), 1), max(id) is not null)
                   from comments",
            )
            .execute(&self.pool)
            .await?;
            // Without statistics the first queries would be planned for empty tables.
            sqlx::query("analyze").execute(&self.pool).await?;
            self.pool.close().await;
            Ok(())
        })
    }
}
