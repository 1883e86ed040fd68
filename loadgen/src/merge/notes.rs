//! What a reader of a merged report should know: what was done with the folders, what could not be carried over, and what
//! each folder says itself.

use super::Share;

/// What a reader should know: each note once, with the folders that said it.
pub(super) fn notes(shares: &[Share], stretches: usize, left_out: Vec<String>) -> Vec<String> {
    let mut notes = vec![match stretches {
        1 => format!("{} folders of the same time: their rates add up", shares.len()),
        _ if stretches == shares.len() => {
            format!("{} folders, one after the other: time counts through all of them", shares.len())
        }
        _ => format!("{} folders in {stretches} stretches of time, one after the other", shares.len()),
    }];
    notes.push("histograms were added, so quantiles are those of all requests together; of predictions the worst finding stands".to_owned());
    notes.extend(left_out);
    let mut said: Vec<(&str, Vec<String>)> = Vec::new();
    for (index, share) in shares.iter().enumerate() {
        for note in &share.report.notes {
            let folder = (index + 1).to_string();
            match said.iter_mut().find(|(known, _)| known == note) {
                Some((_, folders)) => folders.push(folder),
                None => said.push((note.as_str(), vec![folder])),
            }
        }
    }
    notes.extend(said.iter().map(|(note, folders)| {
        let word = if folders.len() == 1 { "folder" } else { "folders" };
        format!("{word} {}: {note}", folders.join(", "))
    }));
    notes
}
