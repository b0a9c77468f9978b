//! Which replica is asked: the least loaded one that is up; for requests with an affinity always the same one, while it
//! is up. Knows no clock and no network: it is told the time and what came of every request.

use std::time::Duration;

use tokio::time::Instant;

use super::aimd::AdaptiveLimit;
use crate::key::seed;

/// Failures in a row that set a replica aside when each alone could have another reason.
const MISSES: u32 = 5;

/// How long things are waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// The first pause of a replica that is down; each further one is twice as long.
    pub(super) first_pause: Duration,
    /// The longest pause of a replica that is down, and the longest wait between two attempts.
    pub(super) longest_pause: Duration,
    /// How long a server that has never answered is waited for.
    pub(super) never_answered: Duration,
    /// How long one that has answered before is waited for.
    pub(super) answered_before: Duration,
    /// The longest pause that a server may ask for.
    pub(super) longest_request: Duration,
    /// Between the first attempt and the second at most; each further wait may be twice as long.
    pub(super) first_retry: Duration,
}

impl Timeouts {
    /// What real servers get.
    pub(super) const REAL: Self = Self {
        first_pause: Duration::from_secs(1),
        longest_pause: Duration::from_secs(60),
        never_answered: Duration::from_secs(30),
        answered_before: Duration::from_secs(600),
        longest_request: Duration::from_secs(3600),
        first_retry: Duration::from_secs(1),
    };

    /// What real servers get, times the factor in `MARKOVSCALE_PATIENCE`: tests that make a server fail a thousand times
    /// cannot wait as long. What a server asks for is obeyed all the same.
    pub(super) fn from_environment() -> Self {
        let factor = std::env::var("MARKOVSCALE_PATIENCE").ok().and_then(|factor| factor.parse().ok());
        factor.map_or(Self::REAL, |factor| Self::REAL.times(factor))
    }

    fn times(self, factor: f64) -> Self {
        let times = |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(time);
        Self {
            first_pause: times(self.first_pause),
            longest_pause: times(self.longest_pause),
            never_answered: times(self.never_answered),
            answered_before: times(self.answered_before),
            longest_request: self.longest_request,
            first_retry: times(self.first_retry),
        }
    }
}

/// What a request tells of its replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers, even if only with a refusal.
    Up,
    /// It may be down: an error of the server, silence, half a reply. Holds it in words.
    Ailing(String),
    /// It cannot be reached. Holds why.
    Gone(String),
    /// Nothing: the request was given up.
    Untold,
}

/// What came of a request, as far as the choice of replicas is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What it tells of the replica.
    pub(super) health: Health,
    /// Whether it is a sign that too much is asked at once.
    pub(super) too_much: bool,
    /// The pause that the server asked for.
    pub(super) pause: Option<Duration>,
}

impl Outcome {
    /// A reply that could be read.
    pub(super) const GOOD: Self = Self { health: Health::Up, too_much: false, pause: None };
    /// A request that was given up before anything came of it.
    pub(super) const UNTOLD: Self = Self { health: Health::Untold, too_much: false, pause: None };
}

/// A replica that is set aside.
#[derive(Debug)]
struct Down {
    since: Instant,
    until: Instant,
    probed: bool,
    why: String,
}

/// A slot at a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// The replica's number.
    pub(super) replica: usize,
    /// Whether it was down: then it must be looked at before it is asked.
    pub(super) probe: bool,
}

#[derive(Debug)]
struct Replica {
    limit: AdaptiveLimit,
    in_flight: usize,
    misses: u32,
    down: Option<Down>,
    /// How long it is left alone when it fails next; back at the first pause after a good reply.
    pause: Duration,
    paused_until: Option<Instant>,
    /// Of its address, for the choice by affinity.
    hash: u64,
}

/// Why nothing can be asked for as long as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hopeless {
    /// Every replica has been down for so long. Holds what the last attempt met.
    Down(Duration, String),
    /// The server wants to be left alone for so long.
    Paused(Duration),
}

/// The replicas of one server.
#[derive(Debug)]
pub(super) struct Balancer {
    replicas: Vec<Replica>,
    ceiling: usize,
    in_flight: usize,
    turn: usize,
    answered: bool,
    timeouts: Timeouts,
}

impl Balancer {
    /// Replicas of which nothing is known.
    pub(super) fn new(urls: &[String], ceiling: u32, timeouts: Timeouts) -> Self {
        let replica = |url: &String| Replica {
            limit: AdaptiveLimit::new(ceiling),
            in_flight: 0,
            misses: 0,
            down: None,
            pause: timeouts.first_pause,
            paused_until: None,
            hash: seed(&[url.as_bytes()]),
        };
        Self {
            replicas: urls.iter().map(replica).collect(),
            ceiling: ceiling.max(1) as usize,
            in_flight: 0,
            turn: 0,
            answered: false,
            timeouts,
        }
    }

    /// Takes a slot at a replica; `None` when there is none now.
    pub(super) fn take(&mut self, affinity: Option<u64>, now: Instant) -> Option<Taken> {
        if self.in_flight >= self.ceiling {
            return None;
        }
        let chosen = match self.to_probe(affinity, now) {
            Some(probed) => probed,
            None => match affinity {
                Some(affinity) => self.home(affinity, |replica| replica.down.is_none()),
                None => self.least_loaded(now),
            }?,
        };
        let replica = &mut self.replicas[chosen];
        let probe = replica.down.is_some();
        if let Some(down) = &mut replica.down {
            down.probed = true;
        } else if !replica.has_room(now) {
            return None;
        }
        replica.in_flight += 1;
        self.in_flight += 1;
        self.turn = chosen + 1;
        Some(Taken { replica: chosen, probe })
    }

