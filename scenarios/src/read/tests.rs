//! What a scenario file may say, and how it is told that it may not.

use crate::choices::{Room, UpdatesBy};
use crate::requests::Method;
use crate::scenario::{
    ActionRate, CountOf, DailyUsers, EntityKind, JourneyStep, Online, Origin, Scenario, Size,
};
use crate::slo::Goal;
use crate::target::Server;

/// The annotated scenario that uses most of the vocabulary.
const LARGE: &str = "
name: forum-large
for: 3 years
users:
  registered: 5M
  daily: 400k
  growth: 30%..60%/year
data:
  question: { fields: { title: 60..90 B, body: 1..3 KB, tags: 5 x 12 B }, indexes: [author, created, tags] }
  answer:   { size: 0.5..2 KB, indexes: [question, author] }
  user:     { size: 1 KB, start: registered }
  avatar:   { size: 20 KB +/- 50%, kind: blob, for: 30% of user }
actions:
  read question: { per user: 18..25/day, reads: question + 4 answer, popularity: zipf 0.9 }
  list latest:   { per user: 6/day, reads: 30 question }
  ask:           { per user: 0.04/day, writes: question }
  answer:        { per user: 0.1/day, writes: answer }
  edit profile:  { per user: 0.01/day, writes: user }
traffic:
  peak: 2x
  shape: daily
journeys:
  reader: [ list latest, think 8..20 s, read question, think 20..60 s, read question ]
  writer: [ login, read question, answer ]
slo:
  read question: p99 < 200 ms
  all: [ p99 < 500 ms, errors < 0.1% ]
  availability: 99.9% per month
choices:
  database: sqlite
  cache: 256 MB ttl 60 s
  writes: async
  replicas: 0
node: { cores: 2, memory: 4 GiB, disk: 500 GB, price: 40 USD/month }
limits: { cpu: 65%, disk: 70%, spare: 1 }
expect:
  peak qps: 200..300
  disk in 3 years: 150..350 GB
";

#[test]
fn the_annotated_scenario_is_understood() {
    let scenario =
        Scenario::from_yaml(LARGE).unwrap_or_else(|error| panic!("{}", error.render("large.yaml", LARGE)));
    assert_eq!(scenario.name, "forum-large");
    assert_eq!(scenario.horizon.unwrap().value.as_secs(), 3 * 365 * 86_400);
    let Some(DailyUsers::Count(daily)) = scenario.users.daily.map(|daily| daily.value) else {
        panic!("daily")
    };
    assert_eq!(daily.low().number(), 400_000.0);
    let avatar = scenario.entity("avatar").unwrap();
    assert!(
        matches!(&avatar.count.as_ref().unwrap().value, CountOf::PerEntity { of: 2, each } if each.low().times() == 0.3)
    );
    let Size::Fields(fields) = &scenario.entity("question").unwrap().size else { panic!("fields") };
    assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["title", "body", "tags"]);
    let read = &scenario.actions[0];
    assert!(
        matches!(read.rate.value, ActionRate::PerUser(rate) if (rate.high().in_one_second() - 25.0 / 86_400.0).abs() < 1e-12)
    );
    assert_eq!(read.reads.iter().map(|touch| touch.entity).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(read.reads[1].count.low().times(), 4.0);
    // `login` is not in the action table: journeys know it from the reference forum.
    let JourneyStep::Act(login) = scenario.journeys[1].steps[0] else { panic!("login first") };
    assert_eq!(scenario.actions[login].name, "login");
    assert_eq!(scenario.slo.len(), 4);
    assert!(matches!(scenario.slo[2].goal, Goal::Errors { share } if share.share() == 0.001));
    assert_eq!(scenario.expect[1].high, 350e9);
    assert_eq!(scenario.choices.len(), 4);
}

#[test]
fn five_to_seven_lines_are_enough() {
    let forum = "name: my-forum\nusers: 20k daily\nactions:\n  read question: 15..30\n  ask: 0.05\n  answer: 0.1\nslo: p99 < 250 ms, 99.9% ok\n";
    let scenario =
        Scenario::from_yaml(forum).unwrap_or_else(|error| panic!("{}", error.render("forum.yaml", forum)));
    // What the file leaves open comes from the description of the reference forum.
    assert_eq!(scenario.actions[1].writes.len(), 1);
    assert_eq!(scenario.entity("question").unwrap().origin, Origin::Forum);
    let (_, asks) = scenario.requests.iter().find(|(name, _)| name == "ask").unwrap();
    assert_eq!((asks[0].method, asks[0].checks[0].text.as_str()), (Method::Post, "status 201"));
    assert!(matches!(scenario.slo[1].goal, Goal::Errors { share } if share.share() == 0.001));

    let spotify = "name: spotify\nusers: 1B\ndata:\n  song: { count: 100M, size: 5 MB, copies: 3, kind: blob }\n  user: { count: users, size: 1 KB }\n";
    let scenario = Scenario::from_yaml(spotify).unwrap();
    assert_eq!(scenario.data.len(), 2, "a scenario that is no forum gets nothing of the forum's");
    assert_eq!(scenario.users.registered.unwrap().origin, Origin::File(2));
}

