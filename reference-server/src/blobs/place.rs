//! Where pictures are kept, as it is typed.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

/// A place for pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The database.
    Database,
    /// A folder of this machine, or one that looks like it.
    Folder(PathBuf),
    /// A bucket behind the interface of S3.
    Bucket {
        /// Its name.
        name: String,
        /// Where the interface is, unless it is Amazon's.
        endpoint: Option<String>,
        /// Where the bucket is, unless the environment says so.
        region: Option<String>,
    },
}

impl FromStr for Place {
    type Err = String;

    /// `database`, `file:///var/lib/forum`, `s3://bucket`, `s3://bucket?endpoint=http://127.0.0.1:9000&region=eu-central-1`.
    fn from_str(text: &str) -> Result<Self, String> {
        // Not repeated: somebody may have written his secret into it.
        let cannot =
            || "expected `database`, `file:///FOLDER` or `s3://BUCKET?endpoint=URL&region=NAME`".to_owned();
        if text == "database" {
            return Ok(Self::Database);
        }
        if let Some(folder) = text.strip_prefix("file://") {
            return if folder.starts_with('/') {
                Ok(Self::Folder(PathBuf::from(folder)))
            } else {
                Err(cannot())
            };
        }
        let (name, parameters) = match text.strip_prefix("s3://").ok_or_else(cannot)?.split_once('?') {
            Some((name, parameters)) => (name, parameters),
            None => (text.strip_prefix("s3://").unwrap_or_default(), ""),
        };
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        if name.is_empty() || !name.bytes().all(is_plain) {
            return Err(cannot());
        }
        let (mut endpoint, mut region) = (None, None);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("endpoint", url)) if is_web_address(url) => endpoint = Some(url.to_owned()),
                Some(("region", name)) if !name.is_empty() => region = Some(name.to_owned()),
                _ => return Err(cannot()),
            }
        }
        Ok(Self::Bucket { name: name.to_owned(), endpoint, region })
    }
}

/// Credentials come from the environment and nowhere else.
fn is_web_address(url: &str) -> bool {
    (url.starts_with("http://") || url.starts_with("https://")) && !url.contains('@')
}

impl Place {
    /// The store; `None` for the database.
    pub(super) fn open(&self) -> Result<Option<Arc<dyn ObjectStore>>, String> {
        match self {
            Self::Database => Ok(None),
            Self::Folder(folder) => {
                // Written to a file of another name, synced, then renamed.
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|_| {
                    "there is no such folder, or it may not be read; make it before the forum is started"
                        .to_owned()
                })?;
                Ok(Some(Arc::new(store.with_fsync(true))))
            }
            #[cfg(feature = "s3")]
            Self::Bucket { name, endpoint, region } => {
                super::s3::open(name, endpoint.as_deref(), region.as_deref()).map(Some)
            }
            #[cfg(not(feature = "s3"))]
            Self::Bucket { .. } => {
                Err("this program was built without S3; build it with `--features s3`".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_database_a_folder_or_a_bucket_and_has_no_secrets_in_it() {
        let bucket = |name: &str, endpoint: Option<&str>, region: Option<&str>| {
            let [endpoint, region] = [endpoint, region].map(|text| text.map(ToOwned::to_owned));
            Ok(Place::Bucket { name: name.to_owned(), endpoint, region })
        };
        assert_eq!("database".parse(), Ok(Place::Database));
        assert_eq!("file:///var/lib/forum".parse(), Ok(Place::Folder(PathBuf::from("/var/lib/forum"))));
        assert_eq!("s3://forum".parse(), bucket("forum", None, None));
        assert_eq!(
            "s3://forum.example?region=eu-central-1&endpoint=http://127.0.0.1:9000".parse(),
            bucket("forum.example", Some("http://127.0.0.1:9000"), Some("eu-central-1"))
        );
        for bad in [
            "",
            "folder",
            "file://folder",
            "/var/lib/forum",
            "s3://",
            "s3://canary:secret@forum",
            "s3://Forum",
            "s3://forum/path",
            "s3://forum?secret=canary",
            "s3://forum?endpoint=http://canary:secret@host",
            "s3://forum?endpoint=host",
            "s3://forum?region",
        ] {
            let problem = bad.parse::<Place>().expect_err(bad);
            assert!(problem.starts_with("expected `database`") && !problem.contains("canary"), "{problem}");
        }
    }
}
