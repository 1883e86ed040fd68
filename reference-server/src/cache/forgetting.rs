//! Which questions were written to and Redis does not know it yet.
//!
//! A write is told to Redis before its answer is sent, if Redis answers in time. If it does not, the write is remembered
//! here, and told before the shared copies are used again. What is remembered is bounded: beyond that everything is
//! forgotten, which costs reading and is never wrong.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::domain::QuestionId;

/// Questions that are remembered, some 2 MB of them; beyond that, everything is forgotten.
pub(super) const QUESTIONS_MAX: usize = 65_536;

/// What is still to be told.
#[derive(Debug, Default)]
struct Waiting {
    questions: BTreeSet<QuestionId>,
    everything: bool,
    /// How many writes there were so far.
    number: u64,
}

/// What is being told. Unless it is [`Telling::done`], it has to be told again, also when nobody waits for its end any more.
#[derive(Debug)]
pub(super) struct Telling<'f> {
    forgetting: &'f Forgetting,
    pub(super) questions: BTreeSet<QuestionId>,
    pub(super) everything: bool,
    /// The number of the last write that is told with it, if these are all there are.
    number: Option<u64>,
}

impl Telling<'_> {
    pub(super) fn is_nothing(&self) -> bool {
        self.questions.is_empty() && !self.everything
    }

    /// It was told.
    pub(super) fn done(mut self) {
        self.questions.clear();
        self.everything = false;
        if let Some(told) = self.number {
            self.forgetting.told.send_if_modified(|number| {
                let is_later = told > *number;
                *number = told.max(*number);
                is_later
            });
        }
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        let mut waiting = self.forgetting.lock();
        waiting.everything |= self.everything;
        waiting.questions.append(&mut self.questions);
        if waiting.questions.len() > self.forgetting.most {
            waiting.everything = true;
        }
        if waiting.everything {
            waiting.questions.clear();
        }
    }
}

#[derive(Debug)]
pub(super) struct Forgetting {
    waiting: Mutex<Waiting>,
    wake: Notify,
    /// The number of the last write that was told.
    told: watch::Sender<u64>,
    most: usize,
}

impl Forgetting {
    pub(super) fn new(most: usize) -> Self {
        Self { waiting: Mutex::default(), wake: Notify::new(), told: watch::Sender::new(0), most }
    }

    /// Remembers a write; its number.
    pub(super) fn put(&self, question: QuestionId) -> u64 {
        let mut waiting = self.lock();
        waiting.number += 1;
        if waiting.questions.len() < self.most {
            waiting.questions.insert(question);
        } else {
            waiting.everything = true;
        }
        let number = waiting.number;
        drop(waiting);
        self.wake.notify_one();
        number
    }

    /// Takes what is to be told, so many questions at the most.
    pub(super) fn take(&self, most: usize) -> Telling<'_> {
        let mut waiting = self.lock();
        let rest = waiting.questions.iter().nth(most).copied();
        let rest = rest.map(|first| waiting.questions.split_off(&first)).unwrap_or_default();
        let number = rest.is_empty().then_some(waiting.number);
        let questions = std::mem::replace(&mut waiting.questions, rest);
        let everything = std::mem::take(&mut waiting.everything);
        Telling { forgetting: self, questions, everything, number }
    }

    /// Done when there may be something to tell.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Done when the write with this number was told.
    pub(super) async fn is_told(&self, number: u64) {
        // The sender is part of this: it cannot be gone.
        let _ = self.told.subscribe().wait_for(|told| *told >= number).await;
    }

    /// Questions that Redis has not been told of.
    pub(super) fn len(&self) -> usize {
        let waiting = self.lock();
        if waiting.everything { self.most } else { waiting.questions.len() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_write_is_told_once_and_who_made_it_waits_for_that() {
        let forgetting = Forgetting::new(10);
        let id = QuestionId::new;
        let (first, second) = (forgetting.put(id(7)), forgetting.put(id(7)));
        forgetting.put(id(8));
        let told = forgetting.take(10);
        assert_eq!((told.questions.len(), told.everything), (2, false));
        assert!(forgetting.take(10).is_nothing());
        let third = forgetting.put(id(9));
        told.done();
        forgetting.is_told(first).await;
        forgetting.is_told(second).await;
        let soon = Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, forgetting.is_told(third)).await.is_err(), "not yet");
        let rest = forgetting.take(10);
        assert_eq!(rest.questions, BTreeSet::from([id(9)]));
        rest.done();
        forgetting.is_told(third).await;
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_are_told_at_once_and_nobody_is_told_too_early() {
        let forgetting = Forgetting::new(10);
        let last = (1..=5).map(|number| forgetting.put(QuestionId::new(number))).last().expect("five");
        let mut sizes = Vec::new();
        loop {
            let telling = forgetting.take(2);
            if telling.is_nothing() {
                break;
            }
            let soon = Duration::from_secs(1);
            assert!(tokio::time::timeout(soon, forgetting.is_told(last)).await.is_err(), "{sizes:?}");
            sizes.push(telling.questions.len());
            telling.done();
        }
        assert_eq!(sizes, [2, 2, 1]);
        forgetting.is_told(last).await;
    }

    #[test]
    fn what_could_not_be_told_is_told_later_and_too_much_is_everything() {
        let forgetting = Forgetting::new(3);
        let id = QuestionId::new;
        let put = |numbers: std::ops::RangeInclusive<i64>| {
            numbers.for_each(|number| {
                forgetting.put(id(number));
            })
        };
        put(1..=3);
        let untold = forgetting.take(10);
        put(3..=3);
        drop(untold);
        assert_eq!(forgetting.len(), 3);
        forgetting.take(10).done();
        assert_eq!(forgetting.len(), 0);
        put(1..=4);
        let told = forgetting.take(10);
        assert!(told.everything, "the fourth one had no place");
        told.done();
        put(1..=2);
        let untold = forgetting.take(10);
        put(3..=4);
        drop(untold);
        let told = forgetting.take(10);
        assert!(told.everything && told.questions.is_empty(), "{told:?}");
    }
}
