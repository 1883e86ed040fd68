//! Opening an account, logging in and out: what the JSON interface and the pages have in common.

use crate::app::AppState;
use crate::domain::{
    DisplayName, NewSession, NewUser, Password, PasswordChange, SessionId, Timestamp, UserId, UserName,
    Visitor,
};
use crate::error::ApiError;
use crate::session::{SESSION_LIFETIME, Token};

/// What somebody types to open an account.
#[derive(Debug)]
pub struct Registration {
    /// The unique name.
    pub name: String,
    /// The password.
    pub password: String,
    /// The name to show; the unique one when not given.
    pub display_name: Option<String>,
}

/// A log-in that has just begun.
#[derive(Debug)]
pub struct LogIn {
    /// The secret, shown this once.
    pub token: Token,
    /// Which log-in, for the list of them.
    pub id: SessionId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Opens an account.
///
/// # Errors
/// Names the field that is not acceptable, or says that the name is taken.
pub async fn register(state: &AppState, form: Registration) -> Result<(UserId, UserName), ApiError> {
    let name = UserName::parse(&form.name)?;
    let display_name = match form.display_name.as_deref() {
        Some(text) if !text.trim().is_empty() => DisplayName::parse(text)?,
        _ => DisplayName::from(&name),
    };
    let password = Password::choose(form.password, &name)?;
    let password_hash = state.passwords.hash(password).await?;
    let user = NewUser { name: name.clone(), display_name, password_hash, created_at: state.clock.now() };
    let id = state.store.insert_user(user).await?;
    Ok((id, name))
}

/// Begins a log-in. An unknown name, a member without a password and a wrong password are answered alike and
/// cost alike.
///
/// # Errors
/// [`ApiError::WrongCredentials`], or [`ApiError::Busy`] when too many log in at once.
pub async fn log_in(state: &AppState, name: &str, password: String) -> Result<LogIn, ApiError> {
    let credentials = match UserName::parse(name) {
        Ok(name) => state.store.credentials(name.as_str().to_owned()).await?,
        Err(_) => None, // nobody can be called this
    };
    let (user, hash) = match credentials {
        Some(credentials) => (Some(credentials.user), credentials.password_hash),
        None => (None, None),
    };
    let attempt = Password::attempt(password).ok_or(ApiError::WrongCredentials)?;
    let fits = state.passwords.verify(attempt, hash).await?;
    match user {
        Some(user) if fits => begin_session(state, user).await,
        _ => {
            tracing::info!("a log-in was refused");
            Err(ApiError::WrongCredentials)
        }
    }
}

/// Gives a member another password, if he knows the one he has. Every log-in of his ends, so that whoever knows the old
/// password or holds a token is out, and a new one begins.
///
/// # Errors
/// [`ApiError::WrongCredentials`], a rejection of the new password, or [`ApiError::Busy`].
pub async fn change_password(
    state: &AppState,
    visitor: &Visitor,
    current: String,
    new: String,
) -> Result<LogIn, ApiError> {
    let name = UserName::parse(&visitor.name)?;
    let credentials = state.store.credentials(visitor.name.clone()).await?;
    let hash = credentials.and_then(|credentials| credentials.password_hash);
    let attempt = Password::attempt(current).ok_or(ApiError::WrongCredentials)?;
    let fits = state.passwords.verify(attempt, hash.clone()).await?;
    let Some(old_hash) = hash.filter(|_| fits) else {
        tracing::info!("a change of a password was refused");
        return Err(ApiError::WrongCredentials);
    };
    let new_hash = state.passwords.hash(Password::choose(new, &name)?).await?;
    let (token, session) = new_session(state, visitor.user)?;
    let expires_at = session.expires_at;
    let change = PasswordChange { old_hash, new_hash, session };
    // Not done when another change was faster: the password that was checked is no longer the current one.
    let id = state.store.change_password(change).await?.ok_or(ApiError::WrongCredentials)?;
    Ok(LogIn { token, id, expires_at })
}

/// Gives a member a new token.
///
/// # Errors
/// When the store or the operating system's randomness fails.
pub async fn begin_session(state: &AppState, user: UserId) -> Result<LogIn, ApiError> {
    let (token, session) = new_session(state, user)?;
    let expires_at = session.expires_at;
    let id = state.store.insert_session(session).await?;
    Ok(LogIn { token, id, expires_at })
}

fn new_session(state: &AppState, user: UserId) -> Result<(Token, NewSession), ApiError> {
    let token = Token::random().map_err(ApiError::internal)?;
    let created_at = state.clock.now();
    let expires_at = created_at.after(SESSION_LIFETIME);
    let session = NewSession { user, token_hash: token.hash(), created_at, expires_at };
    Ok((token, session))
}
