//! The pages on which things are found: lists in several orders, tags and searches.

use axum::http::StatusCode;
use axum::http::header::LOCATION;

use crate::forum::Forum;

/// Where the link to the next page leads, if there is one.
fn next(page: &str) -> Option<String> {
    let address = page.split("<a rel=\"next\" href=\"").nth(1)?.split('"').next()?;
    Some(address.replace("&#38;", "&").replace("&amp;", "&"))
}

/// The titles on a page, in order.
fn titles(page: &str) -> Vec<String> {
    let headings = page.split("<h2><a href=\"").skip(1);
    let title = |rest: &str| Some(rest.split_once("\">")?.1.split_once("</a>")?.0.to_owned());
    headings.map(|rest| title(rest).expect("a title")).collect()
}

/// The titles on all pages of a list.
async fn walk(forum: &Forum, first: &str) -> Vec<String> {
    let (mut seen, mut address) = (Vec::new(), first.to_owned());
    loop {
        let page = forum.page(&address, "").await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        seen.extend(titles(&page.text));
        assert!(seen.len() < 100, "{first} does not end");
        match next(&page.text) {
            Some(next) => address = next,
            None => return seen,
        }
    }
}

/// Twenty-three questions of ada's, each a second after the one before; the odd ones tagged `c#`.
async fn asked() -> (Forum, String, String) {
    let forum = Forum::new().await;
    let (ada, ben) = (forum.browser("ada").await, forum.browser("ben").await);
    for number in 1..=23 {
        let title = format!("Question number {number:02}");
        let tags = if number % 2 == 1 { "C#, odd" } else { "" };
        let asked = forum.form("/ask", &ada, &[("title", &title), ("body", "b"), ("tags", tags)]).await;
        assert_eq!(asked.header(LOCATION), format!("/questions/{number}"), "{}", asked.text);
        forum.pass(std::time::Duration::from_secs(1));
    }
    (forum, ada, ben)
}

