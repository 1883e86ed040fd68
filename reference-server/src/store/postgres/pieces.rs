//! Searches and activity in PostgreSQL: what somebody wrote, with the question it belongs to.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use super::lists::names;
use super::store::Connections;
use crate::domain::{
    ActivityKey, AnswerId, Author, Limit, Page, Piece, PieceKind, QuestionId, QuestionSummary, Search,
    SearchKey, SearchPlace, Timestamp, UserId,
};
use crate::store::counters::by_counters;
use crate::store::{Plan, StoreError};

/// kind, id, question, answer, title, tags, answer count, score, beginning of the text, author, author's name, author's
/// display name, created at.
type Row = (i64, i64, i64, Option<i64>, String, String, i32, Option<i32>, String, i64, String, String, i64);
/// How many columns that is.
const PIECE_COLUMNS: usize = 13;

/// The columns of [`Row`] for a question `q`; $1 is how many characters an excerpt reads.
macro_rules! question_columns {
    () => {
        "1::bigint, q.id, q.id, null::bigint, q.title, q.tags, q.answer_count, q.score, substr(q.body, 1, $1),
         u.id, u.name, u.display_name, q.created_at"
    };
}

/// The same for an answer `a` to a question `q`.
macro_rules! answer_columns {
    () => {
        "2::bigint, a.id, q.id, a.id, q.title, q.tags, q.answer_count, a.score, substr(a.body, 1, $1),
         u.id, u.name, u.display_name, a.created_at"
    };
}

/// The same for a comment `c` on a question `q` or an answer to it.
macro_rules! comment_columns {
    () => {
        "3::bigint, c.id, q.id, nullif(c.answer_id, 0), q.title, q.tags, q.answer_count, null::integer,
         substr(c.body, 1, $1), u.id, u.name, u.display_name, c.created_at"
    };
}

/// The newest matches by identifier, and of them the best after a place. A rare word is found by the GIN index; for one
/// that is everywhere the planner walks the primary key backwards until it has enough. A word in a title weighs ten times as
/// much as one in a text. $2 the words, $3 how many are ranked, $4 how many are wanted, $5 and $6 the rank and the
/// identifier of the place.
const SEARCH_QUESTIONS: &str = concat!(
    "with candidates as materialized (
         select id, (1e9 * ts_rank(document, plainto_tsquery('simple', $2)))::bigint as rank
           from question_search
          where document @@ plainto_tsquery('simple', $2)
          order by id desc
          limit $3),
     best as materialized (
         select id, rank from candidates where (rank, id) < ($5, $6) order by rank desc, id desc limit $4)
     select ",
    question_columns!(),
    ", b.rank, q.deleted_at is null from best b
       join questions q on q.id = b.id
       join users u on u.id = q.author_id
      order by b.rank desc, b.id desc"
);
/// The same in answers; one whose question was taken back is not shown.
const SEARCH_ANSWERS: &str = concat!(
    "with candidates as materialized (
         select id, (1e9 * ts_rank(document, plainto_tsquery('simple', $2)))::bigint as rank
           from answer_search
          where document @@ plainto_tsquery('simple', $2)
          order by id desc
          limit $3),
     best as materialized (
         select id, rank from candidates where (rank, id) < ($5, $6) order by rank desc, id desc limit $4)
     select ",
    answer_columns!(),
    ", b.rank, a.deleted_at is null and q.deleted_at is null from best b
       join answers a on a.id = b.id
       join questions q on q.id = a.question_id
       join users u on u.id = a.author_id
      order by b.rank desc, b.id desc"
);

