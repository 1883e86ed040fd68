//! Seeding: the same seed gives the same forum.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use reference_server::app::{self, AppState};
use reference_server::clock::Clock;
use reference_server::domain::{
    Limit, QuestionId, QuestionList, QuestionOrder, Search, SearchPlace, TagList, TagName,
};
use reference_server::seed::{self, Content, Seed, SeedError, Seeded};
use reference_server::store::{self, Database, Entity};
use tower::ServiceExt;

async fn seeded(folder: &Path, seed: u64, questions: u32, visitors: u32) -> Result<Seeded, SeedError> {
    filled(folder, seed, questions, visitors, Content::Posts).await
}

async fn filled(
    folder: &Path,
    seed: u64,
    questions: u32,
    visitors: u32,
    content: Content,
) -> Result<Seeded, SeedError> {
    let database = Database::Sqlite(folder.join("forum.sqlite"));
    let visitors_file = folder.join("visitors.csv");
    seed::run(Seed { database, questions, seed, content, visitors, visitors_file }).await
}

#[tokio::test]
async fn the_same_seed_gives_the_same_forum_and_another_seed_another_one() {
    let folders: Vec<_> = (0..4).map(|_| tempfile::tempdir().expect("a folder")).collect();
    let mut made = Vec::new();
    for (folder, (seed, visitors)) in folders.iter().zip([(7, 3), (7, 3), (8, 3), (7, 4)]) {
        let seeded = filled(folder.path(), seed, 50, visitors, Content::All).await.expect("a forum");
        let file = std::fs::read_to_string(&seeded.visitors_file).expect("the visitors");
        let store =
            store::open(&Database::Sqlite(folder.path().join("forum.sqlite"))).await.expect("a forum");
        let question =
            store.question(QuestionId::new(50)).await.expect("an answer").expect("the last question");
        made.push((seeded.fingerprint, file, question));
    }
    assert_eq!(made[0], made[1]);
    assert_ne!(made[0].0, made[2].0);
    assert_ne!(made[0].1, made[2].1);
    assert_ne!(made[0].2.body, made[2].2.body);
    assert_eq!(made[0].2.body, made[3].2.body, "more visitors do not change the questions");
}

#[tokio::test]
async fn a_seeded_forum_has_what_was_asked_for_in_the_sizes_of_a_real_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = seeded(folder.path(), 7, 2_000, 20).await.expect("a forum");
    assert_eq!((made.questions, made.users, made.visitors), (2_000, 1_020, 20));
    let store = store::open(&Database::Sqlite(folder.path().join("forum.sqlite"))).await.expect("a forum");
    let part = |entity| *made.storage.iter().find(|part| part.entity == entity).expect("a part");
    let answers = made.answers as u64;
    for (entity, rows) in [
        (Entity::Question, 2_000),
        (Entity::Answer, answers),
        (Entity::Search, 2_000 + answers),
        (Entity::User, 1_020),
        (Entity::Session, 20),
    ] {
        assert_eq!(part(entity).rows, rows, "{entity:?}");
    }
    // All that is not the database's own: a page for the schema of each table, of which some are not weighed.
    let weighed: u64 = made.storage.iter().map(|part| part.bytes).sum();
    assert!(weighed <= made.database_bytes && made.database_bytes < weighed + 300_000, "{weighed}");
    // Mean 1.5 with a variance of 3.75: the sum over 2,000 questions is 3,000 with a standard error of 87.
    assert!((2_700..3_300).contains(&answers), "{answers}");
    let (mut after, mut ids, mut titles) = (None, Vec::new(), 0);
    loop {
        let page =
            store.newest_questions("100".parse::<Limit>().expect("a limit"), after).await.expect("a page");
        ids.extend(page.items.iter().map(|question| question.id.get()));
        titles += page.items.iter().map(|question| question.title.len()).sum::<usize>();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(ids, (1..=2_000).rev().collect::<Vec<i64>>());
    // Wanted: 60, less on average half a word and its space, about 3.
    assert!((55..=61).contains(&(titles / 2_000)), "{}", titles / 2_000);
    let list = |order, tag: Option<&str>| QuestionList {
        order,
        tag: tag.map(|name| TagName::parse(name).expect("a tag")),
    };
    let active =
        store.questions(list(QuestionOrder::Active, None), Limit::default(), None).await.expect("a page");
    assert!(active.items.iter().all(|question| question.active_at >= question.created_at));
    assert!(active.items.is_sorted_by_key(|question| std::cmp::Reverse(question.active_at)));
    assert!(
        active.items.iter().any(|question| question.active_at > question.created_at),
        "none was answered"
    );
    let tags = store.tags(TagList::Popular(None), Limit::default()).await.expect("a page").items;
    // By Zipf's law the most popular tag is on 40 % of the questions, the twentieth on 2.5 %.
    assert!((700..950).contains(&tags[0].question_count), "{tags:?}");
    assert!((20..90).contains(&tags[19].question_count), "{tags:?}");
    let tagged = list(QuestionOrder::Newest, Some(&tags[0].name));
    let tagged = store.questions(tagged, Limit::default(), None).await.expect("a page");
    assert!(
        tagged.items.len() == 20 && tagged.items.iter().all(|question| question.tags.contains(&tags[0].name))
    );
    for within in SearchPlace::ALL {
        let search = Search::parse(&tags[0].name, within).expect("a search");
        let found = store.search(search, Limit::default(), None).await.expect("hits");
        assert!(found.items.len() == 20 && found.next.is_some(), "{} of {within:?}", found.items.len());
    }
    let per_user = part(Entity::User).bytes / part(Entity::User).rows;
    assert!((330..=470).contains(&per_user), "{per_user} bytes for each user, about 400 are wanted");
}

