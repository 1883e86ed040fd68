//! Scenario files that ship with the tools, usable by name.
//!
//! The forum that the load generator measures, and published design exercises whose numbers can be checked against
//! their source. `reference-forum.yaml` is no scenario but the part of the forum's scenarios that never changes.

/// A scenario file that ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// What it is called, on the command line too.
    pub name: &'static str,
    /// The text of the file.
    pub text: &'static str,
    /// What it describes, in a few words.
    pub about: &'static str,
    /// Whose numbers they are.
    pub source: &'static str,
}

macro_rules! shipped {
    ($($name:literal: $about:literal, $source:literal;)*) => {
        /// All of them, the forum first.
        pub const SHIPPED: &[Shipped] = &[
            $(Shipped {
                name: $name,
                text: include_str!(concat!("../", $name, ".yaml")),
                about: $about,
                source: $source,
            },)*
        ];
    };
}

shipped! {
    "forum": "the reference forum, sized for a laptop", "this project";
    "forum-public": "a large forum that most only read: the mix of Stack Exchange 2016", "this project";
    "forum-community": "the same forum, whose members talk: the mix of RUBBoS", "this project";
    "spotify": "storage of a music library", "the project's first worked example";
    "pastebin": "text snippets: rates and 3 years of storage", "Donne Martin, The System Design Primer";
    "twitter-timeline": "tweets, deliveries, reads and searches", "Donne Martin, The System Design Primer";
    "twitter-media": "tweets a second and media storage", "Alex Xu, System Design Interview vol. 1, ch. 2";
    "autocomplete": "search that suggests at each key", "Alex Xu, System Design Interview vol. 1, ch. 13";
    "tinyurl": "a URL shortener: rates, storage, bandwidth", "Design Gurus, Grokking the System Design Interview";
    "instagram": "photo sharing: 10 years of photos", "Design Gurus, Grokking the System Design Interview";
    "messenger": "chat: messages a day and their storage", "Design Gurus, Grokking the System Design Interview";
    "youtube": "video sharing: uploads and bandwidth", "Alex Xu, System Design Interview vol. 1, ch. 14";
    "web-crawler": "pages a second and 5 years of storage", "Alex Xu, System Design Interview vol. 1, ch. 9";
    "mint": "spending by category: 5 billion transactions a month", "Donne Martin, The System Design Primer";
    "sales-rank": "best sellers by category: sales and reads", "Donne Martin, The System Design Primer";
    "ad-clicks": "clicks on advertisements, counted", "Alex Xu, System Design Interview vol. 2, ch. 6";
    "hotel": "reservations and the pages before them", "Alex Xu, System Design Interview vol. 2, ch. 7";
    "google-maps": "positions of a billion travellers", "Alex Xu, System Design Interview vol. 2, ch. 3";
    "leaderboard": "scores of a game and the memory of their order", "Alex Xu, System Design Interview vol. 2, ch. 10";
    "object-storage": "how many objects are in 100 PB, and their index", "Alex Xu, System Design Interview vol. 2, ch. 9";
    "nearby-friends": "positions of friends, and who is told", "Alex Xu, System Design Interview vol. 2, ch. 2";
    "stock-exchange": "orders in a trading day of 6.5 hours", "Alex Xu, System Design Interview vol. 2, ch. 13";
    "whatsapp": "messages and files, 10 years of them", "Karan Pratap Singh, System Design";
    "stack-exchange-2013": "a real network from its page loads alone", "Nick Craver, 2013";
    "hacker-news": "six million requests a day on one core", "its moderator, 2021";
    "openoffice-forum": "a small phpBB forum on one machine", "TerryE of OOoForum.org, 2008";
    "stack-exchange-2016": "a measured day of a real question-and-answer network", "Nick Craver, 2016";
    "lever-cache": "copies of question pages in memory, against none", "this project";
    "lever-http-cache": "answers of 304 to who has the page already", "this project";
    "lever-group-commit": "one commit for all writes that wait", "this project";
    "lever-durability": "waiting for the disk at each commit", "this project";
    "lever-indexes": "secondary indexes, against none", "this project";
    "lever-rate-limit": "a limit for each client, against none", "this project";
    "lever-shedding": "refusing under overload what cannot be served soon", "this project";
    "lever-password-cost": "what hashing a password costs, and whom", "this project";
    "lever-extra-work": "an effect that is known, to see that it is found", "this project";
    "lever-stale-reads": "what keeping copies for an outage costs", "this project";
    "lever-layout": "a question as rows, against one document", "this project";
    "lever-counters": "numbers that writes keep, against counting", "this project";
    "lever-derived": "notifications later and not at once", "this project";
    "lever-shared-cache": "copies of question pages in Redis", "this project";
    "lever-shared-limits": "limits that are counted in Redis", "this project";
    "lever-replicas": "reads from a replica of PostgreSQL", "this project";
    "lever-postgres": "SQLite in the process, against PostgreSQL", "this project";
}

impl Shipped {
    /// Whether it is a comparison of the reference forum with one of its switches set differently.
    #[must_use]
    pub fn is_lever(&self) -> bool {
        self.name.starts_with("lever-")
    }
}

/// The shipped scenario of this name.
#[must_use]
pub fn shipped(name: &str) -> Option<Shipped> {
    SHIPPED.iter().copied().find(|shipped| shipped.name == name)
}
