//! How much one client may ask for.
//!
//! Requests are sorted into classes ([`Class`]), each with its own rate. Who is counted is the member who is logged in,
//! else the address: all of IPv4, the first 64 bits of IPv6, because that is what one household gets. Signing up and
//! logging in are counted by address alone: there is no member yet, and a member must not be locked out by whoever
//! tries his name.
//!
//! Several forums may count together, in Redis (`shared`); without an answer from there each counts alone.
//!
//! Who is beyond his rate is refused at once (429) and told when to come back. The loopback address is nobody special:
//! behind a proxy on the same machine everybody comes from it. Whoever measures switches the limits off.

mod class;
mod gcra;
mod layer;
mod limits;
mod peer;
mod shared;

pub use class::Class;
pub use gcra::Standing;
pub use layer::Limiter;
pub(crate) use layer::{KnownVisitor, admit};
pub use limits::{Limits, Rate};
pub use peer::{Network, Peer, TrustedProxies};
