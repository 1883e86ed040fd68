//! What can be switched on a server that serves: limits, headers, caches, durability, cost, and who is believed.

use std::sync::Arc;
use std::time::Duration;

use clap::{ArgAction, ArgMatches, Args, Command, ValueEnum};

use super::replicas::ReplicaSwitches;
use crate::app::AppState;
use crate::blobs::Blobs;
use crate::cache::{Cache, Copies, Keep, Sharing};
use crate::configuration::{Configuration, Setting};
use crate::extra_work::ExtraWork;
use crate::gate::{Gate, Shedding};
use crate::http_cache::HttpCache;
use crate::link;
use crate::observe::Costs;
use crate::password::{Cost, Passwords};
use crate::rate::{Limiter, Limits, Network, Rate, TrustedProxies};
use crate::span;
use crate::store::{
    Counters, DERIVED_BACKLOG, DerivedWork, Durability, Layout, OpenError, ReplicaSet, Setup,
};

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
    /// What an acknowledged write survives: `full` a loss of power, `normal` the end of this program, `off` the same at the risk of a
    /// broken file
    #[arg(long, default_value_t = Durability::default(), value_name = "LEVEL", env = "FORUM_DURABILITY")]
    durability: Durability,
    /// Whether SQLite's writer commits all waiting writes together; PostgreSQL groups by itself
    #[arg(long, default_value = "on", value_name = "SWITCH", env = "FORUM_GROUP_COMMIT")]
    group_commit: Switch,
    /// Whether there are the secondary indexes; off, they are dropped until a server is started with them again
    #[arg(long, default_value = "on", value_name = "SWITCH", env = "FORUM_INDEXES")]
    indexes: Switch,
    /// When members are notified of what others do: `now`, by the same transaction, or `later`, which writes it down to be done
    #[arg(long, default_value_t = DerivedWork::default(), value_name = "WHEN", env = "FORUM_DERIVED")]
    derived: DerivedWork,
    /// Notifications that may wait; a write that would add to them is refused
    #[arg(long, default_value_t = DERIVED_BACKLOG, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    derived_backlog: u64,
    #[command(flatten)]
    replicas: ReplicaSwitches,
    /// Where scores and numbers of answers and comments come from: `stored` with the posts by every write, or `counted` by every
    /// reader; all servers of a database alike
    #[arg(long, default_value_t = Counters::default(), value_name = "HOW", env = "FORUM_COUNTERS")]
    counters: Counters,
    /// How a question lies in the database: as `rows`, or also as one `document` with its first answers and comments, written anew
    /// with each change and read in one statement; all servers of a database alike
    #[arg(long, default_value_t = Layout::default(), value_name = "HOW", env = "FORUM_LAYOUT")]
    layout: Layout,
    /// What caches may do with what strangers read: `off`, `revalidate` by a validator, or keep it for a time like `60s`
    #[arg(long, default_value_t = HttpCache::default(), value_name = "SWITCH", env = "FORUM_HTTP_CACHE")]
    http_cache: HttpCache,
    /// Memory and passes of a password's hash
    #[arg(long, default_value_t = Cost::default(), value_name = "COST", env = "FORUM_PASSWORD_COST")]
    password_cost: Cost,
    /// Burn so much processor time for each request, like `50us`: to test whether a regression check sees it
    #[arg(long, default_value = "0", value_name = "TIME")]
    extra_work: ExtraWork,
    /// Whether each client has limits; switch them off to measure what the server can do
    #[arg(long, default_value = "on", value_name = "SWITCH", env = "FORUM_LIMITS")]
    limits: Switch,
    /// Where is counted what clients send: `local` to this forum, or together with others in the Redis at an address like
    /// `redis://127.0.0.1:6379`
    #[arg(
        long,
        default_value = "local",
        value_name = "STORE",
        env = "FORUM_LIMITS_STORE",
        hide_env_values = true
    )]
    limits_store: String,
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
    /// Whether requests that cannot be served soon are refused at once, with 503 and `Retry-After`
    #[arg(long, default_value = "on", value_name = "SWITCH", env = "FORUM_SHEDDING")]
    shedding: Switch,
    /// Requests served at a time
    #[arg(long, default_value_t = Shedding::default().served, value_name = "N", value_parser = requests)]
    shed_served: usize,
    /// Requests that may wait for their turn
    #[arg(long, default_value_t = Shedding::default().waiting, value_name = "N", value_parser = requests)]
    shed_waiting: usize,
    /// How long each of them may wait; a tenth of it while others have been waiting for longer than that
    #[arg(long, default_value = "100ms", value_name = "TIME", value_parser = wait)]
    shed_wait: Duration,
    /// Answer strangers from copies of question pages that are young enough: `off`, or a size and a time like `64MB 10s`
    #[arg(long, default_value = "off", value_name = "SIZE TIME", env = "FORUM_CACHE")]
    cache: Cache,
    /// Share copies with other forums in Redis, behind those of `--cache` if there are any: `off`, or an address and a time like
    /// `redis://127.0.0.1:6379 60s`
    #[arg(
        long,
        default_value = "off",
        value_name = "REDIS TIME",
        env = "FORUM_SHARED_CACHE",
        hide_env_values = true
    )]
    shared_cache: String,
    /// How long a request waits for Redis before it does without, and so do others for a second
    #[arg(long, default_value = "50ms", value_name = "TIME", value_parser = redis_wait, env = "FORUM_REDIS_WAIT")]
    redis_wait: Duration,
    /// How much of what was read is kept to be shown, marked as old, while the database is away: a size, or `off`
    #[arg(long, default_value = "16MB", value_name = "SIZE")]
    stale_reads: Keep,
    /// Where pictures of members are kept: `database`, a folder like `file:///var/lib/forum`, or a bucket like
    /// `s3://forum?endpoint=http://127.0.0.1:9000&region=eu-central-1`, with credentials from the environment
    #[arg(
        long,
        default_value = "database",
        value_name = "PLACE",
        env = "FORUM_BLOBS",
        hide_env_values = true
    )]
    blobs: String,
    /// A proxy whose `X-Forwarded-For` is believed, like `10.0.0.0/8`; may be given several times
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<Network>,
    /// Whether answers say where their time went, in `Server-Timing`
    #[arg(long, default_value = "on", value_name = "SWITCH")]
    server_timing: Switch,
    /// Say in `x-sql-statements` how many statements each request cost, for tests
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", action = ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new())]
    cost_headers: bool,
    /// The server stands behind TLS: cookies are sent over it alone, and browsers are told to stay with it
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true", action = ArgAction::Set, value_parser = clap::builder::BoolishValueParser::new())]
    behind_tls: bool,
}

