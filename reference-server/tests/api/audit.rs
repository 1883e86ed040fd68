//! A look into the tables from beside: what a test may know that no client is told.

use reference_server::store::Database;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// Carries out a statement on a connection of its own.
pub(crate) async fn run(database: &Database, sql: String) {
    match database {
        Database::Sqlite(path) => {
            let mut connection = sqlite(path).await;
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("a statement");
        }
        Database::Postgres(options) => {
            let mut connection: PgConnection = options.connect().await.expect("a connection");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("a statement");
            connection.close().await.expect("a clean end");
        }
    }
}

/// The one number a query answers; both databases understand the same text.
pub(crate) async fn number(database: &Database, sql: &'static str) -> i64 {
    match database {
        Database::Sqlite(path) => {
            let mut connection = sqlite(path).await;
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number")
        }
        Database::Postgres(options) => {
            let mut connection: PgConnection = options.connect().await.expect("a connection");
            let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number");
            connection.close().await.expect("a clean end");
            number
        }
    }
}

async fn sqlite(path: &std::path::Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.expect("a connection")
}

/// What must not be found at rest, whatever happened before: counts that are not those of the rows they count.
pub(crate) const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "the score of a question is the sum of its votes",
        "select count(*) from questions q
          where q.score <> (select coalesce(sum(v.value), 0) from votes v
                             where v.question_id = q.id and v.answer_id = 0)",
    ),
    (
        "the score of an answer is the sum of its votes",
        "select count(*) from answers a
          where a.score <> (select coalesce(sum(v.value), 0) from votes v
                             where v.question_id = a.question_id and v.answer_id = a.id)",
    ),
    (
        "nobody has voted for himself",
        "select count(*) from votes v
           join questions q on q.id = v.question_id
           left join answers a on a.id = v.answer_id
          where v.voter_id = coalesce(a.author_id, q.author_id)",
    ),
    (
        "a question counts the answers that are shown",
        "select count(*) from questions q
          where q.answer_count <> (select count(*) from answers a
                                    where a.question_id = q.id and a.deleted_at is null)",
    ),
    (
        "a question counts the comments that are shown",
        "select count(*) from questions q
          where q.comment_count <> (select count(*) from comments c
                                     where c.question_id = q.id and c.answer_id = 0 and c.deleted_at is null)",
    ),
    (
        "an answer counts the comments that are shown",
        "select count(*) from answers a
          where a.comment_count <> (select count(*) from comments c
                                     where c.question_id = a.question_id and c.answer_id = a.id
                                       and c.deleted_at is null)",
    ),
    (
        "an accepted answer is shown below its question",
        "select count(*) from questions q
          where q.accepted_answer_id is not null
            and not exists (select 1 from answers a
                             where a.id = q.accepted_answer_id and a.question_id = q.id and a.deleted_at is null)",
    ),
    (
        "a question has a revision for each edit",
        "select count(*) from questions q
          where q.version <> 1 + (select count(*) from revisions r
                                   where r.question_id = q.id and r.answer_id = 0)",
    ),
    (
        "an answer has a revision for each edit",
        "select count(*) from answers a
          where a.version <> 1 + (select count(*) from revisions r
                                   where r.question_id = a.question_id and r.answer_id = a.id)",
    ),
    (
        "a tag counts the questions that have it",
        "select count(*) from tags t
          where t.question_count <> (select count(*) from question_tags g where g.tag_id = t.id)",
    ),
    (
        "a list of a tag has what the questions say",
        "select count(*) from question_tags g
           join questions q on q.id = g.question_id
          where q.deleted_at is not null or g.active_at <> q.active_at or g.score <> q.score
             or g.answer_count <> q.answer_count",
    ),
    (
        "whatever is shown can be searched for, and nothing else",
        "select abs((select count(*) from question_search)
                    - (select count(*) from questions where deleted_at is null))
              + abs((select count(*) from answer_search)
                    - (select count(*) from answers where deleted_at is null))",
    ),
];

/// Fails with the first contradiction.
pub(crate) async fn at_rest(database: &Database) {
    for (rule, sql) in CONTRADICTIONS {
        assert_eq!(number(database, sql).await, 0, "{rule}");
    }
}

/// What must not be found of notifications, given or waiting: the oldest of a member are forgotten, so those that are left must
/// be without a gap.
const TOLD: &[(&str, &str)] = &[
    (
        "nobody is told twice",
        "select count(*)
           from (select 1 as one
                   from (select user_id, kind, question_id, coalesce(answer_id, 0) as answer, coalesce(comment_id, 0) as comment
                           from notices
                          where kind <> 'accept'
                          union all
                         select user_id, kind, question_id, coalesce(answer_id, 0), coalesce(comment_id, 0)
                           from outbox
                          where kind <> 'accept') told
                  group by user_id, kind, question_id, answer, comment
                 having count(*) > 1) twice",
    ),
    (
        "who asked is told of each answer",
        "with told as (select user_id, kind, answer_id from notices union all select user_id, kind, answer_id from outbox)
         select count(*)
           from answers a
           join questions q on q.id = a.question_id
          where a.author_id <> q.author_id
            and a.id >= (select coalesce(min(t.answer_id), 0) from told t
                          where t.kind = 'answer' and t.user_id = q.author_id)
            and not exists (select 1 from told t
                             where t.kind = 'answer' and t.user_id = q.author_id and t.answer_id = a.id)",
    ),
    (
        "who asked is told of each comment on his question",
        "with told as (select user_id, kind, comment_id from notices union all select user_id, kind, comment_id from outbox)
         select count(*)
           from comments c
           join questions q on q.id = c.question_id
          where c.author_id <> q.author_id
            and c.answer_id = 0
            and c.id >= (select coalesce(min(t.comment_id), 0) from told t
                          where t.kind = 'comment' and t.user_id = q.author_id)
            and not exists (select 1 from told t
                             where t.kind = 'comment' and t.user_id = q.author_id and t.comment_id = c.id)",
    ),
];

/// Fails when a notification was lost or doubled.
pub(crate) async fn told_once(database: &Database) {
    for (rule, sql) in TOLD {
        assert_eq!(number(database, sql).await, 0, "{rule}");
    }
}
