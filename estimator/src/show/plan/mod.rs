//! A plan for people and for documents: each form is a function of the same `Plan`, in the same words.

mod html;
mod markdown;
mod tables;
mod text;
mod words;

pub use html::html;
pub use markdown::markdown;
pub use text::text;
