//! Where reads are answered, by made-up replicas; real ones are in `tests/api/replicas.rs`.

use sqlx::postgres::PgPoolOptions;

use super::*;
use crate::store::Statements;

/// Two replicas of a primary whose log everybody has to have read up to 100; nobody is asked anything.
fn replicas(reads: ReplicaReads) -> Replicas {
    let replica = |number| {
        let pool = PgPoolOptions::new().connect_lazy_with(PgConnectOptions::new());
        let connections = Connections::lazy(pool, Statements::default());
        Arc::new(Replica::new(number, "nowhere".to_owned(), connections))
    };
    Replicas {
        reads,
        all: vec![replica(1), replica(2)],
        next: AtomicUsize::new(0),
        primary: Arc::new(Primary::made_up(100)),
        log_ins: Slots::default(),
        questions: Slots::default(),
        counted: Counted::default(),
        _watches: JoinSet::new(),
    }
}

impl Replicas {
    fn are_at(&self, first: u64, second: u64) {
        for (replica, position) in self.all.iter().zip([first, second]) {
            if position == 0 {
                replica.lost();
            } else {
                replica.reached(Position::new(position), &self.primary);
            }
        }
    }

    /// Where a request that reads after `asked` is answered, for as many in a row as there are replicas.
    async fn answered(&self, asked: u64, prepare: impl Fn()) -> Vec<(usize, Why)> {
        let mut found = Vec::new();
        for _ in 0..self.all.len() {
            context::within(Some(Arc::new(Context::new(None))), async {
                context::reads_after(Position::new(asked));
                prepare();
                found.push(match self.place(context::current().as_deref()) {
                    Place::Replica(replica, why) => (replica.number, why),
                    Place::Primary(why) => (0, why),
                });
            })
            .await;
        }
        found.sort_unstable_by_key(|(number, _)| *number);
        found
    }
}

#[tokio::test]
async fn a_read_is_answered_by_a_replica_that_has_what_is_asked_for() {
    let token = replicas(ReplicaReads::Token);
    let primary = |why| vec![(0, why), (0, why)];
    for (first, second, asked, expected) in [
        (0, 0, 0, primary(Why::Away)),
        (99, 0, 0, primary(Why::Behind)), // it lacks what was there at the start
        (100, 0, 0, vec![(1, Why::Anything), (1, Why::Anything)]),
        (100, 100, 0, vec![(1, Why::Anything), (2, Why::Anything)]),
        (100, 100, 100, vec![(1, Why::Reached), (2, Why::Reached)]),
        (100, 100, 101, primary(Why::Behind)),
        // One that has it is enough, and that one has it does not mean that the other one has.
        (100, 101, 101, vec![(2, Why::Reached), (2, Why::Reached)]),
        (101, 100, 101, vec![(1, Why::Reached), (1, Why::Reached)]),
        (0, 101, 101, vec![(2, Why::Reached), (2, Why::Reached)]),
        (u64::MAX - 1, 0, u64::MAX, primary(Why::Behind)), // a made-up one
    ] {
        token.are_at(first, second);
        assert_eq!(token.answered(asked, || {}).await, expected, "{first} {second} {asked}");
    }
    assert!(matches!(token.place(None), Place::Primary(Why::Writes)), "outside of a request");
    let any = replicas(ReplicaReads::Any);
    any.are_at(99, 100);
    assert_eq!(any.answered(500, || {}).await, vec![(2, Why::Anything), (2, Why::Anything)]);
    let off = replicas(ReplicaReads::Off);
    off.are_at(500, 500);
    assert_eq!(off.answered(0, || {}).await, primary(Why::Off));
}

#[tokio::test]
async fn who_wrote_sees_it_without_being_told_where_and_so_does_a_copy_of_it() {
    let token = replicas(ReplicaReads::Token);
    token.are_at(100, 100);
    context::within(Some(Arc::new(Context::new(None))), async {
        context::carries(7);
        context::touch(QuestionId::new(3));
        token.written(Position::new(200), None, Stopwatch::start());
        // It is told to who asked for it, and its own reads see it.
        let context = context::current().expect("a request");
        assert_eq!(context.written_at(), Some(Position::new(200)));
    })
    .await;
    let behind = vec![(0, Why::Behind), (0, Why::Behind)];
    let anything = vec![(1, Why::Anything), (2, Why::Anything)];
    assert_eq!(token.answered(0, || context::carries(7)).await, behind);
    assert_eq!(token.answered(0, || context::carries(8)).await, anything);
    assert_eq!(token.answered(0, || context::is_copied(QuestionId::new(3))).await, behind);
    assert_eq!(token.answered(0, || context::is_copied(QuestionId::new(4))).await, anything);
    token.are_at(200, 100);
    let first = vec![(1, Why::Reached), (1, Why::Reached)];
    assert_eq!(token.answered(0, || context::carries(7)).await, first, "and it is not forgotten");
    let report = token.report();
    assert_eq!(report.replicas[0].visible.count, 1);
    assert_eq!(report.replicas[1].visible.count, 0);
    assert_eq!((report.replicas[0].lag_bytes, report.replicas[1].lag_bytes), (0, 100));
}

#[tokio::test]
async fn a_write_whose_place_is_not_known_is_waited_for_by_everybody() {
    let token = replicas(ReplicaReads::Token);
    token.are_at(100, 100);
    drop(Lost(Some(&token.primary)));
    assert_eq!(token.answered(0, || {}).await, vec![(0, Why::Unknown), (0, Why::Unknown)]);
    token.primary.found(150);
    assert_eq!(token.answered(0, || {}).await, vec![(0, Why::Behind), (0, Why::Behind)]);
    token.are_at(150, 149);
    assert_eq!(token.answered(0, || {}).await, vec![(1, Why::Anything), (1, Why::Anything)]);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_lags_far_behind_is_read_by_nobody() {
    let token = replicas(ReplicaReads::Token);
    token.are_at(100, 100);
    tokio::time::advance(Duration::from_secs(1)).await;
    token.primary.saw(Position::new(200));
    for (seconds, expected) in [
        (9, vec![(1, Why::Anything), (2, Why::Anything)]),
        (2, vec![(0, Why::Late), (0, Why::Late)]), // 11 s by now
    ] {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        token.are_at(100, 100);
        assert_eq!(token.answered(0, || {}).await, expected, "after {seconds} s more");
    }
    token.are_at(100, 200);
    assert_eq!(token.answered(0, || {}).await, vec![(2, Why::Anything), (2, Why::Anything)]);
    assert_eq!(token.all[0].lag(), Duration::from_secs(11));
}
