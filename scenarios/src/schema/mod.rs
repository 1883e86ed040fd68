//! The scenario file as a JSON Schema (draft 2020-12), for editors: which keys there are, what each means, examples.
//!
//! An editor completes keys and underlines unknown ones while one types. The schema accepts all that the reader (`read`)
//! accepts, and says less than it: units, names that refer to each other and keys that exclude each other are for the
//! reader to check. A test asks the reader which keys and words it knows at every level, so that both say the same.
//!
//! One file for each part of a scenario: the system (`system`), what is decided and claimed about it (`plan`), what is
//! compared (`compare`), how it is asked and loaded (`load`). `value` holds what their tables are made of.

mod compare;
mod load;
mod plan;
mod system;
mod value;

use serde_json::{Value, json};

use value::{key, map, scalar};

/// The schema of a scenario file.
///
/// ```
/// let schema = scenarios::schema::scenario();
/// assert_eq!(schema["properties"]["data"]["type"], serde_json::json!(["object", "null"]));
/// ```
#[must_use]
pub fn scenario() -> Value {
    let name = key(
        "name",
        "What the system is called. The only key that every file has.",
        json!(["my-forum"]),
        scalar(),
    );
    let keys = [name]
        .into_iter()
        .chain(system::keys())
        .chain(plan::keys())
        .chain(compare::keys())
        .chain(load::keys());
    let mut schema = map(keys);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Headroom scenario");
    schema["description"] = json!("A system: who uses it, what they do, what it stores, what it promises.");
    // The file itself is never empty.
    schema["type"] = json!("object");
    schema["required"] = json!(["name"]);
    schema
}
