//! The real world, over the loopback interface.
