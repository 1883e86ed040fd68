//! Which question each index is there for. An index without one would only cost; a test holds this list against both databases.

/// Index and question, by the index's name.
const REASONS: &[(&str, &str)] = &[
    ("answer_search_document", "the answers in which words occur"),
    ("answers_author", "the answers of one member, for his activity"),
    ("answers_question", "a page of the answers to a question, oldest first"),
    ("comments_author", "the comments of one member, for his activity"),
    ("comments_post", "a page of the comments on a post, oldest first"),
    ("notices_unread", "how many notifications a member has not read, and which are marked read"),
    ("notices_user", "the notifications of one member: listed, bounded"),
    ("outbox_question", "which notification of a question is the next to be given"),
    ("question_search_document", "the questions in which words occur"),
    ("question_tags_active", "the active questions of one tag"),
    ("question_tags_newest", "the newest questions of one tag"),
    ("question_tags_top", "the questions of one tag by score"),
    ("question_tags_unanswered", "the unanswered questions of one tag"),
    ("questions_active", "the list of active questions"),
    ("questions_author", "the questions of one member, for his activity"),
    ("questions_top", "the list of questions by score"),
    ("questions_unanswered", "the list of questions nobody has answered yet"),
    ("retries_created", "the keys of retries that are to be forgotten"),
    ("sessions_token_hash_unique", "who is calling, once for every request with a token"),
    ("sessions_user", "the log-ins of one member: listed, bounded, ended"),
    ("tags_name_unique", "a tag by its name, and tags by the beginning of their names"),
    ("tags_popular", "the tags of most questions"),
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
