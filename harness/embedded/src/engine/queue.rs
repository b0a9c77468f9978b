//! Requests that wait for a thread, and how threads share them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::batch::SLOTS;
use crate::{Generated, InferenceError, Judged, Sampling};

/// Fewest draws that a request is divided down to: each part reads the prompt anew.
const SMALLEST_PART: usize = 4;
/// Most draws that a thread takes beyond its free places rather than divide a request.
const MOST_AHEAD: usize = 16;

type Reply<T> = Box<dyn FnOnce(Result<T, InferenceError>) + Send>;

/// The duty to answer once. One that is dropped, by a panic, answers that.
pub(super) struct Ticket<T> {
    send: Option<Reply<T>>,
}

impl<T> Ticket<T> {
    pub(super) fn new(send: impl FnOnce(Result<T, InferenceError>) + Send + 'static) -> Self {
        Self { send: Some(Box::new(send)) }
    }

    pub(super) fn answer(mut self, result: Result<T, InferenceError>) {
        self.send(result);
    }

    fn send(&mut self, result: Result<T, InferenceError>) {
        if let Some(send) = self.send.take() {
            // A panic of the caller's is not to cost the others in the batch.
            let _ = catch_unwind(AssertUnwindSafe(|| send(result)));
        }
    }
}

impl<T> Drop for Ticket<T> {
    fn drop(&mut self) {
        self.send(Err(InferenceError(
            "the thread that worked on it broke down; this is an error in the program".into(),
        )));
    }
}

/// A completion that is asked for.
pub(super) struct Draw {
    pub(super) seed: u64,
    pub(super) ticket: Ticket<Generated>,
}

/// Completions of one prompt.
pub(super) struct Completions {
    pub(super) prompt: Arc<[u32]>,
    pub(super) sampling: Sampling,
    pub(super) draws: Vec<Draw>,
}

/// A solution to judge.
pub(super) struct Judgement {
    /// Question and solution.
    pub(super) tokens: Arc<[u32]>,
    /// Where in them steps end, ascending.
    pub(super) ends: Vec<usize>,
    pub(super) ticket: Ticket<Judged>,
}

pub(super) enum Job {
    Complete(Completions),
    Judge(Judgement),
    Refuse(Vec<Draw>, InferenceError),
    RefuseToJudge(Ticket<Judged>, InferenceError),
}

impl Job {
    /// Answers that are asked for.
    fn draws(&self) -> usize {
        match self {
            Self::Complete(Completions { draws, .. }) | Self::Refuse(draws, _) => draws.len(),
            Self::Judge(_) | Self::RefuseToJudge(..) => 1,
        }
    }

    /// Takes a part of its draws away, if it has more and can be divided.
    fn split(&mut self, draws: usize) -> Option<Self> {
        match self {
            Self::Complete(job) if job.draws.len() >= draws + SMALLEST_PART => {
                let draws = job.draws.drain(..draws).collect();
                Some(Self::Complete(Completions { prompt: Arc::clone(&job.prompt), sampling: job.sampling, draws }))
            }
            _ => None,
        }
    }
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Draws of these jobs.
    waiting: usize,
    /// Draws in batches.
    active: usize,
    closed: bool,
}

pub(super) struct Queue {
    threads: usize,
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, job: Job) {
        let mut state = self.lock();
        state.waiting += job.draws();
        state.jobs.push_back(job);
        drop(state);
        self.changed.notify_all();
    }

    /// Lets threads end when nothing waits.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// A thread's share of what waits, so that all have about as many draws; waits for some if the thread has none.
    /// Nothing when there is no more to do. `held` are the draws in its batch, `counted` those known of before.
    pub(super) fn take(&self, held: usize, counted: &mut usize) -> Option<Vec<Job>> {
        let mut state = self.lock();
        state.active = state.active - *counted + held;
        let mut held_now = held;
        let mut taken = Vec::new();
        loop {
            let total = state.active + state.waiting;
            let room = if total >= self.threads * SLOTS {
                SLOTS.saturating_sub(held_now)
            } else {
                total.div_ceil(self.threads).saturating_sub(held_now)
            };
            let Some(job) = state.jobs.front_mut().filter(|_| room > 0) else { break };
            let most = if total >= self.threads * SLOTS { room.max(MOST_AHEAD) } else { room.max(SMALLEST_PART) };
            let part = job.split(most);
            let Some(job) = part.or_else(|| state.jobs.pop_front()) else { break };
            state.waiting -= job.draws();
            state.active += job.draws();
            held_now += job.draws();
            taken.push(job);
        }
        *counted = held_now;
        if held_now > 0 {
            return Some(taken);
        }
        // Whatever waits is another thread's share only if that has draws already; with none held, there is room for one.
        if state.closed && state.jobs.is_empty() {
            return None;
        }
        drop(self.changed.wait(state).unwrap_or_else(PoisonError::into_inner));
        Some(Vec::new())
    }
}
