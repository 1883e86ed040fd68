//! Slots in an order, kept as a doubly linked list through an array: add at the end, take from either end, take out
//! of the middle, all without searching and, once the array has grown, without allocating.

const NONE: u32 = u32::MAX;

/// Slots in the order in which they were added.
#[derive(Debug)]
pub(super) struct Chain {
    links: Vec<Link>,
    first: u32,
    last: u32,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    before: u32,
    after: u32,
    linked: bool,
}

impl Chain {
    pub(super) fn new() -> Chain {
        Chain { links: Vec::new(), first: NONE, last: NONE }
    }

    /// The slot that has been in for the longest time.
    pub(super) fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// The slot that was added last.
    pub(super) fn last(&self) -> Option<u32> {
        (self.last != NONE).then_some(self.last)
    }

    /// Adds a slot at the end; one that is in already is moved there.
    pub(super) fn push(&mut self, slot: u32) {
        self.remove(slot);
        let index = slot as usize;
        if index >= self.links.len() {
            self.links.resize(index + 1, Link { before: NONE, after: NONE, linked: false });
        }
        self.links[index] = Link { before: self.last, after: NONE, linked: true };
        match self.last {
            NONE => self.first = slot,
            last => self.links[last as usize].after = slot,
        }
        self.last = slot;
    }

    /// Takes a slot out, if it is in.
    pub(super) fn remove(&mut self, slot: u32) {
        let Some(link) = self.links.get_mut(slot as usize).filter(|link| link.linked) else { return };
        link.linked = false;
        let Link { before, after, .. } = *link;
        match before {
            NONE => self.first = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            NONE => self.last = before,
            after => self.links[after as usize].before = before,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_keeps_the_order_that_a_plain_list_keeps(steps in prop::collection::vec((0_u32..8, any::<bool>()), 0..60)) {
            let mut chain = Chain::new();
            let mut list: Vec<u32> = Vec::new();
            for (slot, add) in steps {
                list.retain(|other| *other != slot);
                if add {
                    chain.push(slot);
                    list.push(slot);
                } else {
                    chain.remove(slot);
                }
                prop_assert_eq!(chain.first(), list.first().copied());
                prop_assert_eq!(chain.last(), list.last().copied());
            }
            for slot in list {
                prop_assert_eq!(chain.first(), Some(slot));
                chain.remove(slot);
            }
            prop_assert_eq!((chain.first(), chain.last()), (None, None));
        }
    }
}
