//! A first number, the file behind it, and values that no file could hold.

use crate::cli::tests::run;

#[test]
fn a_first_number_needs_no_file() {
    let (code, out, err) =
        run(&["quick", "--users", "1M", "--per-user", "10/day", "--size", "2 KB", "--keep", "3y"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // 1 M × 10/day × 3 × 365 days × 2 KB = 10.95 billion × 2 KB = 21.9 TB; 10 M a day are 115.7 a second, twice that at the peak.
    assert!(out.lines().any(|line| line.contains("21.9 TB ") && line.contains(" 10.9 B × 2 KB")), "{out}");
    assert!(out.contains("peak actions") && out.contains("231/s"), "{out}");
    assert!(out.ends_with(
        "next: estimator quick --users 1M --per-user 10/day --size \"2 KB\" --keep 3y --yaml > quick.yaml\n"
    ));
}

#[test]
fn the_file_behind_it_says_the_same() {
    let all = [
        "quick",
        "--users",
        "200k..500k",
        "--per-user",
        "30/day",
        "--reads",
        "100:1",
        "--size",
        "1 KB",
        "--keep",
        "30 days",
        "--copies",
        "3",
        "--peak",
        "3x",
        "--growth",
        "20%/year",
        "--name",
        "my system",
        "--yaml",
    ];
    let (code, yaml, err) = run(&all);
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(yaml, @r##"
    # estimator quick --users 200k..500k --per-user 30/day --reads 100:1 --size "1 KB" --keep "30 days" --copies 3 --peak 3x --growth "20%/year" --name "my system"
    name: my system
    for: 30 days
    users: { daily: 200k..500k, growth: 20%/year }
    data:
      item: { size: 1 KB, keep: 30 days, copies: 3 }
    actions: # by each daily user
      write: { per user: 0.0099009901 x 30/day, writes: item }
      read: { per user: 0.9900990099 x 30/day, reads: item }
    traffic: { peak: 3x }
    "##);
    let scenario = scenarios::Scenario::from_yaml(&yaml).unwrap();
    assert_eq!(scenario.actions.len(), 2);
    let (_, without_size, _) = run(&["quick", "--users", "5M", "--per-user", "2..4", "--yaml"]);
    insta::assert_snapshot!(without_size, @r##"
    # estimator quick --users 5M --per-user 2..4
    name: quick
    users: { daily: 5M }
    actions: # by each daily user
      write: { per user: 2..4 }
    "##);
    let (_, without_actions, _) = run(&["quick", "--users", "1B", "--size", "1 KB", "--yaml"]);
    insta::assert_snapshot!(without_actions, @r##"
    # estimator quick --users 1B --size "1 KB"
    name: quick
    for: 1 year # how far ahead to look
    users: { daily: 1B }
    data:
      item: { size: 1 KB, count: users }
    "##);
}

#[test]
fn a_mix_is_a_share_or_reads_to_writes() {
    for (reads, writes_a_second) in
        [("90%", "1.16/s"), ("9:1", "1.16/s"), ("0%", "11.6/s"), ("0:1", "11.6/s")]
    {
        let (_, out, err) = run(&["quick", "--users", "1M", "--per-user", "1/day", "--reads", reads]);
        let write =
            out.lines().find(|line| line.starts_with("  write")).unwrap_or_else(|| panic!("{out}{err}"));
        assert!(write.contains(writes_a_second), "{reads}: {write}");
    }
    let (_, out, _) = run(&["quick", "--users", "1M", "--per-user", "1/day", "--reads", "100%"]);
    assert!(!out.contains("  write ") && out.contains("  read "), "{out}");
}

#[test]
fn what_a_file_could_not_say_is_refused_with_a_hint() {
    let mut all = String::new();
    for wrong in [
        &["--users", "many", "--per-user", "10/day"][..],
        &["--users", "1M", "--per-user", "10/day", "--size", "2 Kb"],
        &["--users", "1M", "--per-user", "10 KB"],
        &["--users", "1M", "--per-user", "10/day", "--reads", "90"],
        &["--users", "1M", "--per-user", "10/day", "--reads", "0:0"],
        &["--users", "1M\nname: x", "--per-user", "10/day"],
        &["--users", "1M", "--name", "a/b"],
    ] {
        let (code, out, err) = run(&[&["quick"], wrong].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}");
        all += &err;
        all += "\n";
    }
    insta::assert_snapshot!(all, @r##"
    error: `many` does not start with a number
     --> quick.yaml:3:17
      |
    3 | users: { daily: many }
      |                 ^^^^
      hint: numbers look like `12`, `20k`, `5 MB`, `3..8 MB`, `12k/day`
      note: the options were read as a scenario file, each as a line of it

    error: `Kb` is bits, and bits are for rates only
     --> quick.yaml:6:17
      |
    6 |   item: { size: 2 Kb }
      |                 ^^^^
      hint: bits? write KB or KiB (bytes), or a rate like `5 Mb/s`
      note: the options were read as a scenario file, each as a line of it

    error: expected a rate (like 12k/day), found a size (like 5 MB)
     --> quick.yaml:5:22
      |
    5 |   write: { per user: 10 KB }
      |                      ^^^^^
      hint: write a rate (like 12k/day)
      note: the options were read as a scenario file, each as a line of it

    error: --reads: `90` is not a share
      hint: write `90%`, or reads to writes like `9:1`

    error: --reads: `0:0` is not a share
      hint: write `90%`, or reads to writes like `9:1`

    error: unknown unit `M
           name: x`
     --> quick.yaml:3:17
      |
    3 | users: { daily: "1M\nname: x" }
      |                 ^^^^^^^^^^^^^
      hint: sizes: B KB MB GB TB PB KiB MiB GiB; times: ms s min hour day month year; also %, x, USD, k, M, B
      note: the options were read as a scenario file, each as a line of it

    error: a name has 1 to 80 characters and no slashes
     --> a/b.yaml:2:7
      |
    2 | name: a/b
      |       ^^^
      hint: like `my-forum`
      note: the options were read as a scenario file, each as a line of it
    "##);
}
