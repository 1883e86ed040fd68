//! `target:`: an address, or a map with what else there is to know about the server.

use std::time::Duration;

use crate::raw::{Node, Value};
use crate::target::{
    Command, Connections, Identity, Policy, Server, Start, Target, Tls, check_host, check_path, check_url,
};

use super::fields::{Fields, File, Read, entries, one_of, refused, scalar};

/// The keys of the long form.
const KEYS: &[&str] = &[
    "url",
    "command",
    "env",
    "ready",
    "wait",
    "host",
    "ca",
    "certificate",
    "key",
    "insecure",
    "remote",
    "connections",
];

/// The longest that a server may take to be ready.
const MAX_WAIT: Duration = Duration::from_hours(1);
/// Connections at most: as many as one process opens.
const MAX_CONNECTIONS: u32 = 20_000;

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Target> {
    let line = Some(file.line(node.place));
    if !matches!(node.value, Value::Map(_)) {
        return Ok(Target { line, ..Target::new(Server::Running(url(node)?)) });
    }
    let fields = Fields::of(node, "target", KEYS)?;
    let server = server(&fields)?;
    Ok(Target {
        tls: tls(&fields, &server)?,
        server,
        host: fields.read("host", host)?,
        ready: fields.read("ready", ready)?,
        wait: fields.read("wait", |node| wait(file, node))?,
        remote: fields.read("remote", yes_or_no)?.unwrap_or_default(),
        connections: fields.read("connections", |node| connections(file, node))?.unwrap_or_default(),
        line,
    })
}

fn server(fields: &Fields<'_>) -> Read<Server> {
    let url = fields.read("url", url)?;
    let env = fields.read("env", env)?;
    match (fields.read("command", command)?, url) {
        (Some(command), url) => Ok(Server::Started(Start { command, url, env: env.unwrap_or_default() })),
        (None, url) => match fields.get("env") {
            Some(node) => Err(refused(
                node,
                "`env` belongs to a server that is started for the run",
                "say how: `command: ./my-server --port {port}`",
            )),
            None => Ok(url.map_or(Server::Reference, Server::Running)),
        },
    }
}

fn command(node: &Node) -> Read<Command> {
    let hint = "like `command: ./my-server --port {port}`";
    let words = match &node.value {
        Value::List(items) => {
            items.iter().map(|item| scalar(item).map(str::to_owned)).collect::<Read<Vec<_>>>()?
        }
        _ => vec![scalar(node)?.trim().to_owned()],
    };
    if words.first().is_none_or(String::is_empty) || words.iter().any(|word| word.contains('\0')) {
        return Err(refused(node, "a command is missing here", hint));
    }
    Ok(match node.value {
        Value::List(_) => Command::Words(words),
        _ => Command::Shell(words.concat()),
    })
}

fn env(node: &Node) -> Read<Vec<(String, String)>> {
    entries(node, "env")?
        .iter()
        .map(|(key, value)| {
            let good = !key.name.is_empty() && !key.name.contains(['=', '\0']);
            let value_text = scalar(value)?;
            if !good || value_text.contains('\0') {
                return Err(refused(
                    value,
                    format!("`{}` cannot be set", key.name),
                    "like `DATABASE: test.db`",
                ));
            }
            Ok((key.name.clone(), value_text.to_owned()))
        })
        .collect()
}

fn ready(node: &Node) -> Read<String> {
    let path = scalar(node)?.trim();
    check_path(path).map_err(|problem| refused(node, problem, "like `ready: /health`"))?;
    Ok(path.to_owned())
}

fn wait(file: File<'_>, node: &Node) -> Read<Duration> {
    let wait = file.point::<Duration>(node)?;
    if wait.is_zero() || wait > MAX_WAIT {
        return Err(refused(
            node,
            "a server gets more than nothing and at most an hour",
            "like `wait: 30 s`",
        ));
    }
    Ok(wait)
}

