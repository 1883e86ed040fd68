//! From the text of a file to a [`Scenario`]: the only function that can fail.
//!
//! Reading goes from what stands alone to what refers to it: conventions, users, data, actions, then requests,
//! promises and claims. What a scenario leaves open about the actions of the reference forum (what they read, how
//! they are asked) is filled in from `reference-forum.yaml`, read by the same code.

mod actions;
mod answers;
mod availability;
mod backup;
mod calls;
mod choices;
mod claims;
mod compare;
mod conventions;
mod data;
mod fields;
mod journeys;
mod load;
mod machine;
mod pause;
mod prices;
mod quantities;
mod requests;
mod settings;
mod shape;
mod sizes;
mod slo;
mod target;
mod text;
mod tiers;
mod users;
mod visitors;

pub use load::parse_abort;
pub use pause::parse_pause;
pub use shape::parse_shape;

use std::sync::LazyLock;

use crate::conventions::Conventions;
use crate::error::ScenarioError;
use crate::raw::{self, Node};
use crate::scenario::{Scenario, Sourced};

use fields::{Fields, File, Read, refused, scalar};

/// The keys of a scenario, in the order in which they are usually written.
const KEYS: &[&str] = &[
    "name",
    "conventions",
    "for",
    "users",
    "data",
    "actions",
    "traffic",
    "journeys",
    "setup",
    "teardown",
    "slo",
    "choices",
    "node",
    "limits",
    "prices",
    "backup",
    "tiers",
    "availability",
    "quantities",
    "expect",
    "compare",
    "target",
    "requests",
    "redirects",
    "cookies",
    "visitors",
    "load",
];

/// The reference forum's side of its actions: what they touch and how they are asked.
const FORUM: &str = include_str!("../../reference-forum.yaml");

impl Scenario {
    /// Reads and checks a scenario.
    ///
    /// # Errors
    /// Names the first place that is not acceptable, with what was expected there and a hint.
    ///
    /// ```
    /// let spotify = scenarios::Scenario::from_yaml(
    ///     "name: spotify\nusers: 1B\ndata:\n  song: { count: 100M, size: 5 MB, copies: 3, kind: blob }\n",
    /// )?;
    /// assert_eq!(spotify.data[0].name, "song");
    /// # Ok::<(), scenarios::ScenarioError>(())
    /// ```
    pub fn from_yaml(text: &str) -> Result<Scenario, ScenarioError> {
        Scenario::from_tree(&raw::parse(text)?, text)
    }

    /// Reads and checks a scenario of which some values are set anew: `users.daily=2M`, a path with dots and a value in
    /// YAML. What has no value is taken out.
    ///
    /// # Errors
    /// As [`Scenario::from_yaml`]; also where a path leads nowhere.
    ///
    /// ```
    /// let settings = ["users.daily=2M".to_owned()];
    /// let forum = scenarios::Scenario::with_settings("name: forum\nusers: 20k daily\n", &settings)?;
    /// let daily = forum.users.daily.map(|daily| daily.value);
    /// assert!(matches!(daily, Some(scenarios::scenario::DailyUsers::Count(count)) if count.low().number() == 2e6));
    /// # Ok::<(), scenarios::ScenarioError>(())
    /// ```
    pub fn with_settings(text: &str, settings: &[String]) -> Result<Scenario, ScenarioError> {
        let mut tree = raw::parse(text)?;
        settings::apply(&mut tree, settings, text.len())
            .and_then(|()| Scenario::from_tree(&tree, text))
            .map_err(|error| error.in_settings(text.len(), settings))
    }

