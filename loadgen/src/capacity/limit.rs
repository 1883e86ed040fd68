//! What the limit is, by the server's own counters and the operating system's. A pure function over figures.
//!
//! | limit | when, at or beyond the capacity |
//! | --- | --- |
//! | generator | it was the limit before any promise broke |
//! | rate limiter | requests were refused: status 429 or the server's own count; or 503 while processors were free |
//! | database writer | writes wait for it, and the processors are not all in use |
//! | pool | passwords wait to be hashed (their threads are few on purpose), and the processors are not all in use |
//! | processors | server and generator use nine tenths of the machine, or the server's threads wait for a processor |
//! | lock | a few connections reach what many do, and the processors are far from busy |
//! | queue | none of these, and answers wait longer the higher the rate |

use scenarios::capacity::{Limit, Resource};
use scenarios::show;

/// Of the machine's processors that are in use: busy.
const BUSY: f64 = 0.88;
/// Of the time that the server's threads run, what they wait for a processor: crowded, by whomever.
const CROWDED: f64 = 1.0;
/// Refused on purpose, as a share of requests.
const REFUSED: f64 = 0.001;
/// Waiting on average: a queue that is there all the time.
const WAITING: f64 = 2.0;
/// Below it, processors are not what is short.
const IDLE: f64 = 0.75;
/// So many connections reach nearly all that more of them do: few can be at work at once.
const FEW: u32 = 4;
const NEARLY_ALL: f64 = 0.9;
/// Waits grow by so much from a low rate to the boundary: a queue.
const GROWN: f64 = 2.0;

/// What is known of the server at or just beyond the capacity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Why the generator was the limit, where it was.
    pub generator: Option<String>,
    /// Processors of the machine, where the server can be seen into.
    pub cores: Option<f64>,
    /// Cores that the server used, and the generator where it shares the machine.
    pub server_cores: Option<f64>,
    /// Likewise.
    pub generator_cores: Option<f64>,
    /// How long the server's threads waited for a processor, in seconds of each second.
    pub waited: Option<f64>,
    /// How often they were put off one, per second.
    pub put_off_per_s: Option<f64>,
    /// Cores that server and generator used where connections asked back to back, at most.
    pub ceiling_cores: Option<f64>,
    /// Share of requests refused as too many of one client, with status 429.
    pub refused_share: f64,
    /// Share of requests refused because there was too much to do, with status 503.
    pub shed_share: f64,
    /// Refused by the server's own rate limiter, per second.
    pub rate_limited_per_s: Option<f64>,
    /// Writes that waited for the writer, on average.
    pub write_queue: Option<f64>,
    /// Writes in one commit, and commits per second.
    pub group: Option<(f64, f64)>,
    /// Passwords that were hashed or waited for it, on average.
    pub password_queue: Option<f64>,
    /// Connections with what they reached, in the order of their number.
    pub connections: Vec<(u32, f64)>,
    /// Mean response at the lowest rate and at the boundary, in seconds.
    pub mean_s: Option<(f64, f64)>,
}

impl Figures {
    /// The share of the machine's processors that is in use.
    fn busy(&self) -> Option<f64> {
        let used = self.server_cores? + self.generator_cores.unwrap_or(0.0);
        self.cores.filter(|cores| *cores > 0.0).map(|cores| used / cores)
    }

    /// The connections that reach nearly all that any number does.
    fn enough(&self) -> Option<(u32, f64)> {
        let most = self.connections.iter().map(|(_, done)| *done).fold(0.0, f64::max);
        let last = self.connections.last()?.0;
        let first = self.connections.iter().find(|(_, done)| *done >= NEARLY_ALL * most)?;
        (last > first.0).then_some(*first)
    }
}

