//! A self-test for a terminal: predicted against seen, what others hide, and the answer.

use scenarios::show;

use super::columns::Align::{Left, Right};
use super::columns::columns;
use crate::selftest::{Answer, CrowdCheck, Row, SelfTest, StallCheck, UsersSeen, quantile_name};

/// The whole test as plain text.
pub(crate) fn page(test: &SelfTest) -> String {
    let SelfTest { schema: _, answer, stalls, users, crowds, version, machine } = test;
    let mut lines = vec![format!("self-test {}: {}", answer.word(), meaning(*answer)), String::new()];
    for (index, check) in stalls.iter().enumerate() {
        lines.extend(stall(check, users.as_ref().filter(|_| index == 0)));
    }
    for check in crowds {
        lines.extend(crowd(check));
    }
    lines.push(format!("  {version} · {machine}"));
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n") + "\n"
}

fn meaning(answer: Answer) -> &'static str {
    match answer {
        Answer::Passed => "what was known beforehand was measured within 1 %",
        Answer::Failed => {
            "what was known beforehand was not measured, and nothing but the generator is to blame"
        }
        Answer::CannotTell => "this machine was too busy or too slow to judge the generator by",
    }
}

fn stall(check: &StallCheck, users: Option<&UsersSeen>) -> Vec<String> {
    let StallCheck {
        stall_s,
        every_s,
        measured_s,
        asked_per_s,
        offered_per_s,
        rows,
        lag_s: [lag_p50, lag_p99, lag_max],
        target_late_s,
        stolen_share,
        generator,
        answer,
        because,
    } = check;
    let seconds = show::seconds;
    let mut lines = vec![
        format!(
            "  a stall of {} in every {}, for {} at {} requests/s: {}",
            seconds(*stall_s),
            seconds(*every_s),
            seconds(*measured_s),
            show::digits(*asked_per_s),
            answer.word()
        ),
        table(rows, users),
    ];
    lines.push(format!(
        "  offered {offered_per_s:.2}/s · lag p50 {}, p99 {}, max {} · target late by {} · host took {} · generator {}",
        seconds(*lag_p50),
        seconds(*lag_p99),
        seconds(*lag_max),
        seconds(*target_late_s),
        stolen_share.map_or("–".to_owned(), show::share),
        generator.word()
    ));
    lines.extend(users.map(hidden));
    lines.extend(because.iter().map(|reason| format!("  ! {reason}")));
    lines.push(String::new());
    lines
}

fn table(rows: &[Row], users: Option<&UsersSeen>) -> String {
    let mut titles = vec!["", "predicted", "seen", "deviation", "from sending"];
    titles.extend(users.map(|_| "closed users"));
    let mut cells: Vec<Vec<String>> = vec![titles.into_iter().map(str::to_owned).collect()];
    for (index, row) in rows.iter().enumerate() {
        let Row { q, predicted_s, seen_s, service_s, deviation, is_judged } = row;
        let deviation = match deviation {
            Some(deviation) if *is_judged => format!("{:+.2} %", deviation * 100.0),
            Some(deviation) => format!("({:+.2} %)", deviation * 100.0),
            None => "–".to_owned(),
        };
        let predicted = if *predicted_s > 0.0 { ms(*predicted_s) } else { "about 0".to_owned() };
        let mut line = vec![quantile_name(*q), predicted, ms(*seen_s), deviation, ms(*service_s)];
        // The same quantiles, in the same order.
        let theirs = users.and_then(|users| users.quantiles_s.get(index));
        line.extend(theirs.map(|(_, value)| ms(*value)));
        cells.push(line);
    }
    columns(&cells, &[Left, Right, Right, Right, Right, Right])
}

/// Milliseconds to a tenth of a thousandth of a second, so that one hundredth of a quantile can be seen.
fn ms(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1e3)
}

fn hidden(users: &UsersSeen) -> String {
    let UsersSeen { users, think_s, done_per_s, quantiles_s } = users;
    let p99 = quantiles_s.iter().find(|(q, _)| (*q - 0.99).abs() < 1e-9).map_or(0.0, |(_, value)| *value);
    format!(
        "  {users} users who think {} and wait for their answers made {}/s and call p99 {}: they ask nothing while they wait",
        show::seconds(*think_s),
        show::digits(*done_per_s),
        show::seconds(p99)
    )
}

fn crowd(check: &CrowdCheck) -> Vec<String> {
    let CrowdCheck { crowded, threads, lag_p99_s, response_p99_s, generator, evidence, answer } = check;
    vec![
        format!("  {threads} busy threads on the processor of {crowded}: {}", answer.word()),
        format!(
            "  generator {} · response p99 {}, lag p99 {}",
            generator.word(),
            show::seconds(*response_p99_s),
            show::seconds(*lag_p99_s)
        ),
        format!("  {}", evidence.join(", ")),
        String::new(),
    ]
}
