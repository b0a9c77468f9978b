//! Waiting for a place at a replica, in the order of coming.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::balance::{Balancer, Health, Hopeless, Outcome, Taken};
use super::stop::StopFlag;

/// Those who wait look at the clock at least this often, in case that nobody is under way who would wake them.
const GLANCE: Duration = Duration::from_secs(1);

/// Places at the replicas of one server.
#[derive(Debug)]
pub(super) struct Places {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    balancer: Balancer,
    waiting: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    affinity: Option<u64>,
    sender: oneshot::Sender<Place>,
}

/// Why no place was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The user asked to stop.
    Stopped,
    /// Waiting is pointless.
    Hopeless(Hopeless),
}

/// A place at a replica, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    taken: Taken,
    started: Instant,
    outcome: Outcome,
}

impl Places {
    /// The places of a server of which nothing is known.
    pub(super) fn new(balancer: Balancer) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { balancer, waiting: VecDeque::new() }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>, affinity: Option<u64>, stop: &StopFlag) -> Result<Place, NoPlace> {
        let mut receiver = {
            let mut state = self.state();
            if stop.is_set() {
                return Err(NoPlace::Stopped);
            }
            if state.waiting.is_empty()
                && let Some(taken) = state.balancer.take(affinity, Instant::now())
            {
                return Ok(self.place(taken));
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push_back(Waiter { affinity, sender });
            receiver
        };
        loop {
            self.hand_out();
            let wake = {
                let (mut state, now) = (self.state(), Instant::now());
                // A place may have been handed out in the meantime.
                if let Ok(place) = receiver.try_recv() {
                    return Ok(place);
                }
                let hopeless = state.balancer.hopeless(now).map(NoPlace::Hopeless);
                if let Some(refused) = if stop.is_set() { Some(NoPlace::Stopped) } else { hopeless } {
                    receiver.close();
                    while state.waiting.front().is_some_and(|waiter| waiter.sender.is_closed()) {
                        state.waiting.pop_front();
                    }
                    return Err(refused);
                }
                state.balancer.opens(now).map_or(now + GLANCE, |opens| opens.min(now + GLANCE))
            };
            if let Ok(Ok(place)) = tokio::time::timeout_at(wake, &mut receiver).await {
                return Ok(place);
            }
        }
    }

    fn place(self: &Arc<Self>, taken: Taken) -> Place {
        Place { places: Arc::clone(self), taken, started: Instant::now(), outcome: Outcome::UNTOLD }
    }

    /// Gives places to those who wait, as far as there are any.
    fn hand_out(self: &Arc<Self>) {
        // Dropped after the lock is: a place that nobody wants any more takes the lock to be given back.
        let mut unwanted = Vec::new();
        let mut state = self.state();
        let State { balancer, waiting } = &mut *state;
        let now = Instant::now();
        let mut next = 0;
        while next < waiting.len() && balancer.has_room(now) {
            if waiting[next].sender.is_closed() {
                waiting.remove(next);
                continue;
            }
            match balancer.take(waiting[next].affinity, now) {
                // Its own replica has no room; those behind it may have other ones.
                None => next += 1,
                Some(taken) => {
                    if let Some(waiter) = waiting.remove(next)
                        && let Err(place) = waiter.sender.send(self.place(taken))
                    {
                        unwanted.push(place);
                    }
                }
            }
        }
        drop(state);
        drop(unwanted);
    }
}

impl Place {
    /// The replica's number.
    pub(super) fn replica(&self) -> usize {
        self.taken.replica
    }

    /// Whether the replica was down and must be looked at first.
    pub(super) fn is_probe(&self) -> bool {
        self.taken.probe
    }

    /// When it may be used: a server may have asked for a pause since it was given.
    pub(super) fn paused_until(&self) -> Option<Instant> {
        self.places.state().balancer.paused_until(self.taken.replica)
    }

    /// What a look at the replica says, before it is asked.
    pub(super) fn seen_up(&mut self) {
        let replica = self.taken.replica;
        self.places.state().balancer.tell(replica, self.started, Health::Up, Instant::now());
        self.taken.probe = false;
        self.places.hand_out();
    }

    /// The request starts now.
    pub(super) fn start(&mut self) {
        self.started = Instant::now();
    }

    /// Gives it back with what came of the request.
    pub(super) fn give_back(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Outcome::UNTOLD);
        {
            let mut state = self.places.state();
            let waiting = !state.waiting.is_empty();
            state.balancer.give_back(self.taken.replica, self.started, outcome, waiting, Instant::now());
        }
        self.places.hand_out();
    }
}