/// `reuse`, `100`, or a map of both.
fn connections(file: File<'_>, node: &Node) -> Read<Connections> {
    if matches!(node.value, Value::Map(_)) {
        let fields = Fields::of(node, "connections", &["policy", "most"])?;
        return Ok(Connections {
            policy: fields.read("policy", policy)?.unwrap_or_default(),
            most: fields.read("most", |node| most(file, node))?,
        });
    }
    if scalar(node)?.trim().starts_with(|first: char| first.is_ascii_digit()) {
        return Ok(Connections { policy: Policy::Reuse, most: Some(most(file, node)?) });
    }
    Ok(Connections { policy: policy(node)?, most: None })
}

fn policy(node: &Node) -> Read<Policy> {
    Ok(match one_of(node, scalar(node)?.trim(), &["reuse", "per visitor", "new"])? {
        "per visitor" => Policy::PerVisitor,
        "new" => Policy::New,
        _ => Policy::Reuse,
    })
}

fn most(file: File<'_>, node: &Node) -> Read<u32> {
    match file.whole(node)? {
        most @ ..=MAX_CONNECTIONS => Ok(most),
        _ => Err(refused(
            node,
            format!("one process opens {MAX_CONNECTIONS} connections at most"),
            "like `connections: 100`",
        )),
    }
}

fn url(node: &Node) -> Read<String> {
    let url = scalar(node)?.trim().trim_end_matches('/');
    check_url(url).map_err(|problem| refused(node, problem, "like `target: http://127.0.0.1:8080`"))?;
    Ok(url.to_owned())
}

fn host(node: &Node) -> Read<String> {
    let host = scalar(node)?.trim();
    check_host(host).map_err(|problem| refused(node, problem, "like `host: shop.example`"))?;
    Ok(host.to_owned())
}

fn tls(fields: &Fields<'_>, server: &Server) -> Read<Tls> {
    let speaks_tls = server.url().is_some_and(|url| url.starts_with("https://"));
    for key in ["ca", "certificate", "key", "insecure"] {
        if let Some(node) = fields.get(key).filter(|_| !speaks_tls) {
            return Err(refused(
                node,
                format!("`{key}` belongs to a target that speaks TLS"),
                "write `url: https://…`, or leave the key out",
            ));
        }
    }
    let identity = match (fields.get("certificate"), fields.get("key")) {
        (Some(certificate), Some(key)) => Some(Identity { certificate: path(certificate)?, key: path(key)? }),
        (None, None) => None,
        (Some(alone), None) | (None, Some(alone)) => {
            return Err(refused(
                alone,
                "a certificate of the client needs both its files",
                "write `certificate: client.pem` and `key: client.key`",
            ));
        }
    };
    Ok(Tls {
        ca: fields.read("ca", path)?,
        identity,
        insecure: fields.read("insecure", yes_or_no)?.unwrap_or_default(),
    })
}

fn path(node: &Node) -> Read<String> {
    match scalar(node)?.trim() {
        "" => Err(refused(node, "a file is missing here", "like `ca.pem`, relative to this file")),
        path => Ok(path.to_owned()),
    }
}

fn yes_or_no(node: &Node) -> Read<bool> {
    Ok(matches!(one_of(node, scalar(node)?.trim(), &["yes", "true", "no", "false"])?, "yes" | "true"))
}

#[cfg(test)]
mod tests {
    use crate::Scenario;
    use std::time::Duration;

    use crate::target::{Command, Connections, Identity, Policy, Server, Target};

    fn read(target: &str) -> Result<Target, String> {
        let text = format!("name: a\ntarget: {target}\n");
        let read = Scenario::from_yaml(&text).map_err(|error| error.render("x.yaml", &text))?;
        Ok(read.target.expect("it was given"))
    }

