//! Searches and activity in PostgreSQL: what somebody wrote, with the question it belongs to.

use super::lists::names;
use super::store::Connections;
use crate::domain::{
    ActivityKey, Author, Found, Limit, Page, Piece, PieceKind, QuestionId, QuestionSummary, Search,
    Timestamp, UserId,
};
use crate::store::{Plan, StoreError};

/// kind, id, question, title, tags, answer count, score, beginning of the text, author, author's name, author's
/// display name, created at.
type Row = (i64, i64, i64, String, String, i32, i32, String, i64, String, String, i64);

/// The columns of [`Row`] for a question `q`; $1 is how many characters an excerpt reads.
macro_rules! question_columns {
    () => {
        "1::bigint, q.id, q.id, q.title, q.tags, q.answer_count, q.score, substr(q.body, 1, $1),
         u.id, u.name, u.display_name, q.created_at"
    };
}

/// The same for an answer `a` to a question `q`.
macro_rules! answer_columns {
    () => {
        "2::bigint, a.id, q.id, q.title, q.tags, q.answer_count, a.score, substr(a.body, 1, $1),
         u.id, u.name, u.display_name, a.created_at"
    };
}

/// The newest matches by identifier, and of them the best. A rare word is found by the GIN index; for one that
/// is everywhere the planner walks the primary key backwards until it has enough. A word in a title weighs ten
/// times as much as one in a text.
const SEARCH_QUESTIONS: &str = concat!(
    "with candidates as materialized (
         select id, ts_rank(document, plainto_tsquery('simple', $2)) as rank
           from question_search
          where document @@ plainto_tsquery('simple', $2)
          order by id desc
          limit $3),
     best as materialized (select id, rank from candidates order by rank desc, id desc limit $4)
     select ",
    question_columns!(),
    " from best b
       join questions q on q.id = b.id
       join users u on u.id = q.author_id
      where q.deleted_at is null
      order by b.rank desc, b.id desc"
);
/// The same in answers; one whose question was deleted is not shown.
const SEARCH_ANSWERS: &str = concat!(
    "with candidates as materialized (
         select id, ts_rank(document, plainto_tsquery('simple', $2)) as rank
           from answer_search
          where document @@ plainto_tsquery('simple', $2)
          order by id desc
          limit $3),
     best as materialized (select id, rank from candidates order by rank desc, id desc limit $4)
     select ",
    answer_columns!(),
    " from best b
       join answers a on a.id = b.id
       join questions q on q.id = a.question_id
       join users u on u.id = a.author_id
      where a.deleted_at is null
        and q.deleted_at is null
      order by b.rank desc, b.id desc"
);

/// $2 whose, $3 the moment of the place, $4 and $5 below which identifier questions and answers of that very
/// moment come, $6 how many. Each kind by its own index, as many as a page has; the pages are merged by the
/// caller. A further kind, such as comments, is a further `union all`. The author is a range for the reason that
/// `lists` gives.
const ACTIVITY: &str = concat!(
    "(select ",
    question_columns!(),
    "   from questions q
        join users u on u.id = q.author_id
       where (q.author_id, q.created_at, q.id) < ($2, $3, $4) and q.author_id >= $2 and q.deleted_at is null
       order by q.author_id desc, q.created_at desc, q.id desc
       limit $6)
      union all
     (select ",
    answer_columns!(),
    "   from answers a
        join questions q on q.id = a.question_id
        join users u on u.id = a.author_id
       where (a.author_id, a.created_at, a.id) < ($2, $3, $5) and a.author_id >= $2 and a.deleted_at is null
         and q.deleted_at is null
       order by a.author_id desc, a.created_at desc, a.id desc
       limit $6)"
);

/// The lists and their indexes. Searches are not among them: which index serves one depends on how rare the
/// word is, and a few hundred candidates are always sorted.
pub(super) const PLANS: [Plan; 1] =
    [Plan { list: "activity", sql: ACTIVITY, indexes: &["questions_author", "answers_author"] }];

/// Ranked in one statement.
pub(super) async fn search(
    connections: &Connections,
    search: Search,
    limit: Limit,
) -> Result<Found<Piece>, StoreError> {
    let sql = match search.within() {
        PieceKind::Question => SEARCH_QUESTIONS,
        PieceKind::Answer => SEARCH_ANSWERS,
    };
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(QuestionSummary::EXCERPT_READ)
        // `plainto_tsquery` has no operators.
        .bind(search.words().join(" "))
        .bind(Search::CANDIDATES)
        .bind(i64::from(limit.get()) + 1)
        .fetch_all(connections.sql())
        .await?;
    let pieces = rows.into_iter().map(piece).collect::<Result<Vec<_>, _>>()?;
    let page = Page::from_surplus(pieces, limit, |_| ());
    Ok(Found { items: page.items, more: page.next.is_some() })
}

/// One page, in one statement.
pub(super) async fn activity(
    connections: &Connections,
    user: UserId,
    limit: Limit,
    after: Option<ActivityKey>,
) -> Result<Page<Piece, ActivityKey>, StoreError> {
    let (moment, question, answer) = match after {
        Some(key) => (key.created_at.unix_ms(), key.bound(PieceKind::Question), key.bound(PieceKind::Answer)),
        None => (i64::MAX, i64::MAX, i64::MAX),
    };
    let rows: Vec<Row> = sqlx::query_as(ACTIVITY)
        .bind(QuestionSummary::EXCERPT_READ)
        .bind(user.get())
        .bind(moment)
        .bind(question)
        .bind(answer)
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
        title,
        tags: names(&tags)?,
        answer_count: answer_count.unsigned_abs(),
        score: i64::from(score),
        excerpt: QuestionSummary::excerpt(&beginning),
        author: Author { id: UserId::new(author), name, display_name },
        created_at: Timestamp::from_unix_ms(created_at),
    })
}
