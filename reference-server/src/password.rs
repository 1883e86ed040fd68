//! Hashes and checks passwords without stopping the forum.
//!
//! A hash is made to be expensive: 19 MiB and some 20 ms of one core. So it runs on threads of its own, at
//! most one for each core, and only so many callers may wait; the next one is refused at once. A storm of
//! log-ins then costs log-ins, not reading.
//!
//! An unknown name costs the same work as a wrong password, so that the time of an answer does not tell who
//! is a member.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Stopwatch;
use crate::context::{self, Part};
use crate::domain::Password;

/// Memory of one hash in KiB: 19 MiB (OWASP Password Storage Cheat Sheet, argon2id, first choice for t = 2).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Callers that may wait for each thread that hashes; at 20 ms a hash the last one waits some 0.6 s.
const WAITERS_PER_WORKER: usize = 32;

/// Hashes a password with a given salt, so that seeded content is the same for the same seed. For nobody's own
/// password.
///
/// # Errors
/// The hash function failed.
pub(crate) fn hash_with_salt(password: &str, salt: &[u8]) -> Result<String, PasswordError> {
    let hash: Result<PasswordHash, _> = hasher()?.hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// What an unknown name is checked against. Of the right form and made with the parameters above; that no
/// password fits it is a matter of luck, and [`Passwords::verify`] does not rely on it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$V2hvZXZlciByZWFkcyB0aGlzIGhhcyB0aW1lIHRvIGI";

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// As many callers wait as may.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The hash function failed, or a kept hash cannot be read.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

/// The threads that hash, and the places to wait for them.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    most: usize,
    workers: Arc<Semaphore>,
}

impl Passwords {
    /// At most `workers` hashes at a time.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        let places = workers * (1 + WAITERS_PER_WORKER);
        Self {
            places: Arc::new(Semaphore::new(places)),
            most: places,
            workers: Arc::new(Semaphore::new(workers)),
        }
    }

    /// Hashes a password that somebody chose, as a PHC string with its own salt.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        self.work(move || {
            let hash: Result<PasswordHash, _> = hasher()?.hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
        })
        .await
    }

    /// Whether `password` is the one that `hash` was made from; never without a hash, but with the same work.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        self.work(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&text).map_err(|error| PasswordError::Hash(error.to_string()))?;
            let fits = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(fits && known)
        })
        .await
    }

    /// Passwords being hashed or waiting for it.
    pub(crate) fn queue_depth(&self) -> usize {
        self.most - self.places.available_permits()
    }

    async fn work<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let watch = Stopwatch::start();
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // The permits go with the work: a caller who has gone away still occupies the thread.
        let task = move || run(task, place, worker);
        let done = tokio::task::spawn_blocking(task).await;
        context::spend(Part::Hash, watch.so_far());
        done.map_err(|error| PasswordError::Hash(error.to_string()))?
    }
}

fn run<T>(
    task: impl FnOnce() -> Result<T, PasswordError>,
    _place: OwnedSemaphorePermit,
    _worker: OwnedSemaphorePermit,
) -> Result<T, PasswordError> {
    task()
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UserName;

    fn password(text: &str) -> Password {
        let name = UserName::parse("somebody").expect("a valid name");
        Password::choose(text.to_owned(), &name).expect("a valid password")
    }

    #[tokio::test]
    async fn only_the_chosen_password_fits_and_its_last_character_counts() {
        let passwords = Passwords::new(1);
        let chosen = "é".repeat(128);
        let hash = passwords.hash(password(&chosen)).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let almost = format!("{}e", "é".repeat(127));
        for (attempt, kept, expected) in [
            (chosen.as_str(), Some(&hash), true),
            (almost.as_str(), Some(&hash), false),
            (chosen.as_str(), None, false), // nobody, or a member without a password
        ] {
            let fits = passwords.verify(password(attempt), kept.cloned()).await.expect("a verdict");
            assert_eq!(fits, expected);
        }
    }

    #[tokio::test]
    async fn the_one_who_finds_no_place_to_wait_is_refused_at_once() {
        let passwords = Passwords::new(1);
        let places = u32::try_from(1 + WAITERS_PER_WORKER).expect("a small number");
        let _all = passwords.places.try_acquire_many(places).expect("all places are free at first");
        let refused = passwords.hash(password("correct horse")).await;
        assert!(matches!(refused, Err(PasswordError::Busy)), "{refused:?}");
    }
}
