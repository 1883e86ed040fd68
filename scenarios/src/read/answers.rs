//! `check:` and `keep:`: what a good answer looks like, and what of it is kept.

use crate::answers::{
    Check, Comparison, HeaderTest, JsonTest, Keep, KeepSource, Operand, Pattern, Statuses, Test,
};
use crate::raw::{Node, Value};
use crate::units::Bytes;

use super::fields::{Fields, File, Read, entries, one_or_many, refused, scalar};
use super::text;

/// What may be written, for hints.
const CHECKS: &str = "write `status 201`, `status 200..299`, `header location`, `json $.id exists`, `json $.total > 0`, `contains some text`, `not contains some text`, `matches a.*b` or `body < 10 KB`";

pub(super) fn checks(file: File<'_>, node: &Node) -> Read<Vec<Check>> {
    one_or_many(node).into_iter().map(|node| check(file, node)).collect()
}

fn check(file: File<'_>, node: &Node) -> Read<Check> {
    let written = scalar(node)?.trim();
    let (word, rest) = written.split_once(' ').unwrap_or((written, ""));
    let rest = rest.trim();
    let test = match (word, rest) {
        ("status", _) => Test::Status(statuses(node, rest)?),
        ("header" | "json", "") => return Err(refused(node, format!("which {word}?"), CHECKS)),
        ("header", _) => header(node, rest)?,
        ("json", _) => json(node, rest)?,
        ("body", _) => {
            let (least, most) = size(file, node, rest)?;
            Test::Size(least, most)
        }
        ("contains", some) if !some.is_empty() => Test::Contains(some.to_owned()),
        ("matches", some) if !some.is_empty() => Test::Matches(pattern(node, some)?),
        ("not", _) => match rest.strip_prefix("contains ").map(str::trim) {
            Some(some) if !some.is_empty() => Test::ContainsNot(some.to_owned()),
            _ => return Err(refused(node, format!("unknown check `{written}`"), CHECKS)),
        },
        _ => return Err(refused(node, format!("unknown check `{written}`"), CHECKS)),
    };
    Ok(Check { text: written.to_owned(), test })
}

/// `201`, `200..299`, `200 or 404`.
fn statuses(node: &Node, text: &str) -> Read<Statuses> {
    let number = |text: &str| text.trim().parse::<u16>().ok().filter(|status| (100..=599).contains(status));
    let range = |part: &str| match part.split_once("..") {
        Some((low, high)) => number(low).zip(number(high)).filter(|(low, high)| low <= high),
        None => number(part).map(|status| (status, status)),
    };
    text.split(" or ")
        .map(|part| {
            range(part).ok_or_else(|| {
                refused(
                    node,
                    format!("`{}` is not an HTTP status", part.trim()),
                    "like `status 201`, `status 200..299` or `status 200 or 404`",
                )
            })
        })
        .collect::<Read<_>>()
        .map(Statuses)
}

/// `location`, `location exists`, `content-type contains json`, `etag == "x"`.
fn header(node: &Node, written: &str) -> Read<Test> {
    let (name, rest) = written.split_once(' ').unwrap_or((written, "exists"));
    let test = match rest.trim().split_once(' ') {
        None if rest.trim() == "exists" => HeaderTest::Exists,
        Some(("contains", some)) => HeaderTest::Contains(some.trim().to_owned()),
        Some(("==", some)) => HeaderTest::Is(some.trim().to_owned()),
        _ => {
            return Err(refused(
                node,
                format!("`{rest}` is not what a header can be asked for"),
                "like `header location`, `header content-type contains json` or `header etag == \"x\"`",
            ));
        }
    };
    Ok(Test::Header(name_of_header(node, name)?, test))
}

fn name_of_header(node: &Node, name: &str) -> Read<String> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if !name.is_empty() && name.chars().all(token) {
        return Ok(name.to_lowercase());
    }
    Err(refused(
        node,
        format!("`{name}` is not a header name"),
        "letters, digits and dashes, like `content-type`",
    ))
}

/// `$.id exists`, `$.tags contains rust`, `$.total >= 5`, `$.owner == {name}`.
fn json(node: &Node, written: &str) -> Read<Test> {
    let (path, rest) = written.split_once(' ').unwrap_or((written, ""));
    let (path, rest) = (json_path(node, path)?, rest.trim());
    let test = if rest.is_empty() || rest == "exists" {
        JsonTest::Exists
    } else if let Some(some) = rest.strip_prefix("contains ") {
        JsonTest::Contains(some.trim().to_owned())
    } else {
        let sign = Comparison::SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
        let Some((sign, comparison)) = sign else {
            return Err(refused(
                node,
                format!("`{rest}` is not what JSON can be asked for"),
                "like `json $.id exists`, `json $.total >= 5`, `json $.state == open` or `json $.tags contains rust`",
            ));
        };
        JsonTest::Compare(*comparison, operand(node, *comparison, rest[sign.len()..].trim())?)
    };
    Ok(Test::Json(path, test))
}

