//! Fills a SQLite file in bulk.
//!
//! While it fills, nothing is durable (`synchronous=off`): a crash leaves a file that is to be thrown away.
//! `finish` makes the whole of it durable at once.

use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::connect;
use crate::store::{Durability, Load, OpenError, Reply, StoreError, Table};

const USERS: &str = "
    insert into users (id, name, display_name, about, created_at, password_hash)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      from json_each(?)";
const QUESTIONS: &str = "
    insert into questions (id, author_id, title, body, answer_count, created_at, active_at, tags, score, comment_count,
                           accepted_answer_id)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
           value ->> 8, value ->> 9, value ->> 10
      from json_each(?)";
const ANSWERS: &str = "
    insert into answers (id, question_id, author_id, body, created_at, score, comment_count)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
      from json_each(?)";
const VOTES: &str = "
    insert into votes (question_id, voter_id, answer_id, value, created_at)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      from json_each(?)";
const COMMENTS: &str = "
    insert into comments (id, question_id, answer_id, author_id, body, created_at)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      from json_each(?)";
const SESSIONS: &str = "
    insert into sessions (token_hash, user_id, created_at, expires_at)
    select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3
      from json_each(?)";

/// A SQLite file that is being filled.
pub struct SqliteLoad {
    path: PathBuf,
    connection: SqliteConnection,
}

impl SqliteLoad {
    /// Opens the file, making it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// Names the file, the cause and what to do.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let (connection, _) = connect::connect(path, Durability::Full).await?;
        Ok(Self { path: path.to_owned(), connection })
    }
}

impl Load for SqliteLoad {
    fn present(&mut self) -> Reply<'_, (u64, u64)> {
        Box::pin(async move {
            let (users, questions): (i64, i64) =
                sqlx::query_as("select (select count(*) from users), (select count(*) from questions)")
                    .fetch_one(&mut self.connection)
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
            // Each time, because it is cheap and says at the place of the insert that nothing is durable yet.
            sqlx::query("pragma synchronous = off").execute(&mut self.connection).await?;
            sqlx::query(insert).bind(rows).execute(&mut self.connection).await?;
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> Reply<'static, ()> {
        Box::pin(async move {
            let SqliteLoad { path, mut connection } = *self;
            sqlx::query("pragma synchronous = full").execute(&mut connection).await?;
            sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await?;
            connection.close().await?;
            // A checkpoint syncs only what it copies; pages copied while nothing was synced need this.
            let synced = tokio::task::spawn_blocking(move || std::fs::File::open(path)?.sync_all()).await;
            match synced {
                Ok(synced) => synced.map_err(|error| StoreError::Database(sqlx::Error::Io(error))),
                Err(_) => Err(StoreError::Closed),
            }
        })
    }
}
