//! Text that is meant to do harm: it is stored and shown as it is, and nothing else happens.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::json;

use crate::forum::{Forum, percent_encoded};

/// What attacks look like: markup, SQL, templates, format strings, paths, headers, odd Unicode.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' or '1'='1'; drop table users; --",
    "{{ 7 * 7 }} ${7*7} <%= 7 * 7 %>",
    "%s%n%x %00 %0d%0aSet-Cookie: x=y",
    "../../../../etc/passwd",
    "a\u{202e}txt.exe", // turns the direction of reading
    "e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{feff}\u{200b}zero width",
    "👩‍👩‍👧‍👦 𝕏 \u{10ffff}",
    "&lt;b&gt; &amp; &#39;",
    "</textarea></title></style><svg onload=alert(1)>",
    "\\u0000 \\x00 \\",
];

#[tokio::test]
async fn hostile_text_is_stored_verbatim_and_shown_escaped() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    for text in HOSTILE {
        let title = format!("Is this dangerous? {text} ?");
        let id = forum.ask(&ada, &title, text).await;
        let read = forum.get(&format!("/api/v1/questions/{id}")).await.json();
        assert_eq!((&read["title"], &read["body"]), (&json!(title), &json!(text)));
        let profile = json!({"display_name": format!("x{text}x"), "about": text});
        let profile = forum.call(Method::PUT, "/api/v1/profile", &ada, Some(profile)).await.json();
        assert_eq!(
            (&profile["display_name"], &profile["about"]),
            (&json!(format!("x{text}x")), &json!(text))
        );
        for path in ["/".to_owned(), format!("/questions/{id}"), "/users/1".to_owned()] {
            let page = forum.page(&path, &format!("session={ada}")).await;
            assert_eq!(page.status.as_u16(), 200, "{path} {text}");
            for tag in ["<script", "<img", "<svg", "</textarea></title>", "<b>"] {
                assert!(!page.text.contains(tag), "{path} has {tag}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_text_in_any_place_of_a_request_is_the_clients_error() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let cookie = format!("session={ada}");
    for text in HOSTILE {
        let encoded = percent_encoded(text);
        let name = json!({"name": text, "password": text});
        let mut answers = vec![
            forum.get(&format!("/api/v1/questions?limit={encoded}")).await,
            forum.get(&format!("/api/v1/questions?after={encoded}")).await,
            forum.get(&format!("/api/v1/questions?sort={encoded}")).await,
            forum.get(&format!("/api/v1/questions?sort=top&after={encoded}")).await,
            forum.get(&format!("/api/v1/questions?tag={encoded}")).await,
            forum.get(&format!("/api/v1/tags?prefix={encoded}")).await,
            forum.get(&format!("/api/v1/users/1/activity?after={encoded}")).await,
            forum.get(&format!("/api/v1/questions/{encoded}")).await,
            forum.get(&format!("/api/v1/users/{encoded}")).await,
            forum.get(&format!("/{encoded}")).await,
            forum.post("/api/v1/accounts", "", name.clone()).await,
            forum.post("/api/v1/sessions", "", name).await,
            forum.form("/login", "", &[("name", text), ("password", text)]).await,
            forum.form("/signup", "", &[("name", text), ("password", text)]).await,
        ];
        for answer in &answers {
            assert!(answer.status.is_client_error(), "{text:?}: {}", answer.text);
        }
        answers.push(forum.get(&format!("/api/v1/search?q={encoded}")).await);
        answers.push(forum.get(&format!("/?after={encoded}")).await);
        answers.push(forum.page(&format!("/login?next={encoded}"), "").await);
        answers.push(forum.form("/profile", &cookie, &[("display_name", text), ("version", text)]).await);
        for answer in answers {
            assert!(answer.status.as_u16() < 500, "{text:?}: {}", answer.text);
            assert!(!answer.text.contains("<script>") && !answer.text.contains("<svg"), "{}", answer.text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is accepted comes back as it was sent; whatever is not is the client's error.
    #[test]
    fn any_text_is_kept_or_refused(title in ".{0,160}", body in any::<String>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let forum = Forum::new().await;
            let login = reference_server::session::Token::from_bytes([7; 32]);
            let store = &forum.state.store;
            let user = reference_server::domain::NewUser {
                name: reference_server::domain::UserName::parse("ada").expect("a name"),
                display_name: reference_server::domain::DisplayName::parse("Ada").expect("a name"),
                password_hash: String::new(),
                created_at: forum.state.clock.now(),
            };
            let user = store.insert_user(user).await.expect("a user");
            let now = forum.state.clock.now();
            let session = reference_server::domain::NewSession {
                user,
                token_hash: login.hash(),
                created_at: now,
                expires_at: now.after(std::time::Duration::from_mins(1)),
            };
            store.insert_session(session).await.expect("a session");
            let form = json!({"title": title, "body": body});
            let answer = forum.post("/api/v1/questions", login.reveal(), form).await;
            if answer.status.as_u16() == 201 {
                let read = forum.get("/api/v1/questions/1").await.json();
                assert_eq!((&read["title"], &read["body"]), (&json!(title.trim()), &json!(body)));
                assert_eq!(forum.page("/questions/1", "").await.status.as_u16(), 200);
            } else {
                assert_eq!(answer.status.as_u16(), 422, "{}", answer.text);
            }
        });
    }
}
