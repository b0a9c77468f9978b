//! Buffers that start on a cache line.

use std::ops::{Deref, DerefMut};

const LINE: usize = 64;

/// Numbers that start on a cache line, so that no vector load crosses one. Where they start changes speed only.
#[derive(Debug)]
pub(crate) struct Aligned {
    numbers: Vec<f32>,
    start: usize,
    length: usize,
}

impl Aligned {
    pub(crate) fn zeros(length: usize) -> Self {
        let spare = LINE / size_of::<f32>() - 1;
        let numbers = vec![0.0; length + spare];
        // Documented to be allowed to fail, by a huge number.
        let start = numbers.as_ptr().align_offset(LINE).min(spare);
        Self { numbers, start, length }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers[self.start..self.start + self.length]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..self.start + self.length]
    }
}