/// Most requests that may be served, or wait, at a time.
const REQUESTS_MAX: usize = 100_000;
/// Longest time to wait for a turn: the time for the whole of a request.
const WAIT_MAX: Duration = crate::limits::REQUEST_TIME;

fn requests(text: &str) -> Result<usize, String> {
    let number = text.parse().map_err(|_| format!("expected a whole number, found {text:?}"))?;
    if (1..=REQUESTS_MAX).contains(&number) {
        Ok(number)
    } else {
        Err(format!("expected 1 to {REQUESTS_MAX}"))
    }
}

fn wait(text: &str) -> Result<Duration, String> {
    span::parse(text, WAIT_MAX)
}

fn redis_wait(text: &str) -> Result<Duration, String> {
    span::parse(text, link::WAIT_MAX)
}

impl Switches {
    /// Whether each client has limits, in a word.
    pub(super) fn limits(&self) -> &'static str {
        match self.limits {
            Switch::On => "on",
            Switch::Off => "off",
        }
    }

    /// How the database is to be used.
    pub(super) fn setup(&self) -> Setup {
        Setup {
            durability: self.durability,
            group_commit: self.group_commit == Switch::On,
            indexes: self.indexes == Switch::On,
            derived: self.derived,
            derived_backlog: self.derived_backlog,
            counters: self.counters,
            layout: self.layout,
        }
    }

    /// From where is read beside the primary.
    pub(super) fn replicas(&self) -> Result<ReplicaSet, OpenError> {
        self.replicas.set()
    }

    /// The state of a server with these switches. Needs a runtime.
    ///
    /// # Errors
    /// When an address makes no sense. These are not read by clap, which repeats what it was given, passwords as well.
    pub(super) fn apply(self, state: AppState) -> anyhow::Result<AppState> {
        let copies = self.copies().map_err(|problem| {
            anyhow::anyhow!("--shared-cache: {problem}\n  hint: `off`, or the address of Redis and how long a copy is good, like 'redis://127.0.0.1:6379 60s'")
        })?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let limiter = self.limiter().map_err(|problem| {
            anyhow::anyhow!("--limits-store: {problem}\n  hint: `local`, or the address of Redis, like redis://127.0.0.1:6379")
        })?;
        let blobs = self.blobs.parse().and_then(|place| Blobs::open(&place));
        let blobs = blobs.map_err(|problem| {
            anyhow::anyhow!("--blobs: {problem}\n  hint: `database`, a folder like file:///var/lib/forum, or a bucket like s3://forum")
        })?;
        let shedding =
            Shedding { served: self.shed_served, waiting: self.shed_waiting, wait: self.shed_wait };
        let gate = if self.shedding == Switch::On { Gate::new(shedding) } else { Gate::off() };
        Ok(AppState {
            limiter,
            gate,
            copies,
            blobs,
            proxies: Arc::new(TrustedProxies(self.trusted_proxy)),
            costs: Costs { timing: self.server_timing == Switch::On, statements: self.cost_headers },
            behind_tls: self.behind_tls,
            passwords: Passwords::new(cores, self.password_cost),
            http_cache: self.http_cache,
            extra_work: self.extra_work,
            ..state
        })
    }

    fn limiter(&self) -> Result<Limiter, String> {
        let limits = Limits {
            sign_up: self.limit_signup,
            log_in: self.limit_login,
            write: self.limit_write,
            vote: self.limit_vote,
            read: self.limit_read,
        };
        match (self.limits, self.limits_store.as_str()) {
            (Switch::Off, _) => Ok(Limiter::off()),
            (Switch::On, "local") => Ok(Limiter::new(limits)),
            (Switch::On, address) => Limiter::sharing(limits, &address.parse()?, self.redis_wait),
        }
    }

    fn copies(&self) -> Result<Copies, String> {
        match self.shared_cache.parse()? {
            Sharing::Off => Ok(Copies::new(self.cache, self.stale_reads)),
            Sharing::In(address, fresh) => {
                // Another version of the program makes other pages, and validators are a part of what is kept.
                let kind = format!("{} {}", env!("CARGO_PKG_VERSION"), self.http_cache);
                Copies::sharing(self.cache, self.stale_reads, (&address, fresh), self.redis_wait, &kind)
            }
        }
    }
}

