//! What a system stores: entities, how large one is, how many there are, and how often each is kept.

use std::time::Duration;

use crate::range::Range;
use crate::scenario::{Origin, Sourced};
use crate::units::{Bytes, Count, Factor};

/// Something that is stored, many times over.
#[derive(Clone, Debug)]
pub struct Entity {
    /// What one of it is called.
    pub name: String,
    /// Bytes of one.
    pub size: Size,
    /// How many there are at the start; `None`: none, they come from actions that write it.
    pub count: Option<Sourced<CountOf>>,
    /// Copies kept of each (3 for a replicated store); `None`: one.
    pub copies: Option<Sourced<Copies>>,
    /// Versions kept beside the original (thumbnails, renditions); `None`: the original alone.
    pub variants: Option<Sourced<Variants>>,
    /// Row or blob; `None`: the size decides.
    pub kind: Option<EntityKind>,
    /// Indexed columns. `None`: the stored size is the size as given, without rows and indexes.
    pub indexes: Option<Sourced<Vec<String>>>,
    /// Columns of which no two may be the same; they are indexed too.
    pub unique: Option<Sourced<Vec<String>>>,
    /// How long one is kept; `None`: for ever.
    pub keep: Option<Sourced<Duration>>,
    /// Where the entity itself was declared.
    pub origin: Origin,
}

/// Bytes of one thing.
#[derive(Clone, Debug)]
pub enum Size {
    /// As given.
    Whole(Sourced<Range<Bytes>>),
    /// The sum of its fields, in the order of the file.
    Fields(Vec<(String, Sourced<Range<Bytes>>)>),
}

/// How often the bytes of a thing are kept, so that losing a disk loses none of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Copies {
    /// As so many whole copies.
    Whole(Range<Factor>),
    /// Erasure coded: cut into `data` pieces, with `parity` more; any `data` of them bring it back.
    Coded {
        /// Pieces that hold the thing itself.
        data: u32,
        /// Pieces that may be lost.
        parity: u32,
    },
}

/// Versions of one thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Variants {
    /// So many, the original among them, all as large as it.
    Number(Range<Factor>),
    /// Besides the original, one of each of these sizes.
    Sizes(Vec<(String, Sourced<Range<Bytes>>)>),
}

/// How many of an entity there are.
#[derive(Clone, Debug, PartialEq)]
pub enum CountOf {
    /// A number.
    Number(Range<Count>),
    /// As many as there are users (registered, or daily where nothing is said of registered ones).
    Users,
    /// A share of another entity's count: `30% of user`; also `4 of question` (four for each).
    PerEntity {
        /// How many for each.
        each: Range<Factor>,
        /// Of which entity (an index into `data` of the scenario).
        of: usize,
    },
}

/// How a thing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    /// A row of a table.
    Row,
    /// A file or an object.
    Blob,
    /// Kept in main memory, not on disk.
    Memory,
    /// A row that is money: an account, a balance, a payment.
    Money,
    /// A row that counts what is left of something: stock, seats.
    Inventory,
    /// A row that gives a thing to one and to no other: a booking, an order.
    Booking,
    /// A row that is sent by one and awaited by others.
    Message,
    /// A row of a list that may lag: a feed, a timeline.
    Feed,
    /// A row that counts what nobody is paid by: views, likes.
    Counter,
}

impl EntityKind {
    /// Kept as rows of tables: all but blobs and what is kept in memory.
    #[must_use]
    pub fn is_row(self) -> bool {
        !matches!(self, EntityKind::Blob | EntityKind::Memory)
    }

    /// Changed together with others or not at all, by whatever it is for.
    #[must_use]
    pub fn is_transaction(self) -> bool {
        matches!(self, EntityKind::Money | EntityKind::Inventory | EntityKind::Booking)
    }

    /// The word that a file says it by.
    #[must_use]
    pub fn word(self) -> &'static str {
        EntityKind::ALL.iter().find(|(_, kind)| *kind == self).map_or("row", |(word, _)| word)
    }

    /// Every kind by its word.
    pub const ALL: &'static [(&'static str, EntityKind)] = &[
        ("row", EntityKind::Row),
        ("blob", EntityKind::Blob),
        ("memory", EntityKind::Memory),
        ("money", EntityKind::Money),
        ("inventory", EntityKind::Inventory),
        ("booking", EntityKind::Booking),
        ("message", EntityKind::Message),
        ("feed", EntityKind::Feed),
        ("counter", EntityKind::Counter),
    ];
}

impl Entity {
    /// Changed together with others or not at all: by its kind, or because something of it must not be there twice.
    #[must_use]
    pub fn is_transaction(&self) -> bool {
        self.unique.is_some() || self.kind.is_some_and(EntityKind::is_transaction)
    }
}
