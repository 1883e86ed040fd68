//! How an action is asked of a target: HTTP requests with holes, and what fills the holes.
//!
//! A template is data; filling it is the load generator's business, so that the same request is made by every
//! model of load.

use std::time::Duration;

use crate::answers::{Check, Keep};
use crate::range::Range;
use crate::units::Bytes;

/// One HTTP request of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestTemplate {
    /// The verb.
    pub method: Method,
    /// Path and query, beginning with `/`.
    pub path: Text,
    /// Header names and values.
    pub headers: Vec<(String, Text)>,
    /// What is sent.
    pub body: Body,
    /// What a good answer looks like; empty: any status below 400.
    pub checks: Vec<Check>,
    /// Variables taken from the answer.
    pub keep: Vec<Keep>,
    /// How many redirects in a row are followed; the file's number when absent.
    pub redirects: Option<u32>,
    /// Where the request was declared (line).
    pub line: usize,
}

/// HTTP methods that a scenario may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read.
    Get,
    /// Read the headers alone.
    Head,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// All, for parsing and hints.
    pub const ALL: [Method; 6] =
        [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];

    /// As it goes over the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Whether sending it twice does what sending it once does (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(self) -> bool {
        matches!(self, Method::Get | Method::Head | Method::Put | Method::Delete)
    }
}

/// Text with holes: literal pieces and what is filled in between.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Text {
    /// In order.
    pub pieces: Vec<Piece>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As is.
    Literal(String),
    /// The value of a variable: `{question}`.
    Variable(String),
    /// So many words: `{words 6..12}`.
    Words {
        /// At least.
        low: u32,
        /// At most.
        high: u32,
    },
    /// So many bytes of prose: `{text 1..3 KB}`.
    Prose(Range<Bytes>),
    /// The number of the visit, different for each: `{n}`.
    Number,
    /// A made-up identifier, different at each place and time: `{uuid}`.
    Uuid,
    /// A whole number from one to the other, both possible: `{random 1..6}`.
    Random(u64, u64),
}

/// What a request sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON; strings in it may have holes.
    Json(Json),
    /// Plain text with holes.
    Text(Text),
    /// Fields of a form, sent as `a=1&b=2` (`application/x-www-form-urlencoded`).
    Form(Vec<(String, Text)>),
    /// The bytes of a file beside the scenario.
    File(String),
}

/// A JSON value whose strings may have holes.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// Null, a number or a truth value, as JSON text.
    Plain(String),
    /// A string.
    Text(Text),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order of the file.
    Object(Vec<(String, Json)>),
}

/// Where a variable comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name, as in `{question}`.
    pub name: String,
    /// Who gives its value.
    pub source: VariableSource,
    /// Where it was declared (line).
    pub line: usize,
}

/// Who gives a variable's value.
#[derive(Clone, Debug, PartialEq)]
pub enum VariableSource {
    /// A number from 1 to `of`, the k-th with a weight of k^-exponent: `zipf 1.0 of 10000`.
    Zipf {
        /// 0: all alike.
        exponent: f64,
        /// How many there are.
        of: HowMany,
    },
    /// An environment variable; a secret, never printed: `env FORUM_TOKEN`.
    Environment(String),
    /// A column of a CSV file with a header, one row for each visitor: `csv users.csv token`.
    Csv {
        /// Relative to the scenario file.
        file: String,
        /// The name in the header.
        column: String,
        /// Which row a visitor gets; all columns of a file come from the same row.
        rows: Rows,
    },
    /// A whole number from one to the other, drawn anew for each action: `uniform 1..100`.
    Uniform(u64, u64),
    /// One of a few texts, drawn anew for each action: `one of [a, b, c]`.
    OneOf(Vec<String>),
    /// An identifier of the visitor, the same for the whole visit: `uuid`.
    Uuid,
    /// The session of a seeded visitor of the reference forum: `seeded token`.
    Seeded(String),
}

/// Which row of a table a visitor gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Rows {
    /// Any, drawn evenly.
    #[default]
    Random,
    /// The next, and the first again after the last.
    InOrder,
    /// The next, and none twice: the run ends when there is none left.
    Once,
}

/// Whether visitors have a memory for cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Cookies {
    /// What an answer sets is sent with the later requests of the visit, as browsers do.
    #[default]
    On,
    /// No cookie is sent but those under `headers`.
    Off,
}

/// How many objects a popularity runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HowMany {
    /// A number.
    Number(u64),
    /// As many as were seeded of this entity: `zipf 1.0 of questions`.
    Seeded(String),
}

/// Redirects in a row that `redirects: follow` follows.
pub const USUAL_REDIRECTS: u32 = 10;
/// Redirects in a row that can be followed at most; browsers give up at 20.
pub const MAX_REDIRECTS: u32 = 20;
/// The longest time-out that a scenario may ask for.
pub const MAX_TIMEOUT: Duration = Duration::from_mins(10);