/// What the limit is; `None` where nothing points to it.
#[must_use]
pub fn limit(figures: &Figures) -> Option<Limit> {
    let evidence = evidence(figures);
    let found = |resource: Resource, first: String| {
        let rest = evidence.iter().filter(|line| **line != first).cloned();
        Some(Limit { resource, evidence: std::iter::once(first.clone()).chain(rest).collect() })
    };
    if let Some(why) = &figures.generator {
        return found(Resource::Generator, why.clone());
    }
    let crowded =
        figures.waited.zip(figures.server_cores).filter(|(waited, cores)| *waited > CROWDED * cores);
    if figures.refused_share > REFUSED || figures.rate_limited_per_s.is_some_and(|rate| rate > 1.0) {
        return found(Resource::RateLimiter, refused(figures));
    }
    let busy = figures.busy();
    let has_room = busy.is_none_or(|busy| busy < BUSY) && crowded.is_none();
    if let Some(waiting) = figures.write_queue.filter(|waiting| *waiting > WAITING && has_room) {
        return found(Resource::DatabaseWriter, writes(waiting));
    }
    if let Some(waiting) = figures.password_queue.filter(|waiting| *waiting > WAITING && has_room) {
        return found(Resource::Pool, passwords(waiting));
    }
    if !has_room {
        let first = if busy.is_some_and(|busy| busy >= BUSY) { processors(figures) } else { waited(figures) };
        return found(Resource::ServerCpu, first?);
    }
    if let Some(line) = at_the_ceiling(figures) {
        return found(Resource::ServerCpu, line);
    }
    if figures.shed_share > REFUSED {
        return found(Resource::RateLimiter, shed(figures));
    }
    let is_idle = busy.is_none_or(|busy| busy < IDLE);
    if let Some((connections, done)) = figures.enough().filter(|(few, _)| *few <= FEW && is_idle) {
        let line =
            format!("{connections} connections reach {}/s, and more bring no more", show::digits(done));
        return found(Resource::Lock, line);
    }
    if let Some((low, high)) = figures.mean_s.filter(|(low, high)| *high > GROWN * low) {
        return found(Resource::Queue, waits(low, high));
    }
    (!evidence.is_empty()).then_some(Limit { resource: Resource::Unknown, evidence })
}

/// All figures there are, in words.
fn evidence(figures: &Figures) -> Vec<String> {
    let lines = [
        processors(figures),
        waited(figures),
        figures.write_queue.filter(|waiting| *waiting > 0.0).map(writes),
        figures.group.filter(|(_, commits)| *commits > 0.0).map(|(writes, commits)| {
            format!(
                "{} commits a second, {} writes in each",
                show::digits(commits.round()),
                show::digits((writes * 10.0).round() / 10.0)
            )
        }),
        figures.password_queue.filter(|waiting| *waiting > 0.0).map(passwords),
        figures.mean_s.map(|(low, high)| waits(low, high)),
    ];
    lines.into_iter().flatten().collect()
}

fn processors(figures: &Figures) -> Option<String> {
    let tenth = |cores: f64| show::digits((cores * 100.0).round() / 100.0);
    let (server, cores) = (figures.server_cores?, figures.cores?);
    let generator = figures
        .generator_cores
        .map_or(String::new(), |used| format!(", the generator {} on the same machine", tenth(used)));
    Some(format!("the server used {} of {} cores{generator}", tenth(server), tenth(cores)))
}

fn waited(figures: &Figures) -> Option<String> {
    let put_off = figures.put_off_per_s.map_or(String::new(), |often| {
        format!(", and were put off one {} times a second", show::digits(often.round()))
    });
    let waited = show::seconds(figures.waited?);
    Some(format!("the server's threads waited {waited} of each second for a processor{put_off}"))
}

/// Whether connections back to back used up the processors: more of anything else would not help.
fn at_the_ceiling(figures: &Figures) -> Option<String> {
    let (used, cores) = (figures.ceiling_cores?, figures.cores?);
    (used >= BUSY * cores).then(|| {
        let used = show::digits((used * 100.0).round() / 100.0);
        format!("with connections back to back, {used} of {} cores were in use", show::digits(cores))
    })
}

fn shed(figures: &Figures) -> String {
    format!("{} of requests were refused with status 503", show::share(figures.shed_share))
}

