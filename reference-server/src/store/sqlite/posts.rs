//! The life of a post in a SQLite file: which write or read answers what the forum asks.

use super::store::SqliteStore;
use super::{answers, comments, decisions, edits, votes};
use crate::domain::{
    Acceptance, Answer, AnswerId, Ballot, Comment, CommentId, Edit, Limit, NewComment, Page, Post,
    QuestionId, Revision, Tally, UserId, Vote, Withdrawal,
};
use crate::store::interface::timed;
use crate::store::{Posts, Reply};

impl Posts for SqliteStore {
    fn vote(&self, ballot: Ballot) -> Reply<'_, Tally> {
        timed(self.writer.write(votes::CastVote(ballot)))
    }

    fn own_votes(&self, question: QuestionId, voter: UserId) -> Reply<'_, Vec<(Post, Vote)>> {
        timed(votes::own(&self.readers, question, voter))
    }

    fn insert_comment(&self, comment: NewComment) -> Reply<'_, CommentId> {
        let write = self.writer.write(comments::InsertComment(comment, self.backlog.work()));
        timed(self.backlog.adds(write))
    }

    fn comments(
        &self,
        post: Post,
        after: Option<CommentId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Comment, CommentId>>> {
        timed(comments::of_post(&self.readers, post, after, limit))
    }

    fn comment(&self, id: CommentId) -> Reply<'_, Option<(Post, Comment)>> {
        timed(comments::one(&self.readers, id))
    }

    fn answer(&self, id: AnswerId) -> Reply<'_, Option<Answer>> {
        timed(answers::one(&self.readers, id))
    }

    fn edit(&self, edit: Edit) -> Reply<'_, i64> {
        timed(self.writer.write(edits::EditText(edit)))
    }

    fn revisions(
        &self,
        post: Post,
        after: Option<i64>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Revision, i64>>> {
        timed(edits::revisions(&self.readers, post, after, limit))
    }

    fn withdraw(&self, withdrawal: Withdrawal) -> Reply<'_, ()> {
        timed(self.writer.write(decisions::Withdraw(withdrawal)))
    }

    fn accept(&self, acceptance: Acceptance) -> Reply<'_, ()> {
        let write = self.writer.write(decisions::Accept(acceptance, self.backlog.work()));
        timed(self.backlog.adds(write))
    }
}
