//! The transformer: tokens in, logits out.

use crate::LoadError;
use crate::cache::Sequence;
use crate::config::Shape;
use crate::kernels::attention::{Attend, PAGE};
use crate::kernels::pointwise::{Add, Gate, Norm, rotate};
use crate::kernels::{Instructions, Matrix};
use crate::weights::Weights;

#[derive(Debug)]
struct Layer {
    before_attention: Vec<f32>,
    queries_keys_values: Matrix,
    attended: Matrix,
    before_mlp: Vec<f32>,
    gate_up: Matrix,
    down: Matrix,
}

/// A network's weights.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) shape: Shape,
    pub(crate) instructions: Instructions,
    pub(crate) parameters: u64,
    embedding: Vec<f32>,
    layers: Vec<Layer>,
    last_norm: Vec<f32>,
    head: Matrix,
    cos: Vec<f32>,
    sin: Vec<f32>,
}

/// Tokens to read after those that a sequence has read.
pub(crate) struct Span<'a> {
    pub(crate) sequence: &'a mut Sequence,
    pub(crate) tokens: &'a [u32],
    /// At which of the tokens the network's output is wanted, ascending.
    pub(crate) wanted: &'a [usize],
}

/// Room for what is in between; grows to the largest batch.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    x: Vec<f32>,
    normed: Vec<f32>,
    wide: Vec<f32>,
    narrow: Vec<f32>,
    attended: Vec<f32>,
    packed: Vec<f32>,
    scores: Vec<f32>,
    last: Vec<f32>,
    outputs: Vec<f32>,
}

fn room(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if buffer.len() < length {
        buffer.resize(length, 0.0);
    }
    &mut buffer[..length]
}

impl Network {
    pub(crate) fn new(shape: Shape, weights: &Weights<'_>) -> Result<Self, LoadError> {
        let Shape { hidden, inner, vocabulary, head_size, .. } = shape;
        let queries = shape.heads * head_size;
        let keys = shape.key_value_heads * head_size;
        let mut parameters = 0;
        let mut take = |name: &str, dimensions: &[usize]| {
            let tensor = weights.take(name, dimensions)?;
            parameters += tensor.len() as u64;
            Ok(tensor)
        };
        let embedding = take("model.embed_tokens.weight", &[vocabulary, hidden])?;
        let mut layers = Vec::new();
        for number in 0..shape.layers {
            let mut take =
                |name: &str, dimensions: &[usize]| take(&format!("model.layers.{number}.{name}"), dimensions);
            let mut bias = None;
            if shape.biases {
                let mut all = take("self_attn.q_proj.bias", &[queries])?;
                all.extend(take("self_attn.k_proj.bias", &[keys])?);
                all.extend(take("self_attn.v_proj.bias", &[keys])?);
                bias = Some(all);
            }
            let joint = [
                &*take("self_attn.q_proj.weight", &[queries, hidden])?,
                &*take("self_attn.k_proj.weight", &[keys, hidden])?,
                &*take("self_attn.v_proj.weight", &[keys, hidden])?,
            ]
            .concat();
            let gate_up =
                [&*take("mlp.gate_proj.weight", &[inner, hidden])?, &*take("mlp.up_proj.weight", &[inner, hidden])?]
                    .concat();
            layers.push(Layer {
                before_attention: take("input_layernorm.weight", &[hidden])?,
                queries_keys_values: Matrix::new(hidden, &joint, bias),
                attended: Matrix::new(queries, &take("self_attn.o_proj.weight", &[hidden, queries])?, None),
                before_mlp: take("post_attention_layernorm.weight", &[hidden])?,
                gate_up: Matrix::new(hidden, &gate_up, None),
                down: Matrix::new(inner, &take("mlp.down_proj.weight", &[hidden, inner])?, None),
            });
        }
        let last_norm = take("model.norm.weight", &[hidden])?;
        let head = if shape.scores {
            let bias = if weights.has("score.bias") { Some(take("score.bias", &[1])?) } else { None };
            Matrix::new(hidden, &take("score.weight", &[1, hidden])?, bias)
        } else if shape.tied {
            Matrix::new(hidden, &embedding, None)
        } else {
            Matrix::new(hidden, &take("lm_head.weight", &[vocabulary, hidden])?, None)
        };
        let frequencies = shape.angles.frequencies(head_size);
        let angles = |of: fn(f64) -> f64| {
            let positions = 0..shape.context;
            positions.flat_map(|p| frequencies.iter().map(move |f| of(p as f64 * f) as f32)).collect()
        };
        let (cos, sin) = (angles(libm::cos), angles(libm::sin));
        let instructions = Instructions::detected();
        Ok(Self { shape, instructions, parameters, embedding, layers, last_norm, head, cos, sin })
    }

    /// Numbers of an output: the vocabulary's size, or 1 for a verifier.
    pub(crate) fn outputs(&self) -> usize {
        self.head.outputs()
    }

