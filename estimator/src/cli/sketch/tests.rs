//! Sketches as they are printed: what the file says, and what is guessed from it.

use scenarios::Scenario;

use crate::Options;
use crate::cli::tests::run;
use crate::show::sketch as show;
use crate::sketch::{Sketch, sketch};

/// Nothing is said of requests here, and little of keys.
const SHOP: &str = "\
name: shop
users: { registered: 1M }
data:
  order: { fields: { order_id: 8 B, user_id: 8 B, total: 8 B }, indexes: [user_id], start: 2M }
  line item: { size: 40 B, start: 3 of order }
  user: { fields: { name: 20 B }, start: registered }
  photo: { size: 2 MB, start: 10k }
  cart: { size: 1 KB, kind: memory, start: 10k }
actions:
  list orders: { total: 100/s, reads: 20 order }
  show order: { total: 50/s, reads: order }
  buy: { total: 5/s, writes: order }
  delete photo: { total: 1/s, writes: photo }
  rename: { total: 2/s, writes: user }
";

fn shop() -> Sketch {
    let scenario = Scenario::with_settings(SHOP, &[]).unwrap();
    let estimate = crate::estimate(&scenario, "shop.yaml", &Options::default()).unwrap();
    sketch(&scenario, &estimate)
}

#[test]
fn the_forum_is_sketched_as_it_is_asked() {
    let (code, out, err) = run(&["sketch", "forum"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    insta::assert_snapshot!(out, @r##"
    forum · tables and resources · medians

      question · 1.82 KB a row with indexes · 2 M rows now, 346 M rows at the end of the plan
        columns: title 60 B, body 1.51 KB, author 8 B, created 8 B, answers 8 B
        primary key: id (guessed, not in the bytes)
        foreign key: author → user (guessed)
        indexes: author

      answer · 1.35 KB a row with indexes · 3 M rows now, 863 M rows at the end of the plan
        columns: body 1.12 KB, question 8 B, author 8 B, created 8 B
        primary key: id (guessed, not in the bytes)
        foreign key: question → question (guessed)
        foreign key: author → user (guessed)
        indexes: question, author

      user · 380 B a row with indexes · 5 M rows now, 10.6 M rows at the end of the plan
        primary key: id (guessed, not in the bytes)
        indexes: name

      request                                        status    peak  action         touches
      GET /api/v1/questions/{question}                  200   278/s  read question  reads question + 1.…
      GET /api/v1/questions                             200  83.3/s  list latest    reads 20 question
      GET /api/v1/users/{user}                          200  13.9/s  view profile   reads user
      POST /api/v1/questions/{any question}/answers     201  13.9/s  answer         writes answer
      POST /api/v1/questions                            201  5.56/s  ask            writes question
      PUT /api/v1/profile                               200  1.39/s  edit profile   writes user
    "##);
}

#[test]
fn what_only_names_suggest_is_marked() {
    insta::assert_snapshot!(show::text(&shop()), @r##"
    shop · tables and resources · medians

      order · 80 B a row with indexes · 2 M rows now
        columns: order_id 8 B, user_id 8 B, total 8 B
        primary key: order_id
        foreign key: user_id → user (guessed)
        indexes: user_id

      line item · 40 B a row · 6 M rows now
        primary key: id (guessed, not in the bytes)
        foreign key: order_id → order (guessed)

      user · 20 B a row · 1 M rows now
        columns: name 20 B
        primary key: id (guessed, not in the bytes)

      photo: object storage, its key in a row
      cart: in main memory, no table

      request               status   peak  action        touches
      GET /orders          guessed  200/s  list orders   reads 20 order
      GET /orders/{id}     guessed  100/s  show order    reads order
      POST /orders         guessed   10/s  buy           writes order
      DELETE /photos/{id}  guessed    2/s  delete photo  writes photo
      PATCH /users/{id}    guessed    4/s  rename        writes user
    "##);
}

#[test]
fn rows_and_rates_are_those_of_the_file() {
    let sketch = shop();
    // 2 M orders of three lines each.
    let rows: Vec<_> = sketch.tables.iter().map(|table| (table.name.as_str(), table.rows)).collect();
    assert_eq!(rows, [("order", Some(2e6)), ("line item", Some(6e6)), ("user", Some(1e6))]);
    // Twice the mean of 5/s in the busiest hour.
    let buy = sketch.resources.iter().find(|resource| resource.action == "buy").unwrap();
    assert!((buy.peak_per_second.unwrap() - 10.0).abs() < 1e-9);
}

#[test]
fn a_document_and_a_program_get_the_same() {
    let (_, json, _) = run(&["sketch", "forum", "--format", "json"]);
    assert!(json.starts_with("{\n  \"schema\": 1,\n"), "{json}");
    let (_, markdown, _) = run(&["sketch", "forum", "--format", "markdown"]);
    for part in ["/api/v1/questions/{any question}/answers", "reads question + 1.5 answer"] {
        assert!(markdown.contains(part), "{markdown}");
    }
    assert!(json.contains("\"path\": \"/api/v1/questions/{any question}/answers\""), "{json}");
}

#[test]
fn what_cannot_be_read_is_refused() {
    for wrong in [&["no-such-file"][..], &["forum", "--set", "users.dialy=1M"]] {
        let (code, out, err) = run(&[&["sketch"], wrong].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}");
        assert!(err.starts_with("error: ") && err.contains("hint: "), "{err}");
    }
}
