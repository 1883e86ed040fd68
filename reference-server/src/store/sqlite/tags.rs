//! Lists of tags in SQLite. What counts the questions of a tag are triggers, in the migration.

use super::store::Readers;
use crate::domain::{Limit, Page, Tag, TagList};
use crate::store::{Plan, StoreError};

/// id, name, question count.
type Row = (i64, String, u32);

/// `tags_popular`, twice: SQLite does not seek by a pair whose second is the primary key, and a great many tags
/// have one question.
const POPULAR: &str = "select id, name, question_count from tags indexed by tags_popular
      where question_count > 0 and question_count = ?1 and id < ?2
      union all
     select id, name, question_count from tags indexed by tags_popular
      where question_count > 0 and question_count < ?1
      order by question_count desc, id desc limit +?3";
/// `tags_name_unique`. Before the first name comes the prefix itself, which may be a name.
const BY_NAME: &str = "select id, name, question_count from tags
      where name >= ?1 and name < ?2 and name > ?3 and question_count > 0
      order by name limit +?4";

/// The lists and their indexes.
pub(super) const PLANS: [Plan; 2] = [
    Plan {
        list: "popular tags",
        sql: POPULAR,
        indexes: &[
            "tags_popular (question_count=? AND id<?)",
            "tags_popular (question_count>? AND question_count<?)",
        ],
    },
    Plan {
        list: "tags by name",
        sql: BY_NAME,
        indexes: &["tags USING INDEX tags_name_unique (name>? AND name<?)"],
    },
];

/// One page, in one statement.
pub(super) async fn tags(
    readers: &Readers,
    list: TagList,
    limit: Limit,
) -> Result<Page<Tag, Tag>, StoreError> {
    let surplus = i64::from(limit.get()) + 1;
    let rows: Vec<Row> = match list {
        TagList::Popular(after) => {
            let (count, id) = after.map_or((i64::MAX, i64::MAX), |(count, id)| (i64::from(count), id));
            sqlx::query_as(POPULAR).bind(count).bind(id).bind(surplus).fetch_all(readers.sql()).await?
        }
        TagList::ByName(prefix, after) => {
            let after = after.map_or(String::new(), |name| name.as_str().to_owned());
            sqlx::query_as(BY_NAME)
                .bind(prefix.as_str())
                .bind(prefix.end())
                .bind(after)
                .bind(surplus)
                .fetch_all(readers.sql())
                .await?
        }
    };
    let tags = rows.into_iter().map(|(id, name, question_count)| Tag { id, name, question_count }).collect();
    Ok(Page::from_surplus(tags, limit, Tag::clone))
}
