//! What went wrong with connections, in both models alike: the first of each kind, for the notes of a report.

use std::io;

use crate::codec::Malformed;
use crate::engine::{Offered, Scarce};
use crate::tls;

/// The first of each kind, and what was tried again.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    /// Why the first connection failed, of those that did.
    pub(crate) connect: Option<io::Error>,
    /// What this machine ran out of first.
    pub(crate) scarce: Option<Scarce>,
    /// Why the first answer was refused, of those that were.
    pub(crate) malformed: Option<Malformed>,
    /// Requests that were sent again, because a kept connection turned out to have been closed.
    pub(crate) retried: u64,
}

impl Troubles {
    /// Those of the engine.
    pub(crate) fn of(offered: &mut Offered) -> Troubles {
        Troubles {
            connect: offered.first_connect_error.take(),
            scarce: offered.scarce,
            malformed: offered.first_malformed,
            retried: offered.retried,
        }
    }

    /// A line for each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let Troubles { connect, scarce: _, malformed, retried } = self;
        let mut notes = Vec::new();
        if let Some(error) = connect {
            notes.push(format!("the first connection that failed: {}", told(error)));
        }
        if let Some(malformed) = malformed {
            notes.push(format!("the first answer that was not HTTP: {malformed}"));
        }
        if *retried > 0 {
            notes.push(format!(
                "{retried} requests were sent again, because the server had closed a kept connection"
            ));
        }
        notes
    }
}

/// An error in words that say whose doing it is, where they are known.
fn told(error: &io::Error) -> String {
    if let Some(trouble) = tls::explain(error) {
        return trouble.to_string();
    }
    match Scarce::of(error) {
        Some(scarce) => format!("no {} left ({error})\n  hint: {}", scarce.word(), scarce.hint()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_with_whose_doing_it_is() {
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        for (error, said) in [
            (io::Error::new(io::ErrorKind::InvalidData, unknown), "issued by nobody that is trusted here"),
            (rustix::io::Errno::ADDRNOTAVAIL.into(), "no local port towards the target left"),
            (rustix::io::Errno::CONNREFUSED.into(), "Connection refused"),
        ] {
            let troubles = Troubles { connect: Some(error), ..Troubles::default() };
            let notes = troubles.notes();
            assert!(notes.len() == 1 && notes[0].contains(said), "{notes:?}");
        }
        assert_eq!(Troubles::default().notes(), [""; 0]);
    }
}
