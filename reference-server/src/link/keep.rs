//! The task that connects, notices that nobody is there any more, and connects again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, PushInfo, PushKind, RedisResult};

use super::{SKIP_TIME, Shared, Tending};

/// Time to open a connection, and for each answer before it is used.
const CONNECT_TIME: Duration = Duration::from_secs(1);
/// Time for a connection in all, with whatever is done before it is used.
const BEGIN_TIME: Duration = Duration::from_secs(10);
/// Pause between two tries to connect: it is used again so soon after its return.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// How often a connection that nobody needs is tried: what Redis says by itself is missed for no longer than this.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Commands that may be on their way at a time: more than requests are served. Others wait, and not for long.
const ON_THE_WAY: usize = 1_024;

/// Keeps a connection up until nobody holds the link any more.
pub(super) async fn keep(shared: Weak<Shared>, client: redis::Client, tending: Arc<impl Tending>) {
    let mut known_to_be_away = false;
    for number in 1.. {
        let connected = tokio::time::timeout(BEGIN_TIME, connect(&shared, number, &client, &tending)).await;
        let Some(link) = shared.upgrade() else { return };
        let (purpose, lost, wait) = (link.purpose, Arc::clone(&link.lost), link.wait);
        let Ok(Ok(connection)) = connected else {
            drop(link);
            // Without the reason in the words of the library, which may repeat the address with its password.
            if !std::mem::replace(&mut known_to_be_away, true) {
                tracing::error!(purpose, "Redis is away; the forum does without");
            }
            tokio::time::sleep(RETRY_PAUSE).await;
            continue;
        };
        link.put(number, connection.clone());
        drop(link);
        if std::mem::take(&mut known_to_be_away) {
            tracing::warn!(purpose, "Redis is back");
        }
        loop {
            // Either ends this connection; a heartbeat that is cut short is not missed.
            tokio::select! {
                biased;
                () = lost.notified() => break,
                alive = beat(connection.clone(), wait) => if !alive {
                    let Some(link) = shared.upgrade() else { return };
                    link.lose(number);
                },
            }
        }
        tracing::error!(purpose, "Redis does not answer; the forum does without");
        known_to_be_away = true;
        tokio::time::sleep(SKIP_TIME).await;
    }
}

async fn connect(
    shared: &Weak<Shared>,
    number: u64,
    client: &redis::Client,
    tending: &Arc<impl Tending>,
) -> RedisResult<MultiplexedConnection> {
    let (weak, listener) = (shared.clone(), Arc::clone(tending));
    let told = move |push: PushInfo| {
        if push.kind == PushKind::Disconnection {
            if let Some(link) = weak.upgrade() {
                link.lose(number);
            }
        } else {
            listener.told(push);
        }
        Ok::<(), ()>(())
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIME))
        .set_response_timeout(Some(CONNECT_TIME)) // each question has a shorter one of its own
        .set_concurrency_limit(ON_THE_WAY)
        .set_push_sender(told);
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").query_async::<()>(&mut connection).await?;
    tending.begin(connection.clone()).await?;
    Ok(connection)
}

/// Waits for a while, then says whether Redis still answers.
async fn beat(mut connection: MultiplexedConnection, wait: Duration) -> bool {
    tokio::time::sleep(HEARTBEAT).await;
    let asked = redis::cmd("PING");
    let answer = tokio::time::timeout(wait, asked.query_async::<()>(&mut connection)).await;
    answer.is_ok_and(|answer| answer.is_ok())
}
