//! Searches and activity in SQLite: what somebody wrote, with the question it belongs to.

use super::store::Readers;
use crate::domain::{
    ActivityKey, AnswerId, Author, Limit, Page, Piece, PieceKind, QuestionId, QuestionSummary, Search,
    SearchKey, SearchPlace, Timestamp, UserId,
};
use crate::store::counters::by_counters;
use crate::store::{Plan, StoreError};

/// kind, id, question, answer, title, tags, answer count, score, beginning of the text, author, author's name, author's
/// display name, created at.
type Row =
    (i64, i64, i64, Option<i64>, String, Vec<String>, u32, Option<i64>, String, i64, String, String, i64);

/// rank, id, 1 if it is shown, and what it is.
type FoundRow = (i64, i64, i64, Row);

/// The columns of [`Row`] for a question `q`; ?1 is how many characters an excerpt reads.
macro_rules! question_columns {
    () => {
        "json_array(1, q.id, q.id, null, q.title, json(q.tags), q.answer_count, q.score, substr(q.body, 1, ?1),
                    u.id, u.name, u.display_name, q.created_at)"
    };
}

/// The same for an answer `a` to a question `q`.
macro_rules! answer_columns {
    () => {
        "json_array(2, a.id, q.id, a.id, q.title, json(q.tags), q.answer_count, a.score, substr(a.body, 1, ?1),
                    u.id, u.name, u.display_name, a.created_at)"
    };
}

/// The same for a comment `c` on a question `q` or an answer to it.
macro_rules! comment_columns {
    () => {
        "json_array(3, c.id, q.id, nullif(c.answer_id, 0), q.title, json(q.tags), q.answer_count, null,
                    substr(c.body, 1, ?1), u.id, u.name, u.display_name, c.created_at)"
    };
}

