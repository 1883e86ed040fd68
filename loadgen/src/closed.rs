//! The closed model: users who wait for the answer, think, and go on. The only file that names goose.
//!
//! goose brings the users and ramps them up; what they do is the same compiled plan, through the same codec, as in the
//! open model, so that the two differ in their load alone. Its own HTTP client is not used: it costs twice the
//! processor time and stops its clock at the headers, while here the whole body is read.
//!
//! Users are seeded: user u makes the visits u, u + n, u + 2n and so on, each with its own stream of random numbers.

mod counts;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use goose::GooseAttack;
use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionFunction};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::Exp1;
use scenarios::requests::Method;
use scenarios::target::{Connections, Policy};
use tokio::sync::Mutex;
use tokio::time::timeout_at;

use crate::codec::{Expect, Parser, Progress};
use crate::course::Course;
use crate::engine::{Nanos, Outcome, Sample};
use crate::inbox::Inbox;
use crate::journey::Plan;
use crate::session::Session;
use crate::tls::Tls;
use crate::wire::{self, Held, Wire, Wires};

pub(crate) use counts::Counts;

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
    /// Mean pause between two visits, drawn from an exponential distribution (TPC-W's users: 7 s).
    pub(crate) think: Duration,
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
    config.increase_rate = Some(format!("{:.0}", rate.ceil().max(1.0)));
    config.run_time = Some(format!("{}s", settings.longest.as_secs() + 1));
    // Its own control port, tables and log would speak beside our report.
    config.no_telnet = true;
    config.no_print_metrics = true;
    config.no_metrics = true;
    config.quiet = 2;
    config
}

/// What one user keeps between visits.
struct User {
    number: u64,
    visits: u64,
    random: ChaCha8Rng,
    session: Session,
    connection: Option<Held>,
    parser: Parser,
    request: Vec<u8>,
    buffer: Vec<u8>,
    samples: Vec<Sample>,
}

/// How often a user who thinks looks whether the run is over.
const LOOK: Duration = Duration::from_millis(100);
/// Bytes read at a time.
const READ_BYTES: usize = 16 * 1024;

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
    // The pause comes first, so that users who come together do not act together.
    let pause = world.settings.think.mul_f64(user.random.sample::<f64, _>(Exp1));
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

impl User {
    fn new(world: &World) -> User {
        let number = world.next_user.fetch_add(1, Ordering::Relaxed);
        let mut random = ChaCha8Rng::seed_from_u64(world.settings.seed);
        random.set_stream(number);
        User {
            number,
            visits: 0,
            random,
            session: Session::new(&world.plan, world.settings.seed),
            connection: None,
            parser: Parser::new(),
            request: Vec::new(),
            buffer: vec![0; READ_BYTES],
            samples: Vec::new(),
        }
    }

    async fn visit(&mut self, world: &World) {
        let number = self.number + self.visits * u64::from(world.settings.users);
        self.visits += 1;
        if !self.session.begin(&world.plan, number) {
            // A row that is used at most once is gone, so there is nothing more to do for anybody.
            world.shared.stop.store(true, Ordering::Relaxed);
            return end();
        }
        self.steps(world).await;
        if world.settings.connections.policy == Policy::PerVisitor {
            self.connection = None;
        }
    }

    async fn steps(&mut self, world: &World) {
        loop {
            let mut pause = Duration::ZERO;
            let Some((action, request)) = self.session.current(&world.plan, &mut pause) else { return };
            think(world, pause).await;
            if world.is_over() {
                return;
            }
            self.request.clear();
            let method = self.session.method(request);
            self.session.render(&world.plan, request, &mut self.request);
            let expect = Expect { head: method == Method::Head, keep: request.wanted };
            self.parser.reset(expect);
            let mut sample = self.exchange(world, method, expect).await;
            sample.action = u16::try_from(action).unwrap_or(u16::MAX);
            if sample.outcome == Outcome::Good
                && !self.session.judge(&world.plan, request, &self.parser.answer())
            {
                sample.outcome = Outcome::CheckFailed;
            }
            let good = sample.outcome == Outcome::Good;
            world.shared.inbox.server_timing(&sample, self.parser.server_timing());
            self.samples.push(sample);
            world.shared.inbox.put(usize::try_from(self.number).unwrap_or(0), &mut self.samples);
            if !good {
                return;
            }
            self.session.advance(&world.plan);
        }
    }

