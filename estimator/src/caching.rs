//! What a cache of the most read objects takes and answers.
//!
//! ```text
//! cached object           what one of the most read action reads + key and entry (130 B)
//! objects cached          memory / cached object; or what a wanted hit ratio takes (Che, solved for the room); or 20 %
//! cache hit ratio         LRU by Che's approximation, less what a time to live and writes end early (`laws::ttl`)
//! database load           reads x (1 - hits) + writes
//! ```
//!
//! On the page where the file has chosen a cache or one pays (`PAYS`); otherwise steps on the way, for `explain`,
//! formulas and the advice.

use scenarios::choices::{Cache, Room};
use scenarios::estimate::UnitName;
use scenarios::scenario::{Origin, Popularity, Scenario};

use crate::changed::changed;
use crate::input::Input;
use crate::laws::che;
use crate::laws::popularity::Zipf;
use crate::laws::ttl::{Aging, hit_ratio_aging};
use crate::ledger::{Ledger, LineId};
use crate::read_latency::{ReadLatency, read_latency};
use crate::section::Section;
use crate::servers::Servers;
use crate::sizes::EntitySize;
use crate::solved::solved;
use crate::storage::Storage;
use crate::term::Term;
use crate::traffic::{ActionTraffic, Traffic};

/// The share of the objects that is cached for the prediction where the file says no other; 20 % is the textbook's.
pub(crate) const CACHED_SHARE: f64 = 0.2;
/// Hits whose memory is shown beside a cache of another size.
const USUAL_HITS: f64 = 0.8;
/// Popularity of a forum's pages where the file says nothing; generic web objects have 0.8.
const EXPONENT: f64 = 1.0;
pub(crate) const GENERIC_EXPONENT: f64 = 0.8;
/// Beside the value. The entry of one short key in Redis takes 90 to 100 B.
const OVERHEAD_BYTES: f64 = 130.0;
const OVERHEAD_SOURCE: &str = "assumed: 30 B of key, 100 B of entry";

/// From where a cache is worth its staleness.
pub(crate) struct Pays {
    pub(crate) reads_per_write: f64,
    pub(crate) hits: f64,
    pub(crate) busy: f64,
}
pub(crate) const PAYS: Pays = Pays { reads_per_write: 10.0, hits: 0.5, busy: 0.5 };

/// What the names of the lines are, for the advice that reads them.
pub(crate) const HITS: &str = "cache hit ratio";
pub(crate) const GENERIC_HITS: &str = "cache hit ratio at zipf 0.8";
pub(crate) const SHARE: &str = "share of objects cached";

/// What caching looks at.
#[derive(Clone, Copy)]
pub(crate) struct Caching<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) traffic: &'a Traffic,
    pub(crate) storage: &'a Storage,
    pub(crate) sizes: &'a [Option<EntitySize>],
    pub(crate) servers: Option<Servers>,
}

/// The action that only reads rows and is done most: its objects decide about a cache.
pub(crate) fn most_read(
    scenario: &Scenario,
    ledger: &Ledger,
    traffic: &Traffic,
    storage: &Storage,
) -> Option<ActionTraffic> {
    // Media are for a content delivery network.
    let is_blob =
        |entity: usize| storage.entities.iter().any(|stored| stored.index == entity && stored.is_blob);
    let reading = traffic.actions.iter().filter(|action| {
        let action = &scenario.actions[action.index];
        action.writes.is_empty() && action.reads.first().is_some_and(|touch| !is_blob(touch.entity))
    });
    reading.max_by(|a, b| ledger.middle(a.rate).total_cmp(&ledger.middle(b.rate))).copied()
}

/// How steep the popularity of an action's objects is, and who says so.
pub(crate) fn exponent(scenario: &Scenario, action: ActionTraffic) -> (f64, Origin) {
    match scenario.actions[action.index].popularity {
        Some(popularity) => match popularity.value {
            Popularity::Uniform => (0.0, popularity.origin),
            Popularity::Zipf(exponent) => (exponent, popularity.origin),
        },
        None => (EXPONENT, Origin::Default("assumed: pages of a forum")),
    }
}

/// How many of the most read objects there are: at the end of the plan, where it is known.
pub(crate) fn objects(scenario: &Scenario, storage: &Storage, action: ActionTraffic) -> Option<LineId> {
    let entity = scenario.actions[action.index].reads.first().map(|touch| touch.entity);
    let stored = storage.entities.iter().find(|stored| Some(stored.index) == entity)?;
    stored.counts.end.or(stored.counts.now)
}