/// The newest matches by identifier, which the full-text index walks in that order, and of them the best after a place.
/// A word in a title counts as much as ten in a text. ?2 the words, ?3 how many are ranked, ?4 how many are wanted, ?5 and
/// ?6 the rank and the identifier of the place. A rank is a whole number, so that it survives being written as text.
const SEARCH_QUESTIONS: &str = concat!(
    "with candidates as materialized (
         select rowid as id, cast(-1e9 * bm25(question_search, 10.0, 1.0) as integer) as rank
           from question_search
          where question_search match ?2
          order by rowid desc
          limit +?3),
     best as (select id, rank from candidates where (rank, id) < (?5, ?6) order by rank desc, id desc limit +?4)
     select json_group_array(json_array(b.rank, b.id, q.deleted_at is null, ",
    question_columns!(),
    ") order by b.rank desc, b.id desc)
       from best b
       join questions q on q.id = b.id
       join users u on u.id = q.author_id"
);
/// The same in answers; one whose question was taken back is not shown.
const SEARCH_ANSWERS: &str = concat!(
    "with candidates as materialized (
         select rowid as id, cast(-1e9 * bm25(answer_search) as integer) as rank
           from answer_search
          where answer_search match ?2
          order by rowid desc
          limit +?3),
     best as (select id, rank from candidates where (rank, id) < (?5, ?6) order by rank desc, id desc limit +?4)
     select json_group_array(json_array(b.rank, b.id, a.deleted_at is null and q.deleted_at is null, ",
    answer_columns!(),
    ") order by b.rank desc, b.id desc)
       from best b
       join answers a on a.id = b.id
       join questions q on q.id = a.question_id
       join users u on u.id = a.author_id"
);

/// ?2 whose, ?3 the moment of the place, ?4, ?5 and ?6 below which identifier questions, answers and comments of that
/// very moment come, ?7 how many. Each kind by its own index, as many as a page has; the pages are merged by the caller.
const ACTIVITY: &str = concat!(
    "select json_group_array(json(item))
       from (select * from (
                 select ",
    question_columns!(),
    " as item
                   from questions q indexed by questions_author
                   join users u on u.id = q.author_id
                  where q.author_id = ?2 and q.deleted_at is null and (q.created_at, q.id) < (?3, ?4)
                  order by q.created_at desc, q.id desc
                  limit +?7)
              union all
             select * from (
                 select ",
    answer_columns!(),
    " as item
                   from answers a indexed by answers_author
                   join questions q on q.id = a.question_id
                   join users u on u.id = a.author_id
                  where a.author_id = ?2 and a.deleted_at is null and (a.created_at, a.id) < (?3, ?5)
                    and q.deleted_at is null
                  order by a.created_at desc, a.id desc
                  limit +?7)
              union all
             select * from (
                 select ",
    comment_columns!(),
    " as item
                   from comments c indexed by comments_author
                   join questions q on q.id = c.question_id
                   left join answers a on a.id = c.answer_id
                   join users u on u.id = c.author_id
                  where c.author_id = ?2 and c.deleted_at is null and (c.created_at, c.id) < (?3, ?6)
                    and q.deleted_at is null and a.deleted_at is null
                  order by c.created_at desc, c.id desc
                  limit +?7))"
);

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 3] = [
    Plan {
        list: "search in questions",
        sql: SEARCH_QUESTIONS,
        indexes: &["question_search VIRTUAL TABLE INDEX"],
    },
    Plan { list: "search in answers", sql: SEARCH_ANSWERS, indexes: &["answer_search VIRTUAL TABLE INDEX"] },
    Plan {
        list: "activity",
        sql: ACTIVITY,
        indexes: &[
            "questions_author (author_id=? AND created_at<?)",
            "answers_author (author_id=? AND created_at<?)",
            "comments_author (author_id=? AND created_at<?)",
        ],
    },
];

/// One page, ranked in one statement.
pub(super) async fn search(
    readers: &Readers,
    search: Search,
    limit: Limit,
    after: Option<SearchKey>,
) -> Result<Page<Piece, SearchKey>, StoreError> {
    let sql = match search.within() {
        SearchPlace::Questions => by_counters!(readers.counters, SEARCH_QUESTIONS),
        SearchPlace::Answers => by_counters!(readers.counters, SEARCH_ANSWERS),
    };
    // In quotes a word is a word, whatever it says; and it has no quote in it.
    let words: Vec<String> = search.words().iter().map(|word| format!("\"{word}\"")).collect();
    let SearchKey { rank, id } = after.unwrap_or(SearchKey::START);
    let json: String = sqlx::query_scalar(sql)
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(words.join(" "))
        .bind(Search::CANDIDATES)
        .bind(i64::from(limit.get()) + 1)
        .bind(rank)
        .bind(id)
        .fetch_one(readers.sql())
        .await?;
    let rows: Vec<FoundRow> =
        serde_json::from_str(&json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let page = Page::from_surplus(rows, limit, |row| SearchKey { rank: row.0, id: row.1 });
    let shown = page.items.into_iter().filter(|(_, _, shown, _)| *shown != 0);
    let items = shown.map(|(.., row)| piece(row)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { items, next: page.next })
}

/// One page, in one statement.
pub(super) async fn activity(
    readers: &Readers,
    user: UserId,
    limit: Limit,
    after: Option<ActivityKey>,
) -> Result<Page<Piece, ActivityKey>, StoreError> {
    let moment = after.map_or(i64::MAX, |key| key.created_at.unix_ms());
    let bound = |kind| after.map_or(i64::MAX, |key| key.bound(kind));
    let json: String = sqlx::query_scalar(by_counters!(readers.counters, ACTIVITY))
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(user.get())
        .bind(moment)
        .bind(bound(PieceKind::Question))
        .bind(bound(PieceKind::Answer))
        .bind(bound(PieceKind::Comment))
        .bind(i64::from(limit.get()) + 1)
        .fetch_one(readers.sql())
        .await?;
    let mut pieces = pieces(&json)?;
    pieces.sort_by_key(|piece| std::cmp::Reverse(ActivityKey::of(piece)));
    Ok(Page::from_surplus(pieces, limit, ActivityKey::of))
}

fn pieces(json: &str) -> Result<Vec<Piece>, StoreError> {
    let rows: Vec<Row> =
        serde_json::from_str(json).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    rows.into_iter().map(piece).collect()
}

fn piece(row: Row) -> Result<Piece, StoreError> {
    let (
        kind,
        id,
        question,
        answer,
        title,
        tags,
        answer_count,
        score,
        beginning,
        author,
        name,
        display_name,
        created_at,
    ) = row;
    Ok(Piece {
        kind: PieceKind::from_number(kind)
            .ok_or_else(|| StoreError::Unreadable(format!("a piece of the kind {kind}")))?,
        id,
        question: QuestionId::new(question),
        answer: answer.map(AnswerId::new),
        title,
        tags,
        answer_count,
        score,
        excerpt: QuestionSummary::excerpt(&beginning),
        author: Author { id: UserId::new(author), name, display_name },
        created_at: Timestamp::from_unix_ms(created_at),
    })
}
