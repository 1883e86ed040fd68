//! What the writer promises, tried with writes made for the purpose.

use std::path::Path;

use sqlx::ConnectOptions;
use tokio::sync::oneshot;

use super::*;
use crate::domain::{DisplayName, NewUser, Timestamp, UserId, UserName};
use crate::store::Durability;
use crate::store::sqlite::connect;
use crate::store::sqlite::refusal::translate;
use crate::store::sqlite::users::InsertUser;

/// Keeps the writer busy until it is let go, so that what comes after it waits together.
struct Hold(Mutex<Option<oneshot::Receiver<()>>>);

impl Hold {
    fn new() -> (Self, oneshot::Sender<()>) {
        let (release, held) = oneshot::channel();
        (Self(Mutex::new(Some(held))), release)
    }
}

impl Write for Hold {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, _: &mut WriteConnection) -> Result<(), StoreError> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        held.expect("a hold is used once").await.expect("the test lets go");
        Ok(())
    }
}

/// Adds a user, and then a second one whose name is no name: two statements, of which the last is refused.
struct HalfBad(&'static str);

impl Write for HalfBad {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::Several;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        Good(self.0).apply(connection).await?;
        Good("NO NAME").apply(connection).await
    }
}

struct Good(&'static str);

impl Write for Good {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        sqlx::query("insert into users (name, display_name, created_at) values (?, ?, 0)")
            .bind(self.0)
            .bind(self.0)
            .execute(connection.sql())
            .await
            .map_err(translate)?;
        Ok(())
    }
}

/// Fails as a broken database does.
struct Broken;

impl Write for Broken {
    type Reply = ();
    const STATEMENTS: StatementsNeeded = StatementsNeeded::One;

    async fn apply(&self, connection: &mut WriteConnection) -> Result<(), StoreError> {
        sqlx::query("select * from no_such_table").execute(connection.sql()).await?;
        Ok(())
    }
}

struct Bench {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
    statements: Statements,
    groups: GroupSizes,
    writer: Arc<Writer>,
}

impl Bench {
    async fn new() -> Self {
        Self::committing(true).await
    }

    async fn committing(in_groups: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("forum.sqlite");
        let (connection, _) = connect::connect(&path, Durability::Full).await.expect("a database");
        let statements = Statements::default();
        let groups = GroupSizes::default();
        let writer = Arc::new(Writer::start(
            connection,
            statements.clone(),
            groups.clone(),
            DocumentWrites::default(),
            Setup { group_commit: in_groups, ..Setup::default() },
        ));
        Self { _folder: folder, path, statements, groups, writer }
    }

    /// Hands in a write and makes sure that it is in the queue before anything else happens.
    async fn hand_in<W: Write>(&self, write: W) -> JoinHandle<Result<W::Reply, StoreError>> {
        let (writer, depth) = (Arc::clone(&self.writer), self.writer.depth());
        let task = tokio::spawn(async move { writer.write(write).await });
        while self.writer.depth() == depth && !task.is_finished() {
            tokio::task::yield_now().await;
        }
        task
    }

    /// A group of its own that keeps the writer busy; it begins by sending one statement.
    async fn hold(&self) -> (oneshot::Sender<()>, JoinHandle<Result<(), StoreError>>) {
        let (hold, release) = Hold::new();
        let before = self.statements.total();
        let writer = Arc::clone(&self.writer);
        let task = tokio::spawn(async move { writer.write(hold).await });
        while self.statements.total() == before {
            tokio::task::yield_now().await;
        }
        (release, task)
    }
}

/// The names another connection sees, which are those that were committed.
async fn names(path: &Path) -> Vec<String> {
    let mut connection =
        connect::writing(path, Durability::Full).connect().await.expect("a second connection");
    sqlx::query_scalar("select name from users order by name")
        .fetch_all(&mut connection)
        .await
        .expect("the names")
}

#[tokio::test]
async fn a_refused_write_does_not_fail_its_neighbours_and_leaves_nothing_behind() {
    let bench = Bench::new().await;
    let (release, held) = bench.hold().await;
    let first = bench.hand_in(Good("first")).await;
    let bad = bench.hand_in(HalfBad("half")).await;
    let taken = bench.hand_in(Good("first")).await;
    let last = bench.hand_in(Good("last")).await;
    let before = bench.statements.total();
    release.send(()).expect("the writer waits");
    held.await.expect("a task").expect("a hold");
    first.await.expect("a task").expect("a good write");
    let refused = bad.await.expect("a task").expect_err("a name with a space");
    assert!(matches!(&refused, StoreError::Constraint(name) if name == "users_name_format"), "{refused:?}");
    let refused = taken.await.expect("a task").expect_err("a name that is taken");
    assert!(matches!(&refused, StoreError::Constraint(name) if name == "users_name_unique"), "{refused:?}");
    last.await.expect("a task").expect("a good write");
    assert_eq!(names(&bench.path).await, ["first", "last"]);
    // The hold's commit; begin, three single inserts, savepoint + two inserts + rollback to + release,
    // commit: one group.
    assert_eq!(bench.statements.total() - before, 1 + 1 + 3 + 5 + 1);
}

