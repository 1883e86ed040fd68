//! How much of everything there is in PostgreSQL.

use super::store::Connections;
use crate::store::entity::weigh;
use crate::store::{EntityStorage, StoreError};

/// Weighs tables with their indexes and long values. The text names every table, so that it stays a constant.
pub(super) async fn storage(connections: &Connections) -> Result<Vec<EntityStorage>, StoreError> {
    let tables: Vec<(String, i64, i64)> = sqlx::query_as(
        "select 'questions', pg_total_relation_size('questions'), (select count(*) from questions)
          union all
         select 'answers', pg_total_relation_size('answers'), (select count(*) from answers)
          union all
         select 'comments', pg_total_relation_size('comments'), (select count(*) from comments)
          union all
         select 'votes', pg_total_relation_size('votes'), (select count(*) from votes)
          union all
         select 'revisions', pg_total_relation_size('revisions'), (select count(*) from revisions)
          union all
         select 'tags', pg_total_relation_size('tags'), (select count(*) from tags)
          union all
         select 'question_tags', pg_total_relation_size('question_tags'), (select count(*) from question_tags)
          union all
         select 'question_search', pg_total_relation_size('question_search'), (select count(*) from question_search)
          union all
         select 'answer_search', pg_total_relation_size('answer_search'), (select count(*) from answer_search)
          union all
         select 'users', pg_total_relation_size('users'), (select count(*) from users)
          union all
         select 'sessions', pg_total_relation_size('sessions'), (select count(*) from sessions)
          union all
         select 'notices', pg_total_relation_size('notices'), (select count(*) from notices)
          union all
         select 'outbox', pg_total_relation_size('outbox'), (select count(*) from outbox)
          union all
         select 'avatars', pg_total_relation_size('avatars'), (select count(*) from avatars)
          union all
         select 'question_documents', coalesce(pg_total_relation_size(to_regclass('question_documents')), 0),
                case when to_regclass('question_documents') is null then 0
                     else (select count(*) from questions where deleted_at is null) end",
    )
    .fetch_all(connections.sql())
    .await?;
    Ok(weigh(&tables))
}
