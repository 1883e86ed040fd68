//! Members that a load test can be: they are logged in already, with tokens that follow from the seed.
//!
//! Whoever knows the seed knows the tokens. That is the point, and the reason why a forum that people use is
//! never seeded.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use rand::Rng;
use rand::rngs::ChaCha8Rng;

use super::population::randomness;
use crate::password::{self, PasswordError};
use crate::session::{Token, hexadecimal};

/// The end of their log-ins: the start of 2100 in UTC, in milliseconds since 1970.
pub(super) const EXPIRES_MS: i64 = 4_102_444_800_000;

/// A member that a load test can be.
pub(super) struct SeededVisitor {
    /// Which member.
    pub(super) user: u32,
    /// The unique name.
    pub(super) name: String,
    /// The secret of the log-in.
    pub(super) token: Token,
}

/// The password that all visitors of a seed share, so that a load test can also log in. One hash serves all of them:
/// hashing for each would take longer than the rest of the seeding.
pub(super) struct SharedPassword {
    /// As it is typed.
    pub(super) text: String,
    /// As it is kept.
    pub(super) hash: String,
}

impl SharedPassword {
    /// The password of a seed.
    pub(super) fn new(seed: u64) -> Result<Self, PasswordError> {
        let mut random = randomness(seed, "password");
        let (mut secret, mut salt) = ([0; 12], [0; 16]);
        random.fill_bytes(&mut secret);
        random.fill_bytes(&mut salt);
        let text = hexadecimal(&secret);
        let hash = password::hash_with_salt(&text, &salt)?;
        Ok(Self { text, hash })
    }
}

/// Draws tokens.
pub(super) struct Tokens(ChaCha8Rng);

impl Tokens {
    /// The tokens of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(randomness(seed, "tokens"))
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Token {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        Token::from_bytes(bytes)
    }
}

/// Writes `user,name,token,password` for each visitor into a file that only its owner can read.
pub(super) fn write(path: &Path, visitors: &[SeededVisitor], password: &str) -> io::Result<()> {
    let mut text = String::from("user,name,token,password\n");
    for SeededVisitor { user, name, token } in visitors {
        for part in [user.to_string().as_str(), ",", name, ",", token.reveal(), ",", password, "\n"] {
            text.push_str(part);
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
