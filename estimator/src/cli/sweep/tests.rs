//! A sweep as it is printed, and what cannot be swept.

use crate::cli::tests::run;

#[test]
fn numbers_are_followed_over_the_range_of_an_input() {
    let (code, out, err) = run(&["sweep", "forum", "--vary", "users.daily=10k..10M"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    insta::assert_snapshot!(out, @r##"
    forum · users.daily from 10,000 to 10 M, steps of equal ratio · medians

      users.daily  peak requests  servers  total in 3 years       total cost
      10,000               6.6/s        1           41.9 GB   64.1 USD/month
      21,500              14.2/s        1           76.5 GB   68.8 USD/month
      46,400              30.6/s        1            151 GB   78.9 USD/month
      100,000               66/s        1            312 GB    101 USD/month
      215 k                142/s        1            659 GB    148 USD/month
      464 k                306/s        1           1.41 TB    250 USD/month
      1 M                  660/s        3           3.02 TB    580 USD/month  servers 1 → 3, ● copies,…
      2.15 M             1,420/s        4           6.49 TB  1,120 USD/month  ○ sql or nosql, ● cache,…
      4.64 M             3,060/s        7             14 TB  2,300 USD/month  servers 4 → 5, ● autoscal…
      10 M               6,600/s       12           30.1 TB  4,850 USD/month  servers 7 → 8

      peak requests
      6,600/s │                                                ▃▃▃▃▃▃██████
              │                                          ▅▅▅▅▅▅████████████
              │                              ▃▃▃▃▃▃████████████████████████
              │                        ▅▅▅▅▅▅██████████████████████████████
              │            ▃▃▃▃▃▃██████████████████████████████████████████
        6.6/s │▁▁▁▁▁▁▅▅▅▅▅▅████████████████████████████████████████████████
              └────────────────────────────────────────────────────────────
               10,000                                                  10 M

      servers           ▁▁▁▁▁▁▄▅▆█  1 to 12
      total in 3 years  ▁▂▂▃▄▅▆▆▇█  41.9 GB to 30.1 TB
      total cost        ▁▁▁▂▂▃▅▆▇█  64.1 USD/month to 4,850 USD/month

      Where it turns
        from 907 k: servers 1 → 3
        from 907 k: ● copies: keep three of question, answer and user
        from 928 k: ● sharding: split the rows over 2 database nodes
        from 1.44 M: ○ no NoSQL needed: a sharded SQL engine for answer; ○ no NoSQL needed: one SQL node
        holds question and user
        from 1.52 M: ● cache: keep what `read question` reads in memory
        from 1.82 M: servers 3 → 4
        from 1.97 M: ● load balancer: least outstanding requests first, not in turns
        from 2.73 M: servers 4 → 5
        from 3.94 M: ● autoscaling: add and remove application servers with the load
        from 5.46 M: servers 7 → 8
    "##);
}

#[test]
fn a_sweep_has_forms_for_documents_sheets_and_programs() {
    let with = |format: &str| {
        let arguments =
            ["sweep", "spotify", "--vary", "data.song.size=1..9 MB", "--of", "song, 3 copies,total cost"];
        run(&[&arguments[..], &["--steps", "3", "--format", format]].concat()).1
    };
    // 100 M × 3 copies × 1, 5 and 9 MB.
    assert_eq!(
        with("csv").lines().map(|line| line.split(',').next().unwrap()).collect::<Vec<_>>(),
        ["data.song.size", "1000000", "5000000", "9000000"]
    );
    let json: serde_json::Value = serde_json::from_str(&with("json")).unwrap();
    assert_eq!(json["points"][1]["values"][0]["p50"].as_f64(), Some(1.5e15));
    assert_eq!((json["schema"].as_u64(), json["vary"]["scale"].as_str()), (Some(1), Some("linear")));
    assert!(with("markdown").contains("| 5 MB | 1.5 PB |"), "{}", with("markdown"));
}

#[test]
fn what_cannot_be_swept_is_refused_with_a_hint() {
    let mut all = String::new();
    for wrong in [
        &["--vary", "users.daily"][..],
        &["--vary", "users.daily=5..x"],
        &["--vary", "users.daily=0..5M", "--log"],
        &["--vary", "users.daily=1M..5M", "--steps", "1"],
        &["--vary", "users.daily=1M..5M", "--of", "severs"],
        &["--vary", "users.dialy=1M..5M"],
        &["--vary", "users.daily=1..5 MB"],
    ] {
        let (code, out, err) = run(&[&["sweep", "forum"], wrong].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}");
        all += &err;
        all += "\n";
    }
    insta::assert_snapshot!(all, @r##"
    error: --vary: `users.daily` has no range
      hint: write a path and a range, like `users.daily=10k..10M`

    error: --vary: `5..x`: `x` does not start with a number
      hint: numbers look like `12`, `20k`, `5 MB`, `3..8 MB`, `12k/day`

    error: --vary: `0..5M`: is the lower end in the same thousands or millions as `5M`?
      hint: write both ends out: `20k..30k`

    error: --vary: 1 steps: expected between 2 and 200
      hint: 10 is usual

    error: --of: there is no quantity `severs`
      hint: did you mean `servers`?

    error: `users` has no `dialy`
     --> --vary:1:7
      |
    1 | users.dialy=1M
      |       ^^^^^ did you mean `daily`?
      hint: the path would be `users.daily`

    error: expected a number (like 20k), found a size (like 5 MB)
     --> --vary:1:13
      |
    1 | users.daily=1 MB
      |             ^^^^
      hint: write a number (like 20k)
    "##);
}
