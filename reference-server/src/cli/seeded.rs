//! What seeding has made, as it is printed.

use serde_json::json;

use crate::seed::Seeded;
use crate::store::EntityStorage;

/// A table for people.
pub(super) fn for_people(seeded: &Seeded) -> String {
    let Seeded {
        questions,
        answers,
        users,
        visitors,
        visitors_file,
        database_bytes,
        storage,
        seconds,
        fingerprint,
    } = seeded;
    let mut text =
        format!("seeded {questions} questions, {answers} answers and {users} users in {seconds:.1} s\n\n");
    for EntityStorage { entity, rows, bytes } in storage.iter().filter(|part| part.rows > 0) {
        let each = bytes.checked_div(*rows).unwrap_or(0);
        let line = format!("  {:<12}{rows:>12} rows{bytes:>16} B{each:>10} B each\n", entity.name());
        text.push_str(&line);
    }
    let all = format!("  {:<12}{:>17}{database_bytes:>16} B\n\n", "database", "");
    text.push_str(&all);
    let visitors = format!("  {visitors} visitors, logged in already: {}\n", visitors_file.display());
    text.push_str(&visitors);
    text.push_str("  content: ");
    text.push_str(fingerprint);
    text
}

/// An object for programs.
pub(super) fn for_programs(seeded: &Seeded) -> String {
    let Seeded {
        questions,
        answers,
        users,
        visitors,
        visitors_file,
        database_bytes,
        storage,
        seconds,
        fingerprint,
    } = seeded;
    let storage: Vec<_> = storage
        .iter()
        .map(|EntityStorage { entity, rows, bytes }| json!({"entity": entity.name(), "rows": rows, "bytes": bytes}))
        .collect();
    json!({
        "questions": questions,
        "answers": answers,
        "users": users,
        "visitors": visitors,
        "visitors_file": visitors_file,
        "database_bytes": database_bytes,
        "storage": storage,
        "seconds": seconds,
        "fingerprint": fingerprint,
    })
    .to_string()
}
