//! An estimate that was written by the first version can still be read.

use scenarios::estimate::{ESTIMATE_SCHEMA, Estimate, Kind, Spread, UnitName};
use scenarios::verdict::Finding;

#[test]
fn the_first_form_of_an_estimate_is_still_read() {
    let estimate: Estimate = serde_json::from_str(include_str!("data/estimate-1.json")).unwrap();
    assert!(estimate.schema <= ESTIMATE_SCHEMA);
    let [song] = &estimate.quantities[..] else { panic!("one quantity") };
    assert_eq!((song.unit, song.kind, song.value), (UnitName::Bytes, Kind::Derived, Spread::point(1.5e15)));
    assert!(estimate.advice[0].fires);
    assert_eq!(estimate.claims[0].verdict, Finding::Confirmed);
}
