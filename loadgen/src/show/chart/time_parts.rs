//! Where the time went: a bar for each action, as long as its mean response, made of the parts that it passed.
//!
//! Each bar has its shares written out below, so that nothing depends on telling colours apart.

use scenarios::report::{ActionReport, Part, Report, TimeParts};

use super::frame::{Frame, WIDTH};
use super::{Chart, figure};

/// Bars that are drawn; the table has them all.
const ROWS_MAX: usize = 12;
/// Letters of a name; the table has it in full.
const NAME_MAX: usize = 30;
/// Height of a row: its name, its bar, its shares.
const ROW: f64 = 66.0;
/// Shares below are drawn, but not written out.
const WORTH_SAYING: f64 = 0.01;
/// The generator's own share from which on it is part of the finding.
const LAG_WORTH_SAYING: f64 = 0.05;

/// Draws the parts; `None` when nothing was answered.
pub(crate) fn time_parts(report: &Report) -> Option<Chart> {
    let rows: Vec<(&ActionReport, &TimeParts)> = std::iter::once(&report.all)
        .chain(&report.actions)
        .filter_map(|action| Some((action, action.parts.as_ref()?)))
        .filter(|(_, parts)| parts.response_mean_s > 0.0 && parts.response_mean_s.is_finite())
        .collect();
    let (_, all) = rows.first()?;
    let title = finding(all);
    let mut note = "The mean time from when a request was due to its last byte, of answered requests. turn: waiting for the \
                    request before it in the same visit. lag: waiting for the generator. server: from sending to the \
                    first byte. transfer: from there to the last."
        .to_owned();
    if rows.len() > ROWS_MAX {
        note = format!("{note} The first {ROWS_MAX} of {}.", rows.len());
    }
    let svg = draw(&rows[..rows.len().min(ROWS_MAX)], (&title, &note));
    Some(Chart { title, note, svg: Some(svg) })
}

fn share(parts: &TimeParts, part: Part) -> f64 {
    let found = parts.parts.iter().find(|found| found.part == part);
    found.map_or(0.0, |found| found.mean_s / parts.response_mean_s)
}

/// What the picture shows to be the case.
fn finding(all: &TimeParts) -> String {
    let largest = Part::ALL.into_iter().max_by(|one, other| share(all, *one).total_cmp(&share(all, *other)));
    let largest = largest.unwrap_or(Part::Server);
    let (of, mean) = (figure::share(share(all, largest)), figure::time(all.response_mean_s));
    let text = match largest {
        Part::Server => {
            format!("{of} of the mean response of {mean} was spent in the server and on the way to it")
        }
        Part::Turn => format!("{of} of the mean response of {mean} was waiting for the request before"),
        Part::Lag => format!("{of} of the mean response of {mean} was the generator's own delay"),
        Part::Connect => format!("{of} of the mean response of {mean} was opening connections"),
        Part::Tls => format!("{of} of the mean response of {mean} was agreeing on keys (TLS)"),
        Part::Transfer => format!("{of} of the mean response of {mean} was receiving the answer"),
    };
    let lag = share(all, Part::Lag);
    if largest != Part::Lag && lag >= LAG_WORTH_SAYING {
        format!("{text}; {} was the generator's own delay", figure::share(lag))
    } else {
        text
    }
}

fn draw(rows: &[(&ActionReport, &TimeParts)], (title, note): (&str, &str)) -> String {
    let mut height = 0.0;
    for _ in rows {
        height += ROW;
    }
    let mut frame = Frame::new("parts", height, title, note);
    let longest = rows.iter().map(|(_, parts)| parts.response_mean_s).fold(0.0, f64::max);
    let mut top = 0.0;
    for (action, parts) in rows {
        frame.text(0.0, top + 16.0, "label name", &super::shortened(&action.name, NAME_MAX));
        frame.text(WIDTH, top + 16.0, "label end", &figure::time(parts.response_mean_s));
        let mut left = 0.0;
        let mut said = Vec::new();
        for part in &parts.parts {
            let width = part.mean_s / longest * WIDTH;
            if width.is_finite() && width > 0.0 {
                frame.block(&format!("part {}", class(part.part)), (left, top + 23.0), width, 14.0);
                left += width;
            }
            let share = part.mean_s / parts.response_mean_s;
            if share >= WORTH_SAYING {
                said.push(format!("{} {}", part.part.word(), figure::share(share)));
            }
        }
        frame.text(0.0, top + 54.0, "number", &said.join(" · "));
        top += ROW;
    }
    frame.finish()
}

fn class(part: Part) -> &'static str {
    match part {
        Part::Turn => "turn",
        Part::Lag => "lag",
        Part::Connect => "connect",
        Part::Tls => "tls",
        Part::Server => "server",
        Part::Transfer => "transfer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::report::TimePart;

    fn parts(of: &[(Part, f64)]) -> TimeParts {
        let part = |(part, mean_s): &(Part, f64)| TimePart {
            part: *part,
            mean_s: *mean_s,
            count: 10,
            p50_s: 0.0,
            p99_s: 0.0,
        };
        TimeParts {
            answered: 10,
            response_mean_s: of.iter().map(|(_, mean_s)| mean_s).sum(),
            parts: of.iter().map(part).collect(),
            server_timing: Vec::new(),
        }
    }

    #[test]
    fn the_title_names_the_largest_part_and_the_generator_s_own() {
        assert_eq!(
            finding(&parts(&[(Part::Lag, 0.0001), (Part::Server, 0.0098), (Part::Transfer, 0.0001)])),
            "98 % of the mean response of 10 ms was spent in the server and on the way to it"
        );
        assert_eq!(
            finding(&parts(&[(Part::Lag, 0.001), (Part::Connect, 0.005), (Part::Server, 0.004)])),
            "50 % of the mean response of 10 ms was opening connections; 10 % was the generator's own delay"
        );
    }

    #[test]
    fn bars_are_as_long_as_the_means_and_shares_are_written_out() {
        let mut report = crate::show::html::sample::met();
        report.actions.truncate(1);
        report.all.parts = Some(parts(&[(Part::Lag, 0.001), (Part::Server, 0.009)]));
        report.actions[0].parts = Some(parts(&[(Part::Server, 0.005)]));
        let svg = time_parts(&report).unwrap().svg.unwrap();
        // 640 wide: 1 of 10 ms is 64, 9 are 576; 5 of 10 ms are 320.
        for text in [
            "class=\"part lag\" x=\"0\" y=\"23\" width=\"64\"",
            "class=\"part server\" x=\"64\" y=\"23\" width=\"576\"",
            "class=\"part server\" x=\"0\" y=\"89\" width=\"320\"",
            ">lag 10 % · server 90 %<",
        ] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
    }
}
