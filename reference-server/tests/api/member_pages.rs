//! The pages that are a member's own: what he is told, what he wrote, his picture, his log-ins, his password.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{Request, StatusCode};
use image::ImageFormat;

use crate::avatars::picture;
use crate::forum::{Answer, Forum, PASSWORD, PLACE};

/// A question of ada's with an answer of ben's.
async fn answered() -> (Forum, String, String) {
    let forum = Forum::new().await;
    let (ada, ben) = (forum.browser("ada").await, forum.browser("ben").await);
    forum.form("/ask", &ada, &[("title", "How far can it count?"), ("body", "To ten?")]).await;
    forum.form("/questions/1/answers", &ben, &[("body", "Beyond.")]).await;
    (forum, ada, ben)
}

#[tokio::test]
async fn the_header_counts_what_is_unread_until_it_is_read() {
    let (forum, ada, ben) = answered().await;
    forum.form("/questions/1/comments", &ben, &[("body", "Why?")]).await;
    forum.form("/answers/1/comments", &ada, &[("body", "How?")]).await;
    forum.form("/questions/1/accept", &ada, &[("answer", "1"), ("next", "/")]).await;
    let count = async |cookie: &str| {
        let page = forum.page("/", cookie).await.text;
        let shown = page.split("<span class=\"unread\">").nth(1).and_then(|rest| rest.split('<').next());
        shown.map(|count| count.parse::<u32>().expect("a number"))
    };
    assert_eq!((count(&ada).await, count(&ben).await, count("").await), (Some(2), Some(2), None));
    let page = forum.page("/notifications", &ada).await.text;
    for part in [
        "answered your question <a href=\"/questions/1?after=0#answer-1\">How far can it count?</a>",
        "commented on your question <a href=\"/questions/1/comments?after=0#comment-1\">",
        "action=\"/notifications/read\"",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let page = forum.page("/notifications", &ben).await.text;
    for part in [
        "commented on your answer to <a href=\"/answers/1/comments?after=1#comment-2\">",
        "accepted your answer to <a href=\"/questions/1?after=0#answer-1\">",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let one = forum.form("/notifications/1/read", &ada, &[]).await;
    assert_eq!((one.status, one.header(LOCATION)), (StatusCode::SEE_OTHER, "/notifications"));
    assert_eq!(count(&ada).await, Some(1));
    assert_eq!(forum.form("/notifications/2/read", &ben, &[]).await.status, StatusCode::NOT_FOUND, "ada's");
    assert_eq!(forum.form("/notifications/read", &ada, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!((count(&ada).await, count(&ben).await), (None, Some(2)));
    let page = forum.page("/notifications", &ada).await.text;
    assert!(!page.contains("action=\"/notifications/"), "nothing is left to be read: {page}");
    for path in ["/notifications", "/sessions", "/profile/password"] {
        assert_eq!(forum.page(path, "").await.header(LOCATION), format!("/login?next={path}"));
    }
    assert!(
        forum.page("/notifications?after=1", &ada).await.text.contains("There are no older notifications.")
    );
}

#[tokio::test]
async fn what_a_member_wrote_stands_on_his_page_newest_first() {
    let (forum, ada, ben) = answered().await;
    assert!(forum.page("/users/2", "").await.text.contains("answered</span>"));
    forum.pass(std::time::Duration::from_secs(1));
    forum.form("/answers/1/comments", &ben, &[("body", "To be **exact**")]).await;
    let page = forum.page("/users/2", "").await.text;
    let places: Vec<_> = [
        "<span class=\"soft\">commented on an answer to</span> <a href=\"/answers/1/comments?after=0#comment-1\">",
        "<p class=\"excerpt\">To be **exact**</p>",
        "<span class=\"soft\">answered</span> <a href=\"/questions/1?after=0#answer-1\">How far can it count?</a>",
    ]
    .map(|part| page.find(part).unwrap_or_else(|| panic!("{part}\n{page}")))
    .into();
    assert!(places.is_sorted(), "{page}");
    for number in 0..20 {
        let title = format!("Question number {number}");
        forum.form("/ask", &ada, &[("title", &title), ("body", "b")]).await;
    }
    let first = forum.page("/users/1", "").await.text;
    let next = first.split("<a rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('#').next());
    let rest = forum.page(next.expect("an older page"), "").await.text;
    assert!(rest.contains("How far can it count?") && !rest.contains("rel=\"next\""), "{rest}");
    let nobody = forum.browser("eve").await;
    assert!(forum.page("/users/3", &nobody).await.text.contains("eve has not written anything yet."));
}

/// Sends a file as a browser's form does.
async fn upload(forum: &Forum, cookie: &str, field: &str, file: &[u8], origin: &str) -> Answer {
    let mut body = format!(
        "--border\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"../../a.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--border--\r\n");
    let request = Request::post("/profile/avatar")
        .header(HOST, PLACE)
        .header(ORIGIN, origin)
        .header(COOKIE, cookie)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=border");
    forum.send(request.body(Body::from(body)).expect("a request")).await
}

#[tokio::test]
async fn a_picture_is_sent_by_a_form_shown_and_taken_away() {
    let (forum, ada, ben) = answered().await;
    let here = format!("http://{PLACE}");
    let small = picture(40, 40, ImageFormat::Png);
    assert!(
        forum
            .page("/users/1", "")
            .await
            .text
            .contains("<span class=\"picture\" aria-hidden=\"true\">A</span>")
    );
    let done = upload(&forum, &ada, "picture", &small, &here).await;
    assert_eq!(
        (done.status, done.header(LOCATION)),
        (StatusCode::SEE_OTHER, "/profile#picture"),
        "{}",
        done.text
    );
    let page = forum.page("/users/1", "").await.text;
    let address = page.split("<img class=\"picture\" src=\"").nth(1).and_then(|rest| rest.split('"').next());
    let address = address.expect("a picture");
    assert!(address.starts_with("/api/v1/users/1/avatar?v="), "{address}");
    let shown = forum.bytes(Request::get(address).body(Body::empty()).expect("a request")).await;
    assert_eq!((shown.0, shown.1[CONTENT_TYPE].as_bytes()), (StatusCode::OK, &b"image/png"[..]));
    for (field, file, says) in [
        ("picture", vec![0; 300 * 1024], "A picture has at most 256 KiB."),
        ("picture", b"<svg onload='alert(1)'/>".to_vec(), "A picture is a PNG, JPEG, WebP or GIF."),
        ("picture", small[..60].to_vec(), "This picture cannot be read"),
        ("picture", Vec::new(), "Choose a file first."),
        ("something", small.clone(), "Choose a file first."),
    ] {
        let refused = upload(&forum, &ada, field, &file, &here).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}: {}", refused.text);
        let problem = format!("<p class=\"problem\" id=\"picture-problem\" role=\"alert\">{says}");
        assert!(refused.text.contains(&problem), "{problem}\n{}", refused.text);
        assert!(
            refused.text.contains("value=\"ada\""),
            "the rest of the page is as it was: {}",
            refused.text
        );
    }
    assert!(forum.page("/users/1", "").await.text.contains(address), "the one before is still there");
    let elsewhere = upload(&forum, &ada, "picture", &small, "http://evil.example").await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let stranger = upload(&forum, "", "picture", &small, &here).await;
    assert_eq!(stranger.header(LOCATION), "/login?next=/profile");
    let plain = forum.form("/profile/avatar", &ada, &[("picture", "x")]).await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    forum.form("/profile/avatar/delete", &ben, &[]).await;
    assert!(forum.page("/users/1", "").await.text.contains(address), "it is ada's");
    forum.form("/profile/avatar/delete", &ada, &[]).await;
    assert!(!forum.page("/users/1", "").await.text.contains("<img"));
}

#[tokio::test]
async fn a_member_sees_his_log_ins_and_ends_another_one() {
    let (forum, ada, ben) = answered().await;
    let token = forum.log_in("ada").await;
    let other = format!("session={token}");
    let page = forum.page("/sessions", &ada).await.text;
    assert_eq!(page.matches("Since <time").count(), 2, "{page}");
    assert_eq!(page.matches("This one").count(), 1, "{page}");
    assert_eq!(page.matches("/revoke\">").count(), 1, "the current one ends by logging out: {page}");
    let path = page.split("action=\"/sessions/").nth(1).and_then(|rest| rest.split('"').next());
    let path = format!("/sessions/{}", path.expect("a form"));
    assert_eq!(forum.form(&path, &ben, &[]).await.status, StatusCode::NOT_FOUND, "not his");
    assert_eq!(forum.page("/profile", &other).await.status, StatusCode::OK);
    assert_eq!(forum.form(&path, &ada, &[]).await.header(LOCATION), "/sessions");
    assert_eq!(forum.page("/profile", &other).await.header(LOCATION), "/login?next=/profile");
    assert_eq!(forum.page("/sessions", &ada).await.text.matches("Since <time").count(), 1);
}

#[tokio::test]
async fn a_password_is_changed_on_a_page_and_every_other_log_in_ends() {
    let (forum, ada, _) = answered().await;
    let other = format!("session={}", forum.log_in("ada").await);
    let new = "another good one";
    for (current, password, status, says) in [
        (
            "wrong horse",
            new,
            StatusCode::UNAUTHORIZED,
            "id=\"current_password-problem\">This is not your password.</p>",
        ),
        (
            PASSWORD,
            "short77",
            StatusCode::UNPROCESSABLE_ENTITY,
            "id=\"password-problem\">A password has at least 8 ",
        ),
    ] {
        let refused = forum
            .form("/profile/password", &ada, &[("current_password", current), ("password", password)])
            .await;
        assert_eq!(refused.status, status);
        assert!(refused.text.contains(says), "{says}\n{}", refused.text);
        assert!(
            !refused.text.contains(current) && !refused.text.contains(password),
            "it must not stand in a page"
        );
    }
    let fields = [("current_password", PASSWORD), ("password", new)];
    let changed = forum.form("/profile/password", &ada, &fields).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.text.contains("<h1>Your password is changed</h1>"), "{}", changed.text);
    let cookie = changed.header(SET_COOKIE).split(';').next().expect("a cookie").to_owned();
    for (cookie, status) in [(&ada, 303), (&other, 303), (&cookie, 200)] {
        assert_eq!(forum.page("/profile", cookie).await.status.as_u16(), status);
    }
    let login = forum.form("/login", "", &[("name", "ada"), ("password", new)]).await;
    assert_eq!(login.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_comment_is_edited_on_a_page_by_who_wrote_it() {
    let (forum, ada, ben) = answered().await;
    forum.form("/questions/1/comments", &ada, &[("body", "A *remark*")]).await;
    forum.form("/answers/1/comments", &ben, &[("body", "Another one")]).await;
    assert!(forum.page("/questions/1/comments", &ada).await.text.contains("<a href=\"/comments/1/edit\">"));
    assert!(!forum.page("/questions/1/comments", &ben).await.text.contains("/comments/1/edit"), "not his");
    let filled = forum.page("/comments/1/edit", &ada).await.text;
    assert!(
        filled.contains(">\nA *remark*</textarea>") && filled.contains("name=\"version\" value=\"1\""),
        "{filled}"
    );
    assert_eq!(forum.page("/comments/1/edit", &ben).await.status, StatusCode::FORBIDDEN);
    assert_eq!(forum.page("/comments/1/edit", "").await.header(LOCATION), "/login?next=/comments/1/edit");
    assert_eq!(forum.page("/comments/9/edit", &ada).await.status, StatusCode::NOT_FOUND);
    for (cookie, id, body, version, status) in [
        (&ben, 1, "Mine now", "1", StatusCode::FORBIDDEN),
        (&ada, 1, " ", "1", StatusCode::UNPROCESSABLE_ENTITY),
        (&ada, 1, "Stale", "7", StatusCode::PRECONDITION_FAILED),
        (&ada, 9, "Nothing", "1", StatusCode::NOT_FOUND),
    ] {
        let path = format!("/comments/{id}/edit");
        let refused = forum.form(&path, cookie, &[("body", body), ("version", version)]).await;
        assert_eq!(refused.status, status, "{body}: {}", refused.text);
    }
    for (cookie, id, back) in [
        (&ada, 1, "/questions/1/comments?after=0#comment-1"),
        (&ben, 2, "/answers/1/comments?after=1#comment-2"),
    ] {
        let path = format!("/comments/{id}/edit");
        let edited = forum.form(&path, cookie, &[("body", "A better one"), ("version", "1")]).await;
        assert_eq!(
            (edited.status, edited.header(LOCATION)),
            (StatusCode::SEE_OTHER, back),
            "{}",
            edited.text
        );
        let page = forum.page(back, "").await.text;
        assert!(page.contains("<p>A better one</p>") && page.contains("<span>edited</span>"), "{page}");
    }
    forum.form("/comments/1/delete", &ada, &[("next", "/")]).await;
    assert_eq!(forum.page("/comments/1/edit", &ada).await.status, StatusCode::NOT_FOUND);
}
