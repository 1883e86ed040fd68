//! A target that is not ours: what is asked of it by file and command line, and where it is.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use scenarios::target::{
    Command, Identity, Server, Start, Target, check_host, check_path, check_url, split_port,
};

use crate::engine::Scarce;
use crate::tls::{Tls, TlsError, Trouble};

/// How long the first connection may take.
pub(crate) const CONNECT_WAIT: Duration = Duration::from_secs(3);

/// What was typed about the target.
#[derive(Clone, Debug, Default)]
pub struct TargetAsked {
    /// Its address, in place of the file's.
    pub url: Option<String>,
    /// A line for the shell that starts it, in place of the file's.
    pub command: Option<String>,
    /// The path that it answers once it is ready.
    pub ready: Option<String>,
    /// The name it is asked by.
    pub host: Option<String>,
    /// A PEM file with the certificates that vouch for the server's.
    pub ca: Option<String>,
    /// A certificate of our own and its key.
    pub identity: Option<(String, String)>,
    /// Take any certificate.
    pub insecure: bool,
    /// It may be loaded although it is elsewhere.
    pub yes: bool,
}

/// The command line wins over the file; paths of the file are relative to its folder.
///
/// # Errors
/// What was typed does not fit together; with a hint.
pub(crate) fn settle(asked: TargetAsked, file: Option<&Target>, folder: &Path) -> Result<Target, String> {
    let mut target = file.map_or_else(|| Target::new(Server::Reference), |target| below(folder, target));
    if let Some(url) = asked.url {
        let url = url.trim_end_matches('/').to_owned();
        check_url(&url)
            .map_err(|problem| format!("{problem}\n  hint: like --target http://127.0.0.1:8080"))?;
        if target.server.url() != Some(&url) {
            // What the file allows it allows for its own target.
            target.remote = false;
        }
        target.server = Server::Running(url);
    }
    if let Some(line) = asked.command {
        let url = target.server.url().map(str::to_owned);
        target.server = Server::Started(Start { command: Command::Shell(line), url, env: Vec::new() });
    }
    target.remote |= asked.yes;
    if let Some(path) = asked.ready {
        check_path(&path).map_err(|problem| format!("{problem}\n  hint: like --ready /health"))?;
        target.ready = Some(path);
    }
    if target.ready.is_some() && target.server.is_reference() {
        return Err("the reference server says by itself when it is ready\n  hint: leave out `ready`, or name a server of your own with --target or --command".to_owned());
    }
    if let Some(host) = asked.host {
        check_host(&host).map_err(|problem| format!("{problem}\n  hint: like --host shop.example"))?;
        target.host = Some(host);
    }
    let asks_for_tls = asked.insecure || asked.ca.is_some() || asked.identity.is_some();
    if asks_for_tls && !target.server.url().is_some_and(|url| url.starts_with("https://")) {
        return Err("--ca, --cert, --key and --insecure belong to a target that speaks TLS\n  hint: name it with --target https://…".to_owned());
    }
    if let Some((certificate, key)) = asked.identity {
        target.tls.identity = Some(Identity { certificate, key });
    }
    target.tls.ca = asked.ca.or(target.tls.ca);
    target.tls.insecure |= asked.insecure;
    Ok(target)
}

/// A target of a file, with its paths as they are seen from here.
fn below(folder: &Path, target: &Target) -> Target {
    let mut target = target.clone();
    let place = |path: &mut String| *path = folder.join(&*path).to_string_lossy().into_owned();
    target.tls.ca.iter_mut().for_each(place);
    if let Some(identity) = &mut target.tls.identity {
        place(&mut identity.certificate);
        place(&mut identity.key);
    }
    target
}

/// Where a target listens, and how it is spoken to.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// Value of the Host header.
    pub(crate) host: String,
    /// Where to connect.
    pub(crate) socket: SocketAddr,
    /// As the report names it.
    pub(crate) url: String,
    /// How long its name took to be found; `None` when it was an address.
    pub(crate) resolved_in: Option<Duration>,
    /// TLS, unless it is spoken to in plain text.
    pub(crate) tls: Option<Tls>,
}

/// Why a target cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TargetError {
    #[error("{host}: the name is not known: {error}\n  hint: check the spelling, or give the address itself")]
    Unknown { host: String, error: std::io::Error },
    #[error(transparent)]
    Certificates(#[from] TlsError),
    #[error("{address} does not take connections: {error}\n  hint: is the server running, and on this port?")]
    Refused { address: SocketAddr, error: std::io::Error },
    #[error("{address} cannot be asked: no {} is left\n  hint: {}", scarce.word(), scarce.hint())]
    Scarce { address: SocketAddr, scarce: Scarce },
    #[error("{address} cannot be asked over TLS: {trouble}")]
    Tls { address: SocketAddr, trouble: Trouble },
    #[error("{address} takes connections but did not answer within {} s\n  hint: {hint}", crate::ask::ANSWER_WAIT.as_secs())]
    Silent { address: SocketAddr, hint: &'static str },
    #[error("{address} closed the connection before it had answered: {problem}\n  hint: {hint}")]
    Closed { address: SocketAddr, problem: String, hint: &'static str },
    #[error(
        "{address} did not answer in HTTP/1.1: {problem}\n  hint: is this an HTTP server? other protocols cannot be loaded"
    )]
    Garbage { address: SocketAddr, problem: String },
    #[error(
        "{address} refuses what the scenario asks: the first request for `{action}` was answered with status {status}\n  hint: check its path under `requests`; a run of failures measures nothing"
    )]
    Status { address: SocketAddr, action: String, status: u16 },
}

