//! Chromium without a screen, spoken to over two named pipes (`--remote-debugging-pipe`): messages of the `DevTools` protocol,
//! each ended by a zero byte.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How Debian and others call it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Longer than anything takes that is not broken, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the browser says when the page that was asked about is gone.
const GONE: &[&str] = &[
    "Inspected target navigated or closed",
    "Cannot find context with specified id",
    "Execution context was destroyed.",
];
/// How often a page may be replaced while it is asked about, and the pause before it is asked again.
const MOST_PAGES: usize = 50;
const PAUSE: Duration = Duration::from_millis(50);
/// What the browser is for: no window, no first-run pages, nothing looked up or reported by itself.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox", // does not work for root; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

pub(crate) struct Browser {
    process: Child,
    orders: RefCell<File>,
    answers: Receiver<Value>,
    number: Cell<u64>,
    _folder: tempfile::TempDir,
}

impl Browser {
    /// Starts one; `None`, with a line that says so, when there is none to start.
    #[expect(clippy::print_stdout, reason = "a test that was not run must not look like one that was")]
    pub(crate) fn start() -> Option<Self> {
        let Some(name) = NAMES.into_iter().find(|name| is_there(name)) else {
            assert!(std::env::var_os("CI").is_none(), "Chromium is needed in continuous integration");
            println!("skipped: no Chromium");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("forum-browser-").tempdir().expect("a folder");
        let (orders, answers) = (folder.path().join("orders"), folder.path().join("answers"));
        let made = Command::new("mkfifo").args([&orders, &answers]).status().expect("mkfifo runs");
        assert!(made.success());
        // The browser reads descriptor 3 and writes descriptor 4; the shell opens them and becomes the browser.
        let process = Command::new("sh")
            .args(["-c", "exec 3< \"$1\" 4> \"$2\"; shift 2; exec \"$@\"", "sh"])
            .args([&orders, &answers])
            .arg(name)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a browser");
        let orders = File::options().write(true).open(&orders).expect("a pipe for orders");
        let answers = listen(&answers);
        let (orders, number) = (RefCell::new(orders), Cell::new(0));
        Some(Self { process, orders, answers, number, _folder: folder })
    }

    /// Gives an order and has its result. A question about a page that is just being replaced is asked again, of the next one.
    pub(crate) fn order(&self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        let is_question = method == "Runtime.evaluate";
        for _ in 0..MOST_PAGES {
            let answer = self.answer(session, method, parameters);
            let error = &answer["error"];
            if is_question && error["message"].as_str().is_some_and(|message| GONE.contains(&message)) {
                std::thread::sleep(PAUSE);
                continue;
            }
            assert!(error.is_null(), "{method} {parameters}: {error}");
            return answer["result"].clone();
        }
        panic!("{method} {parameters}: the page was replaced {MOST_PAGES} times")
    }

    /// Gives an order and waits for its answer; what happens in between is of no interest here.
    fn answer(&self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        let number = self.number.get() + 1;
        self.number.set(number);
        let mut message = json!({"id": number, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.orders.borrow_mut().write_all(&bytes).expect("the browser listens");
        loop {
            let answer = self.answers.recv_timeout(PATIENCE).expect("the browser answers");
            if answer["id"] == number {
                return answer;
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn is_there(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Reads what the browser says, on a thread of its own, until it says no more.
fn listen(pipe: &Path) -> Receiver<Value> {
    let pipe = BufReader::new(File::open(pipe).expect("a pipe for answers"));
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for message in pipe.split(0).map_while(Result::ok) {
            let message = serde_json::from_slice(&message).expect("JSON");
            if send.send(message).is_err() {
                break;
            }
        }
    });
    receive
}
