//! A report that was written by the first version can still be read.

use scenarios::report::{Honesty, REPORT_SCHEMA, Report};
use scenarios::verdict::Finding;

#[test]
fn the_first_form_of_a_report_is_still_read() {
    let report: Report =
        serde_json::from_str(include_str!("data/report-1.json")).expect("a report of schema 1");
    assert!(report.schema <= REPORT_SCHEMA);
    assert_eq!((report.scenario.as_str(), report.offered.model.as_str()), ("forum", "open"));
    assert_eq!(report.actions.iter().map(|action| action.scheduled).sum::<u64>(), report.all.scheduled);
    assert_eq!(report.generator.verdict, Honesty::GeneratorLimited);
    let claim = report.predictions.iter().find(|held| held.claimed).expect("the claim of the file");
    assert_eq!(claim.finding, Finding::Confirmed);
}
