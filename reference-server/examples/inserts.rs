//! How many writes a second the store makes durable on SQLite, without HTTP: so many tasks ask for one after the other.
//!
//! `inserts FOLDER SECONDS WRITERS ROUNDS` makes databases in the folder, which says on which disk they are, and in each
//! round writes each kind of contribution for so many seconds, with commits in groups and then one by one. A line for
//! each: kind, groups or not, writes, seconds, processor microseconds of each, 99th percentile of the wait in
//! milliseconds.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use reference_server::clock::Clock;
use reference_server::domain::{
    Ballot, Body, CommentText, DisplayName, NewAnswer, NewComment, NewQuestion, NewUser, Post, QuestionId,
    Tags, Timestamp, Title, UserId, UserName, Vote,
};
use reference_server::store::{self, Database, Setup, SharedStore};

/// A text as long as an answer of the seed's.
const WORDS: &str =
    "I had the same with a smaller file and found that the buffer is filled before anybody reads it. ";
const REPEATED: usize = 8;
/// Questions that answers, comments and votes go to.
const QUESTIONS: i64 = 1_000;
/// Members who write.
const MEMBERS: i64 = 1_000;

#[derive(Clone, Copy)]
enum Kind {
    Question,
    Answer,
    Comment,
    Vote,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Question, Self::Answer, Self::Comment, Self::Vote];

    fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Vote => "vote",
        }
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u32>().ok());
    let (Some(folder), Some(seconds), Some(writers), Some(rounds)) =
        (arguments.first(), number(1), number(2), number(3))
    else {
        return Err(io::Error::other("inserts FOLDER SECONDS WRITERS ROUNDS"));
    };
    let mut stores = Vec::new();
    for (name, group_commit) in [("groups", true), ("one by one", false)] {
        stores.push((name, filled(&Path::new(folder).join(name), group_commit).await?));
    }
    for round in 0..rounds {
        for kind in Kind::ALL {
            for (name, store) in &stores {
                let load = Load { kind, writers, time: Duration::from_secs(seconds.into()), round };
                writeln!(io::stdout(), "{}\t{name}\t{}", kind.name(), measure(store, load).await?)?;
            }
        }
    }
    for (_, store) in stores {
        store.close().await.map_err(io::Error::other)?;
    }
    Ok(())
}

/// A forum with members and questions.
async fn filled(path: &Path, group_commit: bool) -> io::Result<SharedStore> {
    let setup = Setup { group_commit, ..Setup::default() };
    let store =
        store::open_with(&Database::Sqlite(path.to_owned()), setup).await.map_err(io::Error::other)?;
    let at = Clock::system().now();
    for member in 1..=MEMBERS {
        let name = UserName::parse(&format!("member{member}")).map_err(refused)?;
        let display_name = DisplayName::parse(&format!("Member {member}")).map_err(refused)?;
        let user = NewUser { name, display_name, password_hash: String::new(), created_at: at };
        store.insert_user(user).await.map_err(io::Error::other)?;
    }
    for number in 0..QUESTIONS {
        write(&store, Kind::Question, number, at).await?;
    }
    Ok(store)
}

fn refused(rejection: reference_server::domain::Rejection) -> io::Error {
    io::Error::other(rejection.message)
}

/// The write with this number.
async fn write(store: &SharedStore, kind: Kind, number: i64, at: Timestamp) -> io::Result<()> {
    let author = UserId::new(1 + number % MEMBERS);
    let question = QuestionId::new(1 + (number * 7_919) % QUESTIONS);
    let text = || Body::parse(format!("{number} {}", WORDS.repeat(REPEATED))).map_err(refused);
    match kind {
        Kind::Question => {
            let title =
                Title::parse(&format!("Why does number {number} stop at the end")).map_err(refused)?;
            let tags = Tags::parse(&["storage", "files"]).map_err(refused)?;
            let question = NewQuestion { author, title, body: text()?, tags, created_at: at };
            store.insert_question(question).await.map(drop)
        }
        Kind::Answer => {
            let answer = NewAnswer { question, author, body: text()?, created_at: at };
            store.insert_answer(answer).await.map(drop)
        }
        Kind::Comment => {
            let text = CommentText::parse(format!("{number} {WORDS}")).map_err(refused)?;
            let comment = NewComment { post: Post::Question(question), author, text, created_at: at };
            store.insert_comment(comment).await.map(drop)
        }
        Kind::Vote => {
            // A new vote each time: what comes after those of the members about every question is a change of one.
            let question = QuestionId::new(1 + number / MEMBERS % QUESTIONS);
            // Nobody votes for himself; who asked question n is member 1 + (n - 1) % MEMBERS.
            let own = 1 + (question.get() - 1) % MEMBERS == author.get();
            let voter = if own { UserId::new(1 + author.get() % MEMBERS) } else { author };
            let ballot = Ballot { post: Post::Question(question), voter, vote: Some(Vote::Up), cast_at: at };
            store.vote(ballot).await.map(drop)
        }
    }
    .map_err(io::Error::other)
}

#[derive(Clone, Copy)]
struct Load {
    kind: Kind,
    writers: u32,
    time: Duration,
    round: u32,
}

/// Writes for a while with so many writers at a time.
async fn measure(store: &SharedStore, load: Load) -> io::Result<String> {
    let clock = Clock::system();
    let (begin, ran) = (Instant::now(), processor_time());
    let mut tasks = Vec::new();
    for writer in 0..load.writers {
        let (store, clock) = (store.clone(), clock.clone());
        // Numbers that no other writer and no other round has.
        let first = i64::from(load.round) * 100_000_000 + i64::from(writer);
        let step = i64::from(load.writers);
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            let mut number = first;
            while begin.elapsed() < load.time {
                let since = Instant::now();
                write(&store, load.kind, number, clock.now()).await?;
                waits.push(since.elapsed());
                number += step;
            }
            Ok::<_, io::Error>(waits)
        }));
    }
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.map_err(io::Error::other)??);
    }
    let (seconds, ran) = (begin.elapsed().as_secs_f64(), processor_time().saturating_sub(ran));
    waits.sort_unstable();
    let writes = waits.len().max(1);
    let slow = waits.get(waits.len() * 99 / 100).copied().unwrap_or_default();
    Ok(format!(
        "{writes}\t{seconds:.3}\t{:.1}\t{:.2}",
        ran.as_secs_f64() * 1e6 / writes as f64,
        slow.as_secs_f64() * 1e3
    ))
}

/// Of this process, all threads together.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}
