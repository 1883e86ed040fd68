//! Scenarios side by side: the table, the forms for documents and programs, and what cannot be compared.

use crate::cli::tests::run;

#[test]
fn a_change_is_put_beside_what_it_changes() {
    let (code, out, err) = run(&["compare", "spotify", "--with", "data.song.size=10 MB; users=2B"]);
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(out, @r##"
    A  spotify                         1 B users
    B  data.song.size=10 MB; users=2B  2 B users

      Storage                       A           B  B ÷ A
      song, one copy           500 TB        1 PB    2 ×
      song, 3 copies           1.5 PB        3 PB    2 ×
      user                       1 TB        2 TB    2 ×
      total, kept              1.5 PB        3 PB    2 ×

      Cost per month
      disk cost               200 USD     400 USD    2 ×
      object storage cost  10,000 USD  20,000 USD    2 ×
      total cost           10,200 USD  20,400 USD    2 ×

      only in B: shards

      Advice that differs
      sharding
        A ○ no sharding needed: 1 TB of rows < 70 % of one 2 TB node (assumed)
        B ● sharding: split the rows over 2 database nodes: 2 TB of rows > 70 % of one 2 TB node
        (assumed); storage decides
      sql or nosql
        A ○ no NoSQL needed: one SQL node holds user: 1 TB < 1.4 TB
        B ● database: NoSQL, or a sharded SQL engine, for user: 2 TB > 1.4 TB

      the same advice: blobs
    "##);
}

#[test]
fn two_systems_show_what_they_have_in_common_and_name_the_rest() {
    let (code, out, _) = run(&["compare", "forum", "stack-exchange-2016"]);
    assert_eq!(code, 0);
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    let row = out.lines().find(|line| line.contains("peak actions")).unwrap();
    assert!(row.contains("396/s") && row.ends_with('×'), "{row}");
    assert!(out.contains("\n  only in A: ") && out.contains("\n  only in B: "), "{out}");
    let (_, all, _) = run(&["compare", "forum", "stack-exchange-2016", "--all"]);
    assert!(all.contains("  ask ") && !all.contains("only in A"), "{all}");
}

#[test]
fn a_comparison_has_forms_for_documents_sheets_and_programs() {
    let with =
        |format: &str| run(&["compare", "spotify", "--with", "data.song.size=10 MB", "--format", format]).1;
    let json: serde_json::Value = serde_json::from_str(&with("json")).unwrap();
    let songs = json["quantities"].as_array().unwrap();
    let songs = songs.iter().find(|row| row["name"] == "song, 3 copies").unwrap();
    // 100 M × 10 MB × 3 over 100 M × 5 MB × 3.
    assert_eq!((json["schema"].as_u64(), songs["ratios"][1].as_f64()), (Some(1), Some(2.0)));
    assert!(with("markdown").contains("| song, 3 copies | 1.5 PB | 3 PB | 2 × |\n"));
    let csv = with("csv");
    assert!(csv.starts_with("quantity,section,unit,spotify p10,"), "{csv}");
    assert!(csv.contains("\"song, 3 copies\",Storage,B,1500000000000000,1500000000000000,"), "{csv}");
}

#[test]
fn what_cannot_be_compared_is_refused_with_a_hint() {
    let mut all = String::new();
    for wrong in [
        &["forum"][..],
        &["forum", "spotify", "youtube", "tinyurl", "pastebin"],
        &["-", "-"],
        &["forum", "fourm"],
        &["forum", "--with", "users.dialy=2M"],
    ] {
        let (code, out, err) = run(&[&["compare"], wrong].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}");
        all += &err;
        all += "\n";
    }
    insta::assert_snapshot!(all, @r##"
    error: 1 to compare; between 2 and 4 are possible
      hint: name another scenario, or change this one: `--with users.daily=10M`

    error: 5 to compare; between 2 and 4 are possible
      hint: name another scenario, or change this one: `--with users.daily=10M`

    error: -: standard input can be read once
      hint: name a file for what else is to be read

    error: fourm: no such file, and no scenario of this name ships
      hint: did you mean `forum`?

    error: `users` has no `dialy`
     --> --with:1:7
      |
    1 | users.dialy=2M
      |       ^^^^^ did you mean `daily`?
      hint: the path would be `users.daily`
    "##);
}