    /// A replica that is down, due for a probe, and this request's to probe: one without an affinity probes any, one with
    /// an affinity its own, and every request any when there is nothing else.
    fn to_probe(&self, affinity: Option<u64>, now: Instant) -> Option<usize> {
        let nothing_else = self.replicas.iter().all(|replica| replica.down.is_some());
        let home = affinity.and_then(|affinity| self.home(affinity, |_| true));
        let due = |replica: &Replica| replica.down.as_ref().is_some_and(|down| !down.probed && down.until <= now);
        let mine = |index: usize| affinity.is_none() || nothing_else || home == Some(index);
        let mut replicas = self.replicas.iter().enumerate();
        replicas.find(|(index, replica)| due(replica) && mine(*index)).map(|(index, _)| index)
    }

    /// The replica of an affinity by highest random weight: when one goes, only its own requests move.
    fn home(&self, affinity: u64, usable: impl Fn(&Replica) -> bool) -> Option<usize> {
        let usable = self.replicas.iter().enumerate().filter(|(_, replica)| usable(replica));
        usable.max_by_key(|(_, replica)| mixed(affinity ^ replica.hash)).map(|(index, _)| index)
    }

    fn least_loaded(&self, now: Instant) -> Option<usize> {
        let count = self.replicas.len();
        let in_turn = (0..count).map(|offset| (self.turn + offset) % count);
        let up = in_turn.filter(|index| {
            let replica = &self.replicas[*index];
            replica.down.is_none() && replica.has_room(now)
        });
        up.min_by_key(|index| self.replicas[*index].in_flight)
    }

    /// Whether anybody at all could take a slot.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let open = |replica: &Replica| match &replica.down {
            Some(down) => !down.probed && down.until <= now,
            None => replica.has_room(now),
        };
        self.in_flight < self.ceiling && self.replicas.iter().any(open)
    }

    /// Gives a slot back, with what came of the request. `waiting`: whether others wait for a slot.
    pub(super) fn give_back(&mut self, index: usize, started: Instant, outcome: Outcome, waiting: bool, now: Instant) {
        let timeouts = self.timeouts;
        let replica = &mut self.replicas[index];
        let saturated = waiting || replica.in_flight >= replica.limit.slots() || self.in_flight >= self.ceiling;
        replica.in_flight = replica.in_flight.saturating_sub(1);
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(pause) = outcome.pause {
            let until = now + pause;
            replica.paused_until = Some(replica.paused_until.map_or(until, |other| other.max(until)));
        }
        if outcome.too_much {
            replica.limit.cut(started, now);
        } else if outcome == Outcome::GOOD && saturated && replica.down.is_none() {
            replica.limit.grow();
        }
        if outcome == Outcome::GOOD {
            replica.pause = timeouts.first_pause;
        }
        self.tell(index, started, outcome.health, now);
    }

    /// What a look at a replica says, whose slot is kept.
    pub(super) fn tell(&mut self, index: usize, started: Instant, health: Health, now: Instant) {
        self.answered |= health == Health::Up;
        self.replicas[index].tell(health, started, now, self.timeouts.longest_pause);
    }

    /// When the first replica opens again; `None` when one is open or about to be.
    pub(super) fn opens(&self, now: Instant) -> Option<Instant> {
        let opens = self.replicas.iter().map(|replica| replica.opens().unwrap_or(now));
        opens.min().filter(|opens| *opens > now)
    }

    /// Whether waiting is pointless.
    pub(super) fn hopeless(&self, now: Instant) -> Option<Hopeless> {
        let pause = self.opens(now).map_or(Duration::ZERO, |opens| opens - now);
        if pause > self.timeouts.longest_request {
            return Some(Hopeless::Paused(pause));
        }
        let down: Option<Vec<&Down>> = self.replicas.iter().map(|replica| replica.down.as_ref()).collect();
        let last = down?.into_iter().max_by_key(|down| down.since)?;
        let timeout = if self.answered { self.timeouts.answered_before } else { self.timeouts.never_answered };
        let time = now - last.since;
        (time >= timeout).then(|| Hopeless::Down(time, last.why.clone()))
    }

    /// When a replica that is held may be asked, after a pause that the server asked for in the meantime.
    pub(super) fn paused_until(&self, index: usize) -> Option<Instant> {
        self.replicas[index].paused_until
    }
}

impl Replica {
    fn has_room(&self, now: Instant) -> bool {
        self.in_flight < self.limit.slots() && self.paused_until.is_none_or(|until| until <= now)
    }

    fn opens(&self) -> Option<Instant> {
        let down = self.down.as_ref().map(|down| down.until);
        down.into_iter().chain(self.paused_until).max()
    }

    fn tell(&mut self, health: Health, started: Instant, now: Instant, longest_pause: Duration) {
        let why = match health {
            Health::Up => {
                self.misses = 0;
                if self.down.take().is_some() {
                    self.limit.start_again();
                }
                return;
            }
            Health::Untold => {
                if let Some(down) = &mut self.down {
                    down.probed = false;
                }
                return;
            }
            Health::Ailing(why) => {
                self.misses += 1;
                if self.down.is_none() && self.misses < MISSES {
                    return;
                }
                why
            }
            Health::Gone(why) => why,
        };
        // Under way since before it was set aside: known.
        if self.down.as_ref().is_some_and(|down| started < down.since) {
            return;
        }
        let since = self.down.as_ref().map_or(now, |down| down.since);
        self.down = Some(Down { since, until: now + self.pause, probed: false, why });
        self.pause = (self.pause * 2).min(longest_pause);
    }
}

/// Spreads a number over all of its bits (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests;
