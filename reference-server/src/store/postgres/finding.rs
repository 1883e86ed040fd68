//! What PostgreSQL answers to [`Finding`] and [`Membership`].

use super::store::PostgresStore;
use super::{avatars, lists, notices, pieces, tags, users};
use crate::domain::{
    ActivityKey, Avatar, Limit, Notice, NoticeId, Page, Piece, QuestionKey, QuestionList, QuestionSummary,
    Search, SearchKey, Tag, TagList, Timestamp, UserId,
};
use crate::store::{Finding, Membership, Plan, Reply};

/// Every list and what serves it.
#[must_use]
pub fn plans() -> Vec<Plan> {
    [&lists::PLANS[..], &tags::PLANS, &pieces::PLANS, &notices::PLANS].concat()
}

impl Finding for PostgresStore {
    fn questions(
        &self,
        list: QuestionList,
        limit: Limit,
        after: Option<QuestionKey>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionKey>> {
        self.read(move |from| lists::questions(from, list.clone(), limit, after))
    }

    fn tags(&self, list: TagList, limit: Limit) -> Reply<'_, Page<Tag, Tag>> {
        self.read(move |from| tags::tags(from, list.clone(), limit))
    }

    fn search(
        &self,
        search: Search,
        limit: Limit,
        after: Option<SearchKey>,
    ) -> Reply<'_, Page<Piece, SearchKey>> {
        self.read(move |from| pieces::search(from, search.clone(), limit, after))
    }

    fn activity(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<ActivityKey>,
    ) -> Reply<'_, Option<Page<Piece, ActivityKey>>> {
        self.read(move |from| async move {
            let page = pieces::activity(from, user, limit, after).await?;
            if page.items.is_empty() && users::user(from, user).await?.is_none() {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }
}

impl Membership for PostgresStore {
    fn notices(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<NoticeId>,
    ) -> Reply<'_, Page<Notice, NoticeId>> {
        self.read(move |from| notices::notices(from, user, limit, after))
    }

    fn unread_notices(&self, user: UserId) -> Reply<'_, u64> {
        self.read(move |from| notices::unread(from, user))
    }

    fn read_notice(&self, user: UserId, notice: NoticeId, now: Timestamp) -> Reply<'_, bool> {
        self.write(move |to| notices::read(to, user, notice, now))
    }

    fn read_notices(&self, user: UserId, now: Timestamp) -> Reply<'_, u64> {
        self.write(move |to| notices::read_all(to, user, now))
    }

    fn put_avatar(&self, user: UserId, avatar: Avatar) -> Reply<'_, ()> {
        self.write(move |to| avatars::put(to, user, avatar))
    }

    fn delete_avatar(&self, user: UserId) -> Reply<'_, bool> {
        self.write(move |to| avatars::delete(to, user))
    }

    fn avatar(&self, user: UserId) -> Reply<'_, Option<Avatar>> {
        self.read(move |from| avatars::avatar(from, user))
    }

    fn avatar_digest(&self, user: UserId) -> Reply<'_, Option<[u8; 16]>> {
        self.read(move |from| avatars::digest(from, user))
    }
}
