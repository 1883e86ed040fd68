//! What authors decide about what they wrote, in PostgreSQL: to take it back, to show it again, which answer
//! helped.

use super::standing::{Lock, count_comment, standing};
use super::store::Connections;
use super::transaction::Transaction;
use crate::domain::{Acceptance, AnswerId, Contribution, Post, QuestionId, Timestamp, Withdrawal};
use crate::store::StoreError;

/// Takes a contribution back, or shows it again.
pub(super) async fn withdraw(connections: &Connections, withdrawal: Withdrawal) -> Result<(), StoreError> {
    let mut transaction = connections.begin().await?;
    let contribution = withdrawal.contribution;
    let standing = standing(&mut transaction, contribution, Lock::WithQuestion).await?;
    let deleted = withdrawal.deleted_at.is_some();
    let to_do = standing
        .to_become(deleted, withdrawal.member)
        .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
    if !to_do {
        return Ok(());
    }
    let (mark, id) = match contribution {
        Contribution::Question(id) => ("update questions set deleted_at = $2 where id = $1", id.get()),
        Contribution::Answer(id) => ("update answers set deleted_at = $2 where id = $1", id.get()),
        Contribution::Comment(id) => ("update comments set deleted_at = $2 where id = $1", id.get()),
    };
    sqlx::query(mark)
        .bind(id)
        .bind(withdrawal.deleted_at.map(Timestamp::unix_ms))
        .execute(transaction.sql())
        .await?;
    let change = if deleted { -1 } else { 1 };
    match contribution {
        Contribution::Question(_) => {}
        Contribution::Answer(id) => count_answer(&mut transaction, standing.question, id, change).await?,
        Contribution::Comment(_) => {
            let post = standing.answer.map_or(Post::Question(standing.question), Post::Answer);
            count_comment(&mut transaction, post, change).await?;
        }
    }
    transaction.commit().await
}

/// An answer that is not shown does not count and is not the accepted one.
async fn count_answer(
    transaction: &mut Transaction,
    question: QuestionId,
    answer: AnswerId,
    change: i32,
) -> Result<(), StoreError> {
    sqlx::query(
        "update questions
            set answer_count = answer_count + $2, accepted_answer_id = nullif(accepted_answer_id, $3)
          where id = $1",
    )
    .bind(question.get())
    .bind(change)
    .bind(answer.get())
    .execute(transaction.sql())
    .await?;
    Ok(())
}

/// Marks the answer that helped, or none.
pub(super) async fn accept(connections: &Connections, acceptance: Acceptance) -> Result<(), StoreError> {
    let mut transaction = connections.begin().await?;
    let contribution = Contribution::Question(acceptance.question);
    standing(&mut transaction, contribution, Lock::Row)
        .await?
        .owned_by(acceptance.asker)
        .map_err(|refusal| StoreError::refused(contribution.name(), refusal))?;
    if let Some(answer) = acceptance.answer {
        // Nobody takes it back meanwhile: that, too, needs the lock on the question.
        let found: Option<i32> = sqlx::query_scalar(
            "select 1 from answers where id = $1 and question_id = $2 and deleted_at is null",
        )
        .bind(answer.get())
        .bind(acceptance.question.get())
        .fetch_optional(transaction.sql())
        .await?;
        if found.is_none() {
            return Err(StoreError::Missing("answer"));
        }
    }
    sqlx::query("update questions set accepted_answer_id = $2 where id = $1")
        .bind(acceptance.question.get())
        .bind(acceptance.answer.map(AnswerId::get))
        .execute(transaction.sql())
        .await?;
    transaction.commit().await
}
