//! Prints what a model's logits are behind every token of a text, as one JSON object: to compare with other programs.
//!
//!     cargo run --release -p markovscale-embedded --example logits -- FOLDER TEXT
#![expect(clippy::print_stdout, reason = "its output")]

use std::error::Error;
use std::path::Path;

use markovscale_embedded::{Message, Model, Role};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(text)) = (arguments.next(), arguments.next()) else {
        return Err("usage: logits FOLDER TEXT".into());
    };
    let model = Model::load(Path::new(&folder))?;
    let tokens = model.prompt(&[Message { role: Role::User, content: &text }], None)?;
    let logits = model.forward(1).all(&[&tokens])?;
    println!("{}", serde_json::json!({ "tokens": tokens, "logits": logits }));
    Ok(())
}
