//! The same bits whatever the company, the way of reading and the vector instructions.

use super::{model, texts};
use crate::Model;
use crate::kernels::{Instructions, Matrix};

fn bits(logits: &[Vec<f32>]) -> Vec<Vec<u32>> {
    logits.iter().map(|logits| logits.iter().map(|logit| logit.to_bits()).collect()).collect()
}

/// Logits behind every token of a text that is read alone, at once.
fn alone(model: &Model, text: &[u32]) -> Vec<Vec<u32>> {
    bits(&model.forward(1).all(&[text]).unwrap())
}

#[test]
fn prompts_are_read_alike_in_any_pieces() {
    for name in ["llama", "qwen2"] {
        let model = model(name);
        let text = &texts(1, 70)[0];
        let whole = alone(&model, text);
        for size in [1, 2, 3, 7, 16, 33] {
            let mut forward = model.forward(1);
            let read = |piece| forward.all(&[piece]).unwrap();
            let pieces: Vec<_> = text.chunks(size).flat_map(read).collect();
            assert_eq!(bits(&pieces), whole, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn texts_are_read_alike_in_any_company() {
    let model = model("llama");
    for count in [2, 7, 64] {
        let texts = texts(count, 40);
        let mut forward = model.forward(count);
        // Of different lengths, then all by a token at a time.
        let starts: Vec<_> = texts.iter().enumerate().map(|(text, tokens)| &tokens[..1 + text % 30]).collect();
        forward.last(&starts).unwrap();
        let mut last = Vec::new();
        for step in 0..5 {
            let next: Vec<_> =
                texts.iter().zip(&starts).map(|(text, start)| &text[start.len() + step..][..1]).collect();
            last = forward.last(&next).unwrap();
        }
        for ((text, start), logits) in texts.iter().zip(&starts).zip(bits(&last)) {
            assert_eq!(alone(&model, &text[..start.len() + 5]).last(), Some(&logits), "of {count}");
        }
    }
}

#[test]
fn vector_instructions_change_no_bit() {
    for name in ["llama", "qwen2", "verifier"] {
        let mut model = model(name);
        for text in texts(3, 50) {
            let mut all = Instructions::all().into_iter().map(|instructions| {
                model.network.instructions = instructions;
                alone(&model, &text)
            });
            let first = all.next().unwrap();
            assert!(all.all(|bits| bits == first), "{name}");
        }
    }
}

#[test]
fn each_product_is_one_chain_of_fused_additions() {
    let numbers = |count: usize, scale: f32| -> Vec<f32> {
        (0..count).map(|n| ((n * 7_919 % 1_009) as f32 / 504.5 - 1.0) * scale).collect()
    };
    for (inputs, outputs) in [(1, 1), (17, 33), (40, 160), (96, 200)] {
        let weights = numbers(inputs * outputs, 0.7);
        let bias = numbers(outputs, 0.3);
        let matrix = Matrix::new(inputs, &weights, Some(bias.clone()));
        for rows in (1..30).chain([64, 65]) {
            let from = numbers(rows * (inputs + 3), 1.3);
            let mut into = vec![0.0; rows * matrix.stride()];
            for instructions in Instructions::all() {
                matrix.multiply(instructions, &mut Vec::new(), (&from, inputs + 3, rows), &mut into);
                for row in 0..rows {
                    let from = &from[row * (inputs + 3)..][..inputs];
                    for output in 0..outputs {
                        let weights = &weights[output * inputs..][..inputs];
                        let sum = from.iter().zip(weights).fold(0.0_f32, |sum, (a, b)| a.mul_add(*b, sum));
                        let found = into[row * matrix.stride() + output];
                        assert_eq!(found.to_bits(), (sum + bias[output]).to_bits(), "{rows} rows, {inputs}x{outputs}");
                    }
                }
            }
        }
    }
}
