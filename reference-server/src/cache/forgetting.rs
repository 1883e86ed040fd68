//! Which questions were written to and Redis does not know it yet.
//!
//! A write is told to Redis before its answer is sent, if Redis answers in time. If it does not, the write is remembered
//! here, told before the shared copies are used again, and until then nobody here looks for copies of its question there.
//! What is remembered is bounded: beyond that everything is forgotten, which costs reading and is never wrong.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::domain::QuestionId;

/// Questions that are remembered, some 3 MB of them; beyond that, everything is forgotten.
pub(super) const QUESTIONS_MAX: usize = 65_536;

/// What was not told yet.
#[derive(Debug, Default)]
struct Untold {
    /// Each question with the number of the last write to it.
    questions: BTreeMap<QuestionId, u64>,
    /// The number of the last write that had no place, if one had none.
    everything: Option<u64>,
    /// How many writes there were so far.
    number: u64,
}

/// What is being told; it stays untold until it is [`Forgetting::done`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ToTell {
    pub(super) questions: Vec<QuestionId>,
    pub(super) everything: bool,
    number: u64,
}

impl ToTell {
    pub(super) fn is_nothing(&self) -> bool {
        self.questions.is_empty() && !self.everything
    }
}

#[derive(Debug)]
pub(super) struct Forgetting {
    untold: Mutex<Untold>,
    wake: Notify,
    /// Changes whenever something was told.
    told: watch::Sender<()>,
    most: usize,
}

impl Forgetting {
    pub(super) fn new(most: usize) -> Self {
        Self { untold: Mutex::default(), wake: Notify::new(), told: watch::Sender::new(()), most }
    }

    /// Remembers a write.
    pub(super) fn put(&self, question: QuestionId) {
        let mut untold = self.lock();
        untold.number += 1;
        let number = untold.number;
        if untold.questions.len() < self.most || untold.questions.contains_key(&question) {
            untold.questions.insert(question, number);
        } else {
            untold.everything = Some(number);
        }
        drop(untold);
        self.wake.notify_one();
    }

    /// What is to be told now, so many questions at the most.
    pub(super) fn next(&self, most: usize) -> ToTell {
        let untold = self.lock();
        let questions = untold.questions.keys().take(most).copied().collect();
        ToTell { questions, everything: untold.everything.is_some(), number: untold.number }
    }

    /// It was told. What was written meanwhile was not.
    pub(super) fn done(&self, told: &ToTell) {
        let mut untold = self.lock();
        for question in &told.questions {
            if untold.questions.get(question).is_some_and(|number| *number <= told.number) {
                untold.questions.remove(question);
            }
        }
        if told.everything && untold.everything.is_some_and(|number| number <= told.number) {
            untold.everything = None;
        }
        drop(untold);
        self.told.send_replace(());
    }

    /// Done when there may be something to tell.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether there was a write to this question that was not told.
    pub(super) fn is_untold(&self, question: QuestionId) -> bool {
        let untold = self.lock();
        untold.everything.is_some() || untold.questions.contains_key(&question)
    }

    /// Done when every write to this question was told.
    pub(super) async fn is_told(&self, question: QuestionId) {
        // The sender is part of this: it cannot be gone.
        let _ = self.told.subscribe().wait_for(|()| !self.is_untold(question)).await;
    }

    /// Questions that Redis has not been told of.
    pub(super) fn len(&self) -> usize {
        let untold = self.lock();
        untold.questions.len() + usize::from(untold.everything.is_some())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Untold> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn id(number: i64) -> QuestionId {
        QuestionId::new(number)
    }

    async fn is_told_soon(forgetting: &Forgetting, question: i64) -> bool {
        tokio::time::timeout(Duration::from_secs(1), forgetting.is_told(id(question))).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_untold_until_it_was_told_and_one_that_came_meanwhile_still_is() {
        let forgetting = Forgetting::new(10);
        for question in [7, 8, 7] {
            forgetting.put(id(question));
        }
        let telling = forgetting.next(10);
        assert_eq!(telling.questions, [id(7), id(8)]);
        forgetting.put(id(8));
        assert!(forgetting.is_untold(id(7)) && !is_told_soon(&forgetting, 7).await, "it is being told");
        forgetting.done(&telling);
        assert!(is_told_soon(&forgetting, 7).await && !is_told_soon(&forgetting, 8).await);
        forgetting.done(&forgetting.next(10));
        assert!(is_told_soon(&forgetting, 8).await && forgetting.next(10).is_nothing());
    }

    #[test]
    fn so_many_are_told_at_once() {
        let forgetting = Forgetting::new(10);
        for number in 1..=5 {
            forgetting.put(id(number));
        }
        let mut sizes = Vec::new();
        loop {
            let telling = forgetting.next(2);
            if telling.is_nothing() {
                break;
            }
            sizes.push(telling.questions.len());
            forgetting.done(&telling);
        }
        assert_eq!((sizes, forgetting.len()), (vec![2, 2, 1], 0));
    }

    #[test]
    fn more_than_can_be_remembered_is_everything() {
        let forgetting = Forgetting::new(3);
        for number in [1, 2, 3, 3] {
            forgetting.put(id(number));
        }
        assert!(!forgetting.next(10).everything && !forgetting.is_untold(id(9)));
        forgetting.put(id(4));
        let telling = forgetting.next(10);
        assert!(telling.everything && forgetting.is_untold(id(9)), "the fourth one had no place");
        forgetting.put(id(5));
        forgetting.done(&telling);
        assert!(forgetting.is_untold(id(9)) && forgetting.len() == 1, "the fifth one had none either");
        forgetting.done(&forgetting.next(10));
        assert_eq!(forgetting.len(), 0);
    }
}
