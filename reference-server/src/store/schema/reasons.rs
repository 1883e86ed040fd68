//! Which question each index is there for. An index without one would only cost; a test holds this list against both databases.

/// Index and question, by the index's name.
const REASONS: &[(&str, &str)] = &[
    ("answers_question", "a page of the answers to a question, oldest first"),
    ("comments_post", "a page of the comments on a post, oldest first"),
    ("retries_created", "the keys of retries that are to be forgotten"),
    ("sessions_token_hash_unique", "who is calling, once for every request with a token"),
    ("sessions_user", "the log-ins of one member: listed, bounded, ended"),
    ("users_name_unique", "whether a name is taken, and who it is that logs in"),
];

/// The question that an index of ours answers.
#[must_use]
pub fn reason(index: &str) -> Option<&'static str> {
    REASONS.iter().find(|(name, _)| *name == index).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_its_names() {
        assert!(REASONS.is_sorted_by(|one, other| one.0 < other.0), "{REASONS:?}");
    }
}
