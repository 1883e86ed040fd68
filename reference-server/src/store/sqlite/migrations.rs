//! The migrations of the SQLite schema, in one list. A test holds the list against the folder.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Version, name and text of every migration; a released one is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "forum", include_str!("migrations/0001_forum.sql")),
    (2, "posts", include_str!("migrations/0002_posts.sql")),
    (3, "finding", include_str!("migrations/0003_finding.sql")),
    (4, "retries", include_str!("migrations/0004_retries.sql")),
];

/// What brings any older schema up to date.
pub(super) fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn the_list_of_migrations_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/sqlite/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let listed: Vec<String> =
            MIGRATIONS.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
        assert_eq!(listed, files);
    }
}
