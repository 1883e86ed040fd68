//! The life of a post in PostgreSQL: which write or read answers what the forum asks.

use super::store::PostgresStore;
use super::{answers, comments, decisions, edits, votes};
use crate::domain::{
    Acceptance, Answer, AnswerId, Ballot, Comment, CommentId, Edit, Limit, NewComment, Page, Post,
    QuestionId, Revision, Tally, UserId, Vote, Withdrawal,
};
use crate::store::{Posts, Reply};

impl Posts for PostgresStore {
    fn vote(&self, ballot: Ballot) -> Reply<'_, Tally> {
        self.write(|to| to.write(votes::CastVote(ballot)))
    }

    fn own_votes(&self, question: QuestionId, voter: UserId) -> Reply<'_, Vec<(Post, Vote)>> {
        self.read(move |from| votes::own(from, question, voter))
    }

    fn insert_comment(&self, comment: NewComment) -> Reply<'_, CommentId> {
        self.write(|to| self.backlog.adds(to.write(comments::InsertComment(comment, self.backlog.work()))))
    }

    fn comments(
        &self,
        post: Post,
        after: Option<CommentId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Comment, CommentId>>> {
        self.read(move |from| comments::of_post(from, post, after, limit))
    }

    fn comment(&self, id: CommentId) -> Reply<'_, Option<(Post, Comment)>> {
        self.read(move |from| comments::one(from, id))
    }

    fn answer(&self, id: AnswerId) -> Reply<'_, Option<Answer>> {
        self.read(move |from| answers::one(from, id))
    }

    fn edit(&self, edit: Edit) -> Reply<'_, i64> {
        self.write(|to| to.write(edits::EditText(edit)))
    }

    fn revisions(
        &self,
        post: Post,
        after: Option<i64>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Revision, i64>>> {
        self.read(move |from| edits::revisions(from, post, after, limit))
    }

    fn withdraw(&self, withdrawal: Withdrawal) -> Reply<'_, ()> {
        self.write(|to| to.write(decisions::Withdraw(withdrawal)))
    }

    fn accept(&self, acceptance: Acceptance) -> Reply<'_, ()> {
        self.write(|to| self.backlog.adds(to.write(decisions::Accept(acceptance, self.backlog.work()))))
    }
}
