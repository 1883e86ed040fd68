//! Whom a run loads: where the server is, by which name it is asked, and how its certificate is checked.

/// The system to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Who answers.
    pub server: Server,
    /// The name it is asked by, as Host header and in TLS, where that is not the one in `url`.
    pub host: Option<String>,
    /// How an `https://` target is spoken to.
    pub tls: Tls,
    /// Where it was named (line), if in a file.
    pub line: Option<usize>,
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// The reference server, which a run starts by itself.
    Reference,
    /// One that runs already, at `http://host:port` or `https://host:port`, without a path.
    Running(String),
}

impl Server {
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
