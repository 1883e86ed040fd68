//! Brings the made-up forum into the store, in batches.

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::participation::{Counts, Participation, Voters};
use super::population::{END_MS, History, Members, Writers, history, opened_at};
use super::tags::Filing;
use super::visitors::{self, EXPIRES_MS, SeededVisitor, SharedPassword, Tokens};
use crate::password::PasswordError;
use crate::session::hexadecimal;
use crate::store::{self, Database, EntityStorage, Load, OpenError, StoreError, Table};

/// Bytes of rows that go to the database in one statement: large enough that the statement does not count,
/// small beside any memory.
const BATCH_BYTES: usize = 1024 * 1024;

/// How much of a forum there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Questions and answers.
    #[default]
    Posts,
    /// Votes, comments and accepted answers as well.
    All,
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Where; empty or not there yet.
    pub database: Database,
    /// How many questions; half as many members write them and the answers.
    pub questions: u32,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Whether members do anything with what was written.
    pub content: Content,
    /// How many members that are logged in already.
    pub visitors: u32,
    /// Where their tokens are written.
    pub visitors_file: PathBuf,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Questions.
    pub questions: u32,
    /// Answers.
    pub answers: usize,
    /// Members, visitors included.
    pub users: u32,
    /// Members that are logged in already.
    pub visitors: u32,
    /// Where their tokens are.
    pub visitors_file: PathBuf,
    /// The size of the whole database.
    pub database_bytes: u64,
    /// The size of its parts.
    pub storage: Vec<EntityStorage>,
    /// How long it took.
    pub seconds: f64,
    /// SHA-256 of every row, in hexadecimal: equal for equal content.
    pub fingerprint: String,
}

/// Why nothing, or not everything, was made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is something in it already.
    #[error(
        "the database {database} already has {questions} questions and {users} users\n  hint: seed a new database, or delete this one first; a forum that people use is never seeded"
    )]
    NotEmpty {
        /// Which database.
        database: String,
        /// Questions found.
        questions: u64,
        /// Members found.
        users: u64,
    },
    /// The database failed half-way.
    #[error("seeding stopped half-way: {0}\n  hint: delete the database and seed again")]
    Store(#[from] StoreError),
    /// The file of tokens cannot be written.
    #[error(
        "cannot write the visitors to {path}: {cause}\n  hint: name a writable file with --visitors-file"
    )]
    VisitorsFile {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The visitors' password cannot be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A number makes no sense.
    #[error("{0}")]
    Impossible(&'static str),
}

/// Rows on their way to a table.
struct Batch<'a> {
    load: &'a mut dyn Load,
    digest: &'a mut Sha256,
    table: Table,
    rows: String,
}

impl<'a> Batch<'a> {
    fn new(load: &'a mut dyn Load, digest: &'a mut Sha256, table: Table) -> Self {
        Self { load, digest, table, rows: String::from("[") }
    }