#[tokio::test]
async fn a_forum_with_everything_has_as_much_of_it_as_a_large_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = filled(folder.path(), 7, 2_000, 1, Content::All).await.expect("a forum");
    let part = |entity| *made.storage.iter().find(|part| part.entity == entity).expect("a part");
    let posts = 2_000.0 + made.answers as f64;
    let each = |entity| part(entity).rows as f64 / posts;
    // 4.0 and 1.51 to a post, with standard errors of 0.063 and 0.027 at 5,000 posts.
    assert!((3.75..4.25).contains(&each(Entity::Vote)), "{}", each(Entity::Vote));
    assert!((1.40..1.62).contains(&each(Entity::Comment)), "{}", each(Entity::Comment));
    let comment = part(Entity::Comment).bytes / part(Entity::Comment).rows;
    // 180 bytes of text, some 40 of numbers, two indexes of some 20, and pages that are not quite full.
    assert!((220..360).contains(&comment), "{comment}");
    let store = store::open(&Database::Sqlite(folder.path().join("forum.sqlite"))).await.expect("a forum");
    let top = QuestionList { order: QuestionOrder::Top, tag: None };
    let top = store.questions(top, Limit::default(), None).await.expect("a page").items;
    assert!(top[0].score > 10 && top.is_sorted_by_key(|question| -question.score), "{top:?}");
    let (mut commented, mut accepted) = (0, 0);
    for id in 1..=100 {
        let question = store.question(QuestionId::new(id)).await.expect("an answer").expect("a question");
        commented += question.comments.items.len();
        accepted += usize::from(question.accepted_answer.is_some());
        assert!(question.comment_count as usize >= question.comments.items.len());
    }
    // Of a hundred: 151 comments, less those beyond the first page, and 42 accepted answers, give or take 19 and 5.
    assert!((90..210).contains(&commented) && (25..60).contains(&accepted), "{commented} {accepted}");
}

#[tokio::test]
async fn a_visitor_is_logged_in_and_nobody_else_can_read_the_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = seeded(folder.path(), 7, 10, 2).await.expect("a forum");
    let file = std::fs::read_to_string(&made.visitors_file).expect("the visitors");
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "user,name,token,password"));
    let [user, name, token, password] = lines[2].split(',').collect::<Vec<_>>()[..] else {
        panic!("{}", lines[2])
    };
    assert_eq!((user, name), ("7", "visitor-2"), "five members come first");
    for path in [made.visitors_file, folder.path().join("forum.sqlite")] {
        let permissions = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).expect("a file"));
        assert_eq!(permissions & 0o777, 0o600, "{}", path.display());
    }
    let store = store::open(&Database::Sqlite(folder.path().join("forum.sqlite"))).await.expect("a forum");
    let app = app::router(AppState::new(store, Clock::system()));
    let request = Request::get("/api/v1/profile").header("authorization", format!("Bearer {token}"));
    let answer =
        app.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    for (name, password, expected) in
        [(name, password, StatusCode::CREATED), (name, "something else", StatusCode::UNAUTHORIZED)]
    {
        let body = serde_json::json!({"name": name, "password": password}).to_string();
        let request = Request::post("/api/v1/sessions").header("content-type", "application/json");
        let answer =
            app.clone().oneshot(request.body(Body::from(body)).expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), expected, "{password}");
    }
}

#[tokio::test]
async fn a_forum_that_has_something_in_it_is_not_seeded() {
    let folder = tempfile::tempdir().expect("a folder");
    seeded(folder.path(), 7, 3, 1).await.expect("a forum");
    let refused = seeded(folder.path(), 7, 3, 1).await.expect_err("it has questions");
    assert!(matches!(refused, SeedError::NotEmpty { questions: 3, users: 3, .. }), "{refused}");
    assert!(refused.to_string().contains("\n  hint: "), "{refused}");
}

#[tokio::test]
async fn a_forum_without_questions_can_be_seeded_with_visitors_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = seeded(folder.path(), 7, 0, 2).await.expect("a forum");
    assert_eq!((made.questions, made.answers, made.users), (0, 0, 2));
}
