//! The closed model: users who wait for the answer, think, and go on. The only file that names goose.
//!
//! goose brings the users and ramps them up; what they do is the same compiled plan, through the same codec, as in the
//! open model, so that the two differ in their load alone. Its own HTTP client is not used: it costs twice the
//! processor time and stops its clock at the headers, while here the whole body is read.
//!
//! Users are seeded: user u makes the visits u, u + n, u + 2n and so on, each with its own stream of random numbers.

mod counts;
mod user;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use goose::GooseAttack;
use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionFunction};
use scenarios::pause::Pause;
use scenarios::target::Connections;
use tokio::sync::Mutex;
use tokio::time::timeout_at;

use crate::course::Course;
use crate::engine::{Nanos, Outcome};
use crate::inbox::Inbox;
use crate::journey::{Plan, draw_pause, draw_residual};
use crate::tls::Tls;
use crate::wire::Wires;
pub(crate) use counts::Counts;
use user::User;

/// What the users need to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<Tls>,
    pub(crate) connections: Connections,
    pub(crate) users: u32,
    /// How many of them are at work over time, counted from `begins`: the first so many.
    pub(crate) course: Course,
    pub(crate) begins: Duration,
    /// Over how long the users come, one after the other.
    pub(crate) ramp: Duration,
    /// Pause between two visits.
    pub(crate) think: Pause,
    /// How long a user waits for an answer.
    pub(crate) timeout: Duration,
    /// How long the users stay at most; the run is ended from outside before that.
    pub(crate) longest: Duration,
    /// How long answers are waited for after Ctrl-C.
    pub(crate) grace_when_stopped: Duration,
    pub(crate) seed: u64,
}

/// What the users have in common with whoever watches them.
pub(crate) struct Shared {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) start: Instant,
    /// The run is over: nobody begins anything.
    pub(crate) stop: Arc<AtomicBool>,
    /// It was ended before its time: nobody waits for long.
    pub(crate) hurry: Arc<AtomicBool>,
    pub(crate) counts: Arc<Counts>,
}

/// All that a user needs.
struct World {
    plan: Arc<Plan>,
    settings: Settings,
    shared: Shared,
    next_user: AtomicU64,
    wires: Wires,
}

/// Runs the users until `stop` is set and every request that was under way has ended.
///
/// # Errors
/// goose refused its configuration.
pub(crate) async fn run(plan: Arc<Plan>, settings: Settings, shared: Shared) -> anyhow::Result<()> {
    silence();
    let config = configuration(&settings);
    let wires = Wires::new(settings.connections.most);
    let world = Arc::new(World { plan, settings, shared, next_user: AtomicU64::new(0), wires });
    let visit: TransactionFunction = Arc::new(move |user| {
        let world = world.clone();
        Box::pin(async move {
            one_visit(&world, user).await;
            Ok(())
        })
    });
    let scenario = Scenario::new("visits").register_transaction(Transaction::new(visit).set_name("visit"));
    let shared = goose::client::GooseClientBuilder::new().without_cookies();
    let attack = GooseAttack::initialize_with_config(config)?
        .set_client_builder_without_cookies(shared)?
        .register_scenario(scenario);
    Box::pin(attack.execute()).await?;
    Ok(())
}

/// Asks goose to let its users go; they finish what they are doing.
pub(crate) fn end() {
    goose::trigger_killswitch("the run is over");
}

/// goose logs to stdout, where our report goes; a logger that is there already is left alone.
fn silence() {
    struct Silent;
    impl log::Log for Silent {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            false
        }
        fn log(&self, _: &log::Record<'_>) {}
        fn flush(&self) {}
    }
    // Fails when a logger is there already, which is what is wanted.
    drop(log::set_logger(&Silent));
}

fn configuration(settings: &Settings) -> GooseConfiguration {
    let mut config = GooseConfiguration::default();
    config.host = Some(format!("http://{}", settings.address));
    config.users = usize::try_from(settings.users).ok();
    let rate = f64::from(settings.users) / settings.ramp.as_secs_f64().max(0.1);
    config.increase_rate = Some(format!("{rate:.6}"));
    config.run_time = Some(format!("{}s", settings.longest.as_secs() + 1));
    // Its own control port, tables and log would speak beside our report.
    config.no_telnet = true;
    config.no_print_metrics = true;
    config.no_metrics = true;
    config.quiet = 2;
    config
}

