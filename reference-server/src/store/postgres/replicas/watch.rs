//! Asks the primary and each replica how far they are, on a connection of its own, so that reading costs no question.
//!
//! While a write is waited for, a replica is asked again and again; else only now and then, to see whether it is there.

use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::Notify;

use super::primary::{self, Primary};
use super::replica::Replica;
use crate::domain::Position;

/// Where a replica is; 0 when it does not say so. One that was made a primary follows nobody any more.
const REPLAYED: &str = "select pg_is_in_recovery(), coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0)";
/// The first pause between two questions to a replica that is waited for; each one doubles until it has got on.
const SOON: Duration = Duration::from_millis(1);
/// The longest pause between two questions, and the one before another connection is tried.
const NOW_AND_THEN: Duration = Duration::from_millis(250);
/// How long an answer is waited for, before it is taken that none will come.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// Why one that is watched cannot be used.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("no answer within {} s", ANSWER_TIME.as_secs())]
    Silent,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("it is no replica of this primary: another server, or another database of it")]
    Stranger,
    #[error("it is a primary itself")]
    Primary,
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Trouble> {
    tokio::time::timeout(ANSWER_TIME, work).await.map_err(|_| Trouble::Silent)?.map_err(Trouble::from)
}

/// Watches the primary for as long as it is let.
pub(super) async fn primary(primary: Arc<Primary>, options: PgConnectOptions) {
    loop {
        let Err(trouble) = follow_primary(&primary, &options).await;
        tracing::debug!(%trouble, "the primary does not say where its log is");
        tokio::time::sleep(NOW_AND_THEN).await;
    }
}

async fn follow_primary(primary: &Primary, options: &PgConnectOptions) -> Result<Never, Trouble> {
    let mut connection = in_time(options.connect()).await?;
    loop {
        in_time(primary.look(&mut connection)).await?;
        pause(&primary.wake, NOW_AND_THEN).await;
    }
}

/// Watches a replica for as long as it is let.
pub(super) async fn replica(replica: Arc<Replica>, primary: Arc<Primary>, options: PgConnectOptions) {
    let (number, place) = (replica.number, &replica.place);
    let mut told = false;
    loop {
        let Err(trouble) = follow_replica(&replica, &primary, &options).await;
        if replica.lost() || !told {
            tracing::warn!(replica = number, %place, %trouble, "a replica is away; the primary is read");
            told = true;
        }
        pause(&replica.wake, NOW_AND_THEN).await;
        // However many ask for it: not at once again.
        tokio::time::sleep(SOON).await;
    }
}

async fn follow_replica(
    replica: &Replica,
    primary: &Primary,
    options: &PgConnectOptions,
) -> Result<Never, Trouble> {
    let mut connection = in_time(options.connect()).await?;
    if in_time(primary::identity(&mut connection)).await? != primary.identity {
        return Err(Trouble::Stranger);
    }
    let (mut last, mut wait) = (Position::START, SOON);
    loop {
        let position = in_time(replayed(&mut connection)).await?.ok_or(Trouble::Primary)?;
        if replica.reached(position, primary) {
            tracing::info!(replica = replica.number, place = %replica.place, "a replica is read");
        }
        wait = if position > last { SOON } else { (wait * 2).min(NOW_AND_THEN) };
        last = position;
        if replica.visible.is_awaited() {
            tokio::time::sleep(wait).await;
        } else {
            pause(&replica.wake, NOW_AND_THEN).await;
            // Whatever position is asked for, and however often.
            tokio::time::sleep(SOON).await;
            wait = SOON;
        }
    }
}

async fn replayed(connection: &mut PgConnection) -> Result<Option<Position>, sqlx::Error> {
    let (follows, bytes): (bool, i64) = sqlx::query_as(REPLAYED).fetch_one(connection).await?;
    Ok(follows.then(|| Position::new(bytes.unsigned_abs())))
}

/// Waits, but not when somebody wants to know at once.
async fn pause(wake: &Notify, time: Duration) {
    // Either will do.
    drop(tokio::time::timeout(time, wake.notified()).await);
}

/// What is never returned.
enum Never {}