#[test]
fn a_target_of_one_s_own_is_asked_as_the_file_says() {
    let text = "name: mine\ntarget: http://127.0.0.1:8080/\nactions:\n  home: { total: 100/s }\nrequests:\n  home:\n    - GET: /items/{item}?page={n}\n    - { POST: /seen, json: { item: \"{item}\", deep: [1, true, null] }, headers: { x-key: \"{key}\" } }\nvisitors:\n  item: zipf 0.8 of 500\n  key: env MY_KEY\n";
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("mine.yaml", text)));
    assert_eq!(scenario.target.unwrap().server, Server::Running("http://127.0.0.1:8080".to_owned()));
    assert_eq!(scenario.requests[0].1.len(), 2);
    assert_eq!(scenario.requests[0].1[0].path.pieces.len(), 4);
}

#[test]
fn decisions_with_numbers_are_written_short_or_as_a_map() {
    let choices = |text: &str| {
        let file = format!("name: a\nchoices: {{ {text} }}\n");
        Scenario::from_yaml(&file).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", &file)))
    };
    for (short, long, words) in [
        ("cache: 256 MB ttl 60 s", "cache: { size: 256 MB, ttl: 60 s }", "256 MB ttl 60 s"),
        ("cache: 90% hits", "cache: { hits: 90% }", "90% hits"),
        ("cache: ttl 60 s", "cache: { ttl: 60 s }", "ttl 60 s"),
        ("replicas: 2 lag 200 ms", "replicas: { number: 2, lag: 200 ms }", "2 lag 200 ms"),
        ("replicas: 2", "replicas: { number: 2 }", "2"),
    ] {
        let (one, other) = (choices(short), choices(long));
        assert_eq!((one.cache, one.replicas), (other.cache, other.replicas), "{short} and {long}");
        assert_eq!((one.choices[0].value.as_str(), other.choices[0].value.as_str()), (words, words));
    }
    let cache = choices("cache: 256 MB ttl 60 s").cache.unwrap();
    assert!(matches!(cache.room, Some(Room::Size(size)) if size.value.low().bytes() == 256e6));
    assert_eq!(cache.ttl.map(|ttl| ttl.value.as_secs()), Some(60));
    for none in ["none", "0", "off"] {
        assert!(!choices(&format!("cache: {none}")).cache.unwrap().is_used);
    }
    let decided = choices("switches: { durability: normal, limits: on, http-cache: 60s }");
    let told: Vec<_> = decided.switches.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect();
    assert_eq!(told, [("durability", "normal"), ("limits", "on"), ("http-cache", "60s")]);
    assert!(decided.choices.is_empty(), "nothing for the estimate to decide by");
    assert_eq!(choices("cache: on").cache.unwrap().room, None);
    let lag = choices("replicas: 2 lag 200 ms").replicas.unwrap().lag.unwrap();
    assert_eq!(lag.value.low().as_millis(), 200);
    let by = |text: &str| choices(text).updates.unwrap().by;
    assert_eq!((by("updates: websocket"), by("updates: sse")), (UpdatesBy::WebSocket, UpdatesBy::ServerSent));
    assert!(matches!(by("updates: poll 10 s"), UpdatesBy::Poll(every) if every.low().as_secs() == 10));
}

#[test]
fn what_an_action_sets_off_and_what_rows_are_for_are_understood() {
    let text = "name: a
users: { daily: 10M, online: 4 x 15 min, far: 160 ms }
data:
  account: { size: 1 KB, kind: money, indexes: [owner], unique: [email, owner] }
actions:
  post: { per user: 2, fan-out: { mean: 200, most: 30M, within: 5 s }, background: 300 ms }
  say: { per user: 2, fan-out: 12..40 }
traffic: { retries: { most: 2, failing: 1%, budget: 10% } }
";
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    let online = scenario.users.online.unwrap().value;
    assert!(matches!(online, Online::Time(time) if time.low().as_secs() == 3_600));
    assert_eq!(scenario.users.far.unwrap().value.low().as_millis(), 160);
    let account = &scenario.data[0];
    assert!(account.kind.is_some_and(EntityKind::is_transaction));
    // What is unique is found by an index, and by one only.
    assert_eq!(account.indexes.as_ref().unwrap().value, ["owner", "email"]);
    let [post, say] = &scenario.actions[..] else { panic!("two actions") };
    let fan_out = post.fan_out.unwrap();
    assert_eq!((fan_out.mean.value.middle(), fan_out.most.unwrap().value.middle()), (200.0, 30e6));
    assert_eq!(fan_out.within.unwrap().value.low().as_secs(), 5);
    assert_eq!(post.background.unwrap().value.low().as_millis(), 300);
    assert_eq!(say.fan_out.unwrap().mean.value.high().times(), 40.0);
    let retries = scenario.traffic.retries.unwrap();
    assert_eq!((retries.most.value, retries.failing.unwrap().value.low().share()), (2, 0.01));
    let short =
        Scenario::from_yaml("name: a\ntraffic: { retries: 2 }\nusers: { daily: 1M, online: 10% }\n").unwrap();
    assert_eq!(short.traffic.retries.map(|retries| (retries.most.value, retries.budget)), Some((2, None)));
    assert!(matches!(short.users.online.unwrap().value, Online::Share(share) if share.low().share() == 0.1));
}

