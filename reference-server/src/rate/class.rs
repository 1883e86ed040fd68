//! Which rate a request falls under.

use axum::http::Method;

/// A kind of request with its own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Opening an account.
    SignUp,
    /// Logging in.
    LogIn,
    /// Anything else that changes something.
    Write,
    /// Votes and comments, which are small and many.
    Vote,
    /// Anything that changes nothing.
    Read,
}

impl Class {
    /// All of them.
    pub(crate) const ALL: [Class; 5] = [Class::SignUp, Class::LogIn, Class::Write, Class::Vote, Class::Read];

    /// The class of a request by its method and the pattern of its route.
    pub(crate) fn of(method: &Method, route: &str) -> Self {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Self::Read;
        }
        let last =
            route.rsplit('/').find(|part| !part.is_empty() && !part.starts_with('{')).unwrap_or_default();
        match last {
            "accounts" | "signup" => Self::SignUp,
            "sessions" | "login" if *method == Method::POST => Self::LogIn,
            // Asks for the current one, so it can be guessed at.
            "password" => Self::LogIn,
            "vote" | "votes" | "comments" => Self::Vote,
            _ => Self::Write,
        }
    }

    /// Whether a member is counted, and not the address he comes from.
    pub(crate) fn counts_members(self) -> bool {
        !matches!(self, Self::SignUp | Self::LogIn)
    }

    /// The name in headers and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::LogIn => "log-in",
            Self::Write => "write",
            Self::Vote => "vote",
            Self::Read => "read",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_class_of_what_it_does() {
        for (method, route, class) in [
            (Method::GET, "/api/v1/questions", Class::Read),
            (Method::HEAD, "/login", Class::Read),
            (Method::POST, "/api/v1/accounts", Class::SignUp),
            (Method::POST, "/signup", Class::SignUp),
            (Method::POST, "/api/v1/sessions", Class::LogIn),
            (Method::POST, "/login", Class::LogIn),
            (Method::DELETE, "/api/v1/sessions/{id}", Class::Write),
            (Method::DELETE, "/api/v1/sessions/current", Class::Write),
            (Method::POST, "/api/v1/questions", Class::Write),
            (Method::POST, "/questions/{id}/answers", Class::Write),
            (Method::PUT, "/api/v1/questions/{id}/vote", Class::Vote),
            (Method::POST, "/api/v1/answers/{id}/comments", Class::Vote),
            (Method::DELETE, "/api/v1/answers/{id}/vote", Class::Vote),
            (Method::PUT, "/api/v1/comments/{id}", Class::Vote),
            (Method::DELETE, "/api/v1/comments/{id}", Class::Vote),
            (Method::POST, "/api/v1/comments/{id}/restore", Class::Write),
            (Method::POST, "/api/v1/questions/{id}/restore", Class::Write),
            (Method::PUT, "/api/v1/questions/{id}", Class::Write),
            (Method::PUT, "/api/v1/questions/{id}/accepted", Class::Write),
            (Method::GET, "/api/v1/questions/{id}/votes", Class::Read),
            (Method::GET, "/api/v1/questions/{id}/revisions", Class::Read),
            (Method::POST, "/answers/{id}/vote", Class::Vote),
            (Method::POST, "/questions/{id}/comments", Class::Vote),
            (Method::POST, "/questions/{id}/accept", Class::Write),
            (Method::PUT, "/api/v1/profile", Class::Write),
            (Method::PUT, "/api/v1/profile/password", Class::LogIn),
            (Method::POST, "/profile/password", Class::LogIn),
            (Method::POST, "/sessions/{id}/revoke", Class::Write),
            (Method::POST, "/profile/avatar", Class::Write),
            (Method::PUT, "/api/v1/profile/avatar", Class::Write),
            (Method::PUT, "/api/v1/notifications/{id}/read", Class::Write),
            (Method::GET, "/api/v1/search", Class::Read),
            (Method::PATCH, "", Class::Write),
        ] {
            assert_eq!(Class::of(&method, route), class, "{method} {route}");
        }
    }
}
