//! Moments of clients that several forums share, in Redis.
//!
//! The same algorithm as in `gcra`, in one script, so that nobody comes between reading a moment and moving it on, and by the
//! clock of Redis, so that those of the forums do not matter. A moment ends by itself when its client is at rest; that Redis
//! forgets one earlier, for want of room, gives its client a window's worth anew.
//!
//! While Redis is away each forum counts alone. So at the change, both ways, a client may have a window's worth anew.

use std::net::IpAddr;
use std::time::Duration;

use redis::{RedisResult, Script};

use super::{Class, Rate, Standing};
use crate::domain::UserId;
use crate::link::{Address, Link, Nothing};

/// Counts in whole microseconds: a rate of up to 10,000 requests in a second is kept within 1 %.
const STEP: &str = "
local each, requests = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local moment = tonumber(redis.call('GET', KEYS[1]) or 0)
local next = math.max(moment, now) + each
local furthest = now + each * requests
if next > furthest then return {0, math.max(moment - now, 0), next - furthest} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {math.floor((furthest - next) / each), next - now, 0}
";

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// A member.
    Member(UserId),
    /// Everybody at an address.
    Address(IpAddr),
}

/// The moments in Redis.
#[derive(Debug)]
pub(crate) struct SharedMoments {
    link: Link,
    step: Script,
}

impl SharedMoments {
    pub(super) fn open(address: &Address, wait: Duration) -> RedisResult<Self> {
        let link = Link::open("limits", address, wait, std::sync::Arc::new(Nothing))?;
        Ok(Self { link, step: Script::new(STEP) })
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Whether a client may send a request; `None` when Redis does not say.
    pub(super) async fn ask(&self, class: Class, rate: Rate, client: Client) -> Option<Standing> {
        let each = (rate.window / rate.requests).as_micros().max(1);
        let mut call = self.step.key(key(class, client));
        call.arg(u64::try_from(each).ok()?).arg(rate.requests);
        let said: (u32, u64, u64) =
            self.link.ask(async |mut connection| call.invoke_async(&mut connection).await).await?;
        let (remaining, reset, retry) = said;
        let retry = (retry > 0).then(|| Duration::from_micros(retry));
        Some(Standing { class, rate, remaining, reset: Duration::from_micros(reset), retry })
    }
}

fn key(class: Class, client: Client) -> String {
    let class = class.name();
    match client {
        Client::Member(user) => format!("forum:rate:{class}:member:{user}"),
        Client::Address(address) => format!("forum:rate:{class}:address:{address}"),
    }
}
