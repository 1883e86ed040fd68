//! Where the bytes of members' pictures are: in the database, or beside it, in a folder or behind the interface of S3.
//!
//! Beside the database a picture has a name by its content, `avatars/7/0f…c2.png`, in a folder of its member: what has a name
//! never changes, and a copy anywhere is good for ever. The database keeps whose picture it is and its digest, so that
//! whether it has changed is answered without its bytes.
//!
//! First the bytes are put away, then the database is told: it never names what is not there. Then what was there before is
//! removed, and whatever else lies in the member's folder and is older than `SETTLED`: pictures of requests that ended in
//! between. So what is left over is at most what one member sent within that time, until he sends another one.
//!
//! While the blob store is away, pages are shown without the pictures, pictures and uploads get 503, and nothing else is
//! touched: no request waits for it for longer than a fixed time.

mod place;
#[cfg(feature = "s3")]
mod s3;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

use crate::app::AppState;
use crate::domain::{Avatar, UserId};
use crate::error::ApiError;
use crate::session::hexadecimal;
pub use place::Place;

/// The most that a picture has; the database says the same.
const BLOB_BYTES_MAX: u64 = 100_000;
/// Time for each thing that is asked of the store, tries again included: two of them fit into a request.
const BLOB_TIME: Duration = Duration::from_secs(3);
/// What is older than the picture that was just put away by more than this belongs to no request that is still under way.
const SETTLED: Duration = Duration::from_mins(1);
/// What the database keeps in the place of bytes that are elsewhere. No picture is as short.
const ELSEWHERE: &[u8] = b"-";

/// What is asked of the store.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// Putting bytes away.
    Put,
    /// Reading them.
    Get,
    /// Removing them.
    Remove,
    /// Looking what there is of one member.
    List,
}

impl Deed {
    /// All of them.
    pub(crate) const ALL: [Deed; 4] = [Deed::Put, Deed::Get, Deed::Remove, Deed::List];

    /// The name in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Remove => "remove",
            Self::List => "list",
        }
    }
}

/// The store of pictures; by default the database itself.
#[derive(Clone, Debug, Default)]
pub struct Blobs(Option<Arc<Beside>>);

#[derive(Debug)]
struct Beside {
    store: Arc<dyn ObjectStore>,
    /// Of each deed how many were done, and how many were not.
    counted: [[AtomicU64; 2]; 4],
}

impl Blobs {
    /// Pictures in this place.
    ///
    /// # Errors
    /// When there is no such folder, or something that the place needs is not said.
    pub fn open(place: &Place) -> Result<Self, String> {
        let store = place.open()?;
        Ok(Self(store.map(|store| Arc::new(Beside { store, counted: Default::default() }))))
    }

    /// How often something was asked of a store beside the database, done and not done; `None` when there is none.
    pub(crate) fn counted(&self, deed: Deed) -> Option<[u64; 2]> {
        let beside = self.0.as_ref()?;
        Some(beside.counted[deed as usize].each_ref().map(|count| count.load(Ordering::Relaxed)))
    }
}

