//! The schema as the databases say it: drawn, complete, the same on both.

use std::collections::BTreeMap;

use reference_server::store::{self, Database, Schema, Setup, SharedStore, reason};

use crate::forum::Forum;
use crate::postgres::Postgres;

/// A key is claimed in PostgreSQL by a row that has no reply yet; SQLite's one writer need not claim anything.
const CLAIMED_FIRST: (&str, &str) = ("retries", "reply");

/// What both databases must have in common: names of columns, which of them are keys and which may be missing.
fn shape(schema: &Schema) -> BTreeMap<String, Vec<(String, bool, bool)>> {
    // Full-text search is each database's own.
    let tables = schema.tables.iter().filter(|table| !table.name.ends_with("_search")).map(|table| {
        let columns = table.columns.iter().map(|column| {
            let is_optional =
                column.is_optional || (table.name.as_str(), column.name.as_str()) == CLAIMED_FIRST;
            (column.name.clone(), column.is_key, is_optional)
        });
        (table.name.clone(), columns.collect())
    });
    tables.collect()
}

fn relations(schema: &Schema) -> Vec<String> {
    let tables = schema.tables.iter().filter(|table| !table.name.ends_with("_search"));
    let of_each = tables.flat_map(|table| {
        table.references.iter().map(|it| format!("{}.{} leads to {}", table.name, it.column, it.table))
    });
    of_each.collect()
}

async fn read(store: &SharedStore) -> Schema {
    store.schema().await.expect("a schema")
}

#[tokio::test]
async fn every_index_says_what_it_is_for_and_both_databases_have_the_same_tables() {
    let forum = Forum::new().await;
    let sqlite = read(&forum.state.store).await;
    let Some(server) = Postgres::start() else { return };
    let postgres = read(&store::open(&server.database()).await.expect("a database")).await;
    for schema in [&sqlite, &postgres] {
        for index in schema.tables.iter().flat_map(|table| &table.indexes) {
            assert!(reason(&index.name).is_some(), "{} is for nothing: {:?}", index.name, index.columns);
        }
        let answers = schema.tables.iter().find(|table| table.name == "answers").expect("answers");
        let by_question = answers.indexes.iter().find(|index| index.name == "answers_question");
        assert_eq!(by_question.expect("an index").columns, ["question_id", "id"]);
    }
    assert_eq!(shape(&sqlite), shape(&postgres));
    assert_eq!(relations(&sqlite), relations(&postgres));
    assert!(relations(&sqlite).contains(&"answers.question_id leads to questions".to_owned()));
}

#[tokio::test]
async fn the_page_draws_and_tells_every_table() {
    let forum = Forum::new().await;
    let page = forum.page("/schema", "").await.text;
    let schema = read(&forum.state.store).await;
    assert!(schema.tables.len() >= 8, "{schema:?}");
    for table in &schema.tables {
        assert!(page.contains(&format!("<h2 id=\"{}\">", table.name)), "{}", table.name);
        assert!(page.contains(&format!(">{}</text>", table.name)), "{}", table.name);
        for index in &table.indexes {
            let reason = reason(&index.name).expect("a reason");
            assert!(page.contains(reason), "{}: {reason}", index.name);
        }
    }
    assert!(page.contains("questions ||--o{ answers : question_id"), "the diagram is on the page");
}

fn secondary(schema: &Schema) -> Vec<String> {
    let all = schema.tables.iter().flat_map(|table| &table.indexes);
    all.filter(|index| !index.is_unique).map(|index| format!("{index:?}")).collect()
}

#[tokio::test]
async fn indexes_are_dropped_and_made_again_as_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(server) = Postgres::start() else { return };
    for database in [Database::Sqlite(folder.path().join("forum.sqlite")), server.database()] {
        let mut seen = Vec::new();
        for indexes in [true, false, false, true, true] {
            let setup = Setup { indexes, ..Setup::default() };
            let store = store::open_with(&database, setup).await.expect("a database");
            let schema = read(&store).await;
            let unique = schema.tables.iter().flat_map(|table| &table.indexes).filter(|it| it.is_unique);
            seen.push((secondary(&schema), unique.count()));
            let forum = Forum::on(store.clone());
            assert_eq!(forum.get("/api/v1/questions").await.status, 200, "it serves as before");
            store.close().await.expect("a clean end");
        }
        assert!(seen[0].0.len() >= 4, "{seen:?}");
        assert!(seen[1].0.is_empty() && seen[2].0.is_empty(), "{seen:?}");
        assert_eq!((&seen[3], &seen[4]), (&seen[0], &seen[0]));
        assert_eq!(seen[1].1, seen[0].1, "those that hold a rule stay");
    }
}
