//! Running the program as a user does, with folders of its own for each test, and looking at what it leaves.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub(crate) mod server;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use scenarios::report::Report;

/// A forum with promises so mild that a busy machine keeps them.
pub(crate) const FORUM: &str = "name: forum-test
users: { registered: 10k, daily: 5k }
actions:
  read question: 20
  list latest: 6
  view profile: 1
  answer: 1
  ask: 0.5
  edit profile: 0.5
slo: p50 < 5 s
";

/// Nothing in these tests takes longer; a hang fails instead of waiting for ever.
const LONGEST: Duration = Duration::from_mins(2);

pub(crate) struct Run {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    child: Option<Child>,
    stderr: Option<Receiver<String>>,
    descriptors: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    folder: tempfile::TempDir,
}

impl Run {
    pub(crate) fn new(scenario: &str) -> Run {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("scenario.yaml"), scenario).unwrap();
        for name in ["data", "results"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let arguments = vec![
            "run".into(),
            path("scenario.yaml"),
            "--out".into(),
            path("results"),
            "--data".into(),
            path("data"),
            // What the host of this machine does must not decide how long a test takes and what it counts.
            "--count-every-second".into(),
        ];
        Run { folder, arguments, environment: Vec::new(), child: None, stderr: None, descriptors: None }
    }

    /// Another command about a scenario.
    pub(crate) fn command(command: &str, scenario: &str) -> Run {
        let mut run = Run::new(scenario);
        command.clone_into(&mut run.arguments[0]);
        run.arguments.retain(|word| word != "--count-every-second");
        run
    }

    pub(crate) fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.arguments.extend(arguments.into_iter().map(str::to_owned));
        self
    }

    /// An environment variable of the program.
    pub(crate) fn with_environment(mut self, name: &str, value: &str) -> Run {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file beside the scenario.
    pub(crate) fn with_file(self, name: &str, text: &str) -> Run {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    /// Leaves the program so many descriptors, and no right to more.
    pub(crate) fn with_descriptors(self, most: u32) -> Run {
        Run { descriptors: Some(most), ..self }
    }

    fn program(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_loadgen");
        let Some(most) = self.descriptors else { return Command::new(program) };
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\""), program]);
        shell
    }

    /// The most memory that the program has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let pid = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?.split_ascii_whitespace().next()?.parse::<u64>().ok()
        });
        peak.unwrap_or_default() * 1024
    }

    pub(crate) fn start(mut self) -> Run {
        let mut command = self.program();
        command.envs(self.environment.iter().cloned());
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (send, receive) = channel();
        let stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        self.child = Some(child);
        self.stderr = Some(receive);
        self
    }

    /// Waits until the program has said this on stderr.
    pub(crate) fn wait_for(&self, said: &str) {
        let begun = Instant::now();
        loop {
            let left = LONGEST.saturating_sub(begun.elapsed());
            let line = self.stderr.as_ref().unwrap().recv_timeout(left).expect("it never said so");
            if line.contains(said) {
                return;
            }
        }
    }

    /// Waits until some load was offered: the HDR log has more than its header.
    pub(crate) fn wait_for_load(&self) {
        let begun = Instant::now();
        while begun.elapsed() < LONGEST {
            let logs = std::fs::read_dir(self.folder.path().join("results")).unwrap().filter_map(Result::ok);
            let begun_log = logs.map(|entry| entry.path().join("latency.hlog")).any(|log| log.exists());
            if begun_log {
                // A second of load, so that there is something to report.
                std::thread::sleep(Duration::from_secs(2));
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no load was offered");
    }

    /// The process of the server: the only child.
    pub(crate) fn server_pid(&self) -> Pid {
        let parent = self.child.as_ref().unwrap().id();
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
        let pid = children.split_ascii_whitespace().next().expect("a child").parse().unwrap();
        Pid::from_raw(pid).unwrap()
    }

    pub(crate) fn interrupt(&self) {
        let pid = Pid::from_child(self.child.as_ref().unwrap());
        rustix::process::kill_process(pid, Signal::INT).unwrap();
    }

    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn finish(mut self) -> Done {
        let mut child = self.child.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > LONGEST {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("it did not end within {LONGEST:?}");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let stderr: Vec<String> = self.stderr.take().unwrap().iter().collect();
        Done {
            code: status.code().unwrap_or(-1),
            stdout: reader.join().unwrap().unwrap(),
            stderr: stderr.join("\n"),
            folder: self.folder,
        }
    }
}

impl Done {
    /// The folder of the only run.
    pub(crate) fn results(&self) -> PathBuf {
        let mut runs = std::fs::read_dir(self.folder.path().join("results")).unwrap();
        runs.next().unwrap_or_else(|| panic!("no results: {}", self.stderr)).unwrap().path()
    }

    pub(crate) fn has_results(&self) -> bool {
        std::fs::read_dir(self.folder.path().join("results")).unwrap().next().is_some()
    }

    /// Whether there is this file in the folder in which the program ran.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }

    /// What is in it.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub(crate) fn left_in_data(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("data")).unwrap().count()
    }
}

/// The report that a run wrote.
pub(crate) fn report(done: &Done) -> Report {
    let text =
        std::fs::read_to_string(done.results().join("report.json")).unwrap_or_else(|_| panic!("{done:?}"));
    serde_json::from_str(&text).unwrap()
}

/// Any command, to its end.
pub(crate) fn loadgen(arguments: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_loadgen"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        folder,
    }
}

/// Whether a process exists and has not merely left its name behind.
pub(crate) fn is_alive(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

pub(crate) fn wait_until_dead(pid: Pid) {
    let begun = Instant::now();
    while is_alive(pid) {
        assert!(begun.elapsed() < LONGEST, "it is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The exit code that is due, or 3 where a busy machine made the generator late, which it then has to say.
pub(crate) fn unless_limited(report: &Report, code: i32) -> i32 {
    let is_limited = report.generator.verdict == scenarios::report::Honesty::GeneratorLimited;
    if is_limited { i32::from(scenarios::verdict::EXIT_UNKNOWN) } else { code }
}
