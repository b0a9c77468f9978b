//! Measures how fast models are, and how near that is to what the machine allows.
//!
//!     cargo run --release -p markovscale-embedded --example speed -- FOLDER...
#![expect(clippy::print_stdout, reason = "its output")]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use markovscale_embedded::{Engine, Message, Model, Role, Sampling};

const QUESTION: &str = "Ana has 12 apples. She buys 3 bags with 7 apples each. How many apples does she have?";
/// Seconds that a measurement takes at least.
const LONG_ENOUGH: f64 = 1.0;

fn main() -> Result<(), Box<dyn Error>> {
    let memory = bandwidth(1 << 30);
    println!("memory, one core: {:.1} GB/s", memory / 1e9);
    for folder in std::env::args().skip(1) {
        let model = Arc::new(Model::load(Path::new(&folder))?);
        let bytes = model.products_per_token() * size_of::<f32>();
        let near = bandwidth(bytes.next_multiple_of(64));
        println!(
            "\n{folder}: {} parameters, {:.1} MB of weights a token; read at {:.1} GB/s by one core from where they stay",
            model.parameters(),
            bytes as f64 / 1e6,
            near / 1e9
        );
        let prompt = model.prompt(&[Message { role: Role::User, content: QUESTION }], None)?;
        for batch in [1, 16, 64] {
            let rate = decoding(&model, &prompt, batch)?;
            // Each weight is read once a step, for all rows.
            let bound = |speed: f64| 100.0 * rate / (speed / bytes as f64 * batch as f64);
            println!(
                "  decoding, batch {batch:>2}: {rate:>8.0} tokens/s, {:>5.1} GFLOP/s; {:.0} % of what memory allows, {:.0} % of what the cache does",
                flops(&model, rate),
                bound(memory),
                bound(near)
            );
        }
        let rate = reading(&model)?;
        println!("  reading prompts:    {rate:>8.0} tokens/s, {:>5.1} GFLOP/s", flops(&model, rate));
        for threads in [1, 2] {
            let rate = engine(&model, &prompt, threads)?;
            println!("  engine, {threads} thread(s): {rate:>8.0} tokens/s written, sampling and prompts included");
        }
    }
    Ok(())
}

/// Billions of operations a second in products with weights.
fn flops(model: &Model, tokens_per_second: f64) -> f64 {
    2.0 * model.products_per_token() as f64 * tokens_per_second / 1e9
}

/// Bytes a second at which one core reads a buffer of that size over and over.
fn bandwidth(bytes: usize) -> f64 {
    let buffer = vec![1_u64; bytes / size_of::<u64>()];
    let mut best = f64::INFINITY;
    for _ in 0..(1 << 31_usize) / bytes {
        let started = Instant::now();
        let mut sums = [0_u64; 64];
        for some in black_box(&buffer).as_chunks::<64>().0 {
            sums.iter_mut().zip(some).for_each(|(sum, number)| *sum ^= number);
        }
        black_box(sums);
        best = best.min(started.elapsed().as_secs_f64());
    }
    bytes as f64 / best
}

/// Runs passes until that took long enough; tokens a second.
fn rate(mut pass: impl FnMut() -> Result<usize, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    pass()?;
    let started = Instant::now();
    let mut tokens = 0;
    while started.elapsed().as_secs_f64() < LONG_ENOUGH {
        tokens += pass()?;
    }
    Ok(tokens as f64 / started.elapsed().as_secs_f64())
}

/// Tokens a second of the pass that writes, up to 64 tokens behind a prompt.
fn decoding(model: &Model, prompt: &[u32], batch: usize) -> Result<f64, Box<dyn Error>> {
    let steps = (model.context_length() - prompt.len()).min(64);
    let (mut tokens, mut seconds) = (0, 0.0);
    while seconds < LONG_ENOUGH {
        let mut texts = model.forward(batch);
        texts.last(&vec![prompt; batch])?;
        let started = Instant::now();
        for step in 0..steps {
            let token = [prompt[step % prompt.len()]];
            texts.last(&vec![&token[..]; batch])?;
        }
        seconds += started.elapsed().as_secs_f64();
        tokens += steps * batch;
    }
    Ok(tokens as f64 / seconds)
}

/// Tokens a second of reading texts of 128 tokens.
fn reading(model: &Model) -> Result<f64, Box<dyn Error>> {
    let tokens = vec![5_u32; model.context_length().min(128)];
    rate(|| {
        model.forward(1).last(&[&tokens])?;
        Ok(tokens.len())
    })
}

/// Tokens a second that an engine writes.
fn engine(model: &Arc<Model>, prompt: &[u32], threads: usize) -> Result<f64, Box<dyn Error>> {
    let engine = Engine::start(Arc::clone(model), threads);
    let sampling = Sampling { temperature: 0.8, top_p: 0.95, max_tokens: 128 };
    let seeds: Vec<u64> = (0..32).collect();
    rate(|| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..32 {
            let sender = sender.clone();
            engine.generate(prompt.to_vec(), &seeds, sampling, move |_, written| {
                let _ = sender.send(written.map(|written| written.tokens as usize));
            });
        }
        drop(sender);
        Ok(receiver.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().sum())
    })
}
