//! What the processes used, second by second, through all stretches.
//!
//! One line is of one machine. Runs one after the other on one machine continue each other's line. Of runs at the same
//! time each has a generator of its own, and figures of several processes that were read at different moments do not
//! add up; the server's line is carried over where one folder alone can see into it.

use scenarios::report::ProcessMoment;

use super::Share;
use super::stretches::Stretch;
use crate::vitals;

/// A series that is carried over.
struct Line<'a> {
    share: &'a Share,
    offset: u32,
    /// Whether it is the only run of its time.
    is_alone: bool,
}

impl Line<'_> {
    fn machine(&self) -> &str {
        &self.share.report.provenance.machine
    }

    fn moments(&self) -> impl Iterator<Item = ProcessMoment> {
        let (offset, is_alone) = (f64::from(self.offset), self.is_alone);
        self.share.report.over_time.processes.iter().map(move |moment| ProcessMoment {
            at_s: moment.at_s + offset,
            generator_cores: moment.generator_cores.filter(|_| is_alone),
            generator_memory_bytes: moment.generator_memory_bytes.filter(|_| is_alone),
            ..*moment
        })
    }
}

/// The series, where there is one; what is left out is said.
pub(super) fn processes(
    shares: &[Share],
    stretches: &[Stretch],
    left_out: &mut Vec<String>,
) -> Vec<ProcessMoment> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let (mut generators, mut servers) = (false, false);
    for stretch in stretches {
        let members = stretch.members.iter().map(|member| &shares[*member]);
        let known: Vec<&Share> =
            members.filter(|share| !share.report.over_time.processes.is_empty()).collect();
        let is_alone = stretch.members.len() == 1;
        generators |= !is_alone && !known.is_empty();
        let seen: Vec<&Share> = known.into_iter().filter(|share| is_alone || sees_server(share)).collect();
        match seen[..] {
            [] => {}
            [share] => lines.push(Line { share, offset: stretch.offset, is_alone }),
            _ => servers = true,
        }
    }
    if lines.iter().any(|line| line.machine() != lines[0].machine()) {
        left_out.push(
            "what processes used second by second is left out: the folders are of different machines; each folder's own report has it"
                .to_owned(),
        );
        return Vec::new();
    }
    for (is_left_out, of, why) in [
        (generators, "generators", "several ran at the same time"),
        (servers, "servers", "several folders of the same time see into one"),
    ] {
        if is_left_out {
            left_out.push(format!(
                "what the {of} used second by second is left out: {why}; each folder's own report has it"
            ));
        }
    }
    vitals::thinned(lines.iter().flat_map(Line::moments).collect())
}

/// Whether the server's figures are among a folder's.
fn sees_server(share: &Share) -> bool {
    let mut moments = share.report.over_time.processes.iter();
    moments.any(|moment| moment.server_cores.is_some() || moment.server_memory_bytes.is_some())
}
