//! Why TLS has failed, in words that say whose doing it is and what helps.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};
use scenarios::show;

/// What is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}\n  hint: {hint}")]
pub(crate) struct Trouble {
    pub(crate) problem: String,
    pub(crate) hint: &'static str,
}

const TAKE_ANY: &str = "renew it, or take any certificate with `insecure: yes` (--insecure)";
const OF_OURS: &str = "name one that it knows with `certificate:` and `key:` (--cert, --key)";

/// Explains an error of a connection, if TLS has to do with it.
pub(crate) fn explain(error: &io::Error) -> Option<Trouble> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    let (problem, hint) = match error {
        Error::InvalidCertificate(problem) => certificate(problem),
        Error::AlertReceived(alert) => alerted(*alert),
        Error::InvalidMessage(_) => {
            ("it does not speak TLS".to_owned(), "is its address one with http:// instead of https://?")
        }
        Error::PeerIncompatible(_) => (
            format!("no version or cipher of TLS in common: {error}"),
            "TLS 1.2 and 1.3 are spoken here, with their modern ciphers",
        ),
        other => (format!("TLS failed: {other}"), "is this the right address, and an HTTPS server?"),
    };
    Some(Trouble { problem, hint })
}

fn certificate(problem: &CertificateError) -> (String, &'static str) {
    match problem {
        CertificateError::ExpiredContext { time, not_after } => {
            let seconds = time.as_secs().saturating_sub(not_after.as_secs());
            (format!("its certificate expired {} ago", age(seconds)), TAKE_ANY)
        }
        CertificateError::Expired => ("its certificate has expired".to_owned(), TAKE_ANY),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("its certificate is not valid yet".to_owned(), TAKE_ANY)
        }
        CertificateError::UnknownIssuer => (
            "its certificate was issued by nobody that is trusted here".to_owned(),
            "name the certificate of its issuer with `ca: ca.pem` (--ca), or take any with `insecure: yes` (--insecure)",
        ),
        CertificateError::NotValidForNameContext { expected, presented } => (
            format!("its certificate is for {}, not for {}", names(presented), expected.to_str()),
            "ask it by a name that it has with `host:` (--host), or take any certificate with `insecure: yes` (--insecure)",
        ),
        other => (
            format!("its certificate is refused: {other}"),
            "name the certificate of its issuer with `ca: ca.pem` (--ca), or take any with `insecure: yes` (--insecure)",
        ),
    }
}

fn alerted(alert: AlertDescription) -> (String, &'static str) {
    match alert {
        AlertDescription::CertificateRequired => ("it wants a certificate of ours".to_owned(), OF_OURS),
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateExpired
        | AlertDescription::DecryptError
        | AlertDescription::AccessDenied => {
            (format!("it refuses our certificate, or the lack of one ({alert:?})"), OF_OURS)
        }
        AlertDescription::UnrecognisedName => {
            ("it has no site of this name".to_owned(), "ask it by a name that it has with `host:` (--host)")
        }
        AlertDescription::NoApplicationProtocol => (
            "it does not offer HTTP/1.1 over TLS".to_owned(),
            "switch HTTP/1.1 on there: it is what is measured",
        ),
        other => (
            format!("it refused the TLS handshake ({other:?})"),
            "does it want a certificate of ours (--cert, --key), or another name (--host)?",
        ),
    }
}

fn names(presented: &[String]) -> String {
    match presented {
        [] => "no name at all".to_owned(),
        [first, rest @ ..] => {
            let plain =
                |name: &String| name.trim_start_matches("DnsName(").trim_end_matches(')').replace('"', "");
            let others = if rest.len() > 2 { format!(" and {} more", rest.len() - 2) } else { String::new() };
            let shown: Vec<String> = std::iter::once(first).chain(rest.iter().take(2)).map(plain).collect();
            shown.join(", ") + &others
        }
    }
}

fn age(seconds: u64) -> String {
    const DAY: u64 = 86_400;
    match seconds / DAY {
        0 => show::seconds(seconds as f64),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}