/// Enters what a cache takes and answers; nothing where no action only reads, or nobody knows how many objects there are.
pub(crate) fn caching(caching: Caching<'_>, ledger: &mut Ledger) {
    let Caching { scenario, traffic, storage, .. } = caching;
    let Some(action) = most_read(scenario, ledger, traffic, storage) else { return };
    let Some(objects) = objects(scenario, storage, action) else { return };
    let (exponent, origin) = exponent(scenario, action);
    let chosen = scenario.cache.filter(|cache| cache.is_used);
    let steepness =
        ledger.shared(Input::between("zipf exponent", UnitName::One, (exponent, exponent), origin));
    let lru = Lru { objects, exponent, steepness, aging: caching.aging(ledger, action, chosen) };
    let entry = caching.entry(ledger, action);
    let share = lru.share(ledger, chosen, entry);
    let cached = ledger.term(share) * ledger.term(objects);
    let cached = ledger.derive(Section::Background, "objects cached", UnitName::One, cached);
    let Some(hits) = lru.hits(ledger, share, cached) else { return };
    let is_shown = chosen.is_some() || (scenario.cache.is_none() && caching.pays(ledger, action, &hits));
    let section = if is_shown { Section::Cache } else { Section::Background };
    if let Some(entry) = entry {
        lru.memory(ledger, section, (chosen, cached, entry));
    }
    let hits = ledger.derive(section, HITS, UnitName::Share, hits);
    if let Some(generic) = (Lru { exponent: GENERIC_EXPONENT, ..lru }).hits(ledger, share, cached) {
        let generic = generic.written(format!("{HITS}, were the exponent 0.8"), "as above".to_owned());
        ledger.derive(Section::Background, GENERIC_HITS, UnitName::Share, generic);
    }
    caching.load(ledger, section, hits);
}

impl Caching<'_> {
    /// Whether a cache that nobody has decided on would pay.
    fn pays(self, ledger: &Ledger, action: ActionTraffic, hits: &Term) -> bool {
        let name = &self.scenario.actions[action.index].name;
        let slow = read_latency(self.scenario, ledger, name).is_some_and(ReadLatency::is_the_gap);
        let is_busy = |servers: Servers| ledger.middle(servers.one_node_busy) >= PAYS.busy;
        let ratio = self
            .traffic
            .writes
            .map(|writes| writes.reads_per_write.map_or(0.0, |ratio| ledger.middle(ratio)));
        ratio.is_none_or(|ratio| ratio >= PAYS.reads_per_write)
            && hits.value.spread().p50 >= PAYS.hits
            && (slow || self.servers.is_some_and(is_busy))
    }

    /// What ends entries early; `None` when nothing does.
    fn aging(self, ledger: &Ledger, action: ActionTraffic, chosen: Option<Cache>) -> Option<Aging> {
        // A cache of which nothing is decided is judged by its popularity alone.
        let chosen = chosen?;
        let writes = changed(self.scenario, ledger, self.traffic, self.storage, action);
        let writes = writes.map_or(0.0, |writes| writes.value.spread().p50);
        let time_to_live = chosen.ttl.map(|ttl| ttl.value.as_secs_f64());
        let each = self.scenario.actions[action.index].reads.first()?.count.middle();
        let aging = Aging { reads: ledger.middle(action.rate) * each, writes, time_to_live };
        (writes > 0.0 || time_to_live.is_some()).then_some(aging)
    }

    /// The memory that one object takes; `None` where its size is not said.
    fn entry(self, ledger: &mut Ledger, action: ActionTraffic) -> Option<LineId> {
        let reading = &self.scenario.actions[action.index];
        let mut terms = Vec::new();
        let each = reading.reads.first()?.count.middle();
        for (index, touch) in reading.reads.iter().enumerate() {
            let size = ledger.term(self.sizes.get(touch.entity)?.as_ref()?.plain);
            let name = &self.scenario.data[touch.entity].name;
            // One of the first, and what is shown with each of it.
            let count = crate::bandwidth::touch_count(ledger, reading, "read", name, touch.count);
            let size = match count.filter(|_| index > 0) {
                Some(count) => count * size,
                None => size,
            };
            let is_shared = index > 0 && (each - 1.0).abs() > f64::EPSILON;
            terms.push(if is_shared { size / Term::number(each) } else { size });
        }
        let overhead = (OVERHEAD_BYTES, OVERHEAD_BYTES);
        let overhead = Input::default("cache overhead", UnitName::Bytes, overhead, OVERHEAD_SOURCE);
        let overhead = ledger.shared(overhead);
        let term = Term::sum(terms)? + ledger.term(overhead);
        Some(ledger.derive(Section::Background, "cached object", UnitName::Bytes, term))
    }

    /// What is left to the database.
    fn load(self, ledger: &mut Ledger, section: Section, hits: LineId) {
        let is_reading = |action: &&ActionTraffic| self.scenario.actions[action.index].writes.is_empty();
        let reads = self.traffic.actions.iter().filter(is_reading).map(|action| ledger.term(action.rate));
        let Some(reads) = Term::sum(reads.collect::<Vec<_>>()) else { return };
        let reads = reads * ledger.term(self.traffic.peak_factor);
        let reads = ledger.derive(Section::Background, "reads at peak", UnitName::PerSecond, reads);
        let mut load = ledger.term(reads) * (Term::number(1.0) - ledger.term(hits));
        if let Some(writes) = self.traffic.writes {
            load = load + ledger.term(writes.peak);
        }
        ledger.derive(section, "database load after the cache", UnitName::PerSecond, load);
    }
}

