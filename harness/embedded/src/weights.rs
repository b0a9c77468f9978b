//! Tensors of safetensors files, as single-precision numbers.

use std::collections::HashMap;

use half::{bf16, f16};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use crate::LoadError;

/// The tensors of a model's files.
pub(crate) struct Weights<'a> {
    tensors: HashMap<String, (&'a str, TensorView<'a>)>,
    files: String,
}

impl<'a> Weights<'a> {
    /// Reads the headers of files, given with their names.
    pub(crate) fn open(files: &'a [(String, &'a [u8])]) -> Result<Self, LoadError> {
        let mut tensors = HashMap::new();
        for (file, bytes) in files {
            let read = SafeTensors::deserialize(bytes)
                .map_err(|error| LoadError(format!("{file}: not a safetensors file that can be read ({error})")))?;
            tensors.extend(read.tensors().into_iter().map(|(name, tensor)| (name, (file.as_str(), tensor))));
        }
        let files = files.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>().join(", ");
        Ok(Self { tensors, files })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// A tensor's numbers in row order.
    pub(crate) fn take(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let Some((file, tensor)) = self.tensors.get(name) else {
            return Err(LoadError(format!("{}: no tensor `{name}`", self.files)));
        };
        if tensor.shape() != shape {
            let found = tensor.shape();
            return Err(LoadError(format!(
                "{file}: tensor `{name}` has shape {found:?}; by config.json it should be {shape:?}"
            )));
        }
        let halves = || tensor.data().as_chunks::<2>().0.iter();
        let numbers: Vec<f32> = match tensor.dtype() {
            Dtype::BF16 => halves().map(|&bytes| bf16::from_le_bytes(bytes).to_f32()).collect(),
            Dtype::F16 => halves().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
            Dtype::F32 => tensor.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
            other => {
                return Err(LoadError(format!(
                    "{file}: tensor `{name}` is of type {other:?}; supported: BF16, F16, F32"
                )));
            }
        };
        match numbers.iter().position(|number| !number.is_finite()) {
            Some(at) => Err(LoadError(format!("{file}: tensor `{name}` has {} at place {at}", numbers[at]))),
            None => Ok(numbers),
        }
    }
}
