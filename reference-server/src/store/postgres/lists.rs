//! Lists of questions in PostgreSQL.
//!
//! Each list has its own statement, and each statement walks one index in the order of the list, from the
//! place it is given, for as many entries as a page has: a page deep in a list costs what the first one costs.

use super::store::Connections;
use crate::domain::{
    Author, Limit, Page, QuestionId, QuestionKey, QuestionList, QuestionOrder, QuestionSummary, Timestamp,
    UserId,
};
use crate::store::counters::{by_counters, counted_score};
use crate::store::{Plan, StoreError};

/// id, title, beginning of the body, author, author's name, author's display name, tags, score, answer count,
/// created at, active at.
type Row = (i64, String, String, i64, String, String, String, i32, i32, i64, i64);

/// The questions that `$place` yields. Parameters: the characters of an excerpt, then those of the place. The
/// caller orders them: a page is few rows, and the database would sort them as if they were many.
macro_rules! page_of {
    ($($place:tt)+) => {
        concat!(
            "select q.id, q.title, substr(q.body, 1, $1), u.id, u.name, u.display_name, q.tags, q.score,
                    q.answer_count, q.created_at, q.active_at
               from (",
            $($place)+,
            ") place
               join questions q on q.id = place.question
               join users u on u.id = q.author_id"
        )
    };
}

// A tag is a range of its index with one number in it, and not an equation: a planner that knows how many
// questions a tag has on average would fetch all of them and sort, which for a popular tag is a great many.
//
// Without a tag: $2 the value and $3 the identifier of the place, $4 how many. With one: $5 its name. A list by
// age has no use for the value, which is then 0.

/// The primary key, which grows with time; the few deleted ones are stepped over.
const NEWEST: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and id < $3 and $2::bigint = 0
      order by id desc limit $4"
);
/// `questions_active`.
const ACTIVE: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and (active_at, id) < ($2, $3)
      order by active_at desc, id desc limit $4"
);
/// `questions_top`.
const TOP: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and (score, id) < ($2, $3)
      order by score desc, id desc limit $4"
);
/// `questions_unanswered`.
const UNANSWERED: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and answer_count = 0 and id < $3 and $2::bigint = 0
      order by id desc limit $4"
);
/// `question_tags_newest`.
const TAGGED_NEWEST: &str = page_of!(
    "with tag as (select id from tags where name = $5)
     select question_id as question from question_tags
      where (tag_id, question_id) < ((select id from tag), $3) and tag_id >= (select id from tag)
        and question_id > 0 and $2::bigint = 0
      order by tag_id desc, question_id desc limit $4"
);
/// `question_tags_active`.
const TAGGED_ACTIVE: &str = page_of!(
    "with tag as (select id from tags where name = $5)
     select question_id as question from question_tags
      where (tag_id, active_at, question_id) < ((select id from tag), $2, $3)
        and tag_id >= (select id from tag) and active_at >= 0
      order by tag_id desc, active_at desc, question_id desc limit $4"
);
/// `question_tags_top`.
const TAGGED_TOP: &str = page_of!(
    "with tag as (select id from tags where name = $5)
     select question_id as question from question_tags
      where (tag_id, score, question_id) < ((select id from tag), $2, $3)
        and tag_id >= (select id from tag) and score > -1000000000
      order by tag_id desc, score desc, question_id desc limit $4"
);
/// `question_tags_unanswered`.
const TAGGED_UNANSWERED: &str = page_of!(
    "with tag as (select id from tags where name = $5)
     select question_id as question from question_tags
      where (tag_id, question_id) < ((select id from tag), $3) and tag_id >= (select id from tag)
        and answer_count = 0 and $2::bigint = 0
      order by tag_id desc, question_id desc limit $4"
);

// The same where numbers are counted: no index knows them. The best questions are found by counting the votes on all; those
// without an answer by looking for one below each.

