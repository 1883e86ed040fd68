//! Pictures in a folder beside the database: the same as in it, without what is left over, and what happens without the folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{Method, Request, StatusCode};
use image::ImageFormat;
use reference_server::app::AppState;
use reference_server::blobs::Blobs;
use reference_server::store;

use crate::avatars::{picture, put, tell};
use crate::forum::Forum;
use crate::postgres::Postgres;

fn beside(forum: Forum, folder: &Path) -> Forum {
    let place = format!("file://{}", folder.display()).parse().expect("a place");
    let blobs = Blobs::open(&place).expect("a folder");
    forum.with(|state| AppState { blobs, ..state })
}

/// The files of one member.
fn files(folder: &Path, user: u32) -> Vec<PathBuf> {
    let folder = folder.join(format!("avatars/{user}"));
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("a file").path()).collect()
}

async fn show(forum: &Forum, known: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get("/api/v1/users/1/avatar").header(IF_NONE_MATCH, known);
    let (status, _, body) = forum.bytes(request.body(Body::empty()).expect("a request")).await;
    (status, body)
}

#[tokio::test]
async fn pictures_in_a_folder_are_shown_as_those_in_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    tell(beside(Forum::new().await, folder.path())).await;
    // Several were sent, and the last one was taken away.
    assert_eq!(files(folder.path(), 1), Vec::<PathBuf>::new());
    let Some(server) = Postgres::start() else { return };
    let store = store::open(&server.database()).await.expect("a database");
    tell(beside(Forum::on(store), folder.path())).await;
    assert_eq!(files(folder.path(), 1), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn of_the_pictures_of_a_member_the_last_one_stays_and_what_was_left_over_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let forum = beside(Forum::new().await, folder.path());
    let (ada, bob) = (forum.member("ada").await, forum.member("bob").await);
    for (width, height) in [(300, 200), (40, 90)] {
        for token in [&ada, &bob] {
            let sent = put(&forum, token, "image/png", picture(width, height, ImageFormat::Png)).await;
            assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text);
        }
    }
    for user in [1, 2] {
        let [file] = &files(folder.path(), user)[..] else { panic!("one each, of the same picture") };
        let digest = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        assert!(digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    }
    // As after a forum that was killed before it told the database: an old one, and one that may be of a request under way.
    let old = folder.path().join("avatars/1/00000000000000000000000000000000.png");
    let young = folder.path().join("avatars/1/11111111111111111111111111111111.png");
    for path in [&old, &young] {
        fs::write(path, "left over").expect("a file");
    }
    let an_hour_ago = SystemTime::now() - Duration::from_hours(1);
    File::options().write(true).open(&old).and_then(|file| file.set_modified(an_hour_ago)).expect("a file");
    put(&forum, &ada, "image/png", picture(128, 128, ImageFormat::Png)).await;
    assert!(!old.exists() && young.exists());
    assert_eq!((files(folder.path(), 1).len(), files(folder.path(), 2).len()), (2, 1));
    let metrics = forum.get("/metrics").await.text;
    for line in [
        "forum_blob_requests_total{deed=\"put\",outcome=\"done\"} 5",
        "forum_blob_requests_total{deed=\"remove\",outcome=\"done\"} 4", // two replaced, one more, one left over
        "forum_blob_requests_total{deed=\"list\",outcome=\"done\"} 5",
        "forum_blob_requests_total{deed=\"get\",outcome=\"failed\"} 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}

#[tokio::test]
async fn pictures_from_before_are_still_shown_and_something_else_under_their_name_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    put(&forum, &ada, "image/png", picture(40, 40, ImageFormat::Png)).await;
    let forum = beside(forum, folder.path());
    let (status, of_the_database) = show(&forum, "").await;
    assert_eq!((status, files(folder.path(), 1).len()), (StatusCode::OK, 0));
    put(&forum, &ada, "image/png", picture(40, 40, ImageFormat::Png)).await;
    assert_eq!(show(&forum, "").await, (StatusCode::OK, of_the_database));
    let [file] = &files(folder.path(), 1)[..] else { panic!("one file") };
    for other in [&b"<script>canary</script>"[..], &vec![0; 200_000]] {
        fs::write(file, other).expect("a file");
        assert_eq!(show(&forum, "").await.0, StatusCode::NOT_FOUND);
    }
    fs::remove_file(file).expect("a file");
    assert_eq!(show(&forum, "").await.0, StatusCode::NOT_FOUND);
    // Sent again it is there again.
    put(&forum, &ada, "image/png", picture(40, 40, ImageFormat::Png)).await;
    assert_eq!(show(&forum, "").await.0, StatusCode::OK);
}

#[tokio::test]
async fn without_the_store_of_pictures_pages_are_shown_and_pictures_are_refused() {
    let parent = tempfile::tempdir().expect("a folder");
    let (folder, elsewhere) = (parent.path().join("pictures"), parent.path().join("elsewhere"));
    fs::create_dir(&folder).expect("a folder");
    let forum = beside(Forum::new().await, &folder);
    let ada = forum.member("ada").await;
    let cookie = format!("session={ada}");
    put(&forum, &ada, "image/png", picture(40, 40, ImageFormat::Png)).await;
    forum.ask(&ada, "A question with a picture", "body").await;
    let request = Request::get("/api/v1/users/1/avatar").body(Body::empty()).expect("a request");
    let (_, headers, before) = forum.bytes(request).await;
    let tag = headers[ETAG].to_str().expect("a tag");
    // In the place of the folder is something else, as when a disk is not there.
    fs::rename(&folder, &elsewhere).expect("another place");
    fs::write(&folder, "no folder").expect("a file");
    let refused = put(&forum, &ada, "image/png", picture(300, 200, ImageFormat::Png)).await;
    assert_eq!(refused.error(), (503, "pictures_unavailable".to_owned()));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(show(&forum, "").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(show(&forum, tag).await.0, StatusCode::NOT_MODIFIED, "the database knows");
    for path in ["/", "/questions/1", "/users/1", "/profile"] {
        assert_eq!(forum.page(path, &cookie).await.status, StatusCode::OK, "{path}");
    }
    fs::remove_file(&folder).expect("a file");
    fs::rename(&elsewhere, &folder).expect("the folder again");
    assert_eq!(show(&forum, "").await, (StatusCode::OK, before), "nothing has changed");
    let gone = forum.call(Method::DELETE, "/api/v1/profile/avatar", &ada, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let request = Request::get("/api/v1/users/1/avatar").header(CONTENT_TYPE, "").body(Body::empty());
    assert_eq!(forum.bytes(request.expect("a request")).await.0, StatusCode::NOT_FOUND);
}
