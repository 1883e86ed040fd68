//! A plan over time: the peak against what was bought, the fleet, the cost; and what the measurement replaced.

use scenarios::estimate::{Spread, UnitName};
use scenarios::plan::{BillLine, Moment, Plan, Replaced};
use scenarios::show;

use super::Chart;
use super::frame::{Axis, BOTTOM, Frame, HEIGHT, LEFT, RIGHT, ROW, TOP, WIDTH};

/// Guesses that were nearer than this are not worth a picture.
const LEAST_RATIO: f64 = 1.02;

fn write(plan: &Plan, value: f64, unit: UnitName) -> String {
    show::value(value, unit, &plan.conventions).replace(' ', "\u{a0}")
}

/// The plan's days as places; `None` for a plan of one day.
fn across(plan: &Plan) -> Option<Axis> {
    let high = plan.moments.last()?.after_s;
    (high > 0.0).then_some(Axis { low: 0.0, high, from: LEFT, to: RIGHT })
}

/// The first day and the last, then those between them.
fn days(plan: &Plan, across: Axis) -> Vec<(f64, String)> {
    let mark =
        |moment: &Moment| (across.place(moment.after_s), moment.day.get(..7).unwrap_or_default().to_owned());
    let [first, between @ .., last] = plan.moments.as_slice() else { return Vec::new() };
    [first, last].into_iter().chain(between).map(mark).collect()
}

/// The band between p10 and p90 with the median in it.
fn band(frame: &mut Frame, plan: &Plan, across: Axis, upwards: Axis, of: impl Fn(&Moment) -> Spread) {
    let line = |end: &dyn Fn(Spread) -> f64| -> Vec<(f64, f64)> {
        let moments = plan.moments.iter();
        moments.map(|moment| (across.place(moment.after_s), upwards.place(end(of(moment))))).collect()
    };
    frame.area("band", &line(&|spread| spread.p90), &line(&|spread| spread.p10));
    frame.path("line main", &line(&|spread| spread.p50));
}

fn highest(plan: &Plan, of: impl Fn(&Moment) -> Spread) -> f64 {
    plan.moments.iter().map(|moment| of(moment).p90).fold(0.0, f64::max)
}

/// The peak, and what the servers of the first day hold.
pub(super) fn peak(plan: &Plan) -> Option<Chart> {
    let across = across(plan)?;
    let first = plan.moments.first()?;
    let holds = (first.servers.p50 - first.spares.p50) * plan.basis.planned.p50;
    let name = "capacity of today's servers";
    let runs_out = plan.runs_out.iter().find(|resource| resource.resource == name);
    let title = match runs_out.and_then(|resource| resource.days[1].as_deref()) {
        Some(day) => format!("The servers of today hold the peak until {day}"),
        None => "The servers of today hold the peak".to_owned(),
    };
    let upwards = Axis {
        low: 0.0,
        high: highest(plan, |moment| moment.peak_requests).max(holds) * 1.08,
        from: BOTTOM,
        to: TOP,
    };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, |rate| write(plan, rate, UnitName::PerSecond));
    band(&mut frame, plan, across, upwards, |moment| moment.peak_requests);
    frame.straight("limit", (LEFT, upwards.place(holds)), (RIGHT, upwards.place(holds)));
    let label = format!("planned for {}", counted(first.servers.p50 - first.spares.p50, "server"));
    frame.text((RIGHT, upwards.place(holds) + 17.0), "label limit-name end", &label);
    frame.foot(&days(plan, across));
    let note = "Requests per second in the busiest hour; the band is p10 to p90. The spare is not counted."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}

fn counted(number: f64, noun: &str) -> String {
    let many = if show::count(number) == "1" { "" } else { "s" };
    format!("{} {noun}{many}", show::count(number))
}

/// Servers, day by day.
pub(super) fn servers(plan: &Plan) -> Option<Chart> {
    let across = across(plan)?;
    let (first, last) = (plan.moments.first()?, plan.moments.last()?);
    let has_database = highest(plan, |moment| moment.database_nodes) > 0.0;
    let (from, to) = (first.servers.p50, last.servers.p50);
    let title = if show::count(from) == show::count(to) && last.servers.is_point() {
        let verb = if (to - 1.0).abs() < 1e-9 { "is" } else { "are" };
        format!("{} {verb} enough until {}", counted(to, "server"), plan.until)
    } else {
        format!(
            "From {} to {} by {} (p10 {}, p90 {})",
            counted(from, "server"),
            show::count(to),
            plan.until,
            show::count(last.servers.p10),
            show::count(last.servers.p90)
        )
    };
    let most = highest(plan, |moment| moment.servers).max(highest(plan, |moment| moment.database_nodes));
    let upwards = Axis { low: 0.0, high: (most * 1.1).max(2.0), from: BOTTOM, to: TOP };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, show::digits);
    band(&mut frame, plan, across, upwards, |moment| moment.servers);
    let place = |moment: &Moment, value: f64| (across.place(moment.after_s), upwards.place(value));
    if has_database {
        let nodes: Vec<(f64, f64)> =
            plan.moments.iter().map(|moment| place(moment, moment.database_nodes.p50)).collect();
        frame.path("line second", &nodes);
        let (x, y) = place(last, last.database_nodes.p50);
        frame.text((x - 6.0, y - 9.0), "label second end", "database");
        let (x, y) = place(last, last.servers.p50);
        frame.text((x - 6.0, y + 18.0), "label main end", "servers");
    }
    frame.foot(&days(plan, across));
    let database = if has_database {
        " The other line is the median of the machines of the database, replicas included."
    } else {
        ""
    };
    let note = format!("Servers, spares included; the band is p10 to p90.{database}");
    Some(Chart { title, note, svg: frame.finish() })
}

