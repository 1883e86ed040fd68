//! Whom a run loads: where the server is or how it is started, by which name it is asked, how its certificate is
//! checked, and how many connections are opened to it.

use std::time::Duration;

/// The system to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who answers.
    pub server: Server,
    /// The name it is asked by, as Host header and in TLS, where that is not the one in `url`.
    pub host: Option<String>,
    /// How an `https://` target is spoken to.
    pub tls: Tls,
    /// The path that is answered with a status below 400 once the server is ready.
    pub ready: Option<String>,
    /// How long is waited for that.
    pub wait: Option<Duration>,
    /// Whether a server elsewhere may be loaded: it may be somebody else's.
    pub remote: bool,
    /// Who opens connections, and how many.
    pub connections: Connections,
    /// Where it was named (line), if in a file.
    pub line: Option<usize>,
}

impl Target {
    /// A server about which nothing else is said.
    #[must_use]
    pub fn new(server: Server) -> Target {
        Target {
            server,
            host: None,
            tls: Tls::default(),
            ready: None,
            wait: None,
            remote: false,
            connections: Connections::default(),
            line: None,
        }
    }
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// The reference server, which a run starts by itself.
    Reference,
    /// One that runs already, at `http://host:port` or `https://host:port`, without a path.
    Running(String),
    /// One that is started for the run, and stopped after it.
    Started(Start),
}

/// How a server is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// What is run. `{port}` stands for a free port of the loopback interface.
    pub command: Command,
    /// Where it listens; on that port of 127.0.0.1, in plain text, when absent.
    pub url: Option<String>,
    /// What is set in its environment beside `PORT`; `{port}` stands for the port.
    pub env: Vec<(String, String)>,
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A line for the shell.
    Shell(String),
    /// A program and its arguments, at least one word.
    Words(Vec<String>),
}

/// Who opens connections, and how many at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// How long one is kept.
    pub policy: Policy,
    /// At a time, at most; as many as the machine allows when absent.
    pub most: Option<u32>,
}

/// How long a connection is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// For as long as the server keeps it: whoever asks next uses it, as behind a proxy or from a pool. In the closed model
    /// each user keeps their own.
    #[default]
    Reuse,
    /// For one visit: each visitor comes with a connection of their own.
    PerVisitor,
    /// For one request.
    New,
}

impl Server {
    /// Its address, where the file or the command line gives it.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Server::Reference => None,
            Server::Running(url) => Some(url),
            Server::Started(start) => start.url.as_deref(),
        }
    }

    /// Whether it is the reference server.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        matches!(self, Server::Reference)
    }
}

/// What TLS needs to know; all of it may be absent. Paths are relative to the scenario file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates (PEM) that vouch for the server's, in place of those of the system.
    pub ca: Option<String>,
    /// Our own certificate, for servers that ask for one.
    pub identity: Option<Identity>,
    /// Whether the server's certificate is taken as it is.
    pub insecure: bool,
}

/// A certificate and its key, as paths of PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, and those between it and its root.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// Whether a run can be pointed at this address: `http://host[:port]` or `https://host[:port]`, nothing behind it.
///
/// # Errors
/// Says what is wrong.
pub fn check_url(url: &str) -> Result<(), String> {
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else {
        return Err(format!("`{url}` is not an http:// or https:// address"));
    };
    check_authority(rest).map_err(|problem| match problem {
        Wrong::Host => {
            format!("`{url}` should be scheme, host and port alone; paths belong under `requests`")
        }
        Wrong::Port => format!("`{url}` has no port between 1 and 65535"),
    })
}

/// Whether a server can be asked by this name: `shop.example` or `shop.example:8443`.
///
/// # Errors
/// Says what is wrong.
pub fn check_host(host: &str) -> Result<(), String> {
    check_authority(host).map_err(|problem| match problem {
        Wrong::Host => format!("`{host}` is not the name of a host"),
        Wrong::Port => format!("`{host}` has no port between 1 and 65535"),
    })
}

/// Whether a server can be asked for this path.
///
/// # Errors
/// Says what is wrong.
pub fn check_path(path: &str) -> Result<(), String> {
    if path.starts_with('/') && path.chars().all(|c| c.is_ascii_graphic() && c != '#') {
        Ok(())
    } else {
        Err(format!("`{path}` is no path: it begins with `/` and has no spaces"))
    }
}

/// Host and port of an authority; brackets of an IPv6 address stay on.
#[must_use]
pub fn split_port(authority: &str) -> (&str, Option<&str>) {
    let host_end = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[host_end..].rfind(':') {
        Some(colon) => (&authority[..host_end + colon], Some(&authority[host_end + colon + 1..])),
        None => (authority, None),
    }
}

enum Wrong {
    Host,
    Port,
}

fn check_authority(authority: &str) -> Result<(), Wrong> {
    let (host, port) = split_port(authority);
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/?#@".contains(c);
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || host.contains(odd) || (host.contains(':') && !is_bracketed) {
        return Err(Wrong::Host);
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        _ => Err(Wrong::Port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port() {
        for (url, good) in [
            ("http://a", true),
            ("https://shop.example:8443", true),
            ("https://[::1]:8443", true),
            ("http://[::1]", true),
            ("http://::1:80", false),
            ("https://", false),
            ("https://a/b", false),
            ("https://a:0", false),
            ("https://user@a", false),
            ("ftp://a", false),
            ("a", false),
        ] {
            assert_eq!(check_url(url).is_ok(), good, "{url}");
        }
        assert_eq!(split_port("[::1]:80"), ("[::1]", Some("80")));
        assert_eq!(split_port("a.b"), ("a.b", None));
        assert!(check_host("shop.example:443").is_ok() && check_host("http://a").is_err());
    }
}
