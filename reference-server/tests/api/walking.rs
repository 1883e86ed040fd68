//! A law of lists: who walks one by its cursor sees every question that was there once and in order, however
//! many are asked meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use reference_server::domain::{
    Body, DisplayName, Limit, NewAnswer, NewQuestion, NewUser, QuestionId, QuestionList, QuestionOrder,
    TagName, Tags, Title, UserId, UserName,
};

use crate::forum::Forum;

const TAGS: [&str; 3] = ["a", "b", "c"];

async fn ask(forum: &Forum, author: UserId, tags: u8, pass: bool) -> QuestionId {
    let names: Vec<&str> = (0..3).filter(|bit| tags >> bit & 1 == 1).map(|bit| TAGS[bit]).collect();
    let question = NewQuestion {
        author,
        title: Title::parse("A question to be listed").expect("a title"),
        body: Body::parse("body".to_owned()).expect("a body"),
        tags: Tags::parse(&names).expect("tags"),
        created_at: forum.state.clock.now(),
    };
    // Sometimes several in the same millisecond, so that the identifier has to decide.
    if pass {
        forum.pass(Duration::from_millis(1));
    }
    forum.state.store.insert_question(question).await.expect("a question")
}

async fn answer(forum: &Forum, author: UserId, question: QuestionId) {
    let body = Body::parse("body".to_owned()).expect("a body");
    let answer = NewAnswer { question, author, body, created_at: forum.state.clock.now() };
    forum.state.store.insert_answer(answer).await.expect("an answer");
    forum.pass(Duration::from_millis(1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_is_seen_once_and_in_order_while_others_are_asked(
        before in proptest::collection::vec((0_u8..8, any::<bool>(), any::<bool>()), 0..20),
        meanwhile in proptest::collection::vec(0_u8..8, 1..4),
        limit in 1_u32..6,
        tag in proptest::option::of(0_usize..3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let forum = Forum::new().await;
            let user = NewUser {
                name: UserName::parse("ada").expect("a name"),
                display_name: DisplayName::parse("Ada").expect("a name"),
                password_hash: String::new(),
                created_at: forum.state.clock.now(),
            };
            let ada = forum.state.store.insert_user(user).await.expect("a member");
            let mut asked = Vec::new();
            for (tags, answered, pass) in &before {
                let id = ask(&forum, ada, *tags, *pass).await;
                if *answered {
                    answer(&forum, ada, id).await;
                }
                asked.push((id, *tags, *answered));
            }
            for order in QuestionOrder::ALL {
                let has_tag = |tags: u8| tag.is_none_or(|bit| tags >> bit & 1 == 1);
                let expected: HashSet<QuestionId> = asked
                    .iter()
                    .filter(|(_, tags, answered)| has_tag(*tags) && (order != QuestionOrder::Unanswered || !answered))
                    .map(|(id, ..)| *id)
                    .collect();
                let tag = tag.map(|bit| TagName::parse(TAGS[bit]).expect("a tag"));
                let limit: Limit = limit.to_string().parse().expect("a limit");
                let (mut seen, mut keys, mut after, mut pages) = (Vec::new(), Vec::new(), None, 0);
                loop {
                    let list = QuestionList { order, tag: tag.clone() };
                    let page = forum.state.store.questions(list, limit, after).await.expect("a page");
                    keys.extend(page.items.iter().map(|question| order.key(question)));
                    seen.extend(page.items.iter().map(|question| question.id));
                    pages += 1;
                    // After the first pages only: the walks after this one see them, and would grow like powers.
                    for tags in meanwhile.iter().filter(|_| pages <= 3) {
                        ask(&forum, ada, *tags, true).await;
                    }
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                    assert!(seen.len() < 1000, "the list does not end");
                }
                assert!(keys.windows(2).all(|pair| pair[0] > pair[1]), "{order:?} is out of order: {keys:?}");
                // Those asked during the walks before are seen as well.
                let known: Vec<QuestionId> = seen.iter().copied().filter(|id| expected.contains(id)).collect();
                assert_eq!(known.len(), expected.len(), "{order:?}: {known:?} of {expected:?}");
                let all: HashSet<QuestionId> = seen.iter().copied().collect();
                assert_eq!(all.len(), seen.len(), "{order:?} shows one twice");
            }
        });
    }
}
