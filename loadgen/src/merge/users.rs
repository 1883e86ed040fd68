//! Both worlds of several folders: users who waited beside arrivals are added as the arrivals are, and held against them
//! anew.
//!
//! That takes users in every folder, who pause alike, and who in folders of the same time were there at the same time:
//! they come when the arrivals of their own folder have ended.

use scenarios::report::{ActionReport, BothWorlds, Generator, Honesty};

use super::stretches::{Stretch, lasted, overlap};
use super::{Share, record, worst};
use crate::both::{self, Part};
use crate::record::ActionRecord;
use crate::recording::Recorded;
use crate::summarise;

/// One folder's users.
struct Users<'a> {
    share: &'a Share,
    part: &'a BothWorlds,
    recorded: &'a Recorded,
}

/// The worlds of all folders, where users were in all of them; why they are left out is said.
pub(super) fn worlds(
    shares: &[Share],
    stretches: &[Stretch],
    open: &ActionReport,
    generator: &Generator,
    left_out: &mut Vec<String>,
) -> Option<BothWorlds> {
    if shares.iter().all(|share| share.report.both.is_none()) {
        return None;
    }
    match users(shares).and_then(|users| same_time(users, stretches)) {
        Ok(users) => merged(&users, stretches, open, generator),
        Err(why) => {
            left_out.push(format!(
                "the users who waited beside the arrivals are left out: {why}; each folder's own report has them"
            ));
            None
        }
    }
}

/// The users of each folder.
///
/// # Errors
/// A folder has none, or none that can be added.
fn users(shares: &[Share]) -> Result<Vec<Users<'_>>, &'static str> {
    let parts = shares.iter().map(|share| Some((share, share.report.both.as_ref()?)));
    let parts: Vec<_> = parts.collect::<Option<_>>().ok_or("not every folder has some")?;
    let users =
        parts.into_iter().map(|(share, part)| Some(Users { share, part, recorded: share.users.as_ref()? }));
    let users: Vec<Users<'_>> =
        users.collect::<Option<_>>().ok_or("a folder of an older loadgen has no recording-users.json")?;
    let is_alike = |pair: &[Users<'_>]| (pair[0].part.think_s - pair[1].part.think_s).abs() < 1e-9;
    if users.windows(2).all(is_alike) { Ok(users) } else { Err("they did not pause alike in all folders") }
}

/// Whether the users of folders of the same time were there at the same time, too.
fn same_time<'a>(users: Vec<Users<'a>>, stretches: &[Stretch]) -> Result<Vec<Users<'a>>, &'static str> {
    let together = |stretch: &Stretch| {
        let first = window(&users[stretch.members[0]]);
        stretch.members.iter().skip(1).all(|member| overlap(first, window(&users[*member])))
    };
    if stretches.iter().all(together) {
        Ok(users)
    } else {
        Err("in folders of the same time they came at different times")
    }
}

/// From when to when the users of a folder were measured, about: after its arrivals and their own warm-up.
fn window(users: &Users<'_>) -> (f64, f64) {
    let Users { share, part, .. } = users;
    let begun = share.report.provenance.started_unix_s as f64 + share.report.offered.warmup_s;
    let from = begun + lasted(share) + part.warmup_s;
    (from, from + part.measured_s)
}

fn merged(
    users: &[Users<'_>],
    stretches: &[Stretch],
    open: &ActionReport,
    generator: &Generator,
) -> Option<BothWorlds> {
    let mut requests = ActionRecord::new();
    let mut measured_s = 0.0;
    for stretch in stretches {
        let members = || stretch.members.iter().map(|member| &users[*member]);
        measured_s +=
            members().map(|users| users.part.measured_s).sum::<f64>() / stretch.members.len() as f64;
        // Where the blocks of earlier stretches end.
        let offset = requests.blocks.length() * requests.blocks.counts().count();
        for (_, record) in members().flat_map(|users| &users.recorded.actions) {
            requests.append(record, offset);
        }
    }
    let each = || users.iter().map(|users| users.part);
    let mut all = summarise::action("all", &requests, measured_s.max(f64::MIN_POSITIVE));
    all.errors = record::errors(each().map(|part| part.all.errors.as_slice()));
    all.parts = record::timed(all.parts.take(), each().filter_map(|part| part.all.parts.clone()));
    let verdicts: Vec<_> = each().map(|part| (part.verdict, part.evidence.as_slice())).collect();
    let (verdict, evidence) = worst(&verdicts);
    let (gaps, hides, finding) = both::compare(
        Part { all: open, limit: limit(generator.verdict, &generator.evidence) },
        Part { all: &all, limit: limit(verdict, &evidence) },
    );
    let at_once =
        |stretch: &Stretch| stretch.members.iter().map(|member| users[*member].part.users).sum::<u32>();
    Some(BothWorlds {
        users: stretches.iter().map(at_once).max()?,
        rule: format!("{} folders together", users.len()),
        measured_s,
        cut_short: each().any(|part| part.cut_short),
        all,
        verdict,
        evidence,
        gaps,
        hides,
        finding,
        ..users.first()?.part.clone()
    })
}

/// What limited a generator, if it was the limit.
fn limit(verdict: Honesty, evidence: &[String]) -> Option<&str> {
    (verdict == Honesty::GeneratorLimited).then(|| evidence.first().map_or("", String::as_str))
}