fn refused(figures: &Figures) -> String {
    match figures.rate_limited_per_s.filter(|rate| *rate > 1.0) {
        Some(rate) => format!(
            "the server refused {} requests a second as too many of one client",
            show::digits(rate.round())
        ),
        None => {
            format!("{} of requests were refused with status 429", show::share(figures.refused_share))
        }
    }
}

fn writes(waiting: f64) -> String {
    format!("{} writes waited for the writer on average", show::digits((waiting * 10.0).round() / 10.0))
}

fn passwords(waiting: f64) -> String {
    format!(
        "{} passwords were hashed or waited for it on average",
        show::digits((waiting * 10.0).round() / 10.0)
    )
}

fn waits(low: f64, high: f64) -> String {
    format!(
        "answers took {} on average at the lowest rate and {} at the boundary",
        show::seconds(low),
        show::seconds(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two cores, of which little is used; as many connections bring more as are tried.
    fn quiet() -> Figures {
        Figures {
            cores: Some(2.0),
            server_cores: Some(0.5),
            generator_cores: Some(0.1),
            waited: Some(0.01),
            connections: vec![(1, 100.0), (2, 200.0), (4, 400.0), (8, 800.0)],
            ..Figures::default()
        }
    }

    #[test]
    fn each_limit_is_known_by_its_figures() {
        let flat = vec![(1, 190.0), (2, 200.0), (4, 200.0)];
        let cases = [
            (
                Figures { generator: Some("late".to_owned()), server_cores: Some(2.0), ..quiet() },
                Resource::Generator,
            ),
            (Figures { refused_share: 0.02, ..quiet() }, Resource::RateLimiter),
            (Figures { shed_share: 0.02, ..quiet() }, Resource::RateLimiter),
            (Figures { shed_share: 0.02, server_cores: Some(1.9), ..quiet() }, Resource::ServerCpu),
            (
                Figures { ceiling_cores: Some(1.85), connections: flat.clone(), ..quiet() },
                Resource::ServerCpu,
            ),
            (Figures { rate_limited_per_s: Some(50.0), ..quiet() }, Resource::RateLimiter),
            (Figures { write_queue: Some(40.0), ..quiet() }, Resource::DatabaseWriter),
            (Figures { password_queue: Some(9.0), ..quiet() }, Resource::Pool),
            // Busy processors make everything wait: they come first.
            (Figures { server_cores: Some(1.7), write_queue: Some(40.0), ..quiet() }, Resource::ServerCpu),
            (Figures { server_cores: Some(1.5), generator_cores: Some(0.4), ..quiet() }, Resource::ServerCpu),
            (Figures { server_cores: Some(1.5), waited: Some(1.6), ..quiet() }, Resource::ServerCpu),
            (Figures { connections: flat.clone(), ..quiet() }, Resource::Lock),
            // Of a server that cannot be seen into.
            (Figures { connections: flat, ..Figures::default() }, Resource::Lock),
            (Figures { mean_s: Some((0.001, 0.03)), ..quiet() }, Resource::Queue),
            (quiet(), Resource::Unknown),
        ];
        for (figures, expected) in cases {
            let found = limit(&figures).unwrap();
            assert_eq!(found.resource, expected, "{figures:?}: {found:?}");
            assert!(!found.evidence.is_empty(), "{found:?}");
        }
        assert_eq!(limit(&Figures::default()), None, "nothing is known");
    }

    #[test]
    fn the_figure_that_decides_comes_first() {
        let writer =
            limit(&Figures { write_queue: Some(41.27), group: Some((12.5, 80.0)), ..quiet() }).unwrap();
        assert_eq!(writer.evidence[0], "41.3 writes waited for the writer on average");
        assert!(
            writer.evidence.contains(&"80 commits a second, 12.5 writes in each".to_owned()),
            "{writer:?}"
        );
        assert_eq!(writer.evidence.iter().filter(|line| line.contains("waited for the writer")).count(), 1);
    }
}
