//! A layer that is cloned when it is called, and not whenever something around it is.
//!
//! axum clones whatever is inside of a layer for each request, with all that is inside of that: of seven layers the innermost is
//! cloned seven times, each time with an allocation for each layer between. Behind a shared pointer each is cloned once.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::layer::util::Stack;
use tower::util::Oneshot;
use tower::{Layer, Service};

/// A layer whose service is shared until it is called.
pub(crate) fn shared<L>(layer: L) -> Stack<L, Share> {
    Stack::new(layer, Share)
}

/// Puts a service behind a shared pointer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share;

impl<S> Layer<S> for Share {
    type Service = Shared<S>;

    fn layer(&self, inner: S) -> Shared<S> {
        Shared(Arc::new(inner))
    }
}

/// A service behind a shared pointer.
#[derive(Debug)]
pub(crate) struct Shared<S>(Arc<S>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Service<Request> + Clone, Request> Service<Request> for Shared<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, Request>;

    /// Always: whether what is inside is ready is waited for by the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Oneshot::new(S::clone(&self.0), request)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tower::{ServiceExt, service_fn};

    use super::*;

    /// Counts how often it is cloned.
    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    #[tokio::test]
    async fn what_is_shared_is_cloned_by_a_call_alone() {
        let clones = Arc::new(AtomicUsize::new(0));
        let counted = Counted(Arc::clone(&clones));
        let inner = service_fn(move |number: i32| {
            // Captured as a whole, so that a clone of the closure is counted.
            let whole = &counted;
            let held = i32::from(Arc::strong_count(&whole.0) > 1);
            async move { Ok::<_, Infallible>(number + held) }
        });
        let service = Share.layer(inner);
        let others = [service.clone(), service.clone(), service.clone()];
        assert_eq!(clones.load(Ordering::Relaxed), 0);
        for (other, number) in others.into_iter().zip(1..) {
            assert_eq!(other.oneshot(number).await, Ok(number + 1));
        }
        assert_eq!(clones.load(Ordering::Relaxed), 3);
    }
}
