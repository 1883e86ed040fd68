//! What our codec makes of an answer.

use std::collections::{BTreeMap, BTreeSet};

use loadgen::codec::{Expect, Keep, Malformed, Parser, Progress};

use crate::Answered;

/// Reads the pieces and then, if there is more to come, the end of the connection.
pub(crate) fn read(pieces: &[&[u8]], head: bool) -> Result<Answered, Malformed> {
    let mut parser = Parser::new();
    parser.reset(Expect { head, keep: Keep::Body });
    let mut progress = Progress::NeedMore;
    for piece in pieces {
        progress = parser.feed(piece)?;
    }
    if progress == Progress::NeedMore {
        parser.finish_eof()?;
    }
    let answer = parser.answer();
    let mut fields = BTreeMap::new();
    for name in names(&pieces.concat()) {
        let values: Vec<_> = answer.headers(&name).map(<[u8]>::to_vec).collect();
        if !values.is_empty() {
            fields.insert(name, values);
        }
    }
    Ok(Answered { status: answer.status, fields, body: answer.body.to_vec(), reuse: parser.keep_alive() })
}

/// All that may be the name of a field, in small letters.
fn names(bytes: &[u8]) -> BTreeSet<String> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let names =
        lines.filter_map(|line| line.iter().position(|byte| *byte == b':').map(|colon| &line[..colon]));
    names.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect()
}
