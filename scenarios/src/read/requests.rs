//! `requests:`: how a target is asked.

use crate::error::{ScenarioError, nearest};
use crate::raw::{Node, Value};
use crate::requests::{
    Body, Cookies, Json, MAX_REDIRECTS, Method, Piece, RequestTemplate, Text, USUAL_REDIRECTS, Variable,
};

use super::Forum;
use super::fields::{Fields, File, Read, entries, one_of, one_or_many, refused, scalar};
use super::{answers, text};

/// Actions and how each is asked.
type Requests = Vec<(String, Vec<RequestTemplate>)>;

/// Requests by action; with `actions`, names must be among them.
pub(super) fn read(file: File<'_>, node: &Node, actions: Option<&[&str]>) -> Read<Requests> {
    entries(node, "requests")?
        .iter()
        .map(|(key, node)| {
            if let Some(actions) = actions
                && !actions.contains(&key.name.as_str())
            {
                let label = nearest(&key.name, actions.iter().copied())
                    .map_or(String::new(), |near| format!("did you mean `{near}`?"));
                return Err(ScenarioError::new(
                    key.place,
                    format!("there is no action `{}`", key.name),
                    label,
                )
                .hint("name it under `actions`, with how often it is done, or use it in a journey, `setup` or `teardown`"));
            }
            let list = one_or_many(node);
            if list.is_empty() {
                return Err(refused(node, "a request is missing", "like `{ GET: /path }`"));
            }
            let templates = list.into_iter().map(|node| template(file, node)).collect::<Read<_>>()?;
            Ok((key.name.clone(), templates))
        })
        .collect()
}

fn template(file: File<'_>, node: &Node) -> Read<RequestTemplate> {
    const KEYS: &[&str] = &[
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "headers",
        "json",
        "body",
        "form",
        "file",
        "check",
        "keep",
        "redirects",
    ];
    let fields = Fields::of(node, "a request", KEYS)?;
    let methods: Vec<_> = Method::ALL
        .iter()
        .filter_map(|method| fields.get(method.name()).map(|node| (*method, node)))
        .collect();
    let [(method, path_node)] = methods[..] else {
        return Err(refused(
            node,
            "a request has exactly one method and path",
            "keep one, like `{ GET: /path }`; several requests are a list",
        ));
    };
    let path = text::read(path_node)?;
    let begins = matches!(path.pieces.first(), Some(Piece::Literal(text)) if text.starts_with('/'));
    let clean = path.pieces.iter().all(|piece| match piece {
        Piece::Literal(text) => !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#'),
        _ => true,
    });
    if !begins || !clean {
        return Err(refused(
            path_node,
            format!("`{}` is no path: it begins with `/` and has no spaces", scalar(path_node)?),
            "like `/api/v1/questions/{question}`",
        ));
    }
    Ok(RequestTemplate {
        method,
        path,
        headers: fields.read("headers", headers)?.unwrap_or_default(),
        body: body(&fields)?,
        checks: fields.read("check", |node| answers::checks(file, node))?.unwrap_or_default(),
        keep: fields.read("keep", answers::keep)?.unwrap_or_default(),
        redirects: fields.read("redirects", redirects)?,
        line: file.line(node.place),
    })
}

fn body(fields: &Fields<'_>) -> Read<Body> {
    let given: Vec<_> = ["json", "body", "form", "file"]
        .into_iter()
        .filter_map(|kind| fields.get(kind).map(|node| (kind, node)))
        .collect();
    Ok(match given[..] {
        [] => Body::None,
        [("json", node)] => Body::Json(json(node)?),
        [("body", node)] => Body::Text(text::read(node)?),
        [("form", node)] => Body::Form(
            entries(node, "form")?
                .iter()
                .map(|(key, node)| Ok((key.name.clone(), text::read(node)?)))
                .collect::<Read<_>>()?,
        ),
        [(_, node)] => Body::File(scalar(node)?.trim().to_owned()),
        [_, (_, second), ..] => {
            return Err(refused(
                second,
                "the body is given twice",
                "keep one of `json`, `form`, `body` and `file`",
            ));
        }
    })
}

/// `follow`, `off`, or how many in a row.
pub(super) fn redirects(node: &Node) -> Read<u32> {
    let text = scalar(node)?.trim();
    let number = match text {
        "follow" => Some(USUAL_REDIRECTS),
        "off" => Some(0),
        number => number.parse().ok().filter(|number| *number <= MAX_REDIRECTS),
    };
    number.ok_or_else(|| {
        refused(
            node,
            format!("`{text}` is not a number of redirects"),
            format!("write `follow`, `off`, or how many in a row, at most {MAX_REDIRECTS}"),
        )
    })
}