/// The switches as they were typed, or set by the environment, or are by default. What has no default is no switch but an
/// address.
pub(super) fn configuration(typed: &ArgMatches) -> Configuration {
    let mut switches = Switches::augment_args(Command::new("serve"));
    switches.build();
    let settings = switches.get_arguments().filter_map(|switch| {
        let default = switch.get_default_values().first()?.to_str()?.to_owned();
        let id = switch.get_id().as_str();
        let value = typed.get_raw(id).and_then(|mut values| values.next_back()?.to_str());
        Some(Setting {
            name: switch.get_long()?.to_owned(),
            value: value.map_or_else(|| default.clone(), without_addresses),
            default,
            // Marks of the terminal's help mean nothing elsewhere.
            about: switch.get_help()?.to_string().replace('`', ""),
        })
    });
    Configuration::new(settings.collect())
}

/// A switch as it may be shown to everybody: of an address nothing but its kind, because it may have a password in it.
fn without_addresses(value: &str) -> String {
    let shown = value.split(' ').map(|word| match word.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…"),
        None => word.to_owned(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_switch_is_not_shown() {
        for (typed, shown) in [
            ("off", "off"),
            ("64MB 10s", "64MB 10s"),
            ("redis://ada:canary@cache.example:6379/1 60s", "redis://… 60s"),
            ("redis+unix:///run/canary.sock", "redis+unix://…"),
        ] {
            assert_eq!(without_addresses(typed), shown);
        }
    }
}