    /// Sends the request and reads the whole answer; a user is due when he acts, so he is never late.
    async fn exchange(&mut self, world: &World, method: Method, expect: Expect) -> Sample {
        let due = world.now();
        // One that the server has closed meanwhile, or said something on that nobody asked for, is no good.
        self.connection = self.connection.take_if(|held| held.wire.is_quiet()).or_else(|| world.wires.idle());
        let reused = self.connection.is_some();
        let mut sample = Sample {
            action: 0,
            outcome: Outcome::TimedOut,
            status: 0,
            due,
            possible: due,
            sent: due,
            reached: due,
            connected: due,
            first_byte: due,
            last_byte: due,
            bytes_received: 0,
            bytes_sent: 0,
            reused,
        };
        let deadline = tokio::time::Instant::now() + world.settings.timeout;
        let mut result = world.bounded(deadline, self.attempt(world, &mut sample)).await;
        // A kept connection may have been closed by the server meanwhile: as a browser does, try once on a fresh one.
        if reused && method.is_idempotent() && self.parser.received() == 0 && result == Err(Outcome::Reset) {
            sample.reused = false;
            world.shared.counts.retried();
            self.parser.reset(expect);
            result = world.bounded(deadline, self.attempt(world, &mut sample)).await;
        }
        sample.last_byte = world.now();
        sample.outcome = match result {
            Ok(()) => Outcome::Good,
            Err(outcome) => outcome,
        };
        sample.status = self.parser.status();
        sample.bytes_received = u32::try_from(self.parser.received()).unwrap_or(u32::MAX);
        let is_kept = sample.outcome == Outcome::Good && self.parser.keep_alive();
        match world.settings.connections.policy {
            Policy::PerVisitor if is_kept => {}
            // Where there is a maximum, they are for whoever asks next.
            Policy::Reuse if is_kept => self.connection = world.wires.give_back(self.connection.take()),
            _ => self.connection = None,
        }
        sample
    }

    /// One try; leaves no connection behind when it fails.
    async fn attempt(&mut self, world: &World, sample: &mut Sample) -> Result<(), Outcome> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let permit = world.wires.permit()?;
            let counts = &world.shared.counts;
            counts.opened.fetch_add(1, Ordering::Relaxed);
            let socket = wire::connect(world.settings.address).await;
            let socket = socket.map_err(|error| counts.not_connected(error))?;
            sample.reached = world.now();
            let wire = Wire::over(socket, world.settings.tls.as_ref()).await;
            let wire = wire.map_err(|error| counts.not_connected(error))?;
            counts.shaken(wire.is_resumed());
            Held { wire, _permit: permit }
        };
        // A kept connection was there all the time.
        if !sample.reused {
            sample.connected = world.now();
        }
        connection.wire.send(&self.request).await.map_err(|_| Outcome::Reset)?;
        sample.bytes_sent = u32::try_from(self.request.len()).unwrap_or(u32::MAX);
        loop {
            let read = connection.wire.receive(&mut self.buffer).await.map_err(|_| Outcome::Reset)?;
            if self.parser.received() == 0 && read > 0 {
                sample.first_byte = world.now();
            }
            if read == 0 {
                self.parser.finish_eof().map_err(|_| Outcome::Reset)?;
                break;
            }
            let fed = self.parser.feed(&self.buffer[..read]);
            if fed.map_err(|malformed| world.shared.counts.malformed(malformed))? == Progress::Done {
                break;
            }
        }
        self.connection = Some(connection);
        Ok(())
    }
}
