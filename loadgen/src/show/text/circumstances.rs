//! What was special about a run, each in a line.

use scenarios::report::{Aborted, TlsFacts};
use scenarios::show;

/// Why it ended before its time.
pub(super) fn ended_by_itself(aborted: &Aborted) -> String {
    let Aborted { after_s, over_s, failed, of, limit_share } = aborted;
    format!(
        "  STOPPED BY ITSELF after {}: {failed} of the {of} requests of the last {} failed (limit {}); what follows was measured until then",
        show::seconds(*after_s),
        show::seconds(*over_s),
        show::share(*limit_share)
    )
}

/// How TLS was spoken.
pub(super) fn spoken(tls: &TlsFacts) -> String {
    let TlsFacts { version, cipher, insecure, handshakes, resumed } = tls;
    let checked = if *insecure { " · INSECURE: the certificate was not checked" } else { "" };
    format!("  {version}, {cipher} · {handshakes} full handshakes, {resumed} resumed{checked}")
}
