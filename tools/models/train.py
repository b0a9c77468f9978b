"""Trains one of the language models in models/ from lessons.

    cargo run --release -p markovscale-families --bin markovscale-lessons -- lessons train 0 1000000 > lessons.jsonl
    cargo run --release -p markovscale-families --bin markovscale-lessons -- lessons calibration 0 4000 > check.jsonl
    python3 -m venv .venv && .venv/bin/pip install -r tools/models/requirements.txt
    .venv/bin/python tools/models/lessons.py lessons.jsonl check.jsonl prepared/
    .venv/bin/python tools/models/train.py markov-0.4m --prepared prepared/ --check check.jsonl --out models/

A GPU is used where there is one. The folder written holds the weights, the tokenizer and training.json, which says how the
model was made: seed, steps, tokens, loss curve, and how many of the check's lessons it completes word for word.
"""

import argparse
import json
import math
import platform
import time
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import lessons
from network import SHAPES, Network

TOKENS_PER_BATCH = 8192
WARM_UP = 150
CURVE_EVERY = 100

# Steps and the highest learning rate of each size.
PLANS = {
    "markov-0.4m": dict(steps=1500, rate=4e-3),
    "markov-1.2m": dict(steps=1800, rate=3e-3),
    "markov-3.2m": dict(steps=3600, rate=2e-3),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=SHAPES)
    parser.add_argument("--prepared", type=Path, required=True, help="what lessons.py wrote")
    parser.add_argument("--check", type=Path, required=True, help="JSON lines of other questions, never trained on")
    parser.add_argument("--out", type=Path, default=Path("models"), help="the model's folder is made in this one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="instead of the size's own number")
    parser.add_argument("--rate", type=float, help="instead of the size's own highest learning rate")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    plan = PLANS[arguments.model]
    steps, rate = arguments.steps or plan["steps"], arguments.rate or plan["rate"]

    tokenizer = Tokenizer.from_file(str(arguments.prepared / "tokenizer.json"))
    encoded = lessons.Encoded.load(arguments.prepared / "lessons.npz")
    check = lessons.Encoded.load(arguments.prepared / "check.npz")
    check_lines = lessons.read(arguments.check)

    network = Network(SHAPES[arguments.model], tokenizer.get_vocab_size()).to(device)
    optimizer = torch.optim.AdamW(groups(network), lr=rate, betas=(0.9, 0.98), fused=True)
    compiled = torch.compile(network, dynamic=False)
    batches = encoded.batches(TOKENS_PER_BATCH, arguments.seed)
    started, curve, tokens, seen, losses = time.time(), [], 0, 0, []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate * schedule(step, steps)
        numbers, length = next(batches)
        inputs, targets = (part.to(device) for part in encoded.batch(numbers, length))
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = compiled(inputs)
        loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        tokens, seen = tokens + inputs.numel(), seen + len(numbers)
        losses.append(loss.item())
        if (step + 1) % CURVE_EVERY == 0 or step + 1 == steps:
            mean = sum(losses) / len(losses)
            losses.clear()
            curve.append([step + 1, round(mean, 4)])
            elapsed = time.time() - started
            left = elapsed / (step + 1) * (steps - step - 1)
            print(f"step {step + 1} of {steps}  loss {mean:.4f}  {tokens / elapsed:.0f} tokens/s  {left / 60:.1f} min left", flush=True)
        if (step + 1) % 1000 == 0 and step + 1 < steps:
            print(json.dumps(completed(network, check, check_lines, device)["by_mode"]), flush=True)
    record = {
        "script": "tools/models/train.py",
        "lessons": len(encoded),
        "seed": arguments.seed,
        "steps": steps,
        "highest_rate": rate,
        "lessons_seen": seen,
        "tokens_seen_with_padding": tokens,
        "minutes": round((time.time() - started) / 60, 1),
        "threads": arguments.threads,
        "device": device if device == "cuda" else platform.machine(),
        "torch": torch.__version__,
        "loss_by_step": curve,
        "lessons_completed_word_for_word": completed(network, check, check_lines, device),
    }
    network.export(arguments.out / arguments.model, tokenizer, record)
    print(json.dumps(record["lessons_completed_word_for_word"]))


def groups(network):
    """Weights decay, norms and embeddings do not."""
    decayed = [p for name, p in network.named_parameters() if p.dim() == 2 and "embedding" not in name]
    others = [p for name, p in network.named_parameters() if p.dim() != 2 or "embedding" in name]
    return [dict(params=decayed, weight_decay=0.1), dict(params=others, weight_decay=0.0)]


def schedule(step: int, steps: int) -> float:
    """Rises over the first steps and falls along a cosine to a hundredth."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    done = (step - WARM_UP) / max(steps - WARM_UP, 1)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def completed(network, check, lines, device) -> dict:
    """The share of lessons whose every token is the most probable one: what greedy decoding gets right word for word."""
    right, of = defaultdict(int), defaultdict(int)
    for first in range(0, len(check), 100):
        numbers = [n for n in range(first, min(first + 100, len(check))) if len(check.row(n)) <= lessons.LENGTHS[-1]]
        if not numbers:
            continue
        inputs, targets = (part.to(device) for part in check.batch(numbers, lessons.LENGTHS[-1]))
        guesses = network(inputs).argmax(-1)
        whole = ((guesses == targets) | (targets == -100)).all(-1).tolist()
        for number, good in zip(numbers, whole):
            line = lines[number]
            keys = [("by_mode", line["mode"]), ("by_family", line["family"]), ("by_level", str(line["level"]))]
            for key in keys:
                of[key] += 1
                right[key] += good
    shares = defaultdict(dict)
    for key in sorted(of):
        shares[key[0]][key[1]] = round(right[key] / of[key], 3)
    return dict(shares)


if __name__ == "__main__":
    main()
