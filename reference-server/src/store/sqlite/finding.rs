//! What a SQLite file answers to [`Finding`] and [`Membership`].

use super::store::SqliteStore;
use super::{avatars, lists, notices, pieces, tags, users};
use crate::domain::{
    ActivityKey, Avatar, Limit, Notice, NoticeId, Page, Piece, QuestionKey, QuestionList, QuestionSummary,
    Search, SearchKey, Tag, TagList, Timestamp, UserId,
};
use crate::store::interface::timed;
use crate::store::{Finding, Membership, Plan, Reply};

/// Every list and what serves it.
#[must_use]
pub fn plans() -> Vec<Plan> {
    [&lists::PLANS[..], &tags::PLANS, &pieces::PLANS, &notices::PLANS].concat()
}

impl Finding for SqliteStore {
    fn questions(
        &self,
        list: QuestionList,
        limit: Limit,
        after: Option<QuestionKey>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionKey>> {
        timed(lists::questions(&self.readers, list, limit, after))
    }

    fn tags(&self, list: TagList, limit: Limit) -> Reply<'_, Page<Tag, Tag>> {
        timed(tags::tags(&self.readers, list, limit))
    }

    fn search(
        &self,
        search: Search,
        limit: Limit,
        after: Option<SearchKey>,
    ) -> Reply<'_, Page<Piece, SearchKey>> {
        timed(pieces::search(&self.readers, search, limit, after))
    }

    fn activity(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<ActivityKey>,
    ) -> Reply<'_, Option<Page<Piece, ActivityKey>>> {
        timed(async move {
            let page = pieces::activity(&self.readers, user, limit, after).await?;
            if page.items.is_empty() && users::user(&self.readers, user).await?.is_none() {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }
}

impl Membership for SqliteStore {
    fn notices(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<NoticeId>,
    ) -> Reply<'_, Page<Notice, NoticeId>> {
        timed(notices::notices(&self.readers, user, limit, after))
    }

    fn unread_notices(&self, user: UserId) -> Reply<'_, u64> {
        timed(notices::unread(&self.readers, user))
    }

    fn read_notice(&self, user: UserId, notice: NoticeId, now: Timestamp) -> Reply<'_, bool> {
        timed(self.writer.write(notices::ReadNotice { user, notice, now }))
    }

    fn read_notices(&self, user: UserId, now: Timestamp) -> Reply<'_, u64> {
        timed(self.writer.write(notices::ReadNotices { user, now }))
    }

    fn put_avatar(&self, user: UserId, avatar: Avatar) -> Reply<'_, ()> {
        timed(self.writer.write(avatars::PutAvatar { user, avatar }))
    }

    fn delete_avatar(&self, user: UserId) -> Reply<'_, bool> {
        timed(self.writer.write(avatars::DeleteAvatar { user }))
    }

    fn avatar(&self, user: UserId) -> Reply<'_, Option<Avatar>> {
        timed(avatars::avatar(&self.readers, user))
    }

    fn avatar_digest(&self, user: UserId) -> Reply<'_, Option<[u8; 16]>> {
        timed(avatars::digest(&self.readers, user))
    }
}
