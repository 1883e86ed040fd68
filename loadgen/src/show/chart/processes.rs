//! What the server and the generator used over time: cores, and memory.

use scenarios::report::{ProcessMoment, Report};

use super::axis::{Axis, Measure};
use super::frame::{Frame, HEIGHT, Label, UPWARDS};
use super::response::{marks, over_time};
use super::{Chart, figure};

/// Growth of memory from which on it is a finding.
const GROWN: f64 = 1.05;

/// What can be read of one process.
type Of<T> = fn(&ProcessMoment) -> Option<T>;

/// Draws the cores in use; `None` in a report without them.
pub(crate) fn cores(report: &Report) -> Option<Chart> {
    let server = |moment: &ProcessMoment| moment.server_cores;
    let generator = |moment: &ProcessMoment| moment.generator_cores;
    let moments = &report.over_time.processes;
    let title = match (use_of(moments, server), use_of(moments, generator)) {
        (Some((mean, most)), Some((own, _))) => format!(
            "The server used {} cores on average and {} at most, the generator {}",
            figure::multiple(mean),
            figure::multiple(most),
            figure::multiple(own)
        ),
        (Some((mean, most)), None) => {
            format!(
                "The server used {} cores on average and {} at most",
                figure::multiple(mean),
                figure::multiple(most)
            )
        }
        (None, Some((own, most))) => format!(
            "The generator used {} cores on average and {} at most; the server cannot be seen into",
            figure::multiple(own),
            figure::multiple(most)
        ),
        (None, None) => return None,
    };
    let note =
        "Processor time of each second, as cores in use. Looking at the clock instead of sleeping is in the \
                generator's."
            .to_owned();
    Some(draw(report, "cores", "cores in use", title, note, (server, generator), figure::multiple))
}

/// Draws the memory in use; `None` in a report without it.
pub(crate) fn memory(report: &Report) -> Option<Chart> {
    #[expect(clippy::cast_precision_loss, reason = "for a picture: 53 bits are plenty")]
    let bytes = |bytes: u64| bytes as f64;
    let server = |moment: &ProcessMoment| moment.server_memory_bytes.map(|bytes| bytes as f64);
    let generator = |moment: &ProcessMoment| moment.generator_memory_bytes.map(|bytes| bytes as f64);
    let moments = &report.over_time.processes;
    let of_server = moments.iter().any(|moment| moment.server_memory_bytes.is_some());
    let read: Vec<u64> = moments
        .iter()
        .filter_map(
            |moment| if of_server { moment.server_memory_bytes } else { moment.generator_memory_bytes },
        )
        .collect();
    let (first, last) = (bytes(*read.first()?), bytes(*read.last()?));
    let whose = if of_server { "server" } else { "generator" };
    let title = if last > first * GROWN {
        format!("The {whose}'s memory grew from {} to {}", figure::bytes(first), figure::bytes(last))
    } else if first > last * GROWN {
        format!("The {whose}'s memory shrank from {} to {}", figure::bytes(first), figure::bytes(last))
    } else {
        format!("The {whose}'s memory stayed at {}", figure::bytes(last))
    };
    let note = "Resident memory at the end of each second.".to_owned();
    Some(draw(report, "memory", "memory", title, note, (server, generator), figure::bytes))
}

/// The mean over time and the most of a moment.
fn use_of(moments: &[ProcessMoment], of: Of<f64>) -> Option<(f64, f64)> {
    let known: Vec<(f64, f64)> = moments
        .iter()
        .filter_map(|moment| Some((of(moment).filter(|cores| cores.is_finite())?, moment.length_s)))
        .collect();
    let whole: f64 = known.iter().map(|(_, length)| length).sum();
    let most = known.iter().map(|(cores, _)| *cores).reduce(f64::max)?;
    (whole > 0.0).then(|| (known.iter().map(|(cores, length)| cores * length).sum::<f64>() / whole, most))
}

fn draw(
    report: &Report,
    id: &str,
    name: &str,
    title: String,
    note: String,
    (server, generator): (Of<f64>, Of<f64>),
    number: fn(f64) -> String,
) -> Chart {
    let mut frame = Frame::new(id, HEIGHT, &title, &note);
    let moments = &report.over_time.processes;
    let values = moments.iter().flat_map(|moment| [server(moment), generator(moment)]).flatten();
    // Compared by height, so the axis begins at zero whatever they span.
    let axis = Axis::holding(
        [values.filter(|value| value.is_finite()).fold(0.0, f64::max)],
        Measure::Number,
        UPWARDS,
    );
    frame.levels(&axis, name, number);
    let time = over_time(report);
    frame.foot(&marks(&time), "time since measuring began");
    let mut labels = Vec::new();
    for (text, class, of) in [("generator", "second", generator), ("server", "main", server)] {
        let points: Vec<Option<(f64, f64)>> = moments
            .iter()
            .map(|moment| Some((time.place(moment.at_s + moment.length_s / 2.0)?, axis.place(of(moment)?)?)))
            .collect();
        if let Some((_, y)) = points.iter().rev().flatten().next() {
            labels.push(Label { y: *y, text, class });
        }
        frame.line(class, points);
    }
    frame.labels(labels);
    Chart { title, note, svg: Some(frame.finish()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::html::sample;

    #[test]
    fn titles_state_what_was_used() {
        let mut report = sample::met();
        let moment = |at_s, cores, memory| ProcessMoment {
            at_s,
            length_s: 1.0,
            server_cores: Some(cores),
            server_memory_bytes: Some(memory),
            generator_cores: Some(0.1),
            generator_memory_bytes: None,
        };
        report.over_time.processes = vec![moment(0.0, 0.5, 40_000_000), moment(1.0, 1.5, 60_000_000)];
        let title = |chart: Option<Chart>| chart.unwrap().title;
        assert_eq!(
            title(cores(&report)),
            "The server used 1 cores on average and 1.5 at most, the generator 0.1"
        );
        assert_eq!(title(memory(&report)), "The server's memory grew from 40 MB to 60 MB");
        report.over_time.processes[1].server_memory_bytes = Some(40_500_000);
        assert_eq!(title(memory(&report)), "The server's memory stayed at 40.5 MB");
        report.over_time.processes.clear();
        assert_eq!((cores(&report), memory(&report)), (None, None));
    }
}
