//! Pictures behind the interface of S3, behind the feature `s3`.
//!
//! Who we are comes from the environment alone, under the names that every tool knows: `AWS_ACCESS_KEY_ID`,
//! `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, or what the machine's own role says.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use super::BLOB_TIME;

/// Time to open a connection.
const CONNECT_TIME: Duration = Duration::from_secs(1);
/// Time for one answer; what is left of the whole is for another try.
const ANSWER_TIME: Duration = Duration::from_secs(2);
/// Tries after the first one: enough for an answer that was lost.
const TRIES_AGAIN: usize = 1;
/// Pause before another try.
const PAUSE: Duration = Duration::from_millis(100);

/// A bucket. Without `region` it is as the environment says, else `us-east-1`.
pub(super) fn open(
    bucket: &str,
    endpoint: Option<&str>,
    region: Option<&str>,
) -> Result<Arc<dyn ObjectStore>, String> {
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT_TIME)
        .with_timeout(ANSWER_TIME)
        .with_allow_http(endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")));
    let retry = RetryConfig {
        max_retries: TRIES_AGAIN,
        retry_timeout: BLOB_TIME,
        backoff: BackoffConfig { init_backoff: PAUSE, max_backoff: PAUSE, base: 2.0 },
    };
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    // One picture is removed by one request, which every such store knows.
    builder = builder.with_retry(retry).with_disable_bulk_delete(true);
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(region) = region {
        builder = builder.with_region(region);
    }
    // What is wrong is said without what was given.
    let store = builder.with_client_options(options).build();
    let store = store.map_err(|_| "the bucket cannot be used as it is described".to_owned())?;
    Ok(Arc::new(store))
}
