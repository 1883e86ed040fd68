//! Brings the made-up forum into the store, in batches.

use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::population::{END_MS, History, Members, Writers, history, opened_at};
use super::tags::Filing;
use super::visitors::{self, EXPIRES_MS, SeededVisitor, SharedPassword, Tokens};
use crate::password::PasswordError;
use crate::session::hexadecimal;
use crate::store::{self, Database, EntityStorage, Load, OpenError, StoreError, Table};

/// Bytes of rows that go to the database in one statement: large enough that the statement does not count,
/// small beside any memory.
const BATCH_BYTES: usize = 1024 * 1024;

/// What to make.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Where; empty or not there yet.
    pub database: Database,
    /// How many questions; half as many members write them and the answers.
    pub questions: u32,
    /// The same seed gives the same bytes.
    pub seed: u64,
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
    let history = history(seed.seed, seed.questions);
    let mut digest = Sha256::new();
    let password = SharedPassword::new(seed.seed)?;
    let visitors = load_users(load.as_mut(), &mut digest, &seed, members, &password).await?;
    if members > 0 {
        load_questions(load.as_mut(), &mut digest, &seed, members, &history).await?;
        load_answers(load.as_mut(), &mut digest, &seed, members, &history).await?;
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

async fn load_questions(
    load: &mut dyn Load,
    digest: &mut Sha256,
    seed: &Seed,
    members: u32,
    history: &History,
) -> Result<(), SeedError> {
    let mut writers = law(Writers::of_questions(seed.seed, members))?;
    let mut batch = Batch::new(load, digest, Table::Questions);
    let mut filing = law(Filing::new(seed.seed))?;
    let moments = history.asked_at.iter().zip(&history.active_at);
    for ((id, (asked_at, active_at)), count) in (1_u32..).zip(moments).zip(&history.answer_counts) {
        let (author, title, body) = (writers.author(), writers.title(), writers.body());
        batch.push(&(id, author, title, body, count, asked_at, active_at, filing.tags())).await?;
    }
    Ok(batch.send().await?)
}

async fn load_answers(
    load: &mut dyn Load,
    digest: &mut Sha256,
    seed: &Seed,
    members: u32,
    history: &History,
) -> Result<(), SeedError> {
    let mut writers = law(Writers::of_answers(seed.seed, members))?;
    let mut batch = Batch::new(load, digest, Table::Answers);
    for (id, post) in (1_u32..).zip(&history.answers) {
        let (author, body) = (writers.author(), writers.body());
        batch.push(&(id, post.question, author, body, post.created_at)).await?;
    }
    Ok(batch.send().await?)
}
