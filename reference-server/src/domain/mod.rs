//! The forum's nouns, as types that cannot be wrong.
//!
//! What arrives from outside is text; it becomes one of these types in exactly one place, its `parse`, which
//! is the only one that can fail and says why as a [`Rejection`]. Whatever takes a [`Title`] need not ask how
//! long it is.
//!
//! This module knows nothing of HTTP and of SQL, and reads neither a clock nor randomness.

mod answer;
mod comment;
mod edit;
mod id;
mod name;
mod page;
mod password;
mod position;
mod post;
mod question;
mod rejection;
mod retry;
mod session;
mod text;
mod timestamp;
mod user;
mod vote;

pub use answer::{Answer, NewAnswer};
pub use comment::{Comment, NewComment};
pub use edit::{Acceptance, Edit, NewText, Revision, Withdrawal};
pub use id::{AnswerId, CommentId, QuestionId, SessionId, UserId};
pub use name::{DisplayName, UserName};
pub use page::{Limit, Page};
pub use password::Password;
pub use position::Position;
pub use post::{Contribution, Post, Refusal, Standing};
pub use question::{Author, NewQuestion, Question, QuestionSummary};
pub use rejection::Rejection;
pub use retry::RetryKey;
pub use session::{NewSession, Session, Visitor};
pub use text::{About, Body, CommentText, Title};
pub use timestamp::Timestamp;
pub use user::{Credentials, NewUser, PasswordChange, ProfileChange, User};
pub use vote::{Ballot, Tally, Vote, swing};

// What helps people find things, and each other.
mod avatar;
mod listing;
mod notice;
mod piece;
mod search;
mod tag;

pub use avatar::Avatar;
pub use id::NoticeId;
pub use listing::{QuestionKey, QuestionList, QuestionOrder};
pub use notice::{Notice, NoticeKind, Telling};
pub use piece::{ActivityKey, Piece, PieceKind};
pub use search::{Search, SearchKey, SearchPlace};
pub use tag::{Tag, TagList, TagName, TagPrefix, Tags};
