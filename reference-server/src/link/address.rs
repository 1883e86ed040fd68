//! Where a Redis server is, as it is typed.

use std::fmt;
use std::str::FromStr;

use redis::{ConnectionInfo, ProtocolVersion};

/// The address of a Redis server; never shown, because it may have a password in it.
#[derive(Clone)]
pub struct Address(Box<ConnectionInfo>);

impl Address {
    pub(super) fn info(&self) -> &ConnectionInfo {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Address")
    }
}

impl FromStr for Address {
    type Err = String;

    /// `redis://host:port`, `redis://user:password@host:port/database`, `redis+unix:///run/redis.sock`.
    fn from_str(text: &str) -> Result<Self, String> {
        // What was found is not repeated: it may have a password in it.
        let cannot = || "expected an address like `redis://127.0.0.1:6379` or `redis+unix:///run/redis.sock`";
        if !text.starts_with("redis://") && !text.starts_with("redis+unix://") {
            return Err(cannot().to_owned());
        }
        let info: ConnectionInfo = text.parse().map_err(|_| cannot().to_owned())?;
        // The newer protocol: by it what Redis says by itself comes over the same connection.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        Ok(Self(Box::new(info.set_redis_settings(settings))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_redis_and_is_never_repeated() {
        for text in [
            "redis://127.0.0.1:6379",
            "redis://cache.example",
            "redis://ada:canary@[::1]:6379/3",
            "redis+unix:///run/redis.sock",
        ] {
            let address = text.parse::<Address>().unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!(format!("{address:?}"), "Address");
        }
        for text in
            ["", "127.0.0.1:6379", "rediss://ada:canary@host", "redis://:canary@host:port", "http://host"]
        {
            let problem = text.parse::<Address>().expect_err(text);
            assert!(
                problem.starts_with("expected an address like ") && !problem.contains("canary"),
                "{problem}"
            );
        }
    }
}