/// The file, what the error says, where, and what the hint says.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("name: a\nuser: 1M\n", "unknown key `user`", "x.yaml:2:1", "did you mean `users`?"),
    ("", "the file is empty", "", "name: my-system"),
    ("# nothing\n", "only comments", "", "name: my-system"),
    ("users: 1M\n", "`name` is missing", "x.yaml:1:1", "begin the file"),
    ("name: a\nusers: -5\n", "must not be negative", "x.yaml:2:8", "zero or more"),
    ("name: a\ndata:\n  song: { size: 5 Mb }\n", "is bits", "x.yaml:3:17", "MB or MiB"),
    (
        "name: a\ndata:\n  song: { size: 5 s }\n",
        "expected a size (like 5 MB), found a duration",
        "x.yaml:3:17",
        "write a size",
    ),
    ("name: a\ndata:\n  song: { sise: 5 MB }\n", "unknown key `sise`", "x.yaml:3:11", "did you mean `size`?"),
    ("name: a\ndata:\n  song: { count: 5 }\n", "how large is one of it?", "x.yaml:3:9", "size: 5 MB"),
    ("name: a\nactions:\n  look: 5/day\n", "by each user, or by all", "x.yaml:3:9", "{ total: 5/day }"),
    (
        "name: a\nactions:\n  look: { per user: 5/day, reads: 3 pages }\n",
        "there is no `pages`",
        "x.yaml:3:35",
        "`data` has",
    ),
    ("name: a\nslo:\n  reed: p99 < 1 s\n", "there is no action `reed`", "x.yaml:3:3", "`all`"),
    ("name: a\nslo: p99 < 5\n", "expected a duration", "x.yaml:2:6", "ms"),
    ("name: a\nslo: fast please\n", "is not a promise", "x.yaml:2:6", "p99 < 250 ms"),
    ("name: a\ntraffic: { peak: 0.5x }\n", "at least the mean hour", "x.yaml:2:18", "2x is usual"),
    (
        "name: a\ntarget: ftp://x\n",
        "is not an http:// or https:// address",
        "x.yaml:2:9",
        "http://127.0.0.1:8080",
    ),
    ("name: a\ntarget: http://127.0.0.1:99999\n", "no port between 1 and 65535", "x.yaml:2:9", "like"),
    ("name: a\nlimits: { cpu: 120% }\n", "must lie between 0 and 1", "x.yaml:2:16", "between 0 and 1"),
    ("name: a\nload: { duration: 30 }\n", "expected a duration", "x.yaml:2:19", "`30 s`"),
    ("name: a\nload: { connections: 0 }\n", "at least 1", "x.yaml:2:22", "like 200"),
    ("name: a\nload: { users: 2.5 }\n", "a whole number", "x.yaml:2:16", "like 200"),
    ("name: a\nactions: { \"a\\u001b[31m\": 5 }\n", "printable characters", "x.yaml:2:12", "read question"),
    (
        "name: a\ndata:\n  x: { fields: { id: bigit } }\n",
        "unknown type `bigit`",
        "x.yaml:3:22",
        "did you mean `bigint`?",
    ),
    (
        "name: a\ndata:\n  x: { fields: { link: char } }\n",
        "how long is the `char`?",
        "x.yaml:3:24",
        "char 60",
    ),
    ("name: a\ndata:\n  x: { size: 1 MB, copies: 0+4 }\n", "at least 1", "x.yaml:3:28", "8+4"),
    ("name: a\ndata:\n  x: { size: 1 MB, copies: 200+99 }\n", "at most 255", "x.yaml:3:28", "8+4"),
    (
        "name: a\ndata:\n  x: { size: 1 MB, variants: 0 }\n",
        "the original is kept",
        "x.yaml:3:30",
        "variants: 4",
    ),
    ("name: a\nbackup: 7 dayly\n", "unknown unit `dayly`", "x.yaml:2:9", "7 daily + 4 weekly"),
    ("name: a\nbackup: { log: 7 days }\n", "how many full backups", "x.yaml:2:9", "full: 7 daily"),
    ("name: a\navailability: { app: 4 of 3 x 99% }\n", "4 of 3 cannot be", "x.yaml:2:22", "2 of 3 x 99.9%"),
    (
        "name: a\navailability: { app: 2.5 x 99% }\n",
        "not a number from 1 to 1000",
        "x.yaml:2:22",
        "one of two",
    ),
    ("name: a\navailability: { app: 101% }\n", "must lie between 0 and 1", "x.yaml:2:22", "100 %"),
    ("name: a\nprices: { cpu: 15 USD/month }\n", "unknown key `cpu`", "x.yaml:2:11", "core, memory"),
    (
        "name: a\nprices: { core: 15 USD }\n",
        "expected a price (like 40 USD/month)",
        "x.yaml:2:17",
        "write a price",
    ),
    (
        "name: a\nchoices: { switches: { Durability: full } }\n",
        "is not the name of a switch",
        "x.yaml:2:36",
        "durability: normal",
    ),
    ("name: a\nchoices: { cdn: akamai }\n", "says nothing of a CDN", "x.yaml:2:17", "90% of 80%"),
    ("name: a\ntiers: { db: 5 }\n", "expected a duration", "x.yaml:2:14", "ms"),
    ("name: a\ntiers: { db: { calls: 2 } }\n", "how long does a call", "x.yaml:2:14", "time: 2 ms"),
    (
        "name: a\ntiers: { db: { time: 1 ms, fan-out: 0 } }\n",
        "at least one call",
        "x.yaml:2:37",
        "fan-out: 100",
    ),
    (
        "name: a\ntiers: { db: { time: 1 ms, payload: 0 B } }\n",
        "at least a byte",
        "x.yaml:2:37",
        "payload: 2 KB",
    ),
    ("name: [a\n", "not a valid YAML file", "x.yaml:", ""),
    (
        "name: a\nrequests:\n  home: { GET: /items/{id} }\n",
        "not a valid YAML file",
        "x.yaml:3:",
        "quote text with braces",
    ),
    ("name: a\nusers:\n\tdaily: 5\n", "not a valid YAML file", "x.yaml:3:", "not with tabs"),
    ("name: a\nname: b\n", "not a valid YAML file", "x.yaml:2:1", ""),
    ("name: a\njourneys: { j: [ thnik 3 s ] }\n", "there is no action", "x.yaml:2:18", "think 8..20 s"),
    (
        "name: a\ntarget: http://h:1\nactions: { home: { total: 1/s } }\nrequests:\n  home: { GET: \"/{id}\" }\n",
        "comes from nowhere",
        "x.yaml:5:3",
        "id: zipf 1.0 of 10000",
    ),
    (
        "name: a\ntarget: http://h:1\nactions: { home: { total: 1/s } }\nrequests:\n  home: { GET: /x, headers: { a: \"b\\r\\nc: d\" } }\n",
        "a header value is one line",
        "x.yaml:5:34",
        "line break",
    ),
];

