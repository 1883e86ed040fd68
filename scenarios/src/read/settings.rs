//! `--set users.daily=2M`: one value of a scenario changed before it is read.
//!
//! A setting is put into the tree as if the file said so, and read by the same code: all checks, units and hints hold.
//! Its places lie behind the end of the file, as if the settings stood there one below the other, so that an error can
//! show the setting and not a line of the file ([`ScenarioError::in_settings`]).
//!
//! A path names keys with dots between. What is there under a longer name wins, so names may have dots themselves. A
//! value written short (`users: 20k daily`) opens up to its long form when the path goes on below it. A new key is added, unless
//! it looks like a slip of one that is there.

use crate::error::{Place, ScenarioError, nearest};
use crate::raw::{self, Key, Node, Value};

use super::fields::Read;

/// More than anyone types; a larger change is another file.
const MOST_SETTINGS: usize = 200;

/// Puts the settings into the tree of a file that has `length` bytes.
pub(super) fn apply(tree: &mut Node, settings: &[String], length: usize) -> Read<()> {
    if settings.len() > MOST_SETTINGS {
        return Err(ScenarioError::whole(format!(
            "{} settings; at most {MOST_SETTINGS} are possible",
            settings.len()
        ))
        .hint("write a file of its own"));
    }
    let mut start = length + 1;
    for written in settings {
        set(tree, written, start)?;
        start += written.len() + 1;
    }
    Ok(())
}

fn set(tree: &mut Node, written: &str, start: usize) -> Read<()> {
    let whole = Place::at(start, written.len());
    let Some((path, value)) = written.split_once('=') else {
        return Err(ScenarioError::new(whole, "a setting has a path and a value", "no `=`")
            .hint("like `users.daily=2M`; nothing behind the `=` takes the key out"));
    };
    let offset = start + path.len() + 1;
    let setting = Setting { value: read_value(value, offset)?, whole };
    let indent = path.len() - path.trim_start().len();
    put(tree, Step { path: path.trim(), at: start + indent, above: Vec::new() }, setting)
}

/// What a path leads to; no value takes the key out.
struct Setting {
    value: Option<Node>,
    whole: Place,
}

fn read_value(text: &str, offset: usize) -> Read<Option<Node>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut node = raw::parse(text).map_err(|error| error.shifted(offset))?;
    shift(&mut node, offset);
    Ok(Some(node))
}

fn shift(node: &mut Node, by: usize) {
    let shifted = |place: Place| Place { start: place.start + by, end: place.end + by };
    node.place = shifted(node.place);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Map(entries) => {
            for (key, value) in entries {
                key.place = shifted(key.place);
                shift(value, by);
            }
        }
        Value::Empty | Value::Scalar(_) | Value::Literal(_) => {}
    }
}

/// Where on its path a setting is.
struct Step<'a> {
    /// What is left of it.
    path: &'a str,
    /// Where that begins.
    at: usize,
    /// The keys above.
    above: Vec<String>,
}

impl Step<'_> {
    /// `users.daily`, for messages.
    fn full(&self, name: &str) -> String {
        self.above.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(".")
    }
}

fn put(node: &mut Node, step: Step<'_>, setting: Setting) -> Read<()> {
    let entries = opened(node, &step, setting.whole)?;
    let leads = |key: &str| {
        let rest = step.path.strip_prefix(key)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
    };
    let found = (0..entries.len())
        .filter_map(|index| leads(&entries[index].0.name).map(|rest| (index, rest)))
        .max_by_key(|(index, _)| entries[*index].0.name.len());
    let Some((index, rest)) = found else { return add(entries, &step, setting) };
    let name = entries[index].0.name.clone();
    match (rest, setting.value) {
        ("", Some(value)) => {
            let place = Place::at(step.at, name.len());
            entries[index] = (Key { name, place }, value);
            Ok(())
        }
        ("", None) => {
            entries.remove(index);
            Ok(())
        }
        (rest, value) => {
            let at = step.at + step.path.len() - rest.len();
            let above = step.above.into_iter().chain([name]).collect();
            put(&mut entries[index].1, Step { path: rest, at, above }, Setting { value, ..setting })
        }
    }
}

