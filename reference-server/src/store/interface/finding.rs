//! What the forum asks of a database to find things, to tell members of them, and to keep their pictures.

use super::Reply;
use crate::domain::{
    ActivityKey, Avatar, Limit, Notice, NoticeId, Page, Piece, QuestionKey, QuestionList, QuestionSummary,
    Search, SearchKey, Tag, TagList, Timestamp, UserId,
};

/// Lists and searches. What was deleted is in none of them.
pub trait Finding: Send + Sync + 'static {
    /// A page of a list of questions, after `after` if given, in one statement.
    fn questions(
        &self,
        list: QuestionList,
        limit: Limit,
        after: Option<QuestionKey>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionKey>>;
    /// A page of tags that at least one question has. The next page starts after the last one shown.
    fn tags(&self, list: TagList, limit: Limit) -> Reply<'_, Page<Tag, Tag>>;
    /// The newest [`Search::CANDIDATES`] matches, the best first, after `after` if given. A page may have fewer pieces
    /// than the limit although there is a next one: what was taken back with its question is left out.
    fn search(
        &self,
        search: Search,
        limit: Limit,
        after: Option<SearchKey>,
    ) -> Reply<'_, Page<Piece, SearchKey>>;
    /// What a member wrote, newest first, after `after` if given; `None` when there is no such member.
    fn activity(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<ActivityKey>,
    ) -> Reply<'_, Option<Page<Piece, ActivityKey>>>;
}

/// What concerns one member.
pub trait Membership: Send + Sync + 'static {
    /// A member's notices, newest first, those before `after` if given.
    fn notices(
        &self,
        user: UserId,
        limit: Limit,
        after: Option<NoticeId>,
    ) -> Reply<'_, Page<Notice, NoticeId>>;
    /// How many of them are unread.
    fn unread_notices(&self, user: UserId) -> Reply<'_, u64>;
    /// Marks one notice of `user` read; whether there is such a one.
    fn read_notice(&self, user: UserId, notice: NoticeId, now: Timestamp) -> Reply<'_, bool>;
    /// Marks every notice of `user` read; how many were not.
    fn read_notices(&self, user: UserId, now: Timestamp) -> Reply<'_, u64>;

    /// Keeps a picture in the place of any before it.
    fn put_avatar(&self, user: UserId, avatar: Avatar) -> Reply<'_, ()>;
    /// Forgets a picture; whether there was one.
    fn delete_avatar(&self, user: UserId) -> Reply<'_, bool>;
    /// The picture of a member, if he has one.
    fn avatar(&self, user: UserId) -> Reply<'_, Option<Avatar>>;
    /// The digest of the picture of a member, if he has one, without reading the picture.
    fn avatar_digest(&self, user: UserId) -> Reply<'_, Option<[u8; 16]>>;
}

/// Most notices kept for a member: more than anybody reads, and a bound on what a popular member makes the
/// table grow. The oldest are forgotten.
pub(crate) const MAX_NOTICES_PER_USER: i64 = 200;
