//! `fit` from the command line: what it answers, and every way in which it refuses.

use clap::Parser;

use super::*;
use crate::cli::{Cli, execute};

/// A file of its own for each test, gone afterwards.
struct Data(std::path::PathBuf);

impl Data {
    fn new(name: &str, text: &[u8]) -> Data {
        let path = std::env::temp_dir().join(format!("estimator-fit-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Data(path)
    }

    /// Exit code, output and errors, with the file called `data.csv`.
    fn fit(&self, options: &[&str]) -> (u8, String, String) {
        let path = self.0.to_str().unwrap();
        let arguments = ["estimator", "fit", path].into_iter().chain(options.iter().copied());
        let cli = Cli::try_parse_from(arguments).unwrap();
        let (mut out, mut err) = (anstream::StripStream::new(Vec::new()), Vec::new());
        let code = execute(&cli.command, &mut out, &mut err);
        let named = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(path, "data.csv");
        (code, named(out.into_inner()), named(err))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const SPEC: &str =
    "users; scripts/h\n1; 64.9\n18; 995.9\n36; 1652.4\n72; 1853.2\n108; 1828.9\n144; 1775\n216; 1702.2\n";
const MYSQL: &str = include_str!("../../../tests/data/mysql-5.7.csv");

#[test]
fn every_refused_table_is_told_where_and_what_to_do() {
    for (index, (text, expected)) in REFUSED.iter().enumerate() {
        let (code, out, err) = Data::new(&format!("refused-{index}"), text.as_bytes()).fit(&[]);
        assert_eq!((code, out.as_str()), (2, ""), "{text}");
        assert_eq!(err.trim_end().replace("data.csv", "stdin"), *expected, "{text}");
    }
}

const REFUSED: &[(&str, &str)] = &[
    (
        "",
        "error: stdin: has no measurements\n  hint: begin with a line `concurrency,throughput`, then a row for each measurement",
    ),
    (
        "# nothing\n",
        "error: stdin: has no measurements\n  hint: begin with a line `concurrency,throughput`, then a row for each measurement",
    ),
    (
        "n,throughput\n",
        "error: stdin:1: no measurement follows the header\n  hint: add a row for each measurement",
    ),
    (
        "1,10\n2,19\n",
        "error: stdin:1: the first line has numbers, expected the names of the columns\n  hint: begin with a line like `concurrency,throughput`",
    ),
    (
        "clients,errors\n1,2\n",
        "error: stdin:1: the columns are `clients`, `errors`, expected two of concurrency, throughput and latency\n  hint: name them like `concurrency,throughput` or `throughput/s,latency_ms`",
    ),
    (
        "n,clients,throughput\n1,1,10\n",
        "error: stdin:1: `n` and `clients` are both concurrency\n  hint: rename the one that shall not be used",
    ),
    (
        "n,throughput\n1,fast\n2,19\n4,0\n8,70,3\n16\n",
        "error: stdin:2: throughput is `fast`, expected a number\n  hint: write a number like 8, 12.5 or 11k\nerror: stdin:4: throughput is `0`, expected a number above 0\n  hint: put a # before the line to leave it out\nerror: stdin:5: 3 columns, expected 2 as in the header\nerror: stdin:6: 1 column, expected 2 as in the header\n  hint: the header is line 1",
    ),
    (
        "n;throughput\n1;10,5\n",
        "error: stdin:2: throughput is `10,5`, expected a number\n  hint: write 1.5 with a point, and thousands without separators",
    ),
    (
        "n,latency\n1,12\n",
        "error: stdin:2: `latency` is `12`, of what?\n  hint: say the unit in the header, `latency_ms`, or behind each number, `30 ms`",
    ),
    (
        "n,latency_ms\n1,12 qps\n",
        "error: stdin:2: latency_ms is `12 qps`, expected a number\n  hint: write a number like 8, 12.5 or 11k",
    ),
    (
        "n,throughput/ms\n1,2\n",
        "error: stdin:1: `throughput/ms` counts in a time that is not known\n  hint: throughput is by s, min, h or day: `throughput/s`",
    ),
    (
        "n,throughput\n30 ms,2\n",
        "error: stdin:2: `n` is `30 ms`, expected a number without a unit\n  hint: is it in the right column? a throughput has its unit in the header: `throughput/s`",
    ),
    (
        "n,throughput\n1,\n1,\n1,\n1,\n1,\n1,\n1,\n1,\n",
        "error: stdin:2: throughput is missing\nerror: stdin:3: throughput is missing\nerror: stdin:4: throughput is missing\nerror: stdin:5: throughput is missing\nerror: stdin:6: throughput is missing\nerror: stdin: 3 more rows cannot be read\n  hint: fill it in, or put a # before the line to leave it out",
    ),
    (
        "n,throughput\n1,10\n2,19\n",
        "error: stdin: 2 different concurrencies are too few for 3 coefficients\n  hint: measure at more concurrencies, at least 3 and better 6; or give --lambda, which leaves two coefficients",
    ),
    (
        "n,throughput,weight\n1,10,0\n",
        "error: stdin:2: weight is `0`, expected a number above 0\n  hint: put a # before the line to leave it out",
    ),
    (
        "n,latency_ms\n1e300,1e-300\n",
        "error: stdin:2: number ÷ time is inf, expected a finite number\n  hint: the numbers are too large or too small for one another",
    ),
];

#[test]
fn every_refused_option_is_told_what_to_do() {
    let data = Data::new("options", b"n,throughput\n2,19\n4,35\n8,60\n");
    for (options, expected) in [
        (
            &["--method", "transform"][..],
            "error: data.csv: the quadratic transform starts from the throughput at a concurrency of 1, which was not measured\n  hint: measure N = 1, give it with --lambda, or leave --method out: least squares needs no N = 1\n",
        ),
        (
            &["--lambda", "-1"],
            "error: --lambda is -1\n  hint: the throughput of one, above 0, in the unit of the file\n",
        ),
        (
            &["--predict", "soon"],
            "error: --predict: `soon` is neither an N (64) nor a throughput (11k/s) nor a latency (30 ms)\n  hint: write a number above 0, with /s or ms where it is not an N\n",
        ),
    ] {
        assert_eq!(data.fit(options), (2, String::new(), expected.to_owned()), "{options:?}");
    }
}

#[test]
fn a_file_that_is_none_is_told_what_to_do() {
    let hint = "\n  hint: name a file of measurements with a header like `concurrency,throughput`\n";
    let data = Data::new("latin", b"n,throughput\n1,\xe9\n");
    assert_eq!(data.fit(&[]).2, format!("error: data.csv: is not UTF-8 text (at byte 15){hint}"));
    let large = Data::new("large", &vec![b'#'; 2_000_001]);
    assert_eq!(large.fit(&[]).2, format!("error: data.csv: is larger than 2 MB{hint}"));
    let gone = Data(std::env::temp_dir().join("estimator-fit-nowhere.csv"));
    assert_eq!(gone.fit(&[]).2, format!("error: data.csv: no such file{hint}"));
    let folder = Data(std::env::temp_dir());
    assert_eq!(folder.fit(&[]).2, format!("error: data.csv: is a folder{hint}"));
}

#[test]
fn a_hard_ceiling_is_the_answer_and_the_law_is_fitted_below() {
    let (code, out, err) = Data::new("mysql", MYSQL.as_bytes()).fit(&["--predict", "16,120k/s"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // 16 / 111,420 per second are 144 µs.
    for expected in [
        "ceiling      111,420/s from N = 8 to 128: a hard limit, not a bend",
        "κ coherency                 0     0.00146     –           0 .. 0.0186  at its bound",
        "16      16   111,420/s              –   144 µs  at the hard ceiling",
        "● 120k/s: above the hard ceiling",
        "fitted below, to 4 of 9",
        "● 1 degree of freedom",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    let (_, through, _) = Data::new("through", MYSQL.as_bytes()).fit(&["--all-points"]);
    assert!(through.contains("a law fitted through it") && !through.contains("not used"), "{through}");
    assert!(out.lines().chain(through.lines()).all(|line| line.chars().count() <= 100), "{out}");
}

#[test]
fn a_prediction_far_out_is_refused_unless_it_is_asked_for() {
    let data = Data::new("far", SPEC.as_bytes());
    let (code, out, _) = data.fit(&["--predict", "1000"]);
    assert_eq!(code, EXIT_UNKNOWN);
    assert!(
        out.contains("CANNOT TELL") && out.contains("1000: beyond 2 × the largest measured N of 216"),
        "{out}"
    );
    let (code, out, _) = data.fit(&["--predict", "1000", "--beyond"]);
    assert!(code == EXIT_UNKNOWN && out.contains("a guess: far beyond the measurements"), "{out}");
    // 250 is within twice the largest N of 216, but past the peak at 96.52; 150 is past it too, and was measured around.
    let (code, out, _) = data.fit(&["--predict", "250"]);
    assert!(code == EXIT_UNKNOWN && out.contains("past the peak at N = 96.5"), "{out}");
    let (code, out, _) = data.fit(&["--predict", "150"]);
    assert!(code == EXIT_YES && !out.contains("CANNOT TELL"), "{out}");
    let (code, out, _) = data.fit(&["--predict", "250", "--beyond"]);
    assert!(code == EXIT_UNKNOWN && out.contains("a guess: past the peak"), "{out}");
}

#[test]
fn the_peak_comes_first_and_the_method_is_named() {
    let data = Data::new("spec", SPEC.as_bytes());
    let (_, out, _) = data.fit(&[]);
    // The R package usl 3.0: 1,884 at 96.52, 4 degrees of freedom, residual standard error 82.85 (82.846 here).
    for expected in [
        "least squares · throughput by hour",
        "/h at N = 96; exactly 1,88",
        "N* = 96.52",
        "standard error 82.8",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    let (_, out, _) = data.fit(&["--method", "transform", "--format", "markdown"]);
    assert!(out.contains("quadratic transform") && out.contains("| κ coherency | 7.89e-5 |"), "{out}");
}

#[test]
fn json_is_the_report_itself() {
    let (_, out, _) = Data::new("json", SPEC.as_bytes()).fit(&["--format", "json", "--predict", "100"]);
    let report: ScalingReport = serde_json::from_str(&out).unwrap();
    assert_eq!((report.schema, report.rows.len(), report.predictions.len()), (1, 7, 1));
    assert!((report.sigma.value / 0.027_73 - 1.0).abs() < 5e-4);
}

#[test]
fn latencies_are_in_seconds_whatever_the_throughput_counts_in() {
    // 60 and 120 per minute at 1 s each are N = 1 and 2; 200 per minute at 1.2 s are N = 4. The law does 200.13 there:
    // 4 / (200.13 / 60) = 1.199 s.
    let text = "completed/min\tlatency\n60\t1 s\n120\t1000 ms\n200\t1.2 s\n";
    let (code, out, err) = Data::new("minutes", text.as_bytes()).fit(&["--predict", "4"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("4      4  200.13/min              –    1.2 s"), "{out}");
    assert!(out.contains("● as many coefficients as measurements"), "{out}");
}

#[test]
fn users_who_think_are_noticed() {
    let text = "users,qps,latency_ms\n10,10,100\n20,20,100\n40,38,110\n80,70,130\n";
    let (_, out, _) = Data::new("think", text.as_bytes()).fit(&[]);
    assert!(out.contains("does N count users who think"), "{out}");
}
