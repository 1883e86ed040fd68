//! Searching: what is found among the questions of `finding`, and what hostile text does not do.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::finding::ids;
use crate::forum::{Forum, percent_encoded};

/// What a search finds: its identifiers, best first.
pub(crate) async fn found(forum: &Forum, text: &str, rest: &str) -> Vec<i64> {
    let answer = forum.get(&format!("/api/v1/search?q={}{rest}", percent_encoded(text))).await;
    assert_eq!(answer.status, StatusCode::OK, "{text:?}: {}", answer.text);
    ids(&answer.json())
}

/// Everything that can be searched for among the questions of `finding`.
pub(crate) async fn search(forum: &Forum) {
    for (text, expected) in [
        ("library", vec![2, 1]), // in the title counts for more than in the text
        ("LIBRARY borrow", vec![2, 1]),
        ("twice", vec![1]),
        ("borro", vec![]), // whole words
        ("example", vec![5]),
        ("path", vec![5]),
        ("bar baz", vec![5]),
        ("naïve", vec![5]),
        ("naive", vec![]),
        ("lifetimes", vec![]),       // only in answers
        ("sundays library", vec![]), // all words
    ] {
        let mut hits = found(forum, text, "").await;
        if text.contains("borrow") {
            hits.sort_unstable_by_key(|id| -id); // which of the two is better is not the point
        }
        assert_eq!(hits, expected, "{text:?}");
    }
    assert_eq!(found(forum, "lifetimes", "&in=answers").await.len(), 2);
    assert_eq!(found(forum, "library", "&in=answers").await, Vec::<i64>::new());
    let one = forum.get("/api/v1/search?q=lifetimes&in=answers&limit=1").await.json();
    assert_eq!(
        (one["items"].as_array().map(Vec::len), &one["items"][0]["kind"]),
        (Some(1), &json!("answer"))
    );
    let next = one["next"].as_str().expect("a cursor");
    let two = forum.get(&format!("/api/v1/search?q=lifetimes&in=answers&limit=1&after={next}")).await.json();
    let mut both = [ids(&one), ids(&two)].concat();
    both.sort_unstable();
    assert_eq!((both, &two["next"]), (vec![1, 2], &Value::Null), "each once");
    let all = forum.get("/api/v1/search?q=twice").await.json();
    let expected = json!({
        "kind": "question", "answer_id": null, "id": 1, "excerpt": "From a library.", "score": -1,
        "author": {"id": 1, "name": "ada"}, "created_at": "2001-09-09T01:46:40.000Z",
        "question": {"id": 1, "title": "How to borrow a book twice", "tags": ["rust", "books"], "answer_count": 1},
    });
    assert_eq!(all, json!({"items": [expected], "next": null}));
    hostile_searches(forum).await;
}

/// Whatever is typed is words to be found, or nothing: never an operator, never our error.
async fn hostile_searches(forum: &Forum) {
    for text in [
        "title:ownership",
        "{title body}: rain",
        "rain OR ownership",
        "rain NOT ownership",
        "NEAR(rain ownership)",
        "\"rain\" AND \"ownership\"",
        "rain & ownership",
        "rain | ownership",
        "!ownership & rain",
        "rain <-> ownership",
        "rain:*&ownership",
        "rain' || ownership",
        "rain\"; drop table questions; -- ownership",
        "^rain + ownership",
        "rain) ownership (",
        "rain\0ownership",
        "%rain% _ownership_",
        "\u{202e}rain ownership",
        "rain\\ ownership\\",
        "e\u{301} rain ownership",
        "rank bm25(question_search) ownership",
    ] {
        // Taken as words, no question has all of them; taken as an operator, some would be found.
        assert_eq!(found(forum, text, "").await, Vec::<i64>::new(), "{text:?}");
    }
    assert_eq!(found(forum, "(a OR b) NOT c", "").await, [4], "words that look like operators are words");
    assert_eq!(found(forum, "borrow*", "").await.len(), 3);
    assert_eq!(found(forum, "\"borrow\"", "").await.len(), 3);
    let (long, many) = ("x".repeat(201), "a b c d e f g h i".to_owned());
    for (text, code) in [
        ("", "search_empty"),
        ("\"", "search_empty"),
        ("*", "search_empty"),
        ("'; --", "search_empty"),
        ("\0", "search_empty"),
        (long.as_str(), "search_too_long"),
        (many.as_str(), "search_too_many_words"),
    ] {
        let refused = forum.get(&format!("/api/v1/search?q={}", percent_encoded(text))).await;
        assert_eq!(refused.error(), (422, code.to_owned()), "{text:?}");
        assert_eq!(refused.json()["error"]["field"], "q");
    }
    for (query, status, code) in [
        ("", 422, "search_empty"),
        ("q=a&in=users", 422, "search_place_unknown"),
        ("q=a&limit=101", 422, "limit_out_of_range"),
        ("q=a&q=b", 400, "query_invalid"),
    ] {
        let refused = forum.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(refused.error(), (status, code.to_owned()), "{query}");
    }
}
