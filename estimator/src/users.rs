//! How many people there are, and how many of them come on a day.

use scenarios::estimate::UnitName;
use scenarios::scenario::{ActionRate, DailyUsers, GrowthLaw, Scenario};

use crate::error::EstimateError;
use crate::input::Input;
use crate::ledger::{Ledger, LineId};
use crate::section::Section;

/// Alex Xu, System Design Interview, vol. 1, chapter 2: half of the monthly users come every day.
pub(crate) const DAILY_SHARE: f64 = 0.5;
pub(crate) const DAILY_SHARE_SOURCE: &str = "Xu vol. 1 ch. 2";

/// Who there is; absent where the file neither says nor needs it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Users {
    pub(crate) registered: Option<LineId>,
    pub(crate) daily: Option<LineId>,
    /// The share added per year.
    pub(crate) growth: Option<LineId>,
    /// Of what there is by then, or of what there is today.
    pub(crate) growth_law: GrowthLaw,
}

impl Users {
    /// Those of whom an entity may have one each: the registered ones where they are known.
    pub(crate) fn all(self) -> Option<LineId> {
        self.registered.or(self.daily)
    }

    /// Those of a day; all where the file says no more.
    pub(crate) fn all_daily(self) -> Option<LineId> {
        self.daily.or(self.registered)
    }
}

/// Enters the users into the ledger.
pub(crate) fn users(scenario: &Scenario, ledger: &mut Ledger) -> Result<Users, EstimateError> {
    let given = scenario.users;
    let registered =
        given.registered.map(|users| ledger.input(Input::read("registered users", UnitName::One, users)));
    let daily = match given.daily {
        Some(daily) => Some(match daily.value {
            DailyUsers::Count(range) => {
                let ends = (range.low().number(), range.high().number());
                let input = Input::between("daily users", UnitName::One, ends, daily.origin);
                ledger.input(input.section(Section::Traffic))
            }
            DailyUsers::Share(range) => {
                let ends = (range.low().share(), range.high().share());
                let share = ledger.input(Input::between("daily share", UnitName::Share, ends, daily.origin));
                of_registered(ledger, registered, share).ok_or_else(|| EstimateError::NoUsers {
                    place: ledger.place_of(daily.origin),
                    action: "daily".to_owned(),
                })?
            }
        }),
        None => daily_by_default(scenario, ledger, registered)?,
    };
    let growth = given.growth.map(|growth| {
        let year = ledger.conventions.year_seconds;
        let ends = (growth.value.low().per_year(year), growth.value.high().per_year(year));
        let input = Input::between("user growth", UnitName::Share, ends, growth.origin);
        // Users may more than double in a year.
        ledger.input(input.at_most(f64::INFINITY))
    });
    Ok(Users { registered, daily, growth, growth_law: given.growth_law })
}

/// Asked for only where an action is counted by user.
fn daily_by_default(
    scenario: &Scenario,
    ledger: &mut Ledger,
    registered: Option<LineId>,
) -> Result<Option<LineId>, EstimateError> {
    let by_user = scenario.actions.iter().find(
        |action| matches!(action.rate.value, ActionRate::PerUser(rate) if rate.high().in_one_second() > 0.0),
    );
    let Some(action) = by_user else { return Ok(None) };
    let ends = (DAILY_SHARE, DAILY_SHARE);
    let no_users =
        EstimateError::NoUsers { place: ledger.place_of(action.origin), action: action.name.clone() };
    if registered.is_none() {
        return Err(no_users);
    }
    let input = Input::default("daily share", UnitName::Share, ends, DAILY_SHARE_SOURCE);
    let share = ledger.input(input.section(Section::Traffic));
    Ok(of_registered(ledger, registered, share))
}

fn of_registered(ledger: &mut Ledger, registered: Option<LineId>, share: LineId) -> Option<LineId> {
    let term = ledger.term(registered?) * ledger.term(share);
    Some(ledger.derive(Section::Traffic, "daily users", UnitName::One, term))
}

/// One line about the size of the system: `600 k users a day of 5 M`.
pub(crate) fn about(ledger: &Ledger, users: Users, scenario: &Scenario) -> String {
    let count = |id| ledger.write(ledger.middle(id), UnitName::One);
    match (users.registered, users.daily) {
        (Some(all), Some(daily)) => format!("{} users a day of {}", count(daily), count(all)),
        (Some(all), None) => format!("{} users", count(all)),
        (None, Some(daily)) => format!("{} users a day", count(daily)),
        (None, None) => {
            let of = |number: usize, what: &str, many: &str| {
                format!("{number} {}", if number == 1 { what } else { many })
            };
            let actions = scenario.actions.len();
            let entities = scenario.data.len();
            if actions == 0 && entities == 0 {
                return of(scenario.quantities.len(), "own quantity", "own quantities");
            }
            format!("{}, {}", of(actions, "action", "actions"), of(entities, "kind of data", "kinds of data"))
        }
    }
}
