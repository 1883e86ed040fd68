//! The pages for people.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Request, StatusCode};

use crate::forum::{Forum, PASSWORD, PLACE};

#[tokio::test]
async fn a_person_signs_up_asks_answers_and_logs_out() {
    let forum = Forum::new().await;
    assert!(forum.page("/", "").await.text.contains("Nobody has asked anything yet."));
    let cookie = forum.browser("ada").await;
    let asked = [("title", "How far can it count?"), ("body", "To ten?\r\n\r\nOr <b>beyond</b>?")];
    let asked = forum.form("/ask", &cookie, &asked).await;
    assert_eq!((asked.status, asked.header(LOCATION)), (StatusCode::SEE_OTHER, "/questions/1"));
    let answered = forum.form("/questions/1/answers", &cookie, &[("body", "Beyond.")]).await;
    assert_eq!(answered.header(LOCATION), "/questions/1#answer-1");
    let page = forum.page("/questions/1", "").await.text;
    for part in [
        "<title>How far can it count? · Headroom Forum</title>",
        "<h1>How far can it count?</h1>",
        "<p>To ten?</p>\n<p>Or &lt;b&gt;beyond&lt;/b&gt;?</p>",
        "1 answer</h2>",
        "<p>Beyond.</p>",
        "<a href=\"/login?next=/questions/1\">Log in</a>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let home = forum.page("/", &cookie).await.text;
    assert!(home.contains("<a href=\"/questions/1\">How far can it count?</a>"), "{home}");
    let changed = [("display_name", "Ada L."), ("about", "Analyst."), ("version", "1")];
    let changed = forum.form("/profile", &cookie, &changed).await;
    assert_eq!(changed.header(LOCATION), "/users/1");
    assert!(forum.page("/users/1", "").await.text.contains("<h1>Ada L.</h1>"));
    let out = forum.form("/logout", &cookie, &[]).await;
    assert_eq!((out.status, out.header(LOCATION)), (StatusCode::SEE_OTHER, "/"));
    assert!(out.header(SET_COOKIE).starts_with("session=; ") && out.header(SET_COOKIE).contains("Max-Age=0"));
    assert_eq!(forum.page("/ask", &cookie).await.header(LOCATION), "/login?next=/ask");
}

#[tokio::test]
async fn the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites() {
    let forum = Forum::new().await;
    forum.member("ada").await;
    let typed = [("name", "Ada"), ("password", PASSWORD), ("next", "/ask")];
    let answer = forum.form("/login", "", &typed).await;
    assert_eq!(answer.header(LOCATION), "/ask");
    let cookie = answer.header(SET_COOKIE);
    let (token, attributes) = cookie.split_once("; ").expect("attributes");
    assert_eq!(token.len(), "session=".len() + 64);
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"); // 30 × 86,400
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_beside_the_field_what_is_wrong() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    let page = forum.form("/ask", &cookie, &[("title", "<short>"), ("body", " ")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "value=\"&#60;short&#62;\"",
        "aria-invalid=\"true\" aria-describedby=\"title-problem title-hint\"",
        "<p class=\"problem\" id=\"title-problem\">A title has at least 10 characters, found 7.</p>",
        "<p class=\"problem\" id=\"body-problem\">Some text is needed here.</p>",
    ] {
        assert!(page.text.contains(part), "{part}\n{}", page.text);
    }
    let page = forum.form("/signup", "", &[("name", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("id=\"name-problem\">This name is taken.</p>"), "{}", page.text);
    assert!(!page.text.contains(PASSWORD), "a password must not stand in a page");
    let page = forum.form("/login", "", &[("name", "ada"), ("password", "wrong horse")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text.contains("role=\"alert\">The name or the password is wrong.</p>"), "{}", page.text);
    assert!(page.text.contains("value=\"ada\""), "{}", page.text);
    forum.form("/ask", &cookie, &[("title", "A question to answer"), ("body", "b")]).await;
    let page = forum.form("/questions/1/answers", "", &[("body", "a long answer")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(
        page.text.contains(">\na long answer</textarea>"),
        "the session ended but the text is kept: {}",
        page.text
    );
    let fields = [("display_name", "Ada"), ("about", "new"), ("version", "7")];
    let page = forum.form("/profile", &cookie, &fields).await;
    assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
    assert!(page.text.contains(">\nnew</textarea>"), "{}", page.text);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    for origin in [Some("http://evil.example"), Some("null"), None] {
        let mut request = Request::post("/ask")
            .header(HOST, PLACE)
            .header(COOKIE, &cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        let body = Body::from("title=A+question+I+did+not+ask&body=b");
        let answer = forum.send(request.body(body).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert!(forum.page("/", "").await.text.contains("Nobody has asked anything yet."));
}

#[tokio::test]
async fn every_page_carries_the_security_headers_and_personal_ones_are_kept_nowhere() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    forum.form("/ask", &cookie, &[("title", "A question to read"), ("body", "b")]).await;
    for path in [
        "/",
        "/questions/1",
        "/ask",
        "/signup",
        "/login",
        "/users/1",
        "/profile",
        "/profile/password",
        "/sessions",
        "/notifications",
        "/tags",
        "/tags/rust",
        "/search?q=question",
        "/comments/1/edit",
        "/nothing",
    ] {
        for (cookie, keep) in [("", "no-cache"), (cookie.as_str(), "no-store")] {
            let page = forum.page(path, cookie).await;
            let policy = page.header(CONTENT_SECURITY_POLICY);
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert!(
                !policy.contains("unsafe")
                    && !page.text.contains("<script")
                    && !page.text.contains("style=\"")
            );
            assert_eq!(page.header(X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert_eq!(page.header(REFERRER_POLICY), "same-origin", "{path}");
            assert_eq!(page.header(CACHE_CONTROL), keep, "{path}");
            assert!(page.text.len() < 40_000, "{path} weighs {} bytes", page.text.len());
        }
    }
}

#[tokio::test]
async fn every_page_can_be_read_without_seeing_it() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    forum.form("/ask", &cookie, &[("title", "A question to read"), ("body", "b")]).await;
    forum.form("/questions/1/comments", &cookie, &[("body", "b")]).await;
    for (path, cookie) in [
        ("/", ""),
        ("/questions/1", &cookie),
        ("/ask", &cookie),
        ("/signup", ""),
        ("/login", ""),
        ("/profile", &cookie),
        ("/profile/password", &cookie),
        ("/sessions", &cookie),
        ("/notifications", &cookie),
        ("/tags", ""),
        ("/tags/rust", ""),
        ("/search", ""),
        ("/search?q=question", &cookie),
        ("/users/1", ""),
        ("/questions/1/edit", &cookie),
        ("/comments/1/edit", &cookie),
    ] {
        let page = forum.page(path, cookie).await.text;
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{path}");
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        assert_eq!(page.matches("<title>").count(), 1, "{path}");
        assert!(page.contains("<a class=\"skip\" href=\"#main\">") && page.contains("id=\"main\""), "{path}");
        for part in page.split("<input ").skip(1).chain(page.split("<textarea ").skip(1)) {
            let id = part.split("id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let hidden = part.starts_with("type=\"hidden\"");
            let labelled = id.is_some_and(|id| page.contains(&format!("<label for=\"{id}\">")));
            assert!(hidden || labelled, "{path}: a field without a label: {part:.60}");
        }
        for described in page.split("aria-describedby=\"").skip(1) {
            for id in described.split('"').next().unwrap_or_default().split(' ') {
                assert!(page.contains(&format!("id=\"{id}\"")), "{path}: nothing has the id {id}");
            }
        }
    }
}

#[tokio::test]
async fn the_list_and_the_answers_are_turned_page_by_page() {
    let forum = Forum::new().await;
    let cookie = forum.browser("ada").await;
    for number in 1..=21 {
        let title = format!("Question number {number}");
        forum.form("/ask", &cookie, &[("title", &title), ("body", "b")]).await;
    }
    for number in 1..=31 {
        let answered = forum.form("/questions/1/answers", &cookie, &[("body", "b")]).await;
        let page = if number <= 30 { "" } else { "?after=30" };
        assert_eq!(answered.header(LOCATION), format!("/questions/1{page}#answer-{number}"));
    }
    let first = forum.page("/", "").await.text;
    assert!(first.contains("<a rel=\"next\" href=\"/?after=2\">Older questions</a>"), "{first}");
    let second = forum.page("/?after=2", "").await.text;
    assert!(second.contains("Question number 1</a>") && !second.contains("rel=\"next\""), "{second}");
    let answers = forum.page("/questions/1", "").await.text;
    assert!(answers.contains("href=\"/questions/1?after=30#answers\">More answers</a>"), "{answers}");
    let rest = forum.page("/questions/1?after=30", "").await.text;
    assert_eq!(rest.matches("<article class=\"answer\"").count(), 1, "{rest}");
}

#[tokio::test]
async fn the_stylesheet_is_kept_for_ever_under_an_address_of_its_content() {
    let forum = Forum::new().await;
    let page = forum.page("/", "").await.text;
    let address = page.split("rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let style = forum.page(address.expect("a stylesheet"), "").await;
    assert_eq!(style.header(CONTENT_TYPE), "text/css; charset=utf-8");
    assert_eq!(style.header(CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert!(style.text.contains("prefers-color-scheme: dark"));
    assert_eq!(forum.page("/icon.svg", "").await.header(CONTENT_TYPE), "image/svg+xml");
}
