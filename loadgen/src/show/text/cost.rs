//! Where the time went and what a request cost, a line each.

use scenarios::conventions::Conventions;
use scenarios::report::{Report, TimePart, TimeParts};
use scenarios::show;

/// The lines.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(parts) = &report.all.parts {
        lines.push(format!("  where time went     {}", parts_line(parts, report.target.resolved_s)));
        let said = parts.server_timing.iter();
        let said: Vec<String> =
            said.map(|timing| format!("{} {}", timing.name, show::seconds(timing.mean_s))).collect();
        if !said.is_empty() {
            lines.push(format!("  server's own time   {} on average, by Server-Timing", said.join(" · ")));
        }
    }
    lines.push(format!("  cost per request    {}", cost(report)));
    lines
}

/// The parts of the mean response, in the order in which a request passes them.
fn parts_line(parts: &TimeParts, resolved_s: Option<f64>) -> String {
    let TimeParts { answered, response_mean_s, parts, server_timing: _ } = parts;
    let (some, all): (Vec<&TimePart>, Vec<&TimePart>) =
        parts.iter().partition(|part| part.part.is_of_some() && part.count < *answered);
    let said: Vec<String> =
        all.iter().map(|part| format!("{} {}", part.part.word(), show::seconds(part.mean_s))).collect();
    // Spread over requests on kept connections, opening one would be a figure that nobody waits for.
    let opened: Vec<String> = some
        .iter()
        .map(|part| {
            let mean = show::seconds(part.mean_of_those_s(*answered));
            format!(
                "; {} {mean} in the {} that opened a connection",
                part.part.word(),
                show::count(part.count as f64)
            )
        })
        .collect();
    let name = resolved_s.map_or(String::new(), |took| format!("; DNS {} once", show::seconds(took)));
    format!(
        "{} · of {} on average{}{name}",
        said.join(" · "),
        show::seconds(*response_mean_s),
        opened.concat()
    )
}

fn cost(report: &Report) -> String {
    let mut parts = Vec::new();
    if let Some(server) = &report.server {
        parts.push(format!("server {} of CPU", show::seconds(server.cpu_per_request_s)));
    }
    if let Some(cpu) = report.generator.cpu_per_request_s {
        parts.push(format!("generator {}", show::seconds(cpu)));
    }
    if let Some(sql) = report.server.and_then(|server| server.sql_per_request) {
        parts.push(format!("{} SQL", show::digits(sql)));
    }
    parts.push(show::bytes(report.all.bytes_per_response, &Conventions::default()));
    if let Some(server) = &report.server {
        parts.push(format!(
            "server memory {}",
            show::bytes(server.memory_bytes as f64, &Conventions::default())
        ));
    }
    parts.join(" · ")
}
