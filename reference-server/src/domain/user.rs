//! Members.

use super::{About, DisplayName, NewSession, Timestamp, UserId, UserName};

/// A member to be.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The unique name.
    pub name: UserName,
    /// The name that is shown.
    pub display_name: DisplayName,
    /// The hash of the password, as a PHC string.
    pub password_hash: String,
    /// When the account was opened.
    pub created_at: Timestamp,
}

/// A member as others see him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The unique name.
    pub name: String,
    /// The name that is shown.
    pub display_name: String,
    /// What he says about himself.
    pub about: String,
    /// Grows by one with each change of the profile.
    pub version: i64,
    /// When the account was opened.
    pub created_at: Timestamp,
}

/// What a log-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who would be logged in.
    pub user: UserId,
    /// The PHC string; without one nobody can log in.
    pub password_hash: Option<String>,
}

/// A change of one's own profile.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// Whose profile.
    pub user: UserId,
    /// The name to show from now on.
    pub display_name: DisplayName,
    /// The text about oneself from now on.
    pub about: About,
    /// The version the change was made from; `None` to overwrite whatever is there.
    pub expected_version: Option<i64>,
}

/// A change of one's own password.
#[derive(Clone)]
pub struct PasswordChange {
    /// The PHC string the change was allowed by; who was slower than another change must be asked again.
    pub old_hash: String,
    /// The PHC string from now on.
    pub new_hash: String,
    /// The log-in of the same member that begins, the only one he has from now on.
    pub session: NewSession,
}
