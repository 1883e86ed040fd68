//! What is told of posts is told to both databases: on SQLite each story is a test of its own, on PostgreSQL they
//! share a server, each with a database of its own.

use reference_server::store::{self, Database};

use crate::forum::Forum;
use crate::layouts::others;
use crate::postgres::Postgres;

macro_rules! stories {
    ($($module:ident :: $story:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $story() {
                    crate::$module::$story(crate::forum::Forum::new().await).await;
                }
            )*
        }

        #[tokio::test]
        async fn all_of_it_is_true_on_postgres() {
            let Some(server) = Postgres::start() else { return };
            let mut number = 0;
            $(
                number += 1;
                let database = server.another(number).await;
                let store = store::open(&database).await.expect("a database");
                Box::pin(crate::$module::$story(Forum::on(store.clone()))).await;
                store.close().await.expect("a clean end");
            )*
            assert!(number > 0, "something was told");
        }

        #[tokio::test]
        async fn all_of_it_is_true_of_numbers_that_are_counted_and_of_documents() {
            let folder = tempfile::tempdir().expect("a folder");
            for (which, setup) in others().into_iter().enumerate() {
                $(
                    let database = Database::Sqlite(folder.path().join(format!("{which}-{}", stringify!($story))));
                    let store = store::open_with(&database, setup).await.expect("a database");
                    Box::pin(crate::$module::$story(Forum::on(store.clone()))).await;
                    store.close().await.expect("a clean end");
                )*
            }
        }

        #[tokio::test]
        async fn all_of_it_is_true_of_counted_numbers_in_documents_on_postgres() {
            let Some(server) = Postgres::start() else { return };
            let [.., setup] = others();
            let mut number = 0;
            $(
                number += 1;
                let database = server.another(number).await;
                let store = store::open_with(&database, setup).await.expect("a database");
                Box::pin(crate::$module::$story(Forum::on(store.clone()))).await;
                store.close().await.expect("a clean end");
            )*
            assert!(number > 0, "something was told");
        }
    };
}

stories! {
    voting::a_vote_counts_once_however_often_it_is_cast,
    voting::a_vote_that_may_not_be_is_refused_and_changes_nothing,
    voting::the_asker_accepts_one_answer_at_a_time,
    editing::an_edit_replaces_the_text_and_keeps_the_old_one,
    editing::the_versions_come_in_pages_newest_first,
    editing::an_edit_that_may_not_be_is_refused_and_changes_nothing,
    editing::votes_answers_and_comments_do_not_make_an_edit_stale,
    commenting::comments_stand_below_their_post_oldest_first,
    commenting::a_comment_is_edited_by_who_wrote_it,
    commenting::a_comment_that_may_not_be_is_refused_and_not_counted,
    withdrawing::a_question_that_is_taken_back_takes_everything_below_it_along_until_it_is_restored,
    withdrawing::an_answer_that_is_taken_back_is_neither_counted_nor_accepted,
    withdrawing::a_comment_that_is_taken_back_is_not_counted,
    withdrawing::only_its_author_takes_a_thing_back_or_restores_it,
    following::a_comment_is_told_to_who_wrote_the_post_and_to_nobody_else,
    following::an_accepted_answer_is_told_to_who_wrote_it_when_it_becomes_that,
    following::a_member_s_activity_has_his_comments,
    following::what_was_taken_back_is_told_of_no_longer,
    following::an_edit_changes_the_tags_and_the_versions_keep_them,
    following::lists_and_searches_leave_out_what_was_taken_back_and_bring_it_back,
}
