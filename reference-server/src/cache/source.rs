//! How an answer came about, as metrics and headers name it.

/// How an answer came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From a copy.
    Hit,
    /// From a copy that somebody else had made while this one waited.
    Waited,
    /// From a copy in Redis that any of several servers has made.
    Shared,
    /// From the database.
    Miss,
    /// From an old copy, because the database is away.
    Stale,
}

impl Source {
    /// All of them.
    pub(crate) const ALL: [Source; 5] =
        [Source::Hit, Source::Waited, Source::Shared, Source::Miss, Source::Stale];

    /// The name in metrics and headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Waited => "waited",
            Self::Shared => "shared",
            Self::Miss => "miss",
            Self::Stale => "stale",
        }
    }
}
