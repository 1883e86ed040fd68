//! What can be switched on a server that serves: limits, headers, and who is believed.

use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::app::AppState;
use crate::observe::Costs;
use crate::rate::{Limiter, Limits, Network, Rate, TrustedProxies};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// It is done
    On,
    /// It is not
    Off,
}

/// The switches of `serve`.
#[derive(Debug, Args)]
pub(super) struct Switches {
    /// Whether each client has limits; switch them off to measure what the server can do
    #[arg(long, default_value = "on", value_name = "SWITCH", env = "FORUM_LIMITS")]
    limits: Switch,
    /// Accounts opened from one address
    #[arg(long, default_value_t = Limits::default().sign_up, value_name = "RATE")]
    limit_signup: Rate,
    /// Log-ins tried from one address
    #[arg(long, default_value_t = Limits::default().log_in, value_name = "RATE")]
    limit_login: Rate,
    /// Questions, answers and changes of one member
    #[arg(long, default_value_t = Limits::default().write, value_name = "RATE")]
    limit_write: Rate,
    /// Votes and comments of one member
    #[arg(long, default_value_t = Limits::default().vote, value_name = "RATE")]
    limit_vote: Rate,
    /// What one member or address reads
    #[arg(long, default_value_t = Limits::default().read, value_name = "RATE")]
    limit_read: Rate,
    /// A proxy whose `X-Forwarded-For` is believed, like `10.0.0.0/8`; may be given several times
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<Network>,
    /// Whether answers say where their time went, in `Server-Timing`
    #[arg(long, default_value = "on", value_name = "SWITCH")]
    server_timing: Switch,
    /// Say in `x-sql-statements` how many statements each request cost, for tests
    #[arg(long)]
    cost_headers: bool,
    /// The server stands behind TLS: cookies are sent over it alone, and browsers are told to stay with it
    #[arg(long)]
    behind_tls: bool,
}

impl Switches {
    /// Whether each client has limits, in a word.
    pub(super) fn limits(&self) -> &'static str {
        match self.limits {
            Switch::On => "on",
            Switch::Off => "off",
        }
    }

    /// The state of a server with these switches.
    pub(super) fn apply(self, state: AppState) -> AppState {
        let limits = Limits {
            sign_up: self.limit_signup,
            log_in: self.limit_login,
            write: self.limit_write,
            vote: self.limit_vote,
            read: self.limit_read,
        };
        let limiter = if self.limits == Switch::On { Limiter::new(limits) } else { Limiter::off() };
        AppState {
            limiter,
            proxies: Arc::new(TrustedProxies(self.trusted_proxy)),
            costs: Costs { timing: self.server_timing == Switch::On, statements: self.cost_headers },
            behind_tls: self.behind_tls,
            ..state
        }
    }
}