    fn from_tree(tree: &Node, text: &str) -> Result<Scenario, ScenarioError> {
        let fields = Fields::of(tree, "a scenario", KEYS)?;
        let conventions = fields.read("conventions", conventions::read)?.unwrap_or_default();
        let file = File { text, conventions: &conventions, is_forum: false };
        let target = fields.read("target", |node| target::read(file, node))?;
        let is_foreign = target.as_ref().is_some_and(|target| !target.server.is_reference());
        let forum = Forum::for_scenario(is_foreign, fields.get("actions"), fields.get("journeys"))?;

        let mut data = data::read(file, fields.get("data"), &forum.data_nodes)?;
        let mut actions = actions::read(file, fields.get("actions"), &data)?;
        actions::complete(&mut actions, forum, &mut data)?;
        actions::imply(file, fields.get("requests"), &journeys::names(&fields)?, &mut actions)?;
        let journeys =
            fields.read("journeys", |node| journeys::read(file, node, &actions))?.unwrap_or_default();
        let steps = |node| journeys::steps(file, node, &actions);
        let (setup, teardown) = (fields.read("setup", steps)?, fields.read("teardown", steps)?);
        let names: Vec<&str> = actions.iter().map(|action| action.name.as_str()).collect();
        let own_requests =
            fields.read("requests", |node| requests::read(file, node, Some(&names)))?.unwrap_or_default();
        let requests = requests::complete(own_requests, forum, &names);
        let own = fields.read("visitors", |node| visitors::variables(file, node))?.unwrap_or_default();
        let variables = visitors::complete_variables(own, forum);
        requests::check_holes(&requests, &variables, tree)?;
        let others = data.iter().map(|entity| entity.name.as_str()).chain(names.iter().copied());
        let odd_names =
            quantities::odd_names(file, quantities::names(fields.get("quantities")).chain(others));
        let (name, horizon) =
            (read_name(tree, &fields)?, fields.read("for", |node| read_horizon(file, node))?);
        let decided = fields.read("choices", |node| choices::read(file, node))?.unwrap_or_default();
        Ok(Scenario {
            name,
            horizon,
            users: fields.read("users", |node| users::read(file, node))?.unwrap_or_default(),
            traffic: fields.read("traffic", |node| machine::traffic(file, node))?.unwrap_or_default(),
            slo: fields.read("slo", |node| slo::read(file, node, &names))?.unwrap_or_default(),
            choices: decided.all,
            switches: decided.switches,
            cdn: decided.cdn,
            cache: decided.cache,
            replicas: decided.replicas,
            updates: decided.updates,
            prices: fields.read("prices", |node| prices::read(file, node))?.unwrap_or_default(),
            node: fields.read("node", |node| machine::node(file, node))?,
            limits: fields.read("limits", |node| machine::limits(file, node))?.unwrap_or_default(),
            backup: fields.read("backup", |node| backup::read(file, node))?,
            tiers: fields.read("tiers", |node| tiers::read(file, node))?.unwrap_or_default(),
            availability: fields
                .read("availability", |node| availability::read(file, node))?
                .unwrap_or_default(),
            quantities: fields
                .read("quantities", |node| quantities::read(file, node, &odd_names))?
                .unwrap_or_default(),
            expect: fields.read("expect", |node| claims::read(file, node, &odd_names))?.unwrap_or_default(),
            compare: fields.read("compare", |node| compare::read(file, node, &names))?,
            load: fields.read("load", |node| load::read(file, node))?.unwrap_or_default(),
            conventions,
            data,
            actions,
            journeys,
            setup: setup.unwrap_or_default(),
            teardown: teardown.unwrap_or_default(),
            target,
            requests,
            redirects: fields.read("redirects", requests::redirects)?.unwrap_or_default(),
            cookies: fields.read("cookies", requests::cookies)?.unwrap_or_default(),
            variables,
        })
    }
}

/// A time as people write it (`20 s`, `5min`), by the default conventions; for command lines.
///
/// # Errors
/// Says what was expected.
pub fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    let read = crate::quantity::parse(text, Some(crate::units::Dimension::TIME), &Conventions::default())
        .map_err(|complaint| format!("{}\n  hint: {}", complaint.message, complaint.hint))?;
    std::time::Duration::try_from_secs_f64(read.high).map_err(|_| format!("`{text}` is too long"))
}

