//! The pages as a person uses them, in a real browser: headless Chromium, told what to type and where to click through its
//! debugging protocol.
//!
//! Scripts of pages are switched off in it, so what works here works without JavaScript. Fields and buttons are found by what
//! is written on them, as a person and a screen reader find them.

mod chromium;
mod person;
mod site;

use chromium::Browser;
use person::Person;
use site::Site;

/// A phone and a desk.
const WIDTHS: [u32; 2] = [390, 1100];

#[test]
fn a_person_signs_up_asks_is_answered_votes_and_edits_her_profile() {
    let Some(browser) = Browser::start() else { return };
    let site = Site::start();
    for (width, number) in WIDTHS.into_iter().zip(1..) {
        let mut ada = Person::sits_down(&browser, &site, width);
        let mut bob = Person::sits_down(&browser, &site, width);
        for (person, name) in [(&mut ada, "ada"), (&mut bob, "bob")] {
            person.goes_to("/");
            person.follows("Sign up");
            person.reads("h1", "Sign up");
            person.types("Name", &format!("{name}-{width}"));
            person.types("Display name", &format!("{name} at {width}"));
            person.types("Password", "correct horse battery");
            person.presses("Sign up");
            person.reads("header nav", &format!("{name} at {width}"));
        }

        ada.follows("Ask");
        ada.types("Title", "short");
        ada.types("Question", "How **wide** is a page?");
        ada.presses("Post the question");
        // Refused, with what she typed still there and the reason beside the field.
        ada.reads("#title-problem", "at least 10 characters");
        ada.types("Title", "How wide is a page?");
        ada.presses("Post the question");
        ada.reads("h1", "How wide is a page?");
        ada.reads("article.question strong", "wide");
        ada.looks_around();

        let question = ada.address();
        bob.goes_to(&question);
        bob.types("Answer", "As wide as the `screen`.");
        bob.presses("Post the answer");
        bob.reads("#answers", "1 answer");
        bob.presses("Useful");
        bob.reads("article.question .score", "1 point");
        bob.looks_around();

        ada.goes_to(&question);
        ada.presses("Accept");
        ada.reads(".mark", "Accepted");
        ada.follows(&format!("ada at {width}"));
        ada.reads("h1", "Your profile");
        ada.types("Display name", "Countess");
        ada.types("About you", "Analyst.");
        ada.presses("Save");
        ada.reads("header nav", "Countess");
        ada.looks_around();

        ada.presses("Log out");
        ada.reads("header nav", "Log in");
        ada.goes_to(&question);
        ada.reads("article.question .meta", "Countess");
        ada.looks_around();
        assert_eq!(site.questions(), number, "one question for each width");
    }
    site.stop();
}