#[test]
fn a_refusal_says_where_what_and_what_to_do() {
    for (text, message, place, hint) in REFUSED {
        let rendered = match Scenario::from_yaml(text) {
            Err(error) => error.render("x.yaml", text),
            Ok(_) => panic!("accepted: {text}"),
        };
        for expected in [message, place, hint] {
            assert!(rendered.contains(expected), "{text:?} should say {expected:?}:\n{rendered}");
        }
    }
}

#[test]
fn a_refused_file_is_shown_with_its_line_and_a_caret() {
    let text = "name: forum\nuser: 1M\n";
    insta::assert_snapshot!(Scenario::from_yaml(text).unwrap_err().render("forum.yaml", text), @r"
    error: unknown key `user`
     --> forum.yaml:2:1
      |
    2 | user: 1M
      | ^^^^ did you mean `users`?
      hint: the keys at this level are name, conventions, for, users, data, actions, traffic, journeys, setup, teardown, slo, choices, node, limits, prices, backup, tiers, availability, quantities, expect, compare, target, requests, redirects, cookies, visitors, load
    ");
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "\\PC{0,200}") {
        let _ = Scenario::from_yaml(&text).map_err(|error| error.render("x", &text));
    }

    #[test]
    fn no_change_of_a_good_file_makes_it_panic(at in 0usize..1_500, with in "\\PC{0,3}") {
        let mut text = LARGE.to_owned();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &with);
        let _ = Scenario::from_yaml(&text).map_err(|error| error.render("x", &text));
    }
}
