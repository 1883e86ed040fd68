//! What authors decide about what they wrote, in SQLite: to take it back, to show it again, which answer
//! helped.

use super::notices;
use super::standing::{count_comment, standing};
use super::writer::{StatementsNeeded, Write, WriteConnection};
use crate::domain::{Acceptance, AnswerId, Contribution, Post, QuestionId, Timestamp, Withdrawal};
use crate::store::{Counters, DerivedWork, StoreError};

/// Takes a contribution back, or shows it again.
pub(super) struct Withdraw(pub(super) Withdrawal);

impl Write for Withdraw {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        let Withdraw(withdrawal) = self;
        let contribution = withdrawal.contribution;
        let standing = standing(connection, contribution).await?;
        let deleted = withdrawal.deleted_at.is_some();
        let to_do = standing
            .to_become(deleted, withdrawal.member)
            .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
        if !to_do {
            return Ok(());
        }
        let (mark, id) = match contribution {
            Contribution::Question(id) => ("update questions set deleted_at = ?2 where id = ?1", id.get()),
            Contribution::Answer(id) => ("update answers set deleted_at = ?2 where id = ?1", id.get()),
            Contribution::Comment(id) => ("update comments set deleted_at = ?2 where id = ?1", id.get()),
        };
        sqlx::query(mark)
            .bind(id)
            .bind(withdrawal.deleted_at.map(Timestamp::unix_ms))
            .execute(connection.sql())
            .await?;
        let change = if deleted { -1 } else { 1 };
        match contribution {
            Contribution::Question(_) => Ok(()),
            Contribution::Answer(id) => count_answer(connection, standing.question, id, change).await,
            Contribution::Comment(_) => {
                let post = standing.answer.map_or(Post::Question(standing.question), Post::Answer);
                count_comment(connection, post, change).await
            }
        }
    }
}

/// An answer that is not shown does not count and is not the accepted one.
async fn count_answer(
    connection: &mut WriteConnection,
    question: QuestionId,
    answer: AnswerId,
    change: i32,
) -> Result<(), StoreError> {
    let sql = match connection.counters {
        Counters::Stored => {
            "update questions
                set answer_count = answer_count + ?2, accepted_answer_id = nullif(accepted_answer_id, ?3)
              where id = ?1"
        }
        Counters::Counted => {
            "update questions
                set accepted_answer_id = nullif(accepted_answer_id, ?3)
              where id = ?1 and ?2 is not null"
        }
    };
    sqlx::query(sql).bind(question.get()).bind(change).bind(answer.get()).execute(connection.sql()).await?;
    Ok(())
}

/// Marks the answer that helped, or none.
pub(super) struct Accept(pub(super) Acceptance, pub(super) DerivedWork);

impl Write for Accept {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        let Accept(acceptance, when) = self;
        let contribution = Contribution::Question(acceptance.question);
        standing(connection, contribution)
            .await?
            .owned_by(acceptance.asker)
            .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
        let mut helper = None;
        if let Some(answer) = acceptance.answer {
            let answer = standing(connection, answer.into()).await?;
            if answer.question != acceptance.question || answer.shown().is_err() {
                return Err(StoreError::Missing("answer"));
            }
            helper = Some(answer.author);
        }
        let changed = sqlx::query(
            "update questions set accepted_answer_id = ?2 where id = ?1 and accepted_answer_id is not ?2",
        )
        .bind(acceptance.question.get())
        .bind(acceptance.answer.map(AnswerId::get))
        .execute(connection.sql())
        .await?;
        match helper {
            Some(member) if changed.rows_affected() > 0 => {
                notices::tell(connection, &acceptance.telling(member), *when).await
            }
            _ => Ok(()),
        }
    }
}
