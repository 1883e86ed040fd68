//! Lists in pages: how many, and where the next page starts.

use std::str::FromStr;

use super::Rejection;

/// Most items of a page, whatever a client asks for.
const LIMIT_MAX: u32 = 100;
/// Items of a page when a client does not say.
const LIMIT_DEFAULT: u32 = 20;

/// How many items a page has at most: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// A page of answers below a question: what a person reads before asking for more.
    pub const ANSWERS: Limit = Limit(30);
    /// The comments that come with a question: most have fewer (1.5 on average), and the rest is a page away.
    pub const COMMENTS: Limit = Limit(10);

    /// The limit as a number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

impl FromStr for Limit {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).map(Self).ok_or_else(|| {
            Rejection::new(
                "limit",
                "limit_out_of_range",
                format!("a limit is a number from 1 to {LIMIT_MAX}"),
            )
        })
    }
}

/// One page of a list.
///
/// `next` is the key after which the next page starts, and `None` on the last page. A key, not an offset, so
/// that a page deep in the list costs the same as the first one and new items do not shift it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<Item, Key> {
    /// The items, in the order of the list.
    pub items: Vec<Item>,
    /// Where the next page starts.
    pub next: Option<Key>,
}

impl<Item, Key> Page<Item, Key> {
    /// A page from one item more than the limit, if there was one: the surplus tells that there is a next
    /// page.
    pub fn from_surplus(mut items: Vec<Item>, limit: Limit, key: impl Fn(&Item) -> Key) -> Self {
        let limit = limit.0 as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_one_to_a_hundred() {
        for (text, expected) in [
            ("1", Some(1)),
            ("100", Some(100)),
            ("0", None),
            ("101", None),
            ("-1", None),
            ("many", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(text.parse::<Limit>().ok().map(Limit::get), expected, "{text:?}");
        }
    }

    #[test]
    fn a_surplus_item_is_not_shown_but_promises_a_next_page() {
        let limit = "3".parse().expect("a valid limit");
        for (items, shown, next) in [
            (vec![], vec![], None),
            (vec![9, 8, 7], vec![9, 8, 7], None),
            (vec![9, 8, 7, 6], vec![9, 8, 7], Some(7)),
        ] {
            let page = Page::from_surplus(items, limit, |item| *item);
            assert_eq!((page.items, page.next), (shown, next));
        }
    }
}
