//! A thread's batch: what it reads and writes at the same time.

use std::sync::Arc;

use super::queue::{Completions, Draw, Job, Judgement, Ticket};
use crate::cache::Sequence;
use crate::network::{Span, Workspace};
use crate::sampling::{Chooser, Uniform};
use crate::{Finish, Generated, InferenceError, Judged, Model, Sampling};

/// Completions that a thread writes at once. More rows make matrix products hardly faster and no longer fit a core's cache.
pub(super) const SLOTS: usize = 64;
/// Most tokens of prompts and solutions that are read in a step.
const READ_AT_ONCE: usize = 128;

/// A completion that is being written.
struct Slot {
    sequence: Sequence,
    sampling: Sampling,
    uniform: Uniform,
    written: Vec<u32>,
    ticket: Ticket<Generated>,
}

/// A text that is being read.
struct Reading {
    tokens: Arc<[u32]>,
    sequence: Sequence,
    purpose: Purpose,
    /// The part of it for which outputs are wanted in this step.
    wanted: Vec<usize>,
}

enum Purpose {
    Complete(Sampling, Vec<Draw>),
    Judge { ends: Vec<usize>, scores: Vec<f32>, ticket: Ticket<Judged> },
}

/// A prompt that was read and whose completions wait for a slot.
struct Started {
    sequence: Sequence,
    logits: Vec<f32>,
    sampling: Sampling,
    draws: Vec<Draw>,
}

pub(super) struct Batch<'m> {
    model: &'m Model,
    workspace: Workspace,
    chooser: Chooser,
    slots: Vec<Slot>,
    readings: Vec<Reading>,
    started: Vec<Started>,
}

impl<'m> Batch<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            model,
            workspace: Workspace::default(),
            chooser: Chooser::new(model.network.instructions),
            slots: Vec::new(),
            readings: Vec::new(),
            started: Vec::new(),
        }
    }

    /// Answers that it owes.
    pub(super) fn draws(&self) -> usize {
        let reading = |reading: &Reading| match &reading.purpose {
            Purpose::Complete(_, draws) => draws.len(),
            Purpose::Judge { .. } => 1,
        };
        let started = self.started.iter().map(|started| started.draws.len()).sum::<usize>();
        self.slots.len() + self.readings.iter().map(reading).sum::<usize>() + started
    }

    pub(super) fn admit(&mut self, job: Job) {
        let (tokens, purpose) = match job {
            Job::Complete(Completions { prompt, sampling, draws }) => (prompt, Purpose::Complete(sampling, draws)),
            Job::Judge(Judgement { tokens, ends, ticket }) => {
                (tokens, Purpose::Judge { ends, scores: Vec::new(), ticket })
            }
            Job::Refuse(draws, error) => {
                return draws.into_iter().for_each(|draw| draw.ticket.answer(Err(error.clone())));
            }
            Job::RefuseToJudge(ticket, error) => return ticket.answer(Err(error)),
        };
        self.readings.push(Reading { tokens, sequence: Sequence::default(), purpose, wanted: Vec::new() });
    }

    /// One pass through the network: a token of each completion, and some of the texts that are being read.
    pub(super) fn step(&mut self) {
        self.fill_slots();
        let mut spans = Vec::new();
        for slot in &mut self.slots {
            let last = slot.written.len().saturating_sub(1);
            spans.push(Span { sequence: &mut slot.sequence, tokens: &slot.written[last..], wanted: &[0] });
        }
        let mut left = READ_AT_ONCE;
        for reading in &mut self.readings {
            let first = reading.sequence.length();
            let tokens = &reading.tokens[first..reading.tokens.len().min(first + left)];
            left -= tokens.len();
            let here = |&at: &usize| at.checked_sub(first).filter(|&at| at < tokens.len());
            reading.wanted.clear();
            match &reading.purpose {
                Purpose::Complete(..) => reading.wanted.extend(here(&(reading.tokens.len() - 1))),
                Purpose::Judge { ends, .. } => reading.wanted.extend(ends.iter().filter_map(here)),
            }
            spans.push(Span { sequence: &mut reading.sequence, tokens, wanted: &reading.wanted });
            if left == 0 {
                break;
            }
        }
        if spans.is_empty() {
            return;
        }
        let mut outputs = self.model.network.read(&mut self.workspace, &mut spans);
        let mut unfinished = Vec::with_capacity(self.slots.len());
        for (slot, logits) in self.slots.drain(..).zip(&mut outputs) {
            unfinished.extend(slot.write(self.model, &mut self.chooser, logits));
        }
        self.slots = unfinished;
        let mut readings = std::mem::take(&mut self.readings).into_iter();
        for mut reading in &mut readings {
            let outputs: Vec<&[f32]> = outputs.by_ref().take(reading.wanted.len()).collect();
            reading.wanted.clear();
            if let Purpose::Judge { scores, .. } = &mut reading.purpose {
                scores.extend(outputs.iter().map(|output| output[0]));
            }
            if reading.sequence.length() < reading.tokens.len() {
                self.readings.push(reading);
                continue;
            }
            let Reading { tokens, sequence, purpose, .. } = reading;
            match purpose {
                Purpose::Complete(sampling, draws) => {
                    let logits = outputs.concat();
                    self.started.push(Started { sequence, logits, sampling, draws });
                }
                Purpose::Judge { scores, ticket, .. } => ticket.answer(judged(&scores, tokens.len())),
            }
        }
    }

    /// Starts completions of prompts that were read, as many as there is room for.
    fn fill_slots(&mut self) {
        for started in &mut self.started {
            while self.slots.len() < SLOTS {
                let Some(Draw { seed, ticket }) = started.draws.pop() else { break };
                let slot = Slot {
                    sequence: started.sequence.clone(),
                    sampling: started.sampling,
                    uniform: Uniform::new(seed),
                    written: Vec::new(),
                    ticket,
                };
                self.slots.extend(slot.write(self.model, &mut self.chooser, &started.logits));
            }
        }
        self.started.retain(|started| !started.draws.is_empty());
    }
}

impl Slot {
    /// Writes a token; nothing is left of the slot when that was the last.
    fn write(mut self, model: &Model, chooser: &mut Chooser, logits: &[f32]) -> Option<Self> {
        let token = match chooser.choose(logits, &self.sampling, &mut self.uniform) {
            Ok(token) => token,
            Err(error) => {
                self.ticket.answer(Err(error));
                return None;
            }
        };
        self.written.push(token);
        let tokens = self.written.len() as u32;
        let finish = if model.ends.contains(&token) {
            self.written.pop();
            Finish::Stop
        } else if tokens >= self.sampling.max_tokens || self.sequence.length() + 1 >= model.context_length() {
            Finish::Length
        } else {
            return Some(self);
        };
        let text = model.decode(&self.written);
        self.ticket.answer(text.map(|text| Generated { text, tokens, finish }));
        None
    }
}

fn judged(scores: &[f32], tokens: usize) -> Result<Judged, InferenceError> {
    if scores.iter().any(|score| !score.is_finite()) {
        return Err(InferenceError("the verifier's numbers overflow on this text".to_owned()));
    }
    let steps = scores.iter().map(|&score| 1.0 / (1.0 + libm::exp(-f64::from(score)))).collect();
    Ok(Judged { steps, tokens: tokens as u32 })
}
