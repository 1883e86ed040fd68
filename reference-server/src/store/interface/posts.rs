//! What the forum asks of a database about the life of a post: votes, comments, edits, taking back, accepting.
//!
//! Every write here is one transaction: a count changes with the rows it counts, or not at all. Who may do what
//! is decided by `domain::Standing` inside of it, so that nothing can change between the question and the deed.
//! What was taken back, and whatever belongs to it, is [`StoreError::Missing`](crate::store::StoreError) to
//! everybody but for its author, who can restore it.

use super::Reply;
use crate::domain::{
    Acceptance, Answer, AnswerId, Ballot, Comment, CommentId, Edit, Limit, NewComment, Page, Post,
    QuestionId, Revision, Tally, UserId, Vote, Withdrawal,
};

/// The part of a [`Store`](super::Store) that knows posts.
pub trait Posts: Send + Sync + 'static {
    /// Casts, changes or takes back a vote; doing so twice is as good as once.
    fn vote(&self, ballot: Ballot) -> Reply<'_, Tally>;
    /// What a member thinks of a question and of the answers to it, the question first and then by the number of
    /// the answer; of the first thousand.
    fn own_votes(&self, question: QuestionId, voter: UserId) -> Reply<'_, Vec<(Post, Vote)>>;

    /// Keeps a comment.
    fn insert_comment(&self, comment: NewComment) -> Reply<'_, CommentId>;
    /// Comments on a post, oldest first, those after `after` if given; `None` when there is no such post.
    fn comments(
        &self,
        post: Post,
        after: Option<CommentId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Comment, CommentId>>>;

    /// A comment alone, and what it is on.
    fn comment(&self, id: CommentId) -> Reply<'_, Option<(Post, Comment)>>;
    /// An answer alone.
    fn answer(&self, id: AnswerId) -> Reply<'_, Option<Answer>>;
    /// Replaces a text and returns the version it now has. The old text of a post is kept as a revision.
    fn edit(&self, edit: Edit) -> Reply<'_, i64>;
    /// The versions of a post, newest first, beginning with the current one or, if given, before the version
    /// `after`; `None` when there is no such post.
    fn revisions(
        &self,
        post: Post,
        after: Option<i64>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Revision, i64>>>;

    /// Takes a contribution back, or shows it again; doing so twice is as good as once. An accepted answer that
    /// is taken back is accepted no longer.
    fn withdraw(&self, withdrawal: Withdrawal) -> Reply<'_, ()>;
    /// Marks the one answer that helped, or none. [`StoreError::Missing`](crate::store::StoreError) `answer`
    /// when it is not shown below this question.
    fn accept(&self, acceptance: Acceptance) -> Reply<'_, ()>;
}