/// The entries of a map; what is written short is opened.
fn opened<'a>(node: &'a mut Node, step: &Step<'_>, whole: Place) -> Read<&'a mut Vec<(Key, Node)>> {
    let place = node.place;
    let long = match &node.value {
        Value::Map(_) => None,
        Value::Empty => Some(Vec::new()),
        Value::Scalar(text) | Value::Literal(text) => Some(vec![long_form(text, step, place, whole)?]),
        Value::List(_) => {
            let above = step.above.join(".");
            return Err(ScenarioError::new(whole, format!("`{above}` is a list"), "")
                .hint(format!("set all of it: `{above}=[one, two]`")));
        }
    };
    if let Some(entries) = long {
        node.value = Value::Map(entries);
    }
    match &mut node.value {
        Value::Map(entries) => Ok(entries),
        _ => Err(ScenarioError::new(whole, "nothing can be set here", "")),
    }
}

/// `users: 20k daily` as `daily: 20k`, `song: 5 MB` as `size: 5 MB`, `ask: 0.05` as `per user: 0.05`.
fn long_form(text: &str, step: &Step<'_>, place: Place, whole: Place) -> Read<(Key, Node)> {
    let above: Vec<&str> = step.above.iter().map(String::as_str).collect();
    let (name, value) = match above[..] {
        ["users"] => match text.trim().strip_suffix("daily") {
            Some(number) => ("daily", number.trim_end()),
            None => ("registered", text),
        },
        ["data", _] => ("size", text),
        ["actions", _] => ("per user", text),
        _ => {
            let above = above.join(".");
            return Err(ScenarioError::new(whole, format!("`{above}` is one value, `{text}`"), "")
                .hint(format!("set all of it: `{above}=...`")));
        }
    };
    Ok((Key { name: name.to_owned(), place }, Node { value: Value::Scalar(value.to_owned()), place }))
}

/// A key that is not there yet, with a map for each name above its value.
fn add(entries: &mut Vec<(Key, Node)>, step: &Step<'_>, setting: Setting) -> Read<()> {
    let (name, rest) = match step.path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (step.path, None),
    };
    let place = Place::at(step.at, name.len().max(1));
    let full = step.full(name);
    if name.trim().is_empty() || rest.is_some_and(|rest| rest.trim().is_empty()) {
        return Err(ScenarioError::new(place, "a name is missing in the path", "")
            .hint("a path is names with dots between, like `data.song.size`"));
    }
    if let Some(near) = nearest(name, entries.iter().map(|(key, _)| key.name.as_str())) {
        let above =
            if step.above.is_empty() { "the file".to_owned() } else { format!("`{}`", step.above.join(".")) };
        return Err(ScenarioError::new(
            place,
            format!("{above} has no `{name}`"),
            format!("did you mean `{near}`?"),
        )
        .hint(format!("the path would be `{}`", step.full(near))));
    }
    let Some(value) = setting.value else {
        let known: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        return Err(ScenarioError::new(place, format!("there is no `{full}` to take out"), "")
            .hint(format!("at this level there is {known}")));
    };
    let key = Key { name: name.to_owned(), place };
    let value = match rest {
        None => value,
        Some(rest) => {
            let mut map = Node { value: Value::Map(Vec::new()), place: setting.whole };
            let at = step.at + name.len() + 1;
            let above = step.above.iter().cloned().chain([name.to_owned()]).collect();
            put(
                &mut map,
                Step { path: rest, at, above },
                Setting { value: Some(value), whole: setting.whole },
            )?;
            map
        }
    };
    entries.push((key, value));
    Ok(())
}

#[cfg(test)]
mod tests;
