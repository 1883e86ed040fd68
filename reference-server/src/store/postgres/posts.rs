//! The life of a post in PostgreSQL: which write or read answers what the forum asks.

use super::store::PostgresStore;
use super::{answers, comments, decisions, edits, votes};
use crate::domain::{
    Acceptance, Answer, AnswerId, Ballot, Comment, CommentId, Edit, Limit, NewComment, Page, Post,
    QuestionId, Revision, Tally, UserId, Vote, Withdrawal,
};
use crate::store::interface::timed;
use crate::store::{Posts, Reply};

impl Posts for PostgresStore {
    fn vote(&self, ballot: Ballot) -> Reply<'_, Tally> {
        timed(self.connections.write(votes::CastVote(ballot)))
    }

    fn own_votes(&self, question: QuestionId, voter: UserId) -> Reply<'_, Vec<(Post, Vote)>> {
        timed(votes::own(&self.connections, question, voter))
    }

    fn insert_comment(&self, comment: NewComment) -> Reply<'_, CommentId> {
        timed(self.connections.write(comments::InsertComment(comment)))
    }

    fn comments(
        &self,
        post: Post,
        after: Option<CommentId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Comment, CommentId>>> {
        timed(comments::of_post(&self.connections, post, after, limit))
    }

    fn comment(&self, id: CommentId) -> Reply<'_, Option<(Post, Comment)>> {
        timed(comments::one(&self.connections, id))
    }

    fn answer(&self, id: AnswerId) -> Reply<'_, Option<Answer>> {
        timed(answers::one(&self.connections, id))
    }

    fn edit(&self, edit: Edit) -> Reply<'_, i64> {
        timed(self.connections.write(edits::EditText(edit)))
    }

    fn revisions(
        &self,
        post: Post,
        after: Option<i64>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Revision, i64>>> {
        timed(edits::revisions(&self.connections, post, after, limit))
    }

    fn withdraw(&self, withdrawal: Withdrawal) -> Reply<'_, ()> {
        timed(self.connections.write(decisions::Withdraw(withdrawal)))
    }

    fn accept(&self, acceptance: Acceptance) -> Reply<'_, ()> {
        timed(self.connections.write(decisions::Accept(acceptance)))
    }
}
