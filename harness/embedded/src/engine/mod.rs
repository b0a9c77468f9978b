//! Threads that answer requests.

mod batch;
mod queue;
mod steps;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::{Generated, InferenceError, Judged, Model, Sampling};
use batch::Batch;
use queue::{Completions, Draw, Job, Judgement, Queue, Ticket};

/// Threads that answer requests to one model, each with a batch of its own that requests join and leave as they come and
/// finish. Dropping it ends them once what was asked for is answered.
pub struct Engine {
    model: Arc<Model>,
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts `threads` threads (at least 1) for a model.
    pub fn start(model: Arc<Model>, threads: usize) -> Self {
        let queue = Arc::new(Queue::new(threads.max(1)));
        let thread = |number: usize| {
            let (queue, model) = (Arc::clone(&queue), Arc::clone(&model));
            let named = thread::Builder::new().name(format!("inference-{number}"));
            named.spawn(move || work(&queue, &model)).ok()
        };
        let threads: Vec<_> = (0..threads.max(1)).filter_map(thread).collect();
        if threads.is_empty() {
            queue.close();
        }
        Self { model, queue, threads }
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Asks for one completion of a prompt for each seed; `reply` is called once for each, with the seed's place, on
    /// a thread of the engine. The prompt is read once for all of them, or once on each thread that shares in the work.
    pub fn generate(
        &self,
        prompt: Vec<u32>,
        seeds: &[u64],
        sampling: Sampling,
        reply: impl FnMut(usize, Result<Generated, InferenceError>) + Send + 'static,
    ) {
        let reply = Arc::new(Mutex::new(reply));
        let draw = |(place, &seed): (usize, &u64)| {
            let reply = Arc::clone(&reply);
            let send = move |result| (*reply.lock().unwrap_or_else(PoisonError::into_inner))(place, result);
            Draw { seed, ticket: Ticket::new(send) }
        };
        let draws: Vec<Draw> = seeds.iter().enumerate().map(draw).collect();
        if draws.is_empty() {
            return;
        }
        let checked = sampling.check().and_then(|()| {
            if self.model.is_verifier() {
                return Err(InferenceError("the model is a verifier: it judges solutions and writes none".to_owned()));
            }
            // One token at least must fit behind the prompt.
            self.check(&prompt, self.model.context_length() - 1)
        });
        self.queue.push(match checked {
            Ok(()) => Job::Complete(Completions { prompt: prompt.into(), sampling, draws }),
            Err(error) => Job::Refuse(draws, error),
        });
    }

    /// Asks for the judgement of a solution to the question in a dialogue; `reply` is called once, on a thread of the
    /// engine.
    pub fn judge(
        &self,
        question: Vec<u32>,
        solution: &str,
        reply: impl FnOnce(Result<Judged, InferenceError>) + Send + 'static,
    ) {
        let ticket = Ticket::new(reply);
        self.queue.push(match self.judgement(question, solution) {
            Ok((tokens, ends)) => Job::Judge(Judgement { tokens: tokens.into(), ends, ticket }),
            Err(error) => Job::RefuseToJudge(ticket, error),
        });
    }

    /// The tokens to read and those at which steps end.
    fn judgement(&self, question: Vec<u32>, solution: &str) -> Result<(Vec<u32>, Vec<usize>), InferenceError> {
        if !self.model.is_verifier() {
            return Err(InferenceError(
                "the model is no verifier: it has no head that scores steps (`score.weight`)".to_owned(),
            ));
        }
        let encoding = self.model.encode(solution)?;
        let before = question.len();
        let mut tokens = question;
        tokens.extend(encoding.get_ids());
        self.check(&tokens, self.model.context_length())?;
        let mut ends: Vec<usize> =
            steps::ends(solution, encoding.get_offsets()).into_iter().map(|end| before + end).collect();
        if ends.is_empty() {
            ends.push(tokens.len() - 1);
        }
        Ok((tokens, ends))
    }

    fn check(&self, tokens: &[u32], most: usize) -> Result<(), InferenceError> {
        let vocabulary = self.model.network.shape.vocabulary;
        if tokens.is_empty() {
            return Err(InferenceError("there is nothing to read: the prompt has no tokens".to_owned()));
        }
        if tokens.len() > most {
            return Err(InferenceError(format!(
                "the prompt has {} tokens; the model's context of {} has room for {most}",
                tokens.len(),
                self.model.context_length()
            )));
        }
        match tokens.iter().find(|&&token| token as usize >= vocabulary) {
            Some(token) => Err(InferenceError(format!("the prompt has a token {token}; the model knows {vocabulary}"))),
            None => Ok(()),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.queue.close();
        let here = thread::current().id();
        for thread in self.threads.drain(..) {
            // A reply may hold the last handle; its thread cannot wait for itself and ends by itself.
            if thread.thread().id() != here {
                let _ = thread.join();
            }
        }
    }
}

/// A thread's life. A panic costs the requests in its batch, whose tickets say so, and nothing else.
fn work(queue: &Queue, model: &Model) {
    let mut batch = Batch::new(model);
    let mut counted = 0;
    while let Some(jobs) = queue.take(batch.draws(), &mut counted) {
        let step = || {
            jobs.into_iter().for_each(|job| batch.admit(job));
            batch.step();
        };
        if catch_unwind(AssertUnwindSafe(step)).is_err() {
            batch = Batch::new(model);
        }
    }
}
