//! What the database looks like, read from the database itself: tables, columns, keys, relations, and which question each
//! index answers. `reasons` says the last; `mermaid` draws it as text.

mod mermaid;
mod reasons;

pub use reasons::reason;

/// All tables, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Each table.
    pub tables: Vec<TableShape>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Which columns are keys of other tables.
    pub references: Vec<Reference>,
    /// Its indexes, without that of the primary key.
    pub indexes: Vec<Index>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as the database has it.
    pub kind: String,
    /// Whether it may be missing.
    pub is_optional: bool,
    /// Whether it is part of the primary key.
    pub is_key: bool,
}

/// A column that is a key of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The table it leads to.
    pub table: String,
}

/// An index beside that of the primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its columns, or expressions, in their order.
    pub columns: Vec<String>,
    /// Whether what it holds is there once only.
    pub is_unique: bool,
}

/// One row of what a database says of its columns: table, column, type, whether it may be missing, whether it is a key.
pub(super) type ColumnRow = (String, String, String, bool, bool);
/// Of its references: table, column, and the table it leads to.
pub(super) type ReferenceRow = (String, String, String);
/// Of its indexes: table, index, column, whether it is unique.
pub(super) type IndexRow = (String, String, String, bool);

impl Schema {
    /// Puts together what a database said; the rows of a table, and of an index, come one after the other.
    pub(super) fn from_rows(
        columns: Vec<ColumnRow>,
        references: Vec<ReferenceRow>,
        indexes: Vec<IndexRow>,
    ) -> Self {
        let mut tables: Vec<TableShape> = Vec::new();
        for (table, name, kind, is_optional, is_key) in columns {
            let column = Column { name, kind: kind.to_lowercase(), is_optional, is_key };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push(column),
                None => tables.push(TableShape {
                    name: table,
                    columns: vec![column],
                    references: Vec::new(),
                    indexes: Vec::new(),
                }),
            }
        }
        for (table, column, leads_to) in references {
            if let Some(table) = tables.iter_mut().find(|known| known.name == table) {
                table.references.push(Reference { column, table: leads_to });
            }
        }
        for (table, name, column, is_unique) in indexes {
            let Some(table) = tables.iter_mut().find(|known| known.name == table) else { continue };
            match table.indexes.last_mut().filter(|last| last.name == name) {
                Some(last) => last.columns.push(column),
                None => table.indexes.push(Index { name, columns: vec![column], is_unique }),
            }
        }
        Self { tables }
    }
}