#[tokio::test]
async fn a_broken_write_fails_its_whole_group_and_the_next_group_is_served() {
    let bench = Bench::new().await;
    let (release, held) = bench.hold().await;
    let good = bench.hand_in(Good("first")).await;
    let broken = bench.hand_in(Broken).await;
    release.send(()).expect("the writer waits");
    held.await.expect("a task").expect("a hold");
    for task in [good, broken] {
        let failed = task.await.expect("a task").expect_err("nothing was committed");
        assert!(
            matches!(&failed, StoreError::Group(reason) if reason.contains("no_such_table")),
            "{failed:?}"
        );
    }
    assert!(names(&bench.path).await.is_empty());
    bench.writer.write(Good("second")).await.expect("a good write");
    assert_eq!(names(&bench.path).await, ["second"]);
}

#[tokio::test]
async fn an_answered_write_can_be_read_by_others_at_once() {
    let bench = Bench::new().await;
    for name in ["one", "two", "three"] {
        bench.writer.write(Good(name)).await.expect("a good write");
        assert!(names(&bench.path).await.contains(&name.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_write_beyond_the_queue_is_refused_at_once_and_those_in_it_are_done_before_closing() {
    let bench = Bench::new().await;
    let (release, held) = bench.hold().await;
    let mut waiting = Vec::new();
    for _ in 0..QUEUE_CAPACITY {
        waiting.push(bench.hand_in(Good("same")).await);
    }
    assert_eq!(bench.writer.depth(), QUEUE_CAPACITY);
    let refused = bench.writer.write(Good("beyond")).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    release.send(()).expect("the writer waits");
    bench.writer.close().await.expect("a clean end");
    held.await.expect("a task").expect("a hold");
    let mut kept = 0;
    for task in waiting {
        kept += usize::from(task.await.expect("a task").is_ok());
    }
    assert_eq!(kept, 1, "one has the name, the others are told that it is taken");
    assert_eq!(names(&bench.path).await, ["same"]);
    let late = bench.writer.write(Good("late")).await;
    assert!(matches!(late, Err(StoreError::Closed)), "{late:?}");
}

/// Opens an account in the name of a request that has the key.
async fn keyed(writer: Arc<Writer>, request: Arc<Context>) -> Result<UserId, StoreError> {
    let user = NewUser {
        name: UserName::parse("first").expect("a name"),
        display_name: DisplayName::parse("First").expect("a name"),
        password_hash: String::new(),
        created_at: Timestamp::from_unix_ms(0),
    };
    let key = RetryKey { name: [1; 32], request: [2; 32], at: Timestamp::from_unix_ms(0) };
    context::within(Some(request), async move {
        context::may_be_repeated(key);
        writer.write(InsertUser(user)).await
    })
    .await
}

async fn keys(path: &Path) -> i64 {
    let mut connection =
        connect::writing(path, Durability::Full).connect().await.expect("a second connection");
    sqlx::query_scalar("select count(*) from retries").fetch_one(&mut connection).await.expect("a count")
}

#[tokio::test]
async fn a_key_is_lost_with_its_write_and_kept_with_it() {
    let bench = Bench::new().await;
    let request = || Arc::new(Context::new(None));
    let (release, held) = bench.hold().await;
    let first = tokio::spawn(keyed(Arc::clone(&bench.writer), request()));
    while bench.writer.depth() == 0 {
        tokio::task::yield_now().await;
    }
    let broken = bench.hand_in(Broken).await;
    release.send(()).expect("the writer waits");
    held.await.expect("a task").expect("a hold");
    let failed = first.await.expect("a task").expect_err("nothing was committed");
    assert!(matches!(failed, StoreError::Group(_)), "{failed:?}");
    broken.await.expect("a task").expect_err("a broken write");
    assert_eq!((names(&bench.path).await.len(), keys(&bench.path).await), (0, 0));
    let (anew, again) = (request(), request());
    let done = keyed(Arc::clone(&bench.writer), Arc::clone(&anew)).await.expect("an account");
    assert_eq!((names(&bench.path).await.len(), keys(&bench.path).await), (1, 1));
    let known = keyed(Arc::clone(&bench.writer), Arc::clone(&again)).await.expect("the same account");
    assert_eq!((known, anew.replayed(), again.replayed()), (done, false, true));
}

#[tokio::test]
async fn each_write_has_a_commit_of_its_own_where_groups_are_switched_off() {
    for (in_groups, groups) in [(true, 2), (false, 4)] {
        let bench = Bench::committing(in_groups).await;
        let (release, held) = bench.hold().await;
        let mut waiting = Vec::new();
        for name in ["ada", "bob", "eve"] {
            waiting.push(bench.hand_in(Good(name)).await);
        }
        release.send(()).expect("the writer waits");
        held.await.expect("a task").expect("nothing to do");
        for task in waiting {
            task.await.expect("a task").expect("a user");
        }
        // The hold alone, and then either the three together or one by one.
        assert_eq!(bench.groups.read().count, groups, "{in_groups}");
        assert_eq!(names(&bench.path).await, ["ada", "bob", "eve"]);
    }
}
