//! Answers the forum's questions from a SQLite file.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqlitePool;

use super::writer::Writer;
use super::{
    answers, connect, counters, documents, indexes, lists, outbox, questions, schema, sessions, storage,
    users,
};
use crate::domain::{
    Answer, AnswerId, Credentials, Limit, NewAnswer, NewQuestion, NewSession, NewUser, Page, PasswordChange,
    ProfileChange, Question, QuestionId, QuestionKey, QuestionList, QuestionSummary, Session, SessionId,
    Timestamp, User, UserId, Visitor,
};
use crate::store::interface::timed;
use crate::store::{
    Backlog, Counters, Derived, DocumentWrites, EntityStorage, GroupSizes, Layout, OpenError, Reply, Schema,
    Setup, Statements, Store, StoreError,
};

/// The pool of reading connections; it counts what is sent over it.
pub(super) struct Readers {
    pool: SqlitePool,
    statements: Statements,
    /// Where numbers come from.
    pub(super) counters: Counters,
    /// How a question is read.
    layout: Layout,
}

impl Readers {
    /// The pool for one statement.
    pub(super) fn sql(&self) -> &SqlitePool {
        self.statements.count();
        &self.pool
    }
}

/// A forum in a SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    engine: String,
    statements: Statements,
    pub(super) readers: Readers,
    pub(super) writer: Writer,
    groups: GroupSizes,
    pub(super) backlog: Backlog,
    documents: DocumentWrites,
}

impl SqliteStore {
    /// Opens the file, making it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// Names the file, the cause and what to do.
    pub async fn open(path: &Path, setup: Setup) -> Result<Self, OpenError> {
        let statements = Statements::default();
        let groups = GroupSizes::default();
        let documents = DocumentWrites::default();
        let (mut connection, version) = connect::connect(path, setup.durability).await?;
        indexes::apply(&mut connection, setup.indexes)
            .await
            .map_err(|error| connect::unreachable(path, &error))?;
        counters::apply(&mut connection, setup.counters)
            .await
            .map_err(|error| connect::unreachable(path, &error))?;
        documents::apply(&mut connection, setup).await.map_err(|error| connect::unreachable(path, &error))?;
        // After the writer: a reader cannot make the write-ahead log, only use it.
        let pool = connect::readers(path).await?;
        Ok(Self {
            path: path.to_owned(),
            engine: format!("sqlite {version}"),
            readers: Readers {
                pool,
                statements: statements.clone(),
                counters: setup.counters,
                layout: setup.layout,
            },
            writer: Writer::start(connection, statements.clone(), groups.clone(), documents.clone(), setup),
            groups,
            documents,
            statements,
            backlog: Backlog::new(setup.derived, setup.derived_backlog),
        })
    }
}

impl Store for SqliteStore {
    fn insert_user(&self, user: NewUser) -> Reply<'_, UserId> {
        timed(self.writer.write(users::InsertUser(user)))
    }

    fn credentials(&self, name: String) -> Reply<'_, Option<Credentials>> {
        timed(users::credentials(&self.readers, name))
    }

    fn user(&self, id: UserId) -> Reply<'_, Option<User>> {
        timed(users::user(&self.readers, id))
    }

    fn update_profile(&self, change: ProfileChange) -> Reply<'_, User> {
        timed(self.writer.write(users::UpdateProfile(change)))
    }

    fn insert_session(&self, session: NewSession) -> Reply<'_, SessionId> {
        timed(self.writer.write(sessions::InsertSession(session)))
    }

    fn change_password(&self, change: PasswordChange) -> Reply<'_, Option<SessionId>> {
        timed(self.writer.write(sessions::ChangePassword(change)))
    }

    fn visitor(&self, token_hash: [u8; 32], now: Timestamp) -> Reply<'_, Option<Visitor>> {
        timed(sessions::visitor(&self.readers, token_hash, now))
    }

    fn sessions(&self, user: UserId, now: Timestamp) -> Reply<'_, Vec<Session>> {
        timed(sessions::of_user(&self.readers, user, now))
    }

    fn delete_session(&self, user: UserId, session: SessionId) -> Reply<'_, bool> {
        timed(self.writer.write(sessions::DeleteSession { user, session }))
    }

    fn delete_sessions(&self, user: UserId) -> Reply<'_, u64> {
        timed(self.writer.write(sessions::DeleteSessions { user }))
    }

    fn insert_question(&self, question: NewQuestion) -> Reply<'_, QuestionId> {
        timed(self.writer.write(questions::InsertQuestion(question)))
    }

    fn newest_questions(
        &self,
        limit: Limit,
        after: Option<QuestionId>,
    ) -> Reply<'_, Page<QuestionSummary, QuestionId>> {
        timed(async move {
            let after = after.map(|id| QuestionKey { value: 0, id });
            let page = lists::questions(&self.readers, QuestionList::default(), limit, after).await?;
            Ok(Page { items: page.items, next: page.next.map(|key| key.id) })
        })
    }

    fn question(&self, id: QuestionId) -> Reply<'_, Option<Question>> {
        timed(async move {
            match self.readers.layout {
                Layout::Rows => questions::question(&self.readers, id).await,
                Layout::Document => documents::question(&self.readers, id).await,
            }
        })
    }

    fn insert_answer(&self, answer: NewAnswer) -> Reply<'_, AnswerId> {
        let write = self.writer.write(answers::InsertAnswer(answer, self.backlog.work()));
        timed(self.backlog.adds(write))
    }

    fn answers(
        &self,
        question: QuestionId,
        after: Option<AnswerId>,
        limit: Limit,
    ) -> Reply<'_, Option<Page<Answer, AnswerId>>> {
        timed(async move {
            let page = answers::of_question(&self.readers, question, after, limit).await?;
            if page.items.is_empty() && !questions::exists(&self.readers, question).await? {
                return Ok(None);
            }
            Ok(Some(page))
        })
    }

    fn derive(&self) -> Reply<'_, Derived> {
        timed(outbox::derive(&self.readers, &self.writer))
    }

    fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    fn ping(&self) -> Reply<'_, ()> {
        timed(async move {
            sqlx::query("select 1").execute(self.readers.sql()).await?;
            Ok(())
        })
    }

    fn storage(&self) -> Reply<'_, Vec<EntityStorage>> {
        timed(storage::storage(&self.readers))
    }

    fn schema(&self) -> Reply<'_, Schema> {
        timed(schema::schema(&self.readers))
    }

    fn total_bytes(&self) -> Reply<'_, u64> {
        timed(async move {
            let file = tokio::fs::metadata(&self.path)
                .await
                .map_err(|error| StoreError::from(sqlx::Error::Io(error)))?;
            Ok(file.len())
        })
    }

    fn engine(&self) -> &str {
        &self.engine
    }

    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn write_queue_depth(&self) -> usize {
        self.writer.depth()
    }

    fn write_groups(&self) -> &GroupSizes {
        &self.groups
    }

    fn document_writes(&self) -> &DocumentWrites {
        &self.documents
    }

    fn close(&self) -> Reply<'_, ()> {
        timed(async move {
            // Readers first: a reader in the middle of the log would keep it from being emptied.
            self.readers.pool.close().await;
            self.writer.close().await
        })
    }
}
