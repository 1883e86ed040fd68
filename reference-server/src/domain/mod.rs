//! The forum's nouns, as types that cannot be wrong.
//!
//! What arrives from outside is text; it becomes one of these types in exactly one place, its `parse`, which
//! is the only one that can fail and says why as a [`Rejection`]. Whatever takes a [`Title`] need not ask how
//! long it is.
//!
//! This module knows nothing of HTTP and of SQL, and reads neither a clock nor randomness.

mod answer;
mod id;
mod name;
mod page;
mod password;
mod question;
mod rejection;
mod session;
mod text;
mod timestamp;
mod user;

pub use answer::{Answer, NewAnswer};
pub use id::{AnswerId, QuestionId, SessionId, UserId};
pub use name::{DisplayName, UserName};
pub use page::{Limit, Page};
pub use password::Password;
pub use question::{Author, NewQuestion, Question, QuestionSummary};
pub use rejection::Rejection;
pub use session::{NewSession, Session, Visitor};
pub use text::{About, Body, Title};
pub use timestamp::Timestamp;
pub use user::{Credentials, NewUser, ProfileChange, User};

// What helps people find things, and each other.
mod avatar;
mod listing;
mod notice;
mod post;
mod search;
mod tag;

pub use avatar::Avatar;
pub use id::NoticeId;
pub use listing::{QuestionKey, QuestionList, QuestionOrder};
pub use notice::{Notice, NoticeKind};
pub use post::{ActivityKey, Post, PostKind};
pub use search::{Found, Search};
pub use tag::{Tag, TagList, TagName, TagPrefix, Tags};
pub use user::PasswordChange;
