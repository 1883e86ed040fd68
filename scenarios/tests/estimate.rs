//! An estimate that was written by the first version can still be read.

use scenarios::estimate::{ESTIMATE_SCHEMA, Estimate, Kind, Spread, UnitName};
use scenarios::units::Dimension;
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

#[test]
fn units_travel_as_text_and_those_without_a_name_as_powers() {
    let price = Dimension::MONEY.over(Dimension::BYTES);
    for (unit, written) in [
        (UnitName::BytesPerSecond, r#""B/s""#),
        (UnitName::Dollars, r#""USD""#),
        (UnitName::Other(price), r#"{"bytes":-1,"seconds":0,"money":1}"#),
    ] {
        assert_eq!(serde_json::to_string(&unit).unwrap(), written);
        assert_eq!(serde_json::from_str::<UnitName>(written).unwrap(), unit);
        assert_eq!(UnitName::of(unit.dimension()), unit);
    }
}

#[test]
fn what_an_old_estimate_does_not_say_is_empty_and_stays_out_of_the_file() {
    let estimate: Estimate = serde_json::from_str(include_str!("data/estimate-1.json")).unwrap();
    assert!(estimate.outlook.is_empty());
    assert!(!serde_json::to_string(&estimate).unwrap().contains("outlook"));
}
