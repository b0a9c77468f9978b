//! Waiting for a slot at a replica, in the order of coming.

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
pub(super) struct Slots {
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
    sender: oneshot::Sender<Slot>,
}

/// Why no slot was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSlot {
    /// The user asked to stop.
    Stopped,
    /// Waiting is pointless.
    Hopeless(Hopeless),
}

/// A slot at a replica, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    taken: Taken,
    started: Instant,
    outcome: Outcome,
}

impl Slots {
    /// The slots of a server of which nothing is known.
    pub(super) fn new(balancer: Balancer) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { balancer, waiting: VecDeque::new() }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a slot.
    pub(super) async fn take(self: &Arc<Self>, affinity: Option<u64>, stop: &StopFlag) -> Result<Slot, NoSlot> {
        let mut receiver = {
            let mut state = self.state();
            if stop.is_set() {
                return Err(NoSlot::Stopped);
            }
            if state.waiting.is_empty()
                && let Some(taken) = state.balancer.take(affinity, Instant::now())
            {
                return Ok(self.slot(taken));
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push_back(Waiter { affinity, sender });
            receiver
        };
        loop {
            self.hand_out();
            let wake = {
                let (mut state, now) = (self.state(), Instant::now());
                // A slot may have been handed out in the meantime.
                if let Ok(slot) = receiver.try_recv() {
                    return Ok(slot);
                }
                let hopeless = state.balancer.hopeless(now).map(NoSlot::Hopeless);
                if let Some(refused) = if stop.is_set() { Some(NoSlot::Stopped) } else { hopeless } {
                    receiver.close();
                    while state.waiting.front().is_some_and(|waiter| waiter.sender.is_closed()) {
                        state.waiting.pop_front();
                    }
                    return Err(refused);
                }
                state.balancer.opens(now).map_or(now + GLANCE, |opens| opens.min(now + GLANCE))
            };
            if let Ok(Ok(slot)) = tokio::time::timeout_at(wake, &mut receiver).await {
                return Ok(slot);
            }
        }
    }

    fn slot(self: &Arc<Self>, taken: Taken) -> Slot {
        Slot { slots: Arc::clone(self), taken, started: Instant::now(), outcome: Outcome::UNTOLD }
    }

    /// Gives slots to those who wait, as far as there are any.
    fn hand_out(self: &Arc<Self>) {
        // Dropped after the lock is: a slot that nobody wants any more takes the lock to be given back.
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
                        && let Err(slot) = waiter.sender.send(self.slot(taken))
                    {
                        unwanted.push(slot);
                    }
                }
            }
        }
        drop(state);
        drop(unwanted);
    }
}

impl Slot {
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
        self.slots.state().balancer.paused_until(self.taken.replica)
    }

    /// What a look at the replica says, before it is asked.
    pub(super) fn seen_up(&mut self) {
        let replica = self.taken.replica;
        self.slots.state().balancer.tell(replica, self.started, Health::Up, Instant::now());
        self.taken.probe = false;
        self.slots.hand_out();
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

impl Drop for Slot {
    fn drop(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Outcome::UNTOLD);
        {
            let mut state = self.slots.state();
            let waiting = !state.waiting.is_empty();
            state.balancer.give_back(self.taken.replica, self.started, outcome, waiting, Instant::now());
        }
        self.slots.hand_out();
    }
}
