//! How the domain's types look in the description. Here, because the domain knows nothing of it.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::{
    AnswerId, CommentId, NoticeId, QuestionId, QuestionOrder, SearchPlace, SessionId, Timestamp, UserId,
};

/// Identifiers: a new one is one more word in the list below.
macro_rules! identifiers {
    ($($name:ident),+ $(,)?) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                identifier().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

identifiers!(AnswerId, CommentId, NoticeId, QuestionId, SessionId, UserId);

/// The orders of a list of questions.
pub(in crate::http) fn order() -> Object {
    words(QuestionOrder::ALL.map(QuestionOrder::name))
}

/// Where a search looks.
pub(in crate::http) fn place() -> Object {
    words(SearchPlace::ALL.map(SearchPlace::name))
}

/// What a vote is worth.
pub(in crate::http) fn vote() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("1 for it, -1 against it."))
        .enum_values(Some([1, -1]))
        .examples([1])
        .build()
}

fn words<const N: usize>(words: [&'static str; N]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

fn identifier() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1))
        .examples([1])
        .build()
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment in UTC with milliseconds."))
            .examples(["2001-09-09T01:46:40.000Z"])
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}
