//! Where the boxes and lines of a schema go: tables that refer to none stand left, each other right of those it refers to.

use crate::store::{Reference, Schema, TableShape};

/// Widths and heights in pixels of the drawing.
const BOX: i32 = 184;
const LINE: i32 = 18;
const HEAD: i32 = 26;
/// Between columns of boxes, where the lines are, and between boxes of a column.
const GAP: i32 = 48;
const BELOW: i32 = 22;
/// Around everything.
const EDGE: i32 = 8;
/// How far a line goes straight on before it bends.
const BEND: i32 = 24;

/// A schema with places.
pub(super) struct Drawing {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) boxes: Vec<TableBox>,
    /// The lines, as paths of SVG.
    pub(super) lines: Vec<String>,
}

/// One table.
pub(super) struct TableBox {
    pub(super) name: String,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) columns: Vec<ColumnLine>,
}

/// One column of a table.
pub(super) struct ColumnLine {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) is_key: bool,
    /// Where its text stands.
    pub(super) y: i32,
}

impl Drawing {
    /// Finds the places.
    pub(super) fn of(schema: &Schema) -> Self {
        let layers = layers(schema);
        let mut next = vec![EDGE; layers.iter().max().map_or(0, |last| last + 1)];
        let mut boxes = Vec::new();
        for (table, layer) in schema.tables.iter().zip(&layers) {
            let x = EDGE + i32::try_from(*layer).unwrap_or_default() * (BOX + GAP);
            let table = place(table, x, next[*layer]);
            next[*layer] += table.height + BELOW;
            boxes.push(table);
        }
        let mut lines = Vec::new();
        for table in &schema.tables {
            let to = |reference: &Reference| line(&boxes, &table.name, &reference.column, &reference.table);
            lines.extend(table.references.iter().filter_map(to));
        }
        let width = boxes.iter().map(|table| table.x + table.width).max().unwrap_or_default() + EDGE;
        let height = boxes.iter().map(|table| table.y + table.height).max().unwrap_or_default() + EDGE;
        Self { width, height, boxes, lines }
    }
}

fn place(table: &TableShape, x: i32, y: i32) -> TableBox {
    let columns: Vec<ColumnLine> = table
        .columns
        .iter()
        .zip(0..)
        .map(|(column, line)| ColumnLine {
            name: column.name.clone(),
            kind: column.kind.clone(),
            is_key: column.is_key,
            y: y + HEAD + line * LINE + LINE - 5,
        })
        .collect();
    let height = HEAD + LINE * i32::try_from(columns.len()).unwrap_or_default() + 6;
    TableBox { name: table.name.clone(), x, y, width: BOX, height, columns }
}

/// How far right each table stands: one further than the furthest it refers to. A circle ends where it began.
fn layers(schema: &Schema) -> Vec<usize> {
    let mut layers = vec![0; schema.tables.len()];
    for _ in 0..schema.tables.len() {
        let before = layers.clone();
        for (at, table) in schema.tables.iter().enumerate() {
            let others = table.references.iter().filter(|reference| reference.table != table.name);
            let places =
                others.filter_map(|reference| schema.tables.iter().position(|it| it.name == reference.table));
            layers[at] =
                places.map(|place| before[place] + 1).max().unwrap_or(0).min(schema.tables.len() - 1);
        }
        if layers == before {
            break;
        }
    }
    layers
}

/// From the left side of a column to the right side of the table it leads to.
fn line(boxes: &[TableBox], from: &str, column: &str, to: &str) -> Option<String> {
    let from = boxes.iter().find(|table| table.name == from)?;
    let to = boxes.iter().find(|table| table.name == to)?;
    let y = from.columns.iter().find(|line| line.name == column)?.y - LINE / 3;
    let (end_x, end_y) = (to.x + to.width, to.y + HEAD / 2);
    Some(format!("M{} {y} C{} {y} {} {end_y} {end_x} {end_y}", from.x, from.x - BEND, end_x + BEND))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Column;

    fn table(name: &str, refers_to: &[&str]) -> TableShape {
        let names = ["id"].into_iter().chain(refers_to.iter().copied());
        let column = |name: &str| Column {
            name: name.to_owned(),
            kind: "bigint".to_owned(),
            is_optional: false,
            is_key: name == "id",
        };
        let reference = |name: &&str| Reference { column: (*name).to_owned(), table: (*name).to_owned() };
        TableShape {
            name: name.to_owned(),
            columns: names.map(column).collect(),
            references: refers_to.iter().map(reference).collect(),
            indexes: Vec::new(),
        }
    }

    #[test]
    fn a_table_stands_right_of_those_it_refers_to_and_no_box_hides_another() {
        let tables = vec![
            table("answers", &["questions", "users"]),
            table("questions", &["users"]),
            table("tags", &[]),
            table("users", &[]),
        ];
        let drawing = Drawing::of(&Schema { tables });
        let at = |name: &str| drawing.boxes.iter().find(|it| it.name == name).expect("a box");
        assert!(at("users").x < at("questions").x && at("questions").x < at("answers").x);
        assert_eq!(at("users").x, at("tags").x);
        assert!(at("tags").y + at("tags").height < at("users").y);
        assert_eq!(drawing.lines.len(), 3);
        assert!(
            drawing
                .boxes
                .iter()
                .all(|it| it.x + it.width < drawing.width && it.y + it.height < drawing.height)
        );
    }

    #[test]
    fn tables_that_refer_to_each_other_or_to_themselves_are_drawn_all_the_same() {
        let tables =
            vec![table("chickens", &["eggs"]), table("eggs", &["chickens"]), table("trees", &["trees"])];
        let drawing = Drawing::of(&Schema { tables });
        assert_eq!((drawing.boxes.len(), drawing.lines.len()), (3, 3));
        assert!(Drawing::of(&Schema::default()).boxes.is_empty());
    }
}