/// How often a user who thinks looks whether the run is over.
const LOOK: Duration = Duration::from_millis(100);
/// goose wants what a user keeps to be `Clone`; a handle is.
#[derive(Clone)]
struct Handle(Arc<Mutex<User>>);

async fn one_visit(world: &World, goose_user: &mut GooseUser) {
    let handle = if let Some(handle) = goose_user.get_session_data::<Handle>() {
        handle.clone()
    } else {
        let handle = Handle(Arc::new(Mutex::new(User::new(world))));
        goose_user.set_session_data(handle.clone());
        handle
    };
    let mut user = handle.0.lock().await;
    // The pause comes first, so that users who come together do not act together: each has been pausing for a while when
    // he is seen first, and what is left of that is spread over it even where all pauses are alike.
    let law = &world.settings.think;
    let is_new = std::mem::take(&mut user.is_new);
    let pause = if is_new { draw_residual(law, &mut user.random) } else { draw_pause(law, &mut user.random) };
    think(world, pause).await;
    if !world.wants(user.number) {
        // Gone, until the shape asks for so many again.
        user.connection = None;
        tokio::time::sleep(LOOK).await;
    } else if world.is_over() {
        // goose calls again until it has seen the end, which takes it up to half a second.
        tokio::time::sleep(LOOK).await;
    } else {
        user.visit(world).await;
    }
}

async fn think(world: &World, pause: Duration) {
    let until = tokio::time::Instant::now() + pause;
    while !world.is_over() && tokio::time::Instant::now() < until {
        let look = tokio::time::Instant::now() + LOOK;
        tokio::time::sleep_until(until.min(look)).await;
    }
}

impl World {
    fn now(&self) -> Nanos {
        Nanos::after_start(self.shared.start.elapsed())
    }

    /// Whether the shape of the load has this user at work.
    fn wants(&self, user: u64) -> bool {
        let since = self.shared.start.elapsed().saturating_sub(self.settings.begins);
        (user as f64) < self.settings.course.at(since).round()
    }

    fn is_over(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    /// A try with its limits: the visitor's patience, and the end of the run.
    async fn bounded(
        &self,
        deadline: tokio::time::Instant,
        attempt: impl Future<Output = Result<(), Outcome>>,
    ) -> Result<(), Outcome> {
        // Whichever comes first; what is dropped is a request under way, and its connection with it.
        tokio::select! {
            result = timeout_at(deadline, attempt) => result.unwrap_or(Err(Outcome::TimedOut)),
            () = self.cut() => Err(Outcome::CutShort),
        }
    }

    /// Ends a while after the run was ended before its time.
    async fn cut(&self) {
        while !self.shared.hurry.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK).await;
        }
        tokio::time::sleep(self.settings.grace_when_stopped).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_come_evenly_over_the_time_that_is_asked_for() {
        let settings = |users, ramp_s| Settings {
            address: ([127, 0, 0, 1], 1).into(),
            tls: None,
            connections: Connections::default(),
            users,
            course: Course::constant(f64::from(users), Duration::from_secs(10)),
            begins: Duration::ZERO,
            ramp: Duration::from_secs_f64(ramp_s),
            think: Pause::Exponential(Duration::from_secs(7)),
            timeout: Duration::from_secs(10),
            longest: Duration::from_secs(10),
            grace_when_stopped: Duration::from_secs(2),
            seed: 7,
        };
        // Users a second; where they are to come at once, within a tenth of a second.
        for (users, ramp_s, expected) in
            [(100, 2.0, "50.000000"), (10, 60.0, "0.166667"), (7, 1.5, "4.666667"), (10, 0.0, "100.000000")]
        {
            let config = configuration(&settings(users, ramp_s));
            assert_eq!(config.increase_rate.as_deref(), Some(expected), "{users} in {ramp_s} s");
        }
    }
}
