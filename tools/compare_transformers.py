"""Compares the logits of the harness's own inference with those of Hugging Face transformers, in single precision.

    cargo build --release -p markovscale-embedded --example logits
    python tools/compare_transformers.py models/markov-1.2m "What is 3 + 4 * 5?" ...

Needs torch and transformers. Prints the largest absolute difference at any token of each text, and fails above 1e-3.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

LARGEST = 1e-3


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    folder, texts = sys.argv[1], sys.argv[2:]
    program = Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release/examples/logits"
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    worst = 0.0
    for text in texts:
        ours = json.loads(subprocess.run([program, folder, text], check=True, capture_output=True).stdout)
        with torch.no_grad():
            theirs = model(torch.tensor([ours["tokens"]])).logits[0]
        difference = (theirs - torch.tensor(ours["logits"])).abs().max().item()
        print(f"{len(ours['tokens'])} tokens: largest difference {difference:.2e}, largest logit {theirs.abs().max():.1f}")
        worst = max(worst, difference)
    if worst > LARGEST:
        raise SystemExit(f"more than {LARGEST}")


if __name__ == "__main__":
    main()