    async fn push(&mut self, row: &impl Serialize) -> Result<(), StoreError> {
        let row = serde_json::to_string(row).map_err(|error| StoreError::Unreadable(error.to_string()))?;
        self.digest.update(&row);
        if self.rows.len() > 1 {
            self.rows.push(',');
        }
        self.rows.push_str(&row);
        if self.rows.len() >= BATCH_BYTES { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<(), StoreError> {
        if self.rows.len() == 1 {
            return Ok(());
        }
        self.rows.push(']');
        let rows = std::mem::replace(&mut self.rows, String::from("["));
        self.load.load(self.table, rows).await
    }
}

/// Makes a forum.
///
/// # Errors
/// When the database is not empty or cannot be written.
pub async fn run(seed: Seed) -> Result<Seeded, SeedError> {
    let started = Instant::now();
    let mut load = store::open_for_loading(&seed.database).await?;
    let (users, questions) = load.present().await?;
    if users > 0 || questions > 0 {
        return Err(SeedError::NotEmpty { database: seed.database.to_string(), questions, users });
    }
    let members = seed.questions.div_ceil(2);
    let mut history = history(seed.seed, seed.questions);
    let participation = match seed.content {
        Content::Posts => Participation::none(&history),
        Content::All => Participation::draw(seed.seed, &mut history, members),
    };
    let mut digest = Sha256::new();
    let password = SharedPassword::new(seed.seed)?;
    let visitors = load_users(load.as_mut(), &mut digest, &seed, members, &password).await?;
    if members > 0 {
        let mut filler =
            Filler { load: load.as_mut(), digest: &mut digest, seed: seed.seed, members, history: &history };
        let askers = filler.questions(&participation).await?;
        let helpers = filler.answers(&participation).await?;
        filler.votes(&participation, &askers, &helpers).await?;
        filler.comments(&participation).await?;
    }
    load.finish().await?;
    visitors::write(&seed.visitors_file, &visitors, &password.text)
        .map_err(|cause| SeedError::VisitorsFile { path: seed.visitors_file.clone(), cause })?;
    let store = store::open(&seed.database).await?;
    let storage = store.storage().await?;
    let database_bytes = store.total_bytes().await?;
    store.close().await?;
    Ok(Seeded {
        questions: seed.questions,
        answers: history.answers.len(),
        users: members + seed.visitors,
        visitors: seed.visitors,
        visitors_file: seed.visitors_file,
        database_bytes,
        storage,
        seconds: started.elapsed().as_secs_f64(),
        fingerprint: hexadecimal(&digest.finalize()),
    })
}

/// A law that cannot be set up is a constant that is wrong.
fn law<T>(law: Option<T>) -> Result<T, SeedError> {
    law.ok_or(SeedError::Impossible("a distribution has impossible parameters"))
}

async fn load_users(
    load: &mut dyn Load,
    digest: &mut Sha256,
    seed: &Seed,
    members: u32,
    password: &SharedPassword,
) -> Result<Vec<SeededVisitor>, SeedError> {
    let total = members
        .checked_add(seed.visitors)
        .ok_or(SeedError::Impossible("more users than 4294967295\n  hint: ask for fewer visitors"))?;
    let mut batch = Batch::new(load, digest, Table::Users);
    let mut people = law(Members::new(seed.seed, "members"))?;
    for id in 1..=members {
        let person = people.next();
        let name = format!("{}-{id}", person.word);
        let nobody_logs_in: Option<&str> = None;
        let row = (id, name, person.display_name, person.about, opened_at(id, total), nobody_logs_in);
        batch.push(&row).await?;
    }
    let mut people = law(Members::new(seed.seed, "visitors"))?;
    let mut tokens = Tokens::new(seed.seed);
    let mut visitors = Vec::new();
    for number in 1..=seed.visitors {
        let (user, name, token) = (members + number, format!("visitor-{number}"), tokens.next());
        let about = people.next().about;
        let display_name = format!("Visitor {number}");
        batch.push(&(user, &name, display_name, about, opened_at(user, total), &password.hash)).await?;
        visitors.push(SeededVisitor { user, name, token });
    }
    batch.send().await?;
    let mut batch = Batch::new(load, digest, Table::Sessions);
    for visitor in &visitors {
        batch.push(&(hexadecimal(&visitor.token.hash()), visitor.user, END_MS, EXPIRES_MS)).await?;
    }
    batch.send().await?;
    Ok(visitors)
}

/// Whatever members write and do, on its way to the database.
struct Filler<'a> {
    load: &'a mut dyn Load,
    digest: &'a mut Sha256,
    seed: u64,
    members: u32,
    history: &'a History,
}

impl Filler<'_> {
    fn batch(&mut self, table: Table) -> Batch<'_> {
        Batch::new(self.load, self.digest, table)
    }

    /// Returns who asked, by question.
    async fn questions(&mut self, participation: &Participation) -> Result<Vec<usize>, SeedError> {
        let history = self.history;
        let mut writers = law(Writers::of_questions(self.seed, self.members))?;
        let mut filing = law(Filing::new(self.seed))?;
        let mut askers = Vec::with_capacity(history.asked_at.len());
        let mut batch = self.batch(Table::Questions);
        let moments = history.asked_at.iter().zip(&history.active_at);
        let counts = participation.questions.iter().zip(&participation.accepted);
        let all = moments.zip(&history.answer_counts).zip(counts);
        for (id, (((asked_at, active_at), answers), (counts, accepted))) in (1_u32..).zip(all) {
            let (author, title, body) = (writers.author(), writers.title(), writers.body());
            let (score, comments, accepted) =
                (counts.score(), counts.comments, Some(accepted).filter(|id| **id != 0));
            let tags = filing.tags();
            batch
                .push(&(
                    id, author, title, body, answers, asked_at, active_at, tags, score, comments, accepted,
                ))
                .await?;
            askers.push(author);
        }
        batch.send().await?;
        Ok(askers)
    }

    /// Returns who answered, by answer.
    async fn answers(&mut self, participation: &Participation) -> Result<Vec<usize>, SeedError> {
        let history = self.history;
        let mut writers = law(Writers::of_answers(self.seed, self.members))?;
        let mut helpers = Vec::with_capacity(history.answers.len());
        let mut batch = self.batch(Table::Answers);
        for (id, (post, counts)) in (1_u32..).zip(history.answers.iter().zip(&participation.answers)) {
            let (author, body) = (writers.author(), writers.body());
            batch
                .push(&(id, post.question, author, body, post.created_at, counts.score(), counts.comments))
                .await?;
            helpers.push(author);
        }
        batch.send().await?;
        Ok(helpers)
    }

    async fn votes(
        &mut self,
        participation: &Participation,
        askers: &[usize],
        helpers: &[usize],
    ) -> Result<(), SeedError> {
        let history = self.history;
        let mut voters = Voters::new(self.seed, self.members);
        let mut batch = self.batch(Table::Votes);
        let mut cast = async |place: (u32, u32), counts: Counts, author: usize, since: i64| {
            for (voter, value, created_at) in voters.of(counts, author, since) {
                batch.push(&(place.0, voter, place.1, value, created_at)).await?;
            }
            Ok::<(), StoreError>(())
        };
        for ((id, counts), (author, since)) in
            (1_u32..).zip(&participation.questions).zip(askers.iter().zip(&history.asked_at))
        {
            cast((id, 0), *counts, *author, *since).await?;
        }
        for ((id, counts), (author, post)) in
            (1_u32..).zip(&participation.answers).zip(helpers.iter().zip(&history.answers))
        {
            cast((post.question, id), *counts, *author, post.created_at).await?;
        }
        Ok(batch.send().await?)
    }

    async fn comments(&mut self, participation: &Participation) -> Result<(), SeedError> {
        let mut writers = law(Writers::of_comments(self.seed, self.members))?;
        let mut batch = self.batch(Table::Comments);
        for (id, remark) in (1_u32..).zip(&participation.comments) {
            let (author, text) = (writers.author(), writers.body());
            batch.push(&(id, remark.question, remark.answer, author, text, remark.created_at)).await?;
        }
        Ok(batch.send().await?)
    }
}
