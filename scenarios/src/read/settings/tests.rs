//! What a setting changes, and how it is told that it leads nowhere.

use crate::error::SETTING;
use crate::scenario::{ActionRate, DailyUsers, Origin, Size};
use crate::{Scenario, ScenarioError};

const FILE: &str = "
name: shop
users: 20k daily
data:
  order: { size: 2 KB, copies: 3 }
  v1.5 image: 300 KB
actions:
  buy: { total: 5/s, writes: order }
  look around: 30
expect:
  peak qps: 1..20
";

fn with(settings: &[&str]) -> Result<Scenario, ScenarioError> {
    let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
    Scenario::with_settings(FILE, &settings)
}

fn size(scenario: &Scenario, entity: &str) -> (f64, Origin) {
    let Size::Whole(size) = &scenario.entity(entity).unwrap().size else { panic!("a size") };
    (crate::units::Unit::base(size.value.low()), size.origin)
}

#[test]
fn a_value_is_set_whatever_form_it_is_written_in() {
    let scenario =
        with(&["data.order.size=8 MB", " data.v1.5 image.size = 1 MB", "users.daily=2M", "node.cores=8"])
            .unwrap();
    let set = Origin::File(SETTING);
    assert_eq!(size(&scenario, "order"), (8e6, set));
    assert_eq!(size(&scenario, "v1.5 image"), (1e6, set));
    let daily = scenario.users.daily.unwrap();
    assert!(matches!(daily.value, DailyUsers::Count(count) if count.low().number() == 2e6));
    assert_eq!(daily.origin, set);
    assert_eq!(scenario.node.unwrap().cores.unwrap().value.low().number(), 8.0);
}

#[test]
fn what_was_written_short_keeps_its_value_when_something_is_added_below_it() {
    let scenario = with(&["actions.look around.answer=10 KB", "users.registered=1M"]).unwrap();
    let look = &scenario.actions[1];
    // 30 a day, from line 9.
    assert!(
        matches!(look.rate.value, ActionRate::PerUser(rate) if (rate.low().in_one_second() * 86_400.0 - 30.0).abs() < 1e-9)
    );
    assert_eq!(look.rate.origin, Origin::File(9));
    assert_eq!(look.answer.unwrap().origin, Origin::File(SETTING));
    assert!(scenario.users.daily.is_some() && scenario.users.registered.is_some());
}

#[test]
fn later_settings_win_and_nothing_behind_the_sign_takes_a_key_out() {
    let scenario = with(&["data.order.size=1 KB", "data.order.size=4 KB", "expect="]).unwrap();
    assert_eq!(size(&scenario, "order").0, 4e3);
    assert!(scenario.expect.is_empty());
    // A claim that is set belongs to the command line and not to a line of the file.
    let scenario = with(&["expect.peak qps=1..2"]).unwrap();
    assert_eq!((scenario.expect[0].high, scenario.expect[0].line), (2.0, SETTING));
}

#[test]
fn maps_and_lists_are_set_whole() {
    let scenario = with(&["data.log={ size: 1 KB, count: 5M }", "slo=[p99 < 250 ms, errors < 1%]"]).unwrap();
    assert_eq!(size(&scenario, "log").0, 1e3);
    assert_eq!(scenario.slo.len(), 2);
}

/// Every error, one below the other.
fn refusals(settings: &[&str]) -> String {
    let render = |setting: &&str| {
        let error = with(&["for=3 years", setting]).unwrap_err();
        assert_eq!(error.place(), None, "no place of the file: {setting}");
        error.render("shop.yaml", FILE) + "\n\n"
    };
    settings.iter().map(render).collect()
}

#[test]
fn a_path_that_leads_nowhere_is_shown_as_typed() {
    insta::assert_snapshot!(refusals(&[
        "users.daily",
        "user.daily=2M",
        "users.dialy=2M",
        "data.odrer.size=1 KB",
        "data.order.sise=1 KB",
        "data.order..size=1 KB",
        "=1",
        "data.order.size.mean=1 KB",
        "traffic.peak=",
    ]), @r##"
    error: a setting has a path and a value
     --> --set:1:1
      |
    1 | users.daily
      | ^^^^^^^^^^^ no `=`
      hint: like `users.daily=2M`; nothing behind the `=` takes the key out

    error: the file has no `user`
     --> --set:1:1
      |
    1 | user.daily=2M
      | ^^^^ did you mean `users`?
      hint: the path would be `users`

    error: `users` has no `dialy`
     --> --set:1:7
      |
    1 | users.dialy=2M
      |       ^^^^^ did you mean `daily`?
      hint: the path would be `users.daily`

    error: `data` has no `odrer`
     --> --set:1:6
      |
    1 | data.odrer.size=1 KB
      |      ^^^^^ did you mean `order`?
      hint: the path would be `data.order`

    error: `data.order` has no `sise`
     --> --set:1:12
      |
    1 | data.order.sise=1 KB
      |            ^^^^ did you mean `size`?
      hint: the path would be `data.order.size`

    error: a name is missing in the path
     --> --set:1:12
      |
    1 | data.order..size=1 KB
      |            ^
      hint: a path is names with dots between, like `data.song.size`

    error: a name is missing in the path
     --> --set:1:1
      |
    1 | =1
      | ^
      hint: a path is names with dots between, like `data.song.size`

    error: `data.order.size` is one value, `2 KB`
     --> --set:1:1
      |
    1 | data.order.size.mean=1 KB
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: set all of it: `data.order.size=...`

    error: there is no `traffic` to take out
     --> --set:1:1
      |
    1 | traffic.peak=
      | ^^^^^^^
      hint: at this level there is name, users, data, actions, expect, for
    "##);
}

#[test]
fn a_value_that_cannot_be_read_is_shown_as_typed() {
    insta::assert_snapshot!(refusals(&[
        "users.daily=2 MB",
        "data.order.size=1 Kb",
        "data.order=[1,",
        "traffic.peek=3x",
    ]), @r##"
    error: expected a number (like 20k), found a size (like 5 MB)
     --> --set:1:13
      |
    1 | users.daily=2 MB
      |             ^^^^
      hint: write a number (like 20k)

    error: `Kb` is bits, and bits are for rates only
     --> --set:1:17
      |
    1 | data.order.size=1 Kb
      |                 ^^^^
      hint: bits? write KB or KiB (bytes), or a rate like `5 Mb/s`

    error: not a valid YAML file: unclosed bracket '['
     --> --set:1:12
      |
    1 | data.order=[1,
      |            ^ here

    error: unknown key `peek`
     --> --set:1:9
      |
    1 | traffic.peek=3x
      |         ^^^^ did you mean `peak`?
      hint: the keys at this level are peak, shape, retries
    "##);
}

#[test]
fn an_error_of_the_file_itself_is_still_shown_there() {
    let settings = ["for=3 years".to_owned()];
    let text = "name: a\nuser: 1\n";
    let error = Scenario::with_settings(text, &settings).unwrap_err().render("a.yaml", text);
    assert!(error.contains("a.yaml:2:1"), "{error}");
    let many = vec!["for=3 years".to_owned(); 201];
    let error = Scenario::with_settings(FILE, &many).unwrap_err().to_string();
    assert!(error.contains("at most 200"), "{error}");
}
