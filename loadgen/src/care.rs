//! Care for servers elsewhere: they may be somebody else's, and heavy load on them wants a word of consent.

use scenarios::show;
use scenarios::target::Target;

use crate::target::Address;

/// Requests a second that a server elsewhere gets without being asked about: what a few people with a browser make.
const MOST_UNASKED_PER_S: f64 = 20.0;

/// Refuses to load a server elsewhere heavily without a word that it may be.
///
/// # Errors
/// That word is missing.
pub(crate) fn check(target: &Target, address: &Address, requests_per_s: f64) -> Result<(), String> {
    let is_here = address.socket.ip().to_canonical().is_loopback();
    if is_here || target.remote || requests_per_s <= MOST_UNASKED_PER_S {
        return Ok(());
    }
    Err(format!(
        "{} is not on this machine ({}), and the run would ask it {} times a second\n  hint: if it is yours to load, say so with --yes or with `remote: yes` under `target`; {}/s or fewer need no word",
        address.url,
        address.socket.ip(),
        show::digits(requests_per_s),
        show::digits(MOST_UNASKED_PER_S),
    ))
}

#[cfg(test)]
mod tests {
    use scenarios::target::Server;

    use super::*;

    #[test]
    fn heavy_load_elsewhere_needs_a_word() {
        for (socket, remote, rate, allowed) in [
            ("127.0.0.1:80", false, 1e5, true),
            ("127.8.9.1:80", false, 1e5, true),
            ("[::1]:80", false, 1e5, true),
            ("[::ffff:127.0.0.1]:80", false, 1e5, true),
            ("192.0.2.1:80", false, 20.0, true),
            ("192.0.2.1:80", false, 21.0, false),
            ("192.0.2.1:80", true, 21.0, true),
            ("[2001:db8::1]:80", false, 21.0, false),
        ] {
            let address = Address {
                host: "h".to_owned(),
                socket: socket.parse().unwrap(),
                url: "http://h".to_owned(),
                resolved_in: None,
                tls: None,
            };
            let mut target = Target::new(Server::Running("http://h".to_owned()));
            target.remote = remote;
            let checked = check(&target, &address, rate);
            assert_eq!(checked.is_ok(), allowed, "{socket} {rate}");
            assert!(
                checked.is_ok()
                    || checked.is_err_and(|error| error.contains("hint:") && error.contains("--yes"))
            );
        }
    }
}