/// `on` or `off`.
pub(super) fn cookies(node: &Node) -> Read<Cookies> {
    Ok(if one_of(node, scalar(node)?, &["on", "off"])? == "on" { Cookies::On } else { Cookies::Off })
}

/// Set by the tools themselves, so that the message's limits cannot be confused.
const OWN_HEADERS: &[&str] = &["content-length", "transfer-encoding", "connection", "host"];

fn headers(node: &Node) -> Read<Vec<(String, Text)>> {
    entries(node, "headers")?
        .iter()
        .map(|(key, node)| {
            let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if key.name.is_empty() || !key.name.chars().all(token) {
                return Err(ScenarioError::new(
                    key.place,
                    format!("`{}` is not a header name", key.name),
                    "",
                )
                .hint("letters, digits and dashes, like `accept-language`"));
            }
            if OWN_HEADERS.contains(&key.name.to_lowercase().as_str()) {
                return Err(ScenarioError::new(
                    key.place,
                    format!("`{}` is set by the tool itself", key.name),
                    "",
                )
                .hint("leave it out"));
            }
            let value = text::read(node)?;
            let broken = value
                .pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Literal(text) if text.contains(['\r', '\n', '\0'])));
            if broken {
                return Err(refused(node, "a header value is one line", "remove the line break"));
            }
            Ok((key.name.to_lowercase(), value))
        })
        .collect()
}

fn json(node: &Node) -> Read<Json> {
    Ok(match &node.value {
        Value::Empty => Json::Plain("null".to_owned()),
        Value::Literal(literal) => match serde_json::from_str::<serde_json::Value>(literal) {
            Ok(_) => Json::Plain(literal.clone()),
            // A number that YAML knows and JSON does not (`1_000`, `0x10`, `no`).
            Err(_) => {
                return Err(refused(
                    node,
                    format!("`{literal}` is not JSON"),
                    "write a plain number, or quote it",
                ));
            }
        },
        Value::Scalar(_) => Json::Text(text::read(node)?),
        Value::List(items) => Json::List(items.iter().map(json).collect::<Read<_>>()?),
        Value::Map(entries) => Json::Object(
            entries.iter().map(|(key, node)| Ok((key.name.clone(), json(node)?))).collect::<Read<_>>()?,
        ),
    })
}

/// Adds the reference forum's requests for the actions that have none of their own.
pub(super) fn complete(mut own: Requests, forum: &Forum, actions: &[&str]) -> Requests {
    for (action, templates) in &forum.requests {
        if actions.contains(&action.as_str()) && !own.iter().any(|(name, _)| name == action) {
            own.push((action.clone(), templates.clone()));
        }
    }
    own
}

/// Every `{variable}` must come from somewhere.
pub(super) fn check_holes(requests: &Requests, variables: &[Variable], tree: &Node) -> Read<()> {
    let kept = requests
        .iter()
        .flat_map(|(_, list)| list)
        .flat_map(|request| &request.keep)
        .map(|keep| keep.name.as_str());
    let known: Vec<&str> = variables.iter().map(|variable| variable.name.as_str()).chain(kept).collect();
    for (action, list) in requests {
        for request in list {
            for name in text::holes(request) {
                if !known.contains(&name) {
                    let hint = match nearest(name, known.iter().copied()) {
                        Some(near) => format!("did you mean `{{{near}}}`?"),
                        None => {
                            format!("say under `visitors` where it comes from: `{name}: zipf 1.0 of 10000`")
                        }
                    };
                    let problem = format!("`{action}` asks with `{{{name}}}`, which comes from nowhere");
                    return Err(ScenarioError::new(place_of(action, tree), problem, "").hint(hint));
                }
            }
        }
    }
    Ok(())
}

/// Where the requests of an action stand in the file.
fn place_of(action: &str, tree: &Node) -> crate::error::Place {
    let Value::Map(top) = &tree.value else { return tree.place };
    let requests = top.iter().find(|(key, _)| key.name == "requests").map(|(_, node)| &node.value);
    let Some(Value::Map(requests)) = requests else { return tree.place };
    requests.iter().find(|(key, _)| key.name == action).map_or(tree.place, |(key, _)| key.place)
}
