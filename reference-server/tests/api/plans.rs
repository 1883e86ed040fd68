//! Each list walks its index: the databases themselves say so.
//!
//! On a seeded forum, because a planner that thinks a table is empty reads all of it.

use std::path::Path;

use reference_server::seed::{self, Content, Seed};
use reference_server::store::{Database, Plan, postgres, sqlite};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use crate::postgres::Postgres;

async fn seeded(database: Database) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let visitors_file = folder.path().join("visitors.csv");
    seed::run(Seed {
        database,
        questions: 3_000,
        seed: 7,
        content: Content::All,
        visitors: 1,
        visitors_file,
    })
    .await
    .expect("a forum");
    folder
}

#[tokio::test]
async fn every_list_walks_its_index_on_sqlite() {
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("forum.sqlite");
    let _folder = seeded(Database::Sqlite(path.clone())).await;
    let mut connection = sqlx::sqlite::SqliteConnection::connect(&format!("sqlite:{}", path.display()))
        .await
        .expect("a connection");
    for Plan { list, sql, indexes } in sqlite::plans() {
        let explain = AssertSqlSafe(format!("explain query plan {sql}"));
        let steps = sqlx::query(explain).fetch_all(&mut connection).await.expect(sql);
        let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        for index in indexes {
            assert!(steps.iter().any(|step| step.contains(index)), "{list}: no {index} in {steps:#?}");
        }
        let wanders = |step: &&String| {
            // A page that was found already, and the full-text index, are walked; a table is not. Only a search
            // is sorted, and what one page gathers.
            let walked = ["SCAN place", "SCAN c", "SCAN b", "SCAN q", "SCAN candidates", "SCAN (subquery"];
            let page = walked.iter().any(|page| step.starts_with(page) && !step.contains("questions"));
            let scan = step.starts_with("SCAN")
                && !page
                && !step.contains("VIRTUAL TABLE")
                && !step.contains("CONSTANT");
            scan || (step.contains("TEMP B-TREE FOR ORDER BY") && !list.starts_with("search"))
        };
        let wandering: Vec<&String> = steps.iter().filter(wanders).collect();
        assert!(wandering.is_empty(), "{list}: {wandering:#?} in {steps:#?}");
    }
}

#[tokio::test]
async fn every_list_walks_its_index_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    let database = server.database();
    let Database::Postgres(options) = &database else { panic!("not PostgreSQL") };
    let _folder = seeded(database.clone()).await;
    let mut connection = options.connect().await.expect("a connection");
    for sql in [
        "insert into comments (question_id, author_id, created_at, body)
         select 1 + n % 3000, 1 + n % 100, n, 'text' from generate_series(1, 20000) as n",
        "analyze comments",
        "insert into notices (user_id, kind, actor_id, question_id, created_at)
         select 1 + n % 100, 'answer', 101, 1 + n % 3000, n from generate_series(1, 20000) as n",
        "analyze notices",
    ] {
        sqlx::query(sql).execute(&mut connection).await.expect(sql);
    }
    for Plan { list, sql, indexes } in postgres::plans() {
        // The parameters as the store would send them, written out: a plan is for values.
        let values = match list {
            "popular tags" => vec!["50::bigint", "100::bigint", "21::bigint"],
            "tags by name" => vec!["'a'", "'b~'", "''", "21::bigint"],
            "activity" => {
                let place = ["1700000000000::bigint", "9::bigint", "9::bigint", "9::bigint"];
                [&["201", "3::bigint"][..], &place, &["21::bigint"]].concat()
            }
            "notices" => vec!["3::bigint", "10000::bigint", "21::bigint"],
            "newest" | "unanswered" | "newest of a tag" | "unanswered of a tag" => {
                vec!["201", "0::bigint", "2000::bigint", "21::bigint", "'make'"]
            }
            "top" | "top of a tag" => vec!["201", "0::bigint", "2000::bigint", "21::bigint", "'make'"],
            _ => vec!["201", "1700000000000::bigint", "2000::bigint", "21::bigint", "'make'"],
        };
        let mut written = sql.to_owned();
        for (number, value) in (1..).zip(values) {
            written = written.replace(&format!("${number}"), value);
        }
        let explain = AssertSqlSafe(format!("explain {written}"));
        let steps = sqlx::query(explain).fetch_all(&mut connection).await.expect(sql);
        let steps: Vec<String> = steps.iter().map(|step| step.get(0)).collect();
        for index in indexes {
            let walk = format!("{index} ");
            assert!(
                steps.iter().any(|step| step.contains("Index") && step.contains(&walk)),
                "{list}: no {index} in {steps:#?}"
            );
        }
        let wanders = |step: &&String| {
            // Small tables beside the list may be read whole; the list and its questions may not.
            let scan = ["questions", "question_tags", "answers", "comments", "tags", "notices"];
            step.contains("Sort  (")
                || scan.iter().any(|table| step.contains(&format!("Seq Scan on {table} ")))
        };
        let wandering: Vec<&String> = steps.iter().filter(wanders).collect();
        assert!(wandering.is_empty(), "{list}: {wandering:#?} in {steps:#?}");
    }
}

/// SQLite plans by the value of a bare parameter that is a limit, and so plans anew whenever another value is bound to it
/// (`sqlite3ExprIsInteger` in 3.51): each use of a prepared statement would be parsed and planned again, which was more than
/// half of what a question page cost. An expression, and be it `+?`, is planned once.
#[test]
fn a_limit_is_an_expression_so_that_a_statement_is_planned_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sqlite");
    let mut limits = 0;
    for file in
        std::fs::read_dir(folder).expect("the folder of SQLite").map(|entry| entry.expect("an entry").path())
    {
        let Ok(text) = std::fs::read_to_string(&file) else { continue }; // a folder
        for (number, line) in text.lines().enumerate() {
            assert!(!line.contains("limit ?"), "{}:{}: write `limit +?`: {line}", file.display(), number + 1);
            limits += line.matches("limit +?").count();
        }
    }
    assert!(limits > 20, "{limits} limits were looked at");
}