/// $2 whose, $3 the moment of the place, $4, $5 and $6 below which identifier questions, answers and comments of that
/// very moment come, $7 how many. Each kind by its own index, as many as a page has; the pages are merged by the caller.
/// The author is a range for the reason that `lists` gives.
const ACTIVITY: &str = concat!(
    "(select ",
    question_columns!(),
    "   from questions q
        join users u on u.id = q.author_id
       where (q.author_id, q.created_at, q.id) < ($2, $3, $4) and q.author_id >= $2 and q.deleted_at is null
       order by q.author_id desc, q.created_at desc, q.id desc
       limit $7)
      union all
     (select ",
    answer_columns!(),
    "   from answers a
        join questions q on q.id = a.question_id
        join users u on u.id = a.author_id
       where (a.author_id, a.created_at, a.id) < ($2, $3, $5) and a.author_id >= $2 and a.deleted_at is null
         and q.deleted_at is null
       order by a.author_id desc, a.created_at desc, a.id desc
       limit $7)
      union all
     (select ",
    comment_columns!(),
    "   from comments c
        join questions q on q.id = c.question_id
        left join answers a on a.id = c.answer_id
        join users u on u.id = c.author_id
       where (c.author_id, c.created_at, c.id) < ($2, $3, $6) and c.author_id >= $2 and c.deleted_at is null
         and q.deleted_at is null and a.deleted_at is null
       order by c.author_id desc, c.created_at desc, c.id desc
       limit $7)"
);

/// The lists and their indexes. Searches are not among them: which index serves one depends on how rare the
/// word is, and a few hundred candidates are always sorted.
pub(super) const PLANS: [Plan; 1] = [Plan {
    list: "activity",
    sql: ACTIVITY,
    indexes: &["questions_author", "answers_author", "comments_author"],
}];

/// One page, ranked in one statement.
pub(super) async fn search(
    connections: &Connections,
    search: Search,
    limit: Limit,
    after: Option<SearchKey>,
) -> Result<Page<Piece, SearchKey>, StoreError> {
    let sql = match search.within() {
        SearchPlace::Questions => by_counters!(connections.counters, SEARCH_QUESTIONS),
        SearchPlace::Answers => by_counters!(connections.counters, SEARCH_ANSWERS),
    };
    let SearchKey { rank, id } = after.unwrap_or(SearchKey::START);
    let rows: Vec<PgRow> = sqlx::query(sql)
        .bind(QuestionSummary::EXCERPT_READ)
        // `plainto_tsquery` has no operators.
        .bind(search.words().join(" "))
        .bind(Search::CANDIDATES)
        .bind(i64::from(limit.get()) + 1)
        .bind(rank)
        .bind(id)
        .fetch_all(connections.sql())
        .await?;
    let found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    let page = Page::from_surplus(found, limit, |(key, ..)| *key);
    let items = page.items.into_iter().filter_map(|(_, shown, piece)| shown.then_some(piece)).collect();
    Ok(Page { items, next: page.next })
}

/// Where it is, whether it is shown, and what it is.
fn found(found: &PgRow) -> Result<(SearchKey, bool, Piece), StoreError> {
    let piece = piece(Row::from_row(found)?)?;
    let (rank, shown) = (found.try_get(PIECE_COLUMNS)?, found.try_get(PIECE_COLUMNS + 1)?);
    Ok((SearchKey { rank, id: piece.id }, shown, piece))
}

/// One page, in one statement.
pub(super) async fn activity(
    connections: &Connections,
    user: UserId,
    limit: Limit,
    after: Option<ActivityKey>,
) -> Result<Page<Piece, ActivityKey>, StoreError> {
    let moment = after.map_or(i64::MAX, |key| key.created_at.unix_ms());
    let bound = |kind| after.map_or(i64::MAX, |key| key.bound(kind));
    let rows: Vec<Row> = sqlx::query_as(by_counters!(connections.counters, ACTIVITY))
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(user.get())
        .bind(moment)
        .bind(bound(PieceKind::Question))
        .bind(bound(PieceKind::Answer))
        .bind(bound(PieceKind::Comment))
        .bind(i64::from(limit.get()) + 1)
        .fetch_all(connections.sql())
        .await?;
    let mut pieces = rows.into_iter().map(piece).collect::<Result<Vec<_>, _>>()?;
    pieces.sort_by_key(|piece| std::cmp::Reverse(ActivityKey::of(piece)));
    Ok(Page::from_surplus(pieces, limit, ActivityKey::of))
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
        tags: names(&tags)?,
        answer_count: answer_count.unsigned_abs(),
        score: score.map(i64::from),
        excerpt: QuestionSummary::excerpt(&beginning),
        author: Author { id: UserId::new(author), name, display_name },
        created_at: Timestamp::from_unix_ms(created_at),
    })
}
