//! The schema as a Mermaid entity-relationship diagram (mermaid.js.org, "Entity Relationship Diagrams").

use std::fmt::Write as _;

use super::{Column, Schema, TableShape};

impl Schema {
    /// The diagram, with a line for each relation and a box for each table.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = "erDiagram\n".to_owned();
        for table in &self.tables {
            for reference in &table.references {
                let optional = table.columns.iter().any(|it| it.name == reference.column && it.is_optional);
                let one = if optional { "|o" } else { "||" };
                // Writing to a string cannot fail, here and below.
                let _ = writeln!(
                    text,
                    "    {} {one}--o{{ {} : {}",
                    reference.table, table.name, reference.column
                );
            }
        }
        for table in &self.tables {
            let _ = writeln!(text, "    {} {{", table.name);
            for column in &table.columns {
                let _ = writeln!(text, "        {}", line(table, column));
            }
            text.push_str("    }\n");
        }
        text
    }
}

/// `bigint author_id FK "may be missing"`. A type is one word there.
fn line(table: &TableShape, column: &Column) -> String {
    let refers = table.references.iter().any(|reference| reference.column == column.name);
    let keys = match (column.is_key, refers) {
        (true, true) => " PK, FK",
        (true, false) => " PK",
        (false, true) => " FK",
        (false, false) => "",
    };
    let kind = if column.kind.is_empty() { "any".to_owned() } else { column.kind.replace(' ', "_") };
    let missing = if column.is_optional { " \"may be missing\"" } else { "" };
    format!("{kind} {}{keys}{missing}", column.name)
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn a_diagram_has_a_line_for_each_relation_and_a_box_for_each_table() {
        let row = |table: &str, name: &str, kind: &str, is_optional, is_key| {
            (table.to_owned(), name.to_owned(), kind.to_owned(), is_optional, is_key)
        };
        let schema = Schema::from_rows(
            vec![
                row("cats", "id", "BIGINT", false, true),
                row("cats", "owner_id", "bigint", true, false),
                row("people", "id", "bigint", false, true),
                row("people", "name", "character varying", false, false),
            ],
            vec![("cats".to_owned(), "owner_id".to_owned(), "people".to_owned())],
            vec![
                ("people".to_owned(), "people_name".to_owned(), "name".to_owned(), true),
                ("people".to_owned(), "people_name".to_owned(), "id".to_owned(), true),
            ],
        );
        assert_eq!(
            schema.mermaid(),
            "erDiagram
    people |o--o{ cats : owner_id
    cats {
        bigint id PK
        bigint owner_id FK \"may be missing\"
    }
    people {
        bigint id PK
        character_varying name
    }
"
        );
        let index = Index {
            name: "people_name".to_owned(),
            columns: vec!["name".to_owned(), "id".to_owned()],
            is_unique: true,
        };
        assert_eq!(schema.tables[1].indexes, [index]);
    }
}