/// Finds out where a URL leads, and reads what TLS needs.
///
/// # Errors
/// The name is not known, or a file not readable.
pub(crate) fn resolve(url: &str, target: &Target) -> Result<Address, TargetError> {
    let (authority, port) = match url.strip_prefix("https://") {
        Some(authority) => (authority, 443),
        None => (url.trim_start_matches("http://"), 80),
    };
    let with_port = match split_port(authority) {
        (_, Some(_)) => authority.to_owned(),
        (host, None) => format!("{host}:{port}"),
    };
    let unknown = |error| TargetError::Unknown { host: authority.to_owned(), error };
    let asked = std::time::Instant::now();
    let found: Vec<SocketAddr> = with_port.to_socket_addrs().map_err(unknown)?.collect();
    let resolved_in = with_port.parse::<SocketAddr>().is_err().then(|| asked.elapsed());
    // A name may have several addresses, and the server listen on one of them.
    let answering = found.iter().find(|address| TcpStream::connect_timeout(address, CONNECT_WAIT).is_ok());
    let socket = answering.or(found.first()).copied();
    let socket = socket.ok_or_else(|| unknown(std::io::Error::other("no address")))?;
    let host = target.host.clone().unwrap_or_else(|| authority.to_owned());
    let tls = url.starts_with("https://").then(|| Tls::new(&target.tls, &host)).transpose()?;
    Ok(Address { url: url.to_owned(), host, socket, resolved_in, tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(asked: TargetAsked, file: &str) -> Result<Target, String> {
        let text = format!("name: a\n{file}\n");
        let scenario = scenarios::Scenario::from_yaml(&text).unwrap();
        settle(asked, scenario.target.as_ref(), Path::new("folder"))
    }

    #[test]
    fn the_command_line_wins_and_paths_of_a_file_are_below_its_folder() {
        let file = "target: { url: https://a, ca: ca.pem, certificate: /abs/me.pem, key: me.key, host: b }";
        let alone = settled(TargetAsked::default(), file).unwrap();
        assert_eq!(alone.tls.ca.as_deref(), Some("folder/ca.pem"));
        let identity = alone.tls.identity.unwrap();
        assert_eq!((&*identity.certificate, &*identity.key), ("/abs/me.pem", "folder/me.key"));
        let asked = TargetAsked {
            url: Some("https://c:8443/".to_owned()),
            ca: Some("own.pem".to_owned()),
            insecure: true,
            ..TargetAsked::default()
        };
        let both = settled(asked, file).unwrap();
        assert_eq!(both.server, Server::Running("https://c:8443".to_owned()));
        assert_eq!((both.tls.ca.as_deref(), both.host.as_deref()), (Some("own.pem"), Some("b")));
        assert!(both.tls.insecure && !alone.tls.insecure);
        assert!(settled(TargetAsked::default(), "").unwrap().server.is_reference());
    }

    #[test]
    fn consent_is_for_the_target_it_was_given_for() {
        let file = "target: { url: http://a, remote: yes }";
        let of = |url: Option<&str>, yes| {
            let asked = TargetAsked { url: url.map(str::to_owned), yes, ..TargetAsked::default() };
            settled(asked, file).unwrap().remote
        };
        assert!(of(None, false) && of(Some("http://a/"), false) && of(Some("http://b"), true));
        assert!(!of(Some("http://b"), false));
    }

    #[test]
    fn a_command_takes_the_place_of_the_reference_server_and_of_the_file_s_command() {
        let asked = TargetAsked { command: Some("./new".to_owned()), ..TargetAsked::default() };
        for (file, url) in [
            ("", None),
            ("target: { command: ./old, env: { A: b } }", None),
            ("target: http://127.0.0.1:81", Some("http://127.0.0.1:81")),
        ] {
            let target = settled(asked.clone(), file).unwrap();
            let Server::Started(start) = target.server else { panic!("{file}") };
            assert_eq!(start.command, Command::Shell("./new".to_owned()));
            assert_eq!(start.url.as_deref(), url);
        }
    }

    #[test]
    fn flags_that_do_not_fit_are_refused() {
        let insecure = TargetAsked { insecure: true, ..TargetAsked::default() };
        assert!(
            settled(insecure, "target: http://a").unwrap_err().contains("hint: name it with --target https")
        );
        let ready = TargetAsked { ready: Some("/up".to_owned()), ..TargetAsked::default() };
        assert!(settled(ready, "").unwrap_err().contains("says by itself"));
        let host = TargetAsked { host: Some("a b".to_owned()), ..TargetAsked::default() };
        assert!(settled(host, "").unwrap_err().contains("not the name of a host"));
    }
}