fn operand(node: &Node, comparison: Comparison, text: &str) -> Read<Operand> {
    let operand = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Number(number)) => Operand::Number(number.as_f64().unwrap_or(f64::NAN)),
        Ok(serde_json::Value::String(text)) => Operand::Text(text),
        Ok(serde_json::Value::Bool(_) | serde_json::Value::Null) => Operand::Word(text.to_owned()),
        Ok(_) => {
            return Err(refused(
                node,
                "lists and maps cannot be compared",
                "compare what is in them: `$.items[0].id`",
            ));
        }
        Err(_) => match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if text::is_name(name.trim()) => Operand::Variable(name.trim().to_owned()),
            _ => Operand::Text(text.to_owned()),
        },
    };
    let can_be_larger = matches!(operand, Operand::Number(_) | Operand::Variable(_));
    if text.is_empty() || comparison.is_of_order() && !can_be_larger {
        return Err(refused(
            node,
            format!("`{text}` is not a number to compare with"),
            "like `json $.total > 0` or `json $.total >= {least}`",
        ));
    }
    Ok(operand)
}

/// `< 10 KB`, `>= 1 B`, `1..10 KB`.
fn size(file: File<'_>, node: &Node, text: &str) -> Read<(u64, u64)> {
    let bytes = |text: &str| file.range_in::<Bytes>(node, text);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes, never below zero")]
    let whole = |bytes: Bytes| bytes.bytes() as u64;
    let sign = Comparison::SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
    let Some((sign, comparison)) = sign else {
        let range = bytes(text)?;
        return Ok((whole(range.low()), whole(range.high())));
    };
    let limit = bytes(text[sign.len()..].trim())?;
    let limit = whole(limit.high());
    match comparison {
        Comparison::Equal => Ok((limit, limit)),
        Comparison::Less if limit > 0 => Ok((0, limit - 1)),
        Comparison::AtMost => Ok((0, limit)),
        Comparison::Greater => Ok((limit.saturating_add(1), u64::MAX)),
        Comparison::AtLeast => Ok((limit, u64::MAX)),
        Comparison::Unequal | Comparison::Less => {
            Err(refused(node, format!("`{text}` holds of no size"), "like `body < 10 KB` or `body 1..10 KB`"))
        }
    }
}

fn pattern(node: &Node, text: &str) -> Read<Pattern> {
    Pattern::new(text).map_err(|problem| {
        refused(
            node,
            format!("`{text}` is not a regular expression: {problem}"),
            "like `order (\\d+)`; what is in the first brackets is kept",
        )
    })
}

/// `$.id`, `$.items[0].id`: names and indexes only.
fn json_path(node: &Node, path: &str) -> Read<String> {
    let path = path.trim();
    let good = path
        .strip_prefix('$')
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric() || "._[]-".contains(c)));
    if good {
        Ok(path.to_owned())
    } else {
        Err(refused(node, format!("`{path}` is not a path"), "like `$.id` or `$.items[0].id`"))
    }
}

/// What may be kept, for hints.
const KEEPS: &str = "like `keep: { question: json $.id }`; also `header location`, `cookie sid`, `regex id=(\\d+)`, `between value=\"...\"`, or a map `{ json: $.id, default: none }`";

/// The ways to say where, as words and as keys.
const SOURCES: [&str; 5] = ["json", "header", "cookie", "regex", "between"];
/// Stands for the value in the text around it.
const GAP: &str = "...";

pub(super) fn keep(node: &Node) -> Read<Vec<Keep>> {
    entries(node, "keep")?
        .iter()
        .map(|(key, node)| {
            text::check_name(key)?;
            match &node.value {
                Value::Map(_) => long_form(&key.name, node),
                _ => short_form(&key.name, node),
            }
        })
        .collect()
}

fn short_form(name: &str, node: &Node) -> Read<Keep> {
    let text = scalar(node)?.trim();
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(Keep {
        name: name.to_owned(),
        source: source(node, kind, rest.trim())?,
        default: None,
        text: text.to_owned(),
    })
}

fn long_form(name: &str, node: &Node) -> Read<Keep> {
    let fields =
        Fields::of(node, "what is kept", &["json", "header", "cookie", "regex", "between", "default"])?;
    let given: Vec<_> = SOURCES.into_iter().filter_map(|kind| Some((kind, fields.get(kind)?))).collect();
    let [(kind, at)] = given[..] else {
        return Err(refused(node, "where in the answer is it, in one way?", KEEPS));
    };
    let value = scalar(at)?.trim();
    Ok(Keep {
        name: name.to_owned(),
        source: source(at, kind, value)?,
        default: fields.read("default", |node| Ok(scalar(node)?.to_owned()))?,
        text: format!("{kind} {value}"),
    })
}

fn source(node: &Node, kind: &str, value: &str) -> Read<KeepSource> {
    Ok(match kind {
        "json" => KeepSource::Json(json_path(node, value)?),
        "header" => KeepSource::Header(name_of_header(node, value)?),
        "cookie" => KeepSource::Cookie(name_of_cookie(node, value)?),
        "regex" if !value.is_empty() => KeepSource::Pattern(pattern(node, value)?),
        "between" => match value.split_once(GAP) {
            Some((after, before)) if !after.is_empty() && !before.is_empty() && !before.contains(GAP) => {
                KeepSource::Between { after: after.to_owned(), before: before.to_owned() }
            }
            _ => {
                return Err(refused(
                    node,
                    format!("`{value}` does not say between which two texts"),
                    "write `...` once, where the value stands: `between value=\"...\"`",
                ));
            }
        },
        _ => return Err(refused(node, format!("`{kind}` is not a part of an answer"), KEEPS)),
    })
}

fn name_of_cookie(node: &Node, name: &str) -> Read<String> {
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic() && !"=;,\"".contains(c)) {
        return Ok(name.to_owned());
    }
    Err(refused(node, format!("`{name}` is not the name of a cookie"), "like `cookie sid`"))
}
