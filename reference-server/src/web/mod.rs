//! The pages for people: rendered on the server, without JavaScript, from the templates in `templates/`.
//!
//! A page is a file with its routes, its template and its handlers, as in `http`. What a person typed is
//! never lost: a form that is refused is shown again with its values and with what is wrong beside the field.

mod ask;
mod boundary;
mod comments;
mod configuration;
mod edits;
mod form;
mod lists;
mod logins;
mod membership;
mod notices;
mod origin;
mod page;
mod picture;
mod posts;
mod profile;
mod question;
mod schema;
mod search;
mod style;
mod tags;
mod visitor;

pub(crate) use boundary::{not_found, routes};
pub(crate) use visitor::token;
