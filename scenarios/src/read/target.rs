//! `target:`: an address, or a map with what else there is to know about the server.

use crate::raw::{Node, Value};
use crate::target::{Identity, Server, Target, Tls, check_host, check_url};

use super::fields::{Fields, File, Read, one_of, refused, scalar};

/// The keys of the long form.
const KEYS: &[&str] = &["url", "host", "ca", "certificate", "key", "insecure"];

pub(super) fn read(file: File<'_>, node: &Node) -> Read<Target> {
    let line = Some(file.line(node.place));
    if !matches!(node.value, Value::Map(_)) {
        return Ok(Target { server: Server::Running(url(node)?), host: None, tls: Tls::default(), line });
    }
    let fields = Fields::of(node, "target", KEYS)?;
    let server = fields.read("url", url)?.map_or(Server::Reference, Server::Running);
    Ok(Target { tls: tls(&fields, &server)?, server, host: fields.read("host", host)?, line })
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
    let speaks_tls = matches!(server, Server::Running(url) if url.starts_with("https://"));
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
                "a certificate of our own needs both its files",
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
    use crate::target::{Identity, Server, Target};

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
    fn what_is_missing_or_does_not_belong_is_told() {
        for (target, said) in [
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
