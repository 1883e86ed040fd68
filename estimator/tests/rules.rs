//! What a key of the file means for the numbers.

#![expect(clippy::float_cmp, reason = "exact values are what these tests are about")]

use estimator::{EstimateError, Options, estimate};
use scenarios::Scenario;
use scenarios::estimate::{Estimate, Kind, Quantity};
use scenarios::verdict::Finding;

fn try_of(text: &str) -> Result<Estimate, EstimateError> {
    let scenario =
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render("a.yaml", text)));
    estimate(&scenario, "a.yaml", &Options::default())
}

fn of(text: &str) -> Estimate {
    try_of(text).unwrap_or_else(|error| panic!("{error}"))
}

fn quantity<'a>(estimate: &'a Estimate, name: &str) -> &'a Quantity {
    let names = || estimate.quantities.iter().map(|quantity| quantity.name.as_str()).collect::<Vec<_>>();
    let found = estimate.quantities.iter().find(|quantity| quantity.name == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", names()))
}

/// Text of a file, a quantity, its value.
#[test]
fn storage_follows_the_file() {
    const DAY: f64 = 86_400.0;
    let log = |rest: &str, keep: &str| {
        format!(
            "name: a\n{rest}data:\n  line: {{ size: 100 B{keep} }}\nactions:\n  log: {{ total: 10/s, writes: line }}\n"
        )
    };
    let growing = "for: 3 years\nusers: { growth: 30%/year }\n";
    let year = 365.0 * DAY;
    for (text, name, expected) in [
        // Little's law: 10/s for 7 days, 100 B each.
        (log("", ", keep: 7 days"), "line", 10.0 * 7.0 * DAY * 100.0),
        // Kept shorter than the plan: the plan's length does not matter.
        (log("for: 3 years\n", ", keep: 7 days"), "line in 3 years", 10.0 * 7.0 * DAY * 100.0),
        (log("for: 7 days\n", ", keep: 1 year"), "line in 7 days", 10.0 * 7.0 * DAY * 100.0),
        // 1 + 1.3 + 1.69 = 3.99 years of today's rate.
        (log(growing, ""), "line in 3 years", 10.0 * 3.99 * year * 100.0),
        // Kept for a year: the third of them, 1.69.
        (log(growing, ", keep: 1 year"), "line in 3 years", 10.0 * 1.69 * year * 100.0),
        // What was there at the start goes when its time is over: a quarter of a year is left of it, and new is three quarters.
        (
            log("for: 270 days\n", ", start: 1000, keep: 360 days"),
            "line count in 270 days",
            250.0 + 10.0 * 270.0 * DAY,
        ),
        (log("", ""), "growth per day", 10.0 * DAY * 100.0),
        (log("", ""), "growth per year", 10.0 * year * 100.0),
        // Three copies of each.
        (log("", ", copies: 3"), "growth per day", 3.0 * 10.0 * DAY * 100.0),
    ] {
        let found = quantity(&of(&text), name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{text}\n{name}: {found}, expected {expected}");
    }
}

#[test]
fn what_follows_the_users_is_not_added_to_by_writes() {
    let estimate = of(
        "name: a\nfor: 2 years\nusers: { registered: 1M, daily: 100k, growth: 50%/year }\ndata:\n  user: { size: 1 KB, start: registered }\n  avatar: { size: 20 KB, for: 30% of user }\nactions:\n  edit: { per user: 1/day, writes: user }\n",
    );
    // 1.5² = 2.25 times as many users and avatars.
    for (name, expected) in
        [("user", 1e9), ("avatar", 6e9), ("user in 2 years", 2.25e9), ("avatar in 2 years", 13.5e9)]
    {
        let found = quantity(&estimate, name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{name}: {found}");
    }
}

#[test]
fn requests_that_only_change_what_is_there_add_nothing() {
    let text = |verb: &str| {
        format!(
            "name: a\ntarget: http://127.0.0.1:1\ndata:\n  note: 1 KB\nactions:\n  save: {{ total: 1/s, writes: note }}\nrequests:\n  save: {{ {verb}: /notes/1, json: {{ a: b }} }}\n"
        )
    };
    assert!(of(&text("POST")).quantities.iter().any(|quantity| quantity.name == "growth per day"));
    assert!(of(&text("PUT")).quantities.iter().all(|quantity| quantity.name != "growth per day"));
}

#[test]
fn rows_and_indexes_are_counted_only_where_the_file_names_indexes() {
    let plain = of("name: a\ndata:\n  post: { size: 900 B, count: 10 }\n");
    assert_eq!(quantity(&plain, "post").value.p50, 9_000.0);
    // (900 + 28 + key 32 + pointer 12 + key 8 + pointer 12) / 0.9 = 992 / 0.9.
    let indexed = of(
        "name: a\ndata:\n  post: { fields: { body: 868 B, slug: 32 B }, indexes: [slug, author], count: 10 }\n",
    );
    assert!((quantity(&indexed, "post, each").value.p50 - 992.0 / 0.9).abs() < 1e-9);
    assert_eq!(quantity(&indexed, "page fill").kind, Kind::Default);
}

#[test]
fn what_is_only_edited_takes_no_storage() {
    // The forum's profiles are changed by PUT; the file says nothing of how many there are.
    let estimate = of("name: a\nusers: 20k daily\nactions:\n  edit profile: 0.1\n");
    assert!(
        estimate.quantities.iter().all(|quantity| quantity.section != "Storage"),
        "{:?}",
        estimate.quantities
    );
}

#[test]
fn ranges_of_the_file_are_given_and_each_is_drawn_once() {
    let estimate = of(
        "name: a\ndata:\n  row: 1 KB\nactions:\n  put: { total: 1/s, writes: 1..3 row }\n  get: { total: 1/s, reads: 1..3 row }\n",
    );
    for name in ["put, row written", "get, row read"] {
        assert_eq!(
            (quantity(&estimate, name).kind, quantity(&estimate, name).working.as_str()),
            (Kind::Given, "1 .. 3")
        );
    }
    // What is written travels and is stored: a day's growth is a day of the bandwidth, range and all.
    let (written, stored) =
        (quantity(&estimate, "data written, mean").value, quantity(&estimate, "growth per day").value);
    assert!(
        (stored.p10 / written.p10 - 86_400.0).abs() < 1e-6
            && (stored.p90 / written.p90 - 86_400.0).abs() < 1e-6
    );
    assert_ne!(quantity(&estimate, "put, row written").value, quantity(&estimate, "get, row read").value);
}

#[test]
fn silence_is_filled_by_defaults_that_say_so() {
    let estimate = of(
        "name: a\nusers: 300M\ndata:\n  tweet: 200 B\nactions:\n  post: { per user: 2/day, writes: tweet }\n",
    );
    // 300 M × 0.5 × 2 / 86,400 s = 3,472.2/s, twice that at peak.
    assert!((quantity(&estimate, "mean actions").value.p50 - 300e6 / 86_400.0).abs() < 1e-6);
    for name in ["daily share", "peak factor", "server CPU per request", "CPU limit", "cores per node"] {
        let quantity = quantity(&estimate, name);
        assert_eq!(quantity.kind, Kind::Default, "{name}");
        assert_ne!(quantity.section, estimator::BACKGROUND, "{name} is shown");
        assert!(!quantity.source.is_empty(), "{name}");
    }
}

#[test]
fn machines_follow_from_the_busiest_hour() {
    let estimate = of(
        "name: a\nactions:\n  get: { total: 1000/s, requests: 3 }\ntraffic: { shape: flat }\nnode: { cores: 4, price: 40 USD/month }\nlimits: { cpu: 50%, spare: 2 }\n",
    );
    // 3,000/s × 1 ms / 50 % = 6 cores; two of four a node: 2,000/s each; 1.5 → 2, and 2 spare.
    for (name, expected) in [
        ("peak requests", 3_000.0),
        ("cores at peak", 6.0),
        ("requests one node holds", 2_000.0),
        ("servers", 4.0),
        ("server cost", 160.0),
    ] {
        let found = quantity(&estimate, name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-3, "{name}: {found}, expected {expected}");
    }
}

#[test]
fn a_promise_has_an_error_budget_and_a_second_server() {
    let estimate = of("name: a\nactions:\n  get: { total: 1/s }\nslo:\n  availability: 99.9% per month\n");
    // 0.1 % of 30.44 days: 43.8 min.
    let budget = quantity(&estimate, "error budget per month");
    assert!((budget.value.p50 - 0.001 * 30.44 * 86_400.0).abs() < 1e-6);
    assert_eq!(scenarios::show::value(budget.value.p50, budget.unit, &estimate.conventions), "43.8 min");
    assert_eq!(quantity(&estimate, "servers").value.p50, 2.0);
}

#[test]
fn claims_are_confirmed_refuted_or_left_open() {
    let base = "name: a\nfor: 3 years\nusers: 86400 daily\ndata:\n  post: { size: 1 KB, count: 1M }\nactions:\n  read: { per user: 8..12, reads: post }\n  write: { per user: 1, writes: post }\n";
    // Reads: 8..12/s, so actions are 9..13/s nine times out of ten, and twice that at peak.
    for (claim, verdict) in [
        ("mean qps: 8..14", Finding::Confirmed),
        ("Peak Actions: 16..28/s", Finding::Confirmed),
        ("peak qps: 100..200", Finding::Refuted),
        ("peak qps: 22..60", Finding::CannotTell),
        ("storage: 1 GB", Finding::Confirmed),
        // 1 GB + 1/s × 3 years × 1 KB = 95.6 GB.
        ("disk in 3 years: 90..100 GB", Finding::Confirmed),
        ("write: 86400/day", Finding::Confirmed),
        ("cost: 1..2 USD/month", Finding::Refuted),
    ] {
        let estimate = of(&format!("{base}expect:\n  {claim}\n"));
        let [check] = &estimate.claims[..] else { panic!("one claim") };
        assert_eq!(check.verdict, verdict, "{claim}: {check:?}");
        assert_eq!(check.line, 10);
    }
}

/// The file, and what the refusal says.
#[test]
fn what_cannot_be_estimated_is_refused_with_a_hint() {
    for (text, expected) in [
        ("name: a\nactions:\n  read: 5\n", "a.yaml:3: `read` is done so often by each user"),
        (
            "name: a\ndata:\n  user: { size: 1 KB, count: users }\n",
            "a.yaml:3: how many `user` there are depends on `users`",
        ),
        (
            "name: a\ndata:\n  x: { size: 1 KB, for: 2 of y }\n  y: { size: 1 KB, for: 2 of x }\n",
            "a.yaml:3: the count of `x` depends on itself",
        ),
        ("name: a\ndata:\n  x: { size: 1 KB, for: 2 of y }\n  y: 1 KB\n", "depends on `y`"),
        (
            "name: a\nactions:\n  get: { total: 1/s }\nexpect:\n  peek qps: 3\n",
            "a.yaml:5: there is no quantity `peek qps`\n  hint: did you mean `peak qps`?",
        ),
        (
            "name: a\nactions:\n  get: { total: 1/s }\nexpect:\n  peak qps: 3 MB\n",
            "a.yaml:5: `peak qps: 3 MB` is a size",
        ),
        ("name: a\nactions:\n  get: { total: 1/s }\nnode: { cores: 0 }\n", "has no finite value"),
        ("name: a\ndata:\n  x: { count: 1e300, size: 1e20 EB }\n", "`x` has no finite value"),
    ] {
        let error = try_of(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}\n{error}");
        assert!(error.contains("\n  hint: "), "{error}");
    }
}

#[test]
fn an_unusable_number_of_samples_is_refused() {
    let scenario = Scenario::from_yaml("name: a\n").unwrap();
    for samples in [0, 99, 100_001] {
        let error = estimate(&scenario, "a.yaml", &Options { seed: 7, samples }).unwrap_err();
        assert!(matches!(error, EstimateError::Samples { found, .. } if found == samples), "{error}");
    }
}

#[test]
fn a_chain_of_formulas_ends_at_the_lines_of_the_file() {
    let text = "name: spotify\ndata:\n  song: { count: 100M, size: 5 MB, copies: 3 }\n";
    let scenario = Scenario::from_yaml(text).unwrap();
    let explain = |name: &str| estimator::explain(&scenario, "a.yaml", &Options::default(), name);
    let explanation = explain("song, 3 copies").unwrap();
    assert_eq!(explanation.quantity.formula, "song, one copy × song copies");
    let [one_copy, copies] = &explanation.inputs[..] else { panic!("two inputs") };
    assert_eq!((copies.quantity.kind, copies.quantity.source.as_str()), (Kind::Given, "a.yaml:3"));
    let names: Vec<&str> = one_copy.inputs.iter().map(|input| input.quantity.name.as_str()).collect();
    assert_eq!(names, ["song count", "song size"]);
    let error = explain("song, 3 copied").unwrap_err().to_string();
    assert!(error.contains("did you mean `song, 3 copies`?"), "{error}");
}

#[test]
fn a_database_works_for_each_row_and_each_index() {
    let text = "
name: d
for: 3 years
users: { daily: 1M, growth: 100%/year }
data:
  post: { fields: { id: 8 B, body: 1 KB }, indexes: [author, created] }
actions:
  read: { per user: 20/day, reads: post }
  write: { per user: 8.64/day, writes: 2 post }
choices: { database: sqlite }
";
    let estimate = of(text);
    let year = 365.0 * 86_400.0;
    let reads = 20e6 / 86_400.0 * 2.0;
    // 100 rows in 0.27 ms and 100 times 48 µs.
    let writer: f64 = 100.0 / (0.27e-3 + 4.8e-3);
    for (name, expected) in [
        ("rows written at peak", 100.0 * 2.0 * 2.0),
        // The row's page and one of each index; one row in ten is read from the disk.
        ("disk operations at peak", 400.0 * 3.0 + reads * 0.1),
        ("commits to disk at peak", 200.0),
        ("rows one SQLite writer commits", writer),
        ("SQLite writer used at peak", 400.0 / writer),
        ("SQLite writer runs out in", (writer / 400.0).log2() * year),
    ] {
        let found = quantity(&estimate, name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{name}: {found}, expected {expected}");
    }
    // At 5,000 commits a second each waits for the disk, so they go together.
    let busy = of(&text.replace("8.64/day", "432/day"));
    assert!((quantity(&busy, "commits to disk at peak").value.p50 * 300e-6 - 1.0).abs() < 1e-9);
    // Without a choice the disk is not talked about.
    let open = of(&text.replace("choices: { database: sqlite }", ""));
    assert_eq!(quantity(&open, "disk operations at peak").section, estimator::BACKGROUND);
}

#[test]
fn growth_is_compounded_as_it_is_written_or_linear() {
    let users_in_a_year = |growth: &str| {
        let text = format!(
            "name: g\nfor: 1 year\nusers: {{ daily: 1M, growth: {growth} }}\nactions:\n  a: {{ per user: 1/day }}\n"
        );
        quantity(&of(&text), "daily users in 1 year").value.p50 / 1e6
    };
    let months = 365.0 / 30.44;
    for (growth, expected) in [
        ("30%/year", 1.3),
        ("30% per year", 1.3),
        ("2%/month", 1.02f64.powf(months)),
        ("1%/week", 1.01f64.powf(365.0 / 7.0)),
        ("2%/day linear", 8.3),
    ] {
        let found = users_in_a_year(growth);
        assert!((found / expected - 1.0).abs() < 1e-9, "{growth}: {found}, expected {expected}");
    }
}

#[test]
fn a_measured_cost_of_a_request_takes_the_place_of_the_default() {
    // Stack Exchange 2016: 2,423.85 requests a second at 7.6876 ms are 18.63 busy at once, as measured.
    let text = "
name: so
actions: { request: { total: 2423.85/s } }
traffic: { peak: 1x }
node: { cpu per request: 7.6876 ms, cores: 12 }
limits: { cpu: 100% }
";
    let estimate = of(text);
    let cpu = quantity(&estimate, "server CPU per request");
    assert_eq!((cpu.value.p50, cpu.kind), (7.6876e-3, Kind::Given));
    assert!((quantity(&estimate, "cores at peak").value.p50 / 18.6336 - 1.0).abs() < 1e-4);
}

#[test]
fn a_day_of_another_length_has_as_many_days_in_a_year() {
    let text = "
name: xu
conventions: { day: 100000 s }
actions: { post: { total: 1B/day } }
quantities:
  in a year: post rate x 1 year
  in a month: post rate x 1 month
  one line: 40/day x 1 year with day = 25 h
";
    let estimate = of(text);
    assert_eq!(quantity(&estimate, "mean actions").value.p50, 10_000.0);
    for (name, expected) in [("in a year", 365e9), ("in a month", 30.44e9), ("one line", 40.0 * 365.0)] {
        let found = quantity(&estimate, name).value.p50;
        assert!((found / expected - 1.0).abs() < 1e-9, "{name}: {found}, expected {expected}");
    }
    assert!(estimate.conventions.to_string().contains("day = 100,000 s, month = 30.44 d, year = 365 d"));
}