/// The primary key to read all questions, and all votes.
const TOP_COUNTED: &str = page_of!(
    "select id as question from (
         select id, ",
    counted_score!("questions.id"),
    " as score from questions where deleted_at is null) counted
      where (score, id) < ($2, $3)
      order by score desc, id desc limit $4"
);
/// The primary key, and `answers_question` for each.
const UNANSWERED_COUNTED: &str = page_of!(
    "select id as question from questions
      where deleted_at is null and id < $3 and $2::bigint = 0
        and not exists (select 1 from answers n where n.question_id = questions.id and n.deleted_at is null)
      order by id desc limit $4"
);
/// `question_tags_newest` to read all questions of the tag, and all votes on them.
const TAGGED_TOP_COUNTED: &str = page_of!(
    "select question_id as question from (
         select question_id, ",
    counted_score!("question_tags.question_id"),
    " as score from question_tags where tag_id = (select id from tags where name = $5)) counted
      where (score, question_id) < ($2, $3)
      order by score desc, question_id desc limit $4"
);
/// `question_tags_newest`, and `answers_question` for each.
const TAGGED_UNANSWERED_COUNTED: &str = page_of!(
    "select question_id as question from question_tags
      where tag_id = (select id from tags where name = $5) and question_id < $3 and $2::bigint = 0
        and not exists (
            select 1 from answers n where n.question_id = question_tags.question_id and n.deleted_at is null)
      order by question_id desc limit $4"
);

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 8] = [
    Plan { list: "newest", sql: NEWEST, indexes: &["questions_pkey"] },
    Plan { list: "active", sql: ACTIVE, indexes: &["questions_active"] },
    Plan { list: "top", sql: TOP, indexes: &["questions_top"] },
    Plan { list: "unanswered", sql: UNANSWERED, indexes: &["questions_unanswered"] },
    Plan { list: "newest of a tag", sql: TAGGED_NEWEST, indexes: &["question_tags_newest"] },
    Plan { list: "active of a tag", sql: TAGGED_ACTIVE, indexes: &["question_tags_active"] },
    Plan { list: "top of a tag", sql: TAGGED_TOP, indexes: &["question_tags_top"] },
    Plan { list: "unanswered of a tag", sql: TAGGED_UNANSWERED, indexes: &["question_tags_unanswered"] },
];

/// One page, in one statement.
pub(super) async fn questions(
    connections: &Connections,
    list: QuestionList,
    limit: Limit,
    after: Option<QuestionKey>,
) -> Result<Page<QuestionSummary, QuestionKey>, StoreError> {
    let QuestionList { order, tag } = list;
    let counters = connections.counters;
    let sql = match (order, &tag) {
        (QuestionOrder::Newest, None) => by_counters!(counters, NEWEST),
        (QuestionOrder::Active, None) => by_counters!(counters, ACTIVE),
        (QuestionOrder::Top, None) => by_counters!(counters, TOP, TOP_COUNTED),
        (QuestionOrder::Unanswered, None) => by_counters!(counters, UNANSWERED, UNANSWERED_COUNTED),
        (QuestionOrder::Newest, Some(_)) => by_counters!(counters, TAGGED_NEWEST),
        (QuestionOrder::Active, Some(_)) => by_counters!(counters, TAGGED_ACTIVE),
        (QuestionOrder::Top, Some(_)) => by_counters!(counters, TAGGED_TOP, TAGGED_TOP_COUNTED),
        (QuestionOrder::Unanswered, Some(_)) => {
            by_counters!(counters, TAGGED_UNANSWERED, TAGGED_UNANSWERED_COUNTED)
        }
    };
    let QuestionKey { value, id } = after.unwrap_or_else(|| order.start());
    let mut query = sqlx::query_as(sql)
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(value)
        .bind(id.get())
        .bind(i64::from(limit.get()) + 1);
    if let Some(tag) = &tag {
        query = query.bind(tag.as_str());
    }
    let rows: Vec<Row> = query.fetch_all(connections.sql()).await?;
    let mut questions = rows.into_iter().map(summary).collect::<Result<Vec<_>, _>>()?;
    questions.sort_by_key(|question| std::cmp::Reverse(order.key(question)));
    Ok(Page::from_surplus(questions, limit, |question| order.key(question)))
}

fn summary(row: Row) -> Result<QuestionSummary, StoreError> {
    let (id, title, beginning, author, name, display_name, tags, score, answer_count, created_at, active_at) =
        row;
    Ok(QuestionSummary {
        id: QuestionId::new(id),
        title,
        excerpt: QuestionSummary::excerpt(&beginning),
        author: Author { id: UserId::new(author), name, display_name },
        tags: names(&tags)?,
        score: i64::from(score),
        answer_count: answer_count.unsigned_abs(),
        created_at: Timestamp::from_unix_ms(created_at),
        active_at: Timestamp::from_unix_ms(active_at),
    })
}

/// The names of tags, as they are kept with a question.
pub(super) fn names(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable(error.to_string()))
}