#[tokio::test]
async fn each_tab_is_a_list_and_each_list_is_turned_to_its_end() {
    let (forum, _, ben) = asked().await;
    forum.form("/questions/7/vote", &ben, &[("value", "1"), ("next", "/")]).await;
    forum.form("/questions/3/answers", &ben, &[("body", "An answer.")]).await;
    let title = |number: usize| format!("Question number {number:02}");
    let newest: Vec<String> = (1..=23).rev().map(title).collect();
    assert_eq!(walk(&forum, "/").await, newest);
    let first = |number| {
        std::iter::once(title(number)).chain((1..=23).rev().filter(move |n| *n != number).map(title))
    };
    assert_eq!(walk(&forum, "/?sort=top").await, first(7).collect::<Vec<_>>());
    assert_eq!(walk(&forum, "/?sort=active").await, first(3).collect::<Vec<_>>());
    let unanswered: Vec<String> = (1..=23).rev().filter(|number| *number != 3).map(title).collect();
    assert_eq!(walk(&forum, "/?sort=unanswered").await, unanswered);
    let odd: Vec<String> = (1..=23).rev().step_by(2).map(title).collect();
    assert_eq!(walk(&forum, "/tags/c%23").await, odd);
    assert_eq!(walk(&forum, "/tags/C%23?sort=top").await[0], title(7));
    let page = forum.page("/tags/c%23?sort=unanswered", "").await.text;
    for part in [
        "<h1>Unanswered questions tagged <span class=\"tag\">c#</span></h1>",
        "<a href=\"/tags/c%23?sort=unanswered\" aria-current=\"page\">Unanswered</a>",
        "<a href=\"/tags/c%23?sort=top\">Top</a>",
        "<a class=\"tag\" href=\"/tags/odd\">odd</a>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(forum.page("/tags/nobody", "").await.text.contains("No question has this tag."));
    assert_eq!(forum.page("/tags/two%20words", "").await.status, StatusCode::NOT_FOUND);
    // What makes no sense shows the first page.
    for address in ["/?sort=best", "/?sort=top&after=3", "/?after=x", "/?sort=top&sort=top"] {
        assert_eq!(titles(&forum.page(address, "").await.text).len(), 20, "{address}");
    }
}

#[tokio::test]
async fn tags_are_shown_by_popularity_and_found_by_their_beginning() {
    let (forum, ada, _) = asked().await;
    let empty = Forum::new().await.page("/tags", "").await.text;
    assert!(empty.contains("No question has a tag yet."), "{empty}");
    forum.form("/ask", &ada, &[("title", "A question about zoos"), ("body", "b"), ("tags", "zoo odd")]).await;
    let page = forum.page("/tags", "").await.text;
    let places: Vec<_> = ["odd", "c%23", "zoo"]
        .map(|name| page.find(&format!("<a class=\"tag\" href=\"/tags/{name}\">")).expect("a tag"))
        .into();
    assert!(places.is_sorted(), "13, 12 and 1 questions: {page}");
    assert!(
        page.contains("<span class=\"soft\">13<span class=\"unseen\"> questions</span></span>"),
        "{page}"
    );
    let found = forum.page("/tags?prefix=Zo", "").await.text;
    assert!(found.contains("/tags/zoo\"") && !found.contains("/tags/odd\""), "{found}");
    assert!(forum.page("/tags?prefix=x", "").await.text.contains("No tag begins with x."));
    let refused = forum.page("/tags?prefix=%25", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("id=\"prefix-problem\""), "{}", refused.text);
}

#[tokio::test]
async fn a_question_is_tagged_by_the_forms_that_ask_and_edit() {
    let forum = Forum::new().await;
    let ada = forum.browser("ada").await;
    let fields = [("title", "A question about tags"), ("body", "b"), ("tags", "a b c d e f")];
    let refused = forum.form("/ask", &ada, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["id=\"tags-problem\">A question has at most 5 tags.</p>", "value=\"a b c d e f\""] {
        assert!(refused.text.contains(part), "{part}\n{}", refused.text);
    }
    forum.form("/ask", &ada, &[fields[0], fields[1], ("tags", "Rust, c++")]).await;
    let page = forum.page("/questions/1", "").await.text;
    assert!(page.contains("href=\"/tags/c++\">c++</a>") && page.contains("href=\"/tags/rust\">"), "{page}");
    assert!(forum.page("/questions/1/edit", &ada).await.text.contains("value=\"rust c++\""));
    let edited = [fields[0], fields[1], ("tags", "zig"), ("version", "1")];
    assert_eq!(forum.form("/questions/1/edit", &ada, &edited).await.header(LOCATION), "/questions/1");
    let page = forum.page("/questions/1", "").await.text;
    assert!(page.contains("href=\"/tags/zig\">") && !page.contains("href=\"/tags/rust\">"), "{page}");
    let versions = forum.page("/questions/1/revisions", "").await.text;
    assert!(
        versions.contains("href=\"/tags/rust\">") && versions.contains("href=\"/tags/zig\">"),
        "{versions}"
    );
}

#[tokio::test]
async fn a_search_keeps_its_words_and_is_turned_to_its_end() {
    let (forum, _, ben) = asked().await;
    forum.form("/questions/3/answers", &ben, &[("body", "An answer about walruses.")]).await;
    let mut found = walk(&forum, "/search?q=number+QUESTION").await;
    found.sort_unstable();
    let all: Vec<String> = (1..=23).map(|number| format!("Question number {number:02}")).collect();
    assert_eq!(found, all, "each once");
    let page = forum.page("/search?q=walruses&in=answers", "").await.text;
    assert_eq!(titles(&page), ["Question number 03"]);
    for part in [
        "<a href=\"/questions/3?after=0#answer-1\">",
        "value=\"walruses\"",
        "<a href=\"/search?q=walruses&#38;in=answers\" aria-current=\"page\">Answers</a>",
        "<title>walruses · Search · Headroom Forum</title>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let none = forum.page("/search?q=%3Cscript%3E%22unheard", "").await.text;
    assert!(none.contains("Nothing has all of these words."), "{none}");
    assert!(none.contains("value=\"&#60;script&#62;&#34;unheard\"") && !none.contains("<script"), "{none}");
    let many = forum.page("/search?q=a+b+c+d+e+f+g+h+i", "").await;
    assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        many.text.contains("role=\"alert\">A search has at most 8 different words, found 9."),
        "{}",
        many.text
    );
    for address in ["/search", "/search?q=+", "/search?in=nowhere"] {
        let page = forum.page(address, "").await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.text.contains("Type up to eight words"), "{address}");
    }
}
