//! How the server is reached, and how its schema is brought up to date.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::migrations::migrator;
use super::{counters, documents, indexes};
use crate::store::{Durability, OpenError, Setup, StoreError};

/// Connections of the pool. A server of a few cores does its best work on some ten connections; more only
/// wait inside it.
const CONNECTIONS: u32 = 16;
/// How long a request waits for a connection before it is told that the store is busy.
const CONNECTION_WAIT: Duration = Duration::from_secs(2);
/// Longest statement while serving: nobody waits for it any more.
pub(super) const STATEMENT_TIME: Duration = crate::limits::REQUEST_TIME;
/// How long an idle connection is trusted without being asked.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);
/// After how long a connection is replaced, so that the memory its session holds on the server is given back.
const CONNECTION_LIFETIME: Duration = Duration::from_mins(30);

/// A pool of connections, after one of them was made and the schema is up to date. Migrations may take their
/// time; what the pool does may take `statement_time`, if one is given.
pub(super) async fn connect(
    options: &PgConnectOptions,
    place: &str,
    statement_time: Option<Duration>,
    setup: Setup,
) -> Result<(PgPool, String), OpenError> {
    let unreachable = |error: sqlx::Error| OpenError::Unreachable {
        place: place.to_owned(),
        cause: error.to_string(),
        hint: "is the server running there, does the database exist, and may this user open it?",
    };
    let options = named(options);
    // Alone first: a pool tries again until its time limit is over, and then says nothing of the cause.
    let mut connection = options.connect().await.map_err(unreachable)?;
    migrator()
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| OpenError::from_migration(place, &error))?;
    indexes::apply(&mut connection, setup.indexes).await.map_err(unreachable)?;
    counters::apply(&mut connection, setup.counters).await.map_err(unreachable)?;
    documents::apply(&mut connection, setup).await.map_err(unreachable)?;
    let version: String = sqlx::query_scalar("select current_setting('server_version')")
        .fetch_one(&mut connection)
        .await
        .map_err(unreachable)?;
    sqlx::Connection::close(connection).await.map_err(unreachable)?;
    let options = match statement_time {
        Some(time) => options.options([("statement_timeout", format!("{}ms", time.as_millis()))]),
        None => options,
    };
    let pool = pool().connect_with(options).await.map_err(unreachable)?;
    // `15.14 (Debian 15.14-0+deb12u1)`: the number is enough.
    let number = version.split_whitespace().next().unwrap_or(&version).to_owned();
    Ok((pool, number))
}

/// The same server, which is told who connects.
pub(super) fn named(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().application_name("reference-server").disable_statement_logging()
}

fn pool() -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECTION_WAIT)
        .max_lifetime(CONNECTION_LIFETIME)
        .idle_timeout(None)
        // It would be a round trip for each use of a connection. One that was used just now is noticed to be broken by its
        // statement; one that was idle is asked, so that a server which came back is not met by the connections of the old.
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                Ok(used.idle_for < IDLE_TRUSTED || sqlx::Connection::ping(connection).await.is_ok())
            })
        })
}

/// Connections to a replica, which are made when they are used: it may not be there yet.
pub(super) fn replica_pool(options: &PgConnectOptions) -> PgPool {
    let time = format!("{}ms", STATEMENT_TIME.as_millis());
    pool().connect_lazy_with(named(options).options([("statement_timeout", time)]))
}

/// The same server, whose sessions wait at each commit for the disk or do not.
pub(super) fn durable(options: &PgConnectOptions, durability: Durability) -> PgConnectOptions {
    let commit = if durability == Durability::Full { "on" } else { "off" };
    options.clone().options([("synchronous_commit", commit)])
}

/// Brings the schema of a database up to date.
///
/// # Errors
/// Names the database, the cause and what to do.
pub async fn migrate(options: &PgConnectOptions, place: &str) -> Result<(), OpenError> {
    let (pool, _) = connect(options, place, None, Setup::default()).await?;
    pool.close().await;
    Ok(())
}

/// A broken rule becomes [`StoreError::Constraint`]; anything else stays what it is.
pub(super) fn translate(error: sqlx::Error) -> StoreError {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some(name) => StoreError::Constraint(name.to_owned()),
        None => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_told_whether_to_wait_for_the_disk() {
        let options: PgConnectOptions = "postgres://localhost/forum".parse().expect("an address");
        for (durability, expected) in
            [(Durability::Full, "on"), (Durability::Normal, "off"), (Durability::Off, "off")]
        {
            let said = durable(&options, durability);
            assert_eq!(said.get_options(), Some(format!("-c synchronous_commit={expected}").as_str()));
        }
    }
}