    /// Multiplications with weights, each with its addition, for a token whose output is wanted.
    pub(crate) fn products(&self) -> usize {
        let layer = |layer: &Layer| {
            [&layer.queries_keys_values, &layer.attended, &layer.gate_up, &layer.down]
                .map(Matrix::products)
                .iter()
                .sum::<usize>()
        };
        self.layers.iter().map(layer).sum::<usize>() + self.head.products()
    }

    /// Reads tokens. Returns the wanted outputs, all spans' one after the other, each [`Self::outputs`] numbers long.
    /// Tokens and positions have been checked to be within the vocabulary and the context.
    pub(crate) fn read<'w>(
        &self,
        workspace: &'w mut Workspace,
        spans: &mut [Span<'_>],
    ) -> impl ExactSizeIterator<Item = &'w [f32]> + use<'w> {
        let Shape { hidden, epsilon, .. } = self.shape;
        let Workspace { x, normed, wide, narrow, attended, packed, scores, last, outputs } = workspace;
        let rows = spans.iter().map(|span| span.tokens.len()).sum::<usize>();
        let x = room(x, rows * hidden);
        let normed = room(normed, rows * hidden);
        for (row, &token) in x.chunks_exact_mut(hidden).zip(spans.iter().flat_map(|span| span.tokens)) {
            row.copy_from_slice(&self.embedding[token as usize * hidden..][..hidden]);
        }
        let run = self.instructions;
        let norm = |x: &[f32], into: &mut [f32], weight| {
            run.run(Norm { weight, epsilon, from: x, stride: hidden, into });
        };
        for (number, layer) in self.layers.iter().enumerate() {
            norm(x, normed, &layer.before_attention);
            let joint = room(wide, rows * layer.queries_keys_values.stride());
            layer.queries_keys_values.multiply(run, packed, (normed, hidden, rows), joint);
            let width = self.shape.heads * self.shape.head_size;
            let attended = room(attended, rows * width);
            self.attend(number, spans, joint, layer.queries_keys_values.stride(), attended, scores);
            let out = room(narrow, rows * layer.attended.stride());
            layer.attended.multiply(run, packed, (attended, width, rows), out);
            run.run(Add { to: x, stride: hidden, from: out, from_stride: layer.attended.stride() });

            norm(x, normed, &layer.before_mlp);
            let stride = layer.gate_up.stride();
            let gate_up = room(wide, rows * stride);
            layer.gate_up.multiply(run, packed, (normed, hidden, rows), gate_up);
            run.run(Gate { rows: gate_up, stride, inner: self.shape.inner });
            let out = room(narrow, rows * layer.down.stride());
            layer.down.multiply(run, packed, (gate_up, stride, rows), out);
            run.run(Add { to: x, stride: hidden, from: out, from_stride: layer.down.stride() });
        }
        // Only wanted rows pass through the last matrix.
        let wanted = spans.iter().map(|span| span.wanted.len()).sum::<usize>();
        let chosen = room(narrow, wanted * hidden);
        let mut places = chosen.chunks_exact_mut(hidden);
        let mut first = 0;
        for span in spans {
            for (&at, place) in span.wanted.iter().zip(&mut places) {
                place.copy_from_slice(&x[(first + at) * hidden..][..hidden]);
            }
            first += span.tokens.len();
            span.sequence.lengthen(span.tokens.len());
        }
        let normed = room(last, wanted * hidden);
        norm(chosen, normed, &self.last_norm);
        let stride = self.head.stride();
        let outputs = room(outputs, wanted * stride);
        self.head.multiply(run, packed, (normed, hidden, wanted), outputs);
        let width = self.outputs();
        outputs.chunks_exact(stride).map(move |row| &row[..width])
    }

    /// Attention of all rows in one layer; `joint` holds their queries, keys and values.
    fn attend(
        &self,
        layer: usize,
        spans: &mut [Span<'_>],
        joint: &mut [f32],
        stride: usize,
        attended: &mut [f32],
        scores: &mut Vec<f32>,
    ) {
        let shape = &self.shape;
        let size = shape.head_size;
        let (queries, keys) = (shape.heads * size, shape.key_value_heads * size);
        let mut rows = joint.chunks_exact_mut(stride).zip(attended.chunks_exact_mut(queries));
        for span in spans {
            let first = span.sequence.length();
            // Attention is causal, so a row's keys and values may be stored just before it is attended from.
            for (position, (row, into)) in (first..first + span.tokens.len()).zip(&mut rows) {
                let (turning, values) = row.split_at_mut(queries + keys);
                let angles = position * size / 2..(position + 1) * size / 2;
                rotate(turning, size, &self.cos[angles.clone()], &self.sin[angles]);
                let (queries, keys) = turning.split_at(queries);
                span.sequence.store(shape, layer, position, keys, &values[..keys.len()]);
                let sequence = &*span.sequence;
                self.instructions.run(Attend {
                    page: |page| sequence.page(shape, layer, page),
                    seen: position + 1,
                    queries,
                    head_size: size,
                    key_value_heads: shape.key_value_heads,
                    scores: room(scores, (position + 1).next_multiple_of(PAGE)),
                    into,
                });
            }
        }
    }
}
