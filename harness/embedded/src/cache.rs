//! Keys and values of the tokens that were read.

use std::sync::Arc;

use crate::config::Shape;
use crate::kernels::Aligned;
use crate::kernels::attention::PAGE;

/// What a network remembers of a text: for each page of positions all layers' keys and values.
///
/// A clone shares the pages and copies only the one that it goes on writing in, so that many completions of one prompt
/// read one copy of it, which the processor's caches hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sequence {
    pages: Vec<Arc<Aligned>>,
    length: usize,
}

impl Sequence {
    /// Tokens that were read.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn lengthen(&mut self, by: usize) {
        self.length += by;
    }

    /// Stores a token's keys and values in one layer.
    pub(crate) fn store(&mut self, shape: &Shape, layer: usize, position: usize, keys: &[f32], values: &[f32]) {
        let (page, at) = (position / PAGE, position % PAGE);
        while self.pages.len() <= page {
            self.pages.push(Arc::new(Aligned::zeros(layer_size(shape) * shape.layers)));
        }
        let held = &mut self.pages[page];
        if Arc::get_mut(held).is_none() {
            let mut copy = Aligned::zeros(held.len());
            copy.copy_from_slice(held);
            *held = Arc::new(copy);
        }
        let Some(numbers) = Arc::get_mut(held) else { return };
        let (all_keys, all_values) = numbers[layer * layer_size(shape)..][..layer_size(shape)]
            .split_at_mut(shape.key_value_heads * shape.head_size * PAGE);
        // Every head's keys by dimension, then position: all heads' dimensions are one run.
        all_keys.chunks_exact_mut(PAGE).zip(keys).for_each(|(places, &key)| places[at] = key);
        let heads = all_values.chunks_exact_mut(shape.head_size * PAGE).zip(values.chunks_exact(shape.head_size));
        for (head, values) in heads {
            head[at * shape.head_size..][..shape.head_size].copy_from_slice(values);
        }
    }

    /// A layer's part of a page: all heads' keys, then all heads' values.
    pub(crate) fn page(&self, shape: &Shape, layer: usize, page: usize) -> &[f32] {
        &self.pages[page][layer * layer_size(shape)..][..layer_size(shape)]
    }
}

fn layer_size(shape: &Shape) -> usize {
    2 * shape.key_value_heads * shape.head_size * PAGE
}