/// A number or a range as people write it (`12k/day`, `3..8 MB`): both ends in base units, and what they measure; by the
/// default conventions, for command lines.
///
/// # Errors
/// Says what was expected.
pub fn parse_range(text: &str) -> Result<(f64, f64, crate::units::Dimension), String> {
    let read = crate::quantity::parse(text, None, &Conventions::default())
        .map_err(|complaint| format!("{}\n  hint: {}", complaint.message, complaint.hint))?;
    Ok((read.low, read.high, read.dimension))
}

/// The reference forum's description, as far as a scenario uses it.
struct Forum {
    /// Its entities by name.
    data_nodes: Vec<(&'static str, &'static Node)>,
    /// Its actions by name, with everything but their rates.
    action_nodes: Vec<(&'static str, &'static Node)>,
    requests: Vec<(String, Vec<crate::requests::RequestTemplate>)>,
    variables: Vec<crate::requests::Variable>,
}

/// The forum's file follows the default conventions.
static FORUM_CONVENTIONS: LazyLock<Conventions> = LazyLock::new(Conventions::default);

/// The forum's file as a tree; read once, by the first scenario that has actions.
static FORUM_TREE: LazyLock<Read<Node>> = LazyLock::new(|| raw::parse(FORUM));

/// What the forum's file means.
static FORUM_READ: LazyLock<Read<Forum>> = LazyLock::new(|| match &*FORUM_TREE {
    Ok(tree) => Forum::read(tree),
    Err(error) => Err(error.clone()),
});

/// For a scenario that has nothing to do with the forum.
static NO_FORUM: Forum =
    Forum { data_nodes: vec![], action_nodes: vec![], requests: vec![], variables: vec![] };

/// How the forum's own file is read.
fn forum_file() -> File<'static> {
    File { text: FORUM, conventions: &FORUM_CONVENTIONS, is_forum: true }
}

impl Forum {
    fn read(tree: &'static Node) -> Read<Forum> {
        let fields = Fields::of(tree, "the forum", &["name", "data", "actions", "requests", "visitors"])?;
        let nodes = |key: &str| -> Read<Vec<(&'static str, &'static Node)>> {
            let Some(node) = fields.get(key) else { return Ok(Vec::new()) };
            Ok(fields::entries(node, key)?.iter().map(|(key, node)| (key.name.as_str(), node)).collect())
        };
        let file = forum_file();
        Ok(Forum {
            data_nodes: nodes("data")?,
            action_nodes: nodes("actions")?,
            requests: fields.read("requests", |node| requests::read(file, node, None))?.unwrap_or_default(),
            variables: fields.read("visitors", |node| visitors::variables(file, node))?.unwrap_or_default(),
        })
    }

    /// Empty unless the scenario measures the forum and names at least one of its actions.
    fn for_scenario(
        has_target: bool,
        actions: Option<&Node>,
        journeys: Option<&Node>,
    ) -> Read<&'static Forum> {
        let named = match actions {
            Some(node) => fields::entries(node, "actions")?,
            None => &[],
        };
        if has_target || (named.is_empty() && journeys.is_none()) {
            return Ok(&NO_FORUM);
        }
        let forum = FORUM_READ.as_ref().map_err(Clone::clone)?;
        let uses = named.iter().any(|(key, _)| forum.action_nodes.iter().any(|(name, _)| *name == key.name));
        Ok(if uses || journeys.is_some() { forum } else { &NO_FORUM })
    }
}

fn read_name(tree: &Node, fields: &Fields<'_>) -> Read<String> {
    let Some(node) = fields.get("name") else {
        return Err(refused(tree, "`name` is missing", "begin the file with `name: my-system`"));
    };
    let name = scalar(node)?.trim();
    if name.is_empty() || name.len() > 80 || name.chars().any(char::is_control) || name.contains(['/', '\\'])
    {
        return Err(refused(node, "a name has 1 to 80 characters and no slashes", "like `my-forum`"));
    }
    Ok(name.to_owned())
}

fn read_horizon(file: File<'_>, node: &Node) -> Read<Sourced<std::time::Duration>> {
    Ok(Sourced { value: file.point(node)?, origin: file.origin(node.place) })
}

#[cfg(test)]
mod tests;