/// A cache of recently used objects.
#[derive(Clone, Copy)]
struct Lru {
    objects: LineId,
    exponent: f64,
    steepness: LineId,
    aging: Option<Aging>,
}

impl Lru {
    /// The share of the objects that there is room for.
    fn share(self, ledger: &mut Ledger, chosen: Option<Cache>, entry: Option<LineId>) -> LineId {
        match (chosen.and_then(|cache| cache.room), entry) {
            (Some(Room::Size(size)), Some(entry)) => {
                let size =
                    ledger.shared(Input::read("cache memory", UnitName::Bytes, size).section(Section::Cache));
                let room = ledger.term(size) / ledger.term(entry) / ledger.term(self.objects);
                let room = room.apply("at most 1: ", |share| share.min(1.0));
                ledger.derive(Section::Background, SHARE, UnitName::Share, room)
            }
            (Some(Room::Hits(hits)), _) => {
                let wanted = ledger.shared(Input::read("cache hits wanted", UnitName::Share, hits));
                let share = self.share_for(ledger, hits.value.middle(), wanted);
                ledger.derive(Section::Background, SHARE, UnitName::Share, share)
            }
            _ => {
                let ends = (CACHED_SHARE, CACHED_SHARE);
                ledger.input(Input::default(SHARE, UnitName::Share, ends, "assumed: the textbook's 80/20"))
            }
        }
    }

    /// The share of the objects that answers this share of the reads.
    fn share_for(self, ledger: &Ledger, hits: f64, wanted: LineId) -> Term {
        let law = |objects: f64| {
            let zipf = Zipf::new(objects, self.exponent).ok()?;
            Some(che::objects_for(&zipf, hits).ok()? / zipf.objects())
        };
        let of = [self.objects, wanted, self.steepness].map(|id| ledger.term(id)).to_vec();
        solved(ledger, "LRU room", of, self.objects, law).unwrap_or_else(|| Term::number(1.0))
    }

    fn hits(self, ledger: &Ledger, share: LineId, cached: LineId) -> Option<Term> {
        let law = |objects: f64, share: f64| {
            let zipf = Zipf::new(objects, self.exponent).ok()?;
            let cached = share * zipf.objects();
            match self.aging {
                Some(aging) => hit_ratio_aging(&zipf, cached, aging).ok(),
                None => che::hit_ratio(&zipf, cached).ok(),
            }
        };
        let name = if self.aging.is_some() { "LRU hits before they age" } else { "LRU hits" };
        // What the ratio depends on most is the share that there is room for.
        let (objects, room) = (ledger.middle(self.objects), ledger.middle(share));
        let terms = |first: LineId| [first, cached, self.steepness].map(|id| ledger.term(id)).to_vec();
        if ledger.line(share).spread.is_point() {
            solved(ledger, name, terms(self.objects), self.objects, |objects| law(objects, room))
        } else {
            solved(ledger, name, terms(share), share, |share| law(objects, share))
        }
    }

    /// The memory of what is cached, and beside it what the usual hits would take.
    fn memory(self, ledger: &mut Ledger, section: Section, cache: (Option<Cache>, LineId, LineId)) {
        let (chosen, cached, entry) = cache;
        let room = chosen.and_then(|cache| cache.room);
        if !matches!(room, Some(Room::Size(_))) {
            let term = ledger.term(cached) * ledger.term(entry);
            ledger.derive(section, "cache memory", UnitName::Bytes, term);
        }
        if matches!(room, Some(Room::Hits(_))) {
            return;
        }
        let ends = (USUAL_HITS, USUAL_HITS);
        let wanted = Input::default("usual hits", UnitName::Share, ends, "assumed: four of five");
        let wanted = ledger.shared(wanted);
        let share = self.share_for(ledger, USUAL_HITS, wanted);
        let term = share * ledger.term(self.objects) * ledger.term(entry);
        let name = format!("cache memory for {} hits", ledger.write(USUAL_HITS, UnitName::Share));
        ledger.derive(section, name, UnitName::Bytes, term);
    }
}

#[cfg(test)]
mod tests;