    #[test]
    fn the_short_form_is_the_address_and_the_long_form_says_more() {
        let short = read("https://127.0.0.1:8443/").unwrap();
        assert_eq!(short, read("{ url: https://127.0.0.1:8443 }").unwrap());
        assert_eq!(short.server, Server::Running("https://127.0.0.1:8443".to_owned()));
        assert!(short.tls.ca.is_none() && !short.tls.insecure);
        let long = read(
            "{ url: https://10.0.0.1, host: shop.example, ca: ca.pem, certificate: me.pem, key: me.key, insecure: yes }",
        )
        .unwrap();
        assert_eq!(long.host.as_deref(), Some("shop.example"));
        assert_eq!(long.tls.ca.as_deref(), Some("ca.pem"));
        let identity = Identity { certificate: "me.pem".to_owned(), key: "me.key".to_owned() };
        assert_eq!(long.tls.identity, Some(identity));
        assert!(long.tls.insecure);
        assert!(!read("{ url: https://a, insecure: false }").unwrap().tls.insecure);
        assert!(read("{ host: b }").unwrap().server.is_reference());
    }

    #[test]
    fn a_server_may_be_started_by_a_command() {
        let target =
            read("{ command: \"./serve --port {port}\", ready: /health, wait: 5 s, env: { MODE: test } }");
        let target = target.unwrap_or_else(|error| panic!("{error}"));
        let Server::Started(start) = &target.server else { panic!("{target:?}") };
        assert_eq!(start.command, Command::Shell("./serve --port {port}".to_owned()));
        assert_eq!(start.env, [("MODE".to_owned(), "test".to_owned())]);
        assert_eq!((target.ready.as_deref(), target.wait), (Some("/health"), Some(Duration::from_secs(5))));
        let listed = read("{ command: [./serve, \"{port}\"], url: http://127.0.0.1:81 }").unwrap();
        let Server::Started(start) = listed.server else { panic!("not started") };
        assert_eq!(start.command, Command::Words(vec!["./serve".to_owned(), "{port}".to_owned()]));
        assert_eq!(start.url.as_deref(), Some("http://127.0.0.1:81"));
    }

    #[test]
    fn connections_have_a_policy_and_a_maximum() {
        for (written, policy, most) in [
            ("reuse", Policy::Reuse, None),
            ("new", Policy::New, None),
            ("per visitor", Policy::PerVisitor, None),
            ("100", Policy::Reuse, Some(100)),
            ("{ policy: new, most: 5 }", Policy::New, Some(5)),
            ("{ most: 5 }", Policy::Reuse, Some(5)),
        ] {
            let read = read(&format!("{{ connections: {written} }}")).unwrap();
            assert_eq!(read.connections, Connections { policy, most }, "{written}");
        }
        assert!(read("{ url: http://a, remote: yes }").unwrap().remote);
    }

    #[test]
    fn what_is_missing_or_does_not_belong_is_told() {
        for (target, said) in [
            ("{ command: \"\" }", "a command is missing"),
            ("{ command: [] }", "a command is missing"),
            ("{ env: { A: b } }", "belongs to a server that is started"),
            ("{ url: http://a, ready: health }", "begins with `/`"),
            ("{ url: http://a, wait: 0 s }", "at most an hour"),
            ("{ url: http://a, wait: 2h }", "at most an hour"),
            ("{ connections: some }", "unknown word `some`"),
            ("{ connections: 0 }", "at least 1"),
            ("{ connections: 50k }", "20000 connections at most"),
            ("{ connections: { least: 3 } }", "unknown key `least`"),
            ("{ insecure: yes }", "belongs to a target that speaks TLS"),
            ("{ url: ftp://a }", "is not an http:// or https:// address"),
            ("{ url: https://a, certificate: a.pem }", "needs both its files"),
            ("{ url: https://a, key: a.pem }", "needs both its files"),
            ("{ url: http://a, ca: a.pem }", "belongs to a target that speaks TLS"),
            ("{ url: http://a, insecure: yes }", "belongs to a target that speaks TLS"),
            ("{ url: https://a, insecure: perhaps }", "unknown word `perhaps`"),
            ("{ url: https://a, host: \"b c\" }", "is not the name of a host"),
            ("{ url: https://a, cert: a.pem }", "unknown key `cert`"),
            ("[https://a]", "expected one value, found a list"),
        ] {
            let error = read(target).unwrap_err();
            assert!(error.contains(said) && error.contains("hint:"), "{target}: {error}");
        }
    }
}
