//! What a request wrote to is forgotten when it ends, however it ends.

use super::Copies;
use crate::context;
use crate::domain::QuestionId;

/// Makes the copies of what a request wrote to worthless when it ends, even if nobody waits for its end any more.
pub(super) struct ForgetAfter<'c> {
    copies: &'c Copies,
    done: bool,
}

impl<'c> ForgetAfter<'c> {
    pub(super) fn new(copies: &'c Copies) -> Self {
        Self { copies, done: false }
    }

    /// The question that was written to, the first time this is asked.
    fn forget(&mut self) -> Option<QuestionId> {
        if std::mem::replace(&mut self.done, true) {
            return None;
        }
        let question = context::current()?.touched()?;
        self.copies.forget(question);
        Some(question)
    }

    /// Before the answer is sent: who has it, and asks another server, is not shown what was before.
    pub(super) async fn now(mut self) {
        if let (Some(question), Some(shared)) = (self.forget(), self.copies.shared()) {
            shared.is_told(question).await;
        }
    }
}

impl Drop for ForgetAfter<'_> {
    fn drop(&mut self) {
        self.forget();
    }
}