/// What a month costs, day by day.
pub(super) fn cost(plan: &Plan) -> Option<Chart> {
    let across = across(plan)?;
    let (first, last) = (plan.moments.first()?.cost, plan.moments.last()?.cost);
    let money = |value| write(plan, value, UnitName::DollarsPerMonth).replace("/month", "");
    let title = format!("A month costs {} today and {} by {}", money(first.p50), money(last.p50), plan.until);
    let most = highest(plan, |moment| moment.cost);
    if most <= 0.0 {
        return None;
    }
    let upwards = Axis { low: 0.0, high: most * 1.08, from: BOTTOM, to: TOP };
    let mut frame = Frame::new(HEIGHT, &title);
    frame.levels(upwards, money);
    band(&mut frame, plan, across, upwards, |moment| moment.cost);
    frame.foot(&days(plan, across));
    let note = "Dollars a month; the band is p10 to p90.".to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}

/// The bill of the last day by line, with that of the first.
pub(super) fn bill(plan: &Plan) -> Option<Chart> {
    let mut lines: Vec<&BillLine> = plan.bill.iter().collect();
    lines.sort_by(|one, other| other.then.p50.total_cmp(&one.then.p50));
    let [dearest, _, ..] = lines.as_slice() else { return None };
    let total: f64 = lines.iter().map(|line| line.then.p50).sum();
    let share = show::digits((100.0 * dearest.then.p50 / total).round());
    let title = format!("{} is {share}\u{a0}% of what a month costs by {}", dearest.name, plan.until);
    let most = lines.iter().map(|line| line.then.p50.max(line.now.p50)).fold(0.0, f64::max);
    let across = Axis { low: 0.0, high: most, from: 0.0, to: WIDTH };
    let mut frame = Frame::new(ROW * lines.len() as f64, &title);
    for (index, line) in lines.iter().enumerate() {
        let top = ROW * index as f64;
        let money = |value| write(plan, value, UnitName::DollarsPerMonth).replace("/month", "");
        frame.text((0.0, top + 18.0), "name", &line.name);
        frame.text(
            (WIDTH, top + 18.0),
            "end",
            &format!("{} → {}", money(line.now.p50), money(line.then.p50)),
        );
        frame.bar("bar low", (0.0, top + 26.0), (across.place(line.now.p50), top + 33.0));
        frame.bar("bar", (0.0, top + 35.0), (across.place(line.then.p50), top + 44.0));
    }
    let note = format!("Medians: the light bar is {}, the dark one {}.", plan.from, plan.until);
    Some(Chart { title, note, svg: frame.finish() })
}

/// Guesses against what was measured, as multiples of it.
pub(super) fn replaced(plan: &Plan) -> Option<Chart> {
    let factor = |replaced: &Replaced| replaced.ratio.max(1.0 / replaced.ratio);
    let is_worth_it = |replaced: &&Replaced| factor(replaced).is_finite() && factor(replaced) > LEAST_RATIO;
    let mut all: Vec<&Replaced> = plan.replaced.iter().filter(is_worth_it).collect();
    all.sort_by(|one, other| factor(other).total_cmp(&factor(one)));
    let worst = all.first()?;
    let word = if worst.ratio > 1.0 { "high" } else { "low" };
    let title = format!("{} was {} times too {word}", worst.quantity, show::digits(factor(worst)));
    let times = |replaced: &Replaced, value: f64| (value / replaced.measured.p50).max(1e-6).log10();
    let reach = all
        .iter()
        .flat_map(|replaced| [replaced.was.p10, replaced.was.p90].map(|end| times(replaced, end).abs()))
        .fold(0.3, f64::max);
    let axis = Axis { low: -reach, high: reach, from: 0.0, to: WIDTH };
    let height = ROW * all.len() as f64;
    let mut frame = Frame::new(height, &title);
    for (index, replaced) in all.iter().enumerate() {
        let top = ROW * index as f64;
        frame.text((0.0, top + 18.0), "name", &replaced.quantity);
        let figures = format!(
            "{} → {}",
            write(plan, replaced.was.p50, replaced.unit),
            write(plan, replaced.measured.p50, replaced.unit)
        );
        frame.text((WIDTH, top + 18.0), "end", &figures);
        let end = |value| axis.place(times(replaced, value));
        frame.bar("bar low", (end(replaced.was.p10), top + 26.0), (end(replaced.was.p90), top + 44.0));
        let middle = end(replaced.was.p50);
        frame.straight("line main", (middle, top + 26.0), (middle, top + 44.0));
        frame.dot("good", (axis.place(0.0), top + 35.0));
    }
    let note = "The dot is what was measured; the bar is the guess, p10 to p90 with its median, on a scale of equal ratios: \
                a bar to the right of the dot was too high."
        .to_owned();
    Some(Chart { title, note, svg: frame.finish() })
}