impl Beside {
    /// Does something, in its time. That a picture is not there is no failure of the store.
    async fn ask<T>(
        &self,
        deed: Deed,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<Option<T>, ApiError> {
        let outcome = tokio::time::timeout(BLOB_TIME, work).await;
        let done = matches!(outcome, Ok(Ok(_) | Err(object_store::Error::NotFound { .. })));
        self.counted[deed as usize][usize::from(!done)].fetch_add(1, Ordering::Relaxed);
        match outcome {
            Ok(Ok(value)) => Ok(Some(value)),
            Ok(Err(object_store::Error::NotFound { .. })) => Ok(None),
            Ok(Err(error)) => {
                // The library names the request and the answer, never a secret.
                tracing::error!(deed = deed.name(), %error, "the store of pictures fails");
                Err(ApiError::PicturesAway)
            }
            Err(_) => {
                tracing::error!(deed = deed.name(), "the store of pictures does not answer in time");
                Err(ApiError::PicturesAway)
            }
        }
    }

    async fn read(&self, user: UserId, digest: [u8; 16]) -> Result<Option<Bytes>, ApiError> {
        let path = path(user, digest);
        let read = async {
            let found = self.store.get(&path).await?;
            if found.meta.size > BLOB_BYTES_MAX { Ok(None) } else { found.bytes().await.map(Some) }
        };
        let bytes = self.ask(Deed::Get, read).await?.flatten();
        // Whatever else lies there under this name is not shown.
        Ok(bytes.filter(|bytes| Sha256::digest(bytes)[..16] == digest))
    }

    /// Removes what was there before, and what nobody has told the database of. What fails is left for the next time.
    async fn sweep(&self, user: UserId, replaced: Option<[u8; 16]>, current: [u8; 16]) {
        if let Some(replaced) = replaced.filter(|replaced| *replaced != current) {
            let _ = self.ask(Deed::Remove, self.store.delete(&path(user, replaced))).await;
        }
        let folder = folder(user);
        let Ok(Some(found)) = self.ask(Deed::List, self.store.list_with_delimiter(Some(&folder))).await
        else {
            return;
        };
        let current = path(user, current);
        let Some(now) = found.objects.iter().find(|object| object.location == current) else { return };
        for object in &found.objects {
            let older = now.last_modified.signed_duration_since(object.last_modified).to_std();
            if object.location != current && older.is_ok_and(|older| older > SETTLED) {
                let _ = self.ask(Deed::Remove, self.store.delete(&object.location)).await;
            }
        }
    }
}

fn folder(user: UserId) -> Path {
    Path::from(format!("avatars/{user}"))
}

fn path(user: UserId, digest: [u8; 16]) -> Path {
    Path::from(format!("avatars/{user}/{}.png", hexadecimal(&digest)))
}

/// Gives a member a picture.
///
/// # Errors
/// [`ApiError::PicturesAway`] when the bytes cannot be put away now; nothing has changed then.
pub(crate) async fn give(state: &AppState, user: UserId, avatar: Avatar) -> Result<(), ApiError> {
    let Some(beside) = &state.blobs.0 else { return Ok(state.store.put_avatar(user, avatar).await?) };
    let Avatar { digest, png } = avatar;
    let replaced = state.store.avatar_digest(user).await?;
    let path = path(user, digest);
    beside.ask(Deed::Put, beside.store.put(&path, PutPayload::from(png))).await?;
    state.store.put_avatar(user, Avatar { digest, png: ELSEWHERE.to_vec() }).await?;
    beside.sweep(user, replaced, digest).await;
    Ok(())
}

/// Takes a member's picture away.
///
/// # Errors
/// Those of the database. Bytes that cannot be removed now are removed when he sends another picture.
pub(crate) async fn take_away(state: &AppState, user: UserId) -> Result<(), ApiError> {
    let Some(beside) = &state.blobs.0 else {
        state.store.delete_avatar(user).await?;
        return Ok(());
    };
    let digest = state.store.avatar_digest(user).await?;
    state.store.delete_avatar(user).await?;
    if let Some(digest) = digest {
        let _ = beside.ask(Deed::Remove, beside.store.delete(&path(user, digest))).await;
    }
    Ok(())
}

/// The bytes of a picture that the database names; `None` when they are not where they should be.
///
/// # Errors
/// [`ApiError::PicturesAway`] when the store does not answer.
pub(crate) async fn bytes(state: &AppState, user: UserId, avatar: Avatar) -> Result<Option<Bytes>, ApiError> {
    if avatar.png != ELSEWHERE {
        return Ok(Some(avatar.png.into()));
    }
    let found = match &state.blobs.0 {
        Some(beside) => beside.read(user, avatar.digest).await?,
        None => None,
    };
    if found.is_none() {
        tracing::error!(user = user.get(), "a picture is not where the database says");
    }
    Ok(found)
}
