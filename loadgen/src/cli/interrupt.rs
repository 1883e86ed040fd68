//! Ctrl-C: the first asks for an end with what there is, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit status after a second Ctrl-C, as shells have it (128 + SIGINT).
const EXIT_INTERRUPTED: i32 = 130;

/// What the first Ctrl-C sets. Once in the life of the program, and before goose installs its own: the first handler stays.
pub(super) fn on_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            // The server ends with us, and its files.
            #[cfg(feature = "reference-server")]
            crate::launch::clean_up();
            std::process::exit(EXIT_INTERRUPTED);
        }
    })?;
    Ok(interrupted)
}
