//! Pictures of members: what may be sent, what is kept, and what is served.

use std::io::Cursor;

use axum::body::Body;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Request, StatusCode};
use image::{DynamicImage, ImageFormat, RgbImage};
use reference_server::store::{self, Database};

use crate::forum::{Answer, Forum};
use crate::postgres::Postgres;

/// A picture whose left half is red, as a file.
pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { image::Rgb([255, 0, 0]) } else { image::Rgb([0, 0, 255]) }
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut file, format).expect("a picture");
    file.into_inner()
}

/// A small PNG that says it has `width` times `height` pixels.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = picture(4, 4, ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    // The checksum of the header's chunk, which covers its name and its 13 bytes.
    let mut checksum = u32::MAX;
    for byte in &file[12..29] {
        checksum ^= u32::from(*byte);
        for _ in 0..8 {
            checksum = if checksum & 1 == 1 { checksum >> 1 ^ 0xedb8_8320 } else { checksum >> 1 };
        }
    }
    file[29..33].copy_from_slice(&(!checksum).to_be_bytes());
    file
}

pub(crate) async fn put(forum: &Forum, token: &str, kind: &str, file: Vec<u8>) -> Answer {
    let mut request = Request::put("/api/v1/profile/avatar").header(CONTENT_TYPE, kind);
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    forum.send(request.body(Body::from(file)).expect("a request")).await
}

#[tokio::test]
async fn a_member_shows_a_picture_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::Sqlite(folder.path().join("forum.sqlite"));
    tell(Forum::on(store::open(&database).await.expect("a database"))).await;
}

#[tokio::test]
async fn a_member_shows_a_picture_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    tell(Forum::on(store::open(&server.database()).await.expect("a database"))).await;
}

pub(crate) async fn tell(forum: Forum) {
    let ada = forum.member("ada").await;
    let show = async |known: &str| {
        let mut request = Request::get("/api/v1/users/1/avatar");
        if !known.is_empty() {
            request = request.header(IF_NONE_MATCH, known);
        }
        forum.bytes(request.body(Body::empty()).expect("a request")).await
    };
    assert_eq!(show("").await.0, StatusCode::NOT_FOUND);
    let mut tags = Vec::new();
    for (kind, format, width, height) in [
        ("image/png", ImageFormat::Png, 300, 200),
        ("image/jpeg", ImageFormat::Jpeg, 40, 90),
        ("image/webp", ImageFormat::WebP, 128, 128),
        ("image/gif", ImageFormat::Gif, 1, 1),
        ("image/gif", ImageFormat::Png, 300, 200), // the content counts
    ] {
        let answer = put(&forum, &ada, kind, picture(width, height, format)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{kind}: {}", answer.text);
        let (status, headers, file) = show("").await;
        assert_eq!((status, &headers[CONTENT_TYPE]), (StatusCode::OK, &"image/png".parse().expect("a type")));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=60");
        let shown = image::load_from_memory_with_format(&file, ImageFormat::Png).expect("a PNG").into_rgba8();
        assert_eq!(shown.dimensions(), (128, 128));
        if width > 1 {
            let (left, right) = (shown.get_pixel(4, 64), shown.get_pixel(123, 64));
            assert!(left[0] > 200 && left[2] < 60 && right[2] > 200, "{kind}: {left:?} {right:?}");
        }
        let tag = headers[ETAG].to_str().expect("a tag").to_owned();
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let (status, headers, body) = show(&known).await;
            assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
            assert_eq!(headers[ETAG], tag);
        }
        assert_eq!(show("\"other\"").await.0, StatusCode::OK);
        tags.push(tag);
    }
    assert_ne!(tags[0], tags[1]);
    assert_eq!(tags[0], tags[4], "the same picture has the same tag");
    for _ in 0..2 {
        let gone = forum.call(Method::DELETE, "/api/v1/profile/avatar", &ada, None).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(show("").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_is_no_picture_or_too_much_of_one_is_refused_and_nothing_changes() {
    let forum = Forum::new().await;
    let ada = forum.member("ada").await;
    let fine = picture(40, 40, ImageFormat::Png);
    assert_eq!(put(&forum, "", "image/png", fine.clone()).await.error(), (401, "not_logged_in".to_owned()));
    assert_eq!(put(&forum, &ada, "image/png", fine.clone()).await.status, StatusCode::NO_CONTENT);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let mut padded = fine.clone();
    padded.resize(256 * 1024 + 1, 0);
    let jpeg = picture(200, 200, ImageFormat::Jpeg);
    let png = "image/png";
    for (what, kind, file, status, code) in [
        ("an SVG", "image/svg+xml", svg.clone(), 415, "picture_expected"),
        ("an SVG that says it is a PNG", png, svg, 415, "picture_expected"),
        ("a page that says it is a PNG", png, html, 415, "picture_expected"),
        ("a picture that says it is JSON", "application/json", fine.clone(), 415, "picture_expected"),
        ("nothing", png, Vec::new(), 415, "picture_expected"),
        ("a bitmap", png, b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0".to_vec(), 415, "picture_expected"),
        ("a PNG cut in its head", png, fine[..20].to_vec(), 422, "picture_unreadable"),
        ("a PNG cut in its pixels", png, fine[..60].to_vec(), 422, "picture_unreadable"),
        ("a JPEG cut in its head", "image/jpeg", jpeg[..100].to_vec(), 422, "picture_unreadable"),
        ("a signature alone", png, fine[..8].to_vec(), 422, "picture_unreadable"),
        ("a bomb of a thousand million pixels", png, bomb(40_000, 40_000), 422, "picture_too_many_pixels"),
        ("a long thin bomb", png, bomb(8_000_000, 1), 422, "picture_too_many_pixels"),
        ("a picture with sides that are allowed", png, bomb(4_096, 4_096), 422, "picture_too_many_pixels"),
        ("a head that promises more than there is", png, bomb(2_000, 2_000), 422, "picture_unreadable"),
        ("too many bytes", png, padded, 413, "body_too_large"),
    ] {
        let answer = put(&forum, &ada, kind, file).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{what}");
    }
    let request = Request::get("/api/v1/users/1/avatar").body(Body::empty()).expect("a request");
    assert_eq!(forum.bytes(request).await.0, StatusCode::OK, "the one before is still there");
    // A script behind the pixels does not come back.
    let mut polyglot = fine;
    polyglot.extend_from_slice(b"<script>canary</script>");
    assert_eq!(put(&forum, &ada, png, polyglot).await.status, StatusCode::NO_CONTENT);
    let request = Request::get("/api/v1/users/1/avatar").body(Body::empty()).expect("a request");
    let (_, _, shown) = forum.bytes(request).await;
    assert!(!shown.windows(6).any(|bytes| bytes == b"canary"));
}
