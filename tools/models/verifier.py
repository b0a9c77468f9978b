"""Trains the verifier in models/ on what the language models answered to the verifiers' own questions.

    cargo run --release -- collect configs/verifier-questions.yaml
    cargo run --release -- export jsonl verifier-questions --output draws.jsonl
    .venv/bin/python tools/models/verifier.py --draws draws.jsonl --start models/markov-1.2m --out models/markov-verifier-1.2m

It starts from a language model's weights and learns, at the end of every line of a solution, the probability that the final
answer will be right. One question in ten is kept for the check that training.json reports: the area under the ROC curve,
the Brier score, and how often solutions are right among those with about the same score.
"""

import argparse
import json
import platform
import random
import time
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer

from lessons import LENGTHS
from network import ASSISTANT, SHAPES, USER, Network
from train import CURVE_EVERY, TOKENS_PER_BATCH, groups, schedule

IGNORED = -1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=Path, required=True, help="JSON lines of `markovscale export jsonl`")
    parser.add_argument("--start", type=Path, required=True, help="the language model's folder to start from")
    parser.add_argument("--out", type=Path, required=True, help="the folder that is made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"

    tokenizer = Tokenizer.from_file(str(arguments.start / "tokenizer.json"))
    solutions = [solution for line in arguments.draws.open() if (solution := read(json.loads(line), tokenizer))]
    if any(solution["simulated"] for solution in solutions):
        raise SystemExit("these draws are simulated; a verifier learns from those of real models")
    # By question, so that no question is on both sides.
    kept = [s for s in solutions if zlib.crc32(s["question"].encode()) % 10 == 0]
    taught = [s for s in solutions if zlib.crc32(s["question"].encode()) % 10 != 0]
    print(f"{len(taught)} solutions to learn from, {mean_right(taught):.3f} right; {len(kept)} to check with", flush=True)

    network = Network(SHAPES[arguments.start.name], tokenizer.get_vocab_size(), scores=True)
    start_from(network, load_file(arguments.start / "model.safetensors"))
    network.to(device)
    optimizer = torch.optim.AdamW(groups(network), lr=arguments.rate, betas=(0.9, 0.98), fused=True)
    compiled = torch.compile(network, dynamic=False)
    started, curve, losses = time.time(), [], []
    batches = shuffled(taught, arguments.seed)
    for step in range(arguments.steps):
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * schedule(step, arguments.steps)
        inputs, targets = (part.to(device) for part in batch(*next(batches)))
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = compiled(inputs)
        at = targets != IGNORED
        loss = F.binary_cross_entropy_with_logits(logits.float()[at], targets[at])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if (step + 1) % CURVE_EVERY == 0 or step + 1 == arguments.steps:
            curve.append([step + 1, round(sum(losses) / len(losses), 4)])
            losses.clear()
            elapsed = time.time() - started
            left = elapsed / (step + 1) * (arguments.steps - step - 1) / 60
            print(f"step {step + 1} of {arguments.steps}  loss {curve[-1][1]:.4f}  {left:.1f} min left", flush=True)
    record = {
        "script": "tools/models/verifier.py",
        "started_from": arguments.start.name,
        "seed": arguments.seed,
        "steps": arguments.steps,
        "highest_rate": arguments.rate,
        "solutions": len(taught),
        "right": round(mean_right(taught), 4),
        "minutes": round((time.time() - started) / 60, 1),
        "threads": arguments.threads,
        "device": device if device == "cuda" else platform.machine(),
        "torch": torch.__version__,
        "loss_by_step": curve,
        "check": check(network, kept, device),
    }
    network.export(arguments.out, tokenizer, record)
    print(json.dumps(record["check"]))


def read(line: dict, tokenizer: Tokenizer) -> dict | None:
    """A draw as tokens with the places where its steps end; nothing if it is not graded or too long."""
    if line["correct"] is None or not line["completion"].strip() or line["mode"] not in ("parallel", "sequential"):
        return None
    question = tokenizer.encode(line["question"]).ids
    solution = tokenizer.encode(line["completion"])
    before = [tokenizer.token_to_id(USER), *question, tokenizer.token_to_id(ASSISTANT)]
    text, ends = line["completion"], []
    # A step is a line; it is scored at its line feed, the last at its last token: as the harness does.
    for number, (start, end) in enumerate(solution.offsets):
        if "\n" in text[start:end] or number + 1 == len(solution.ids):
            ends.append(len(before) + number)
    tokens = np.array([*before, *solution.ids], dtype=np.int16)
    if len(tokens) > LENGTHS[-1]:
        return None
    return {
        "tokens": tokens,
        "ends": ends,
        "right": float(line["correct"]),
        "question": line["question_id"],
        "backbone": line["backbone"],
        "family": line["subject"],
        "simulated": line["simulated"],
    }


def mean_right(solutions: list[dict]) -> float:
    return sum(solution["right"] for solution in solutions) / max(len(solutions), 1)


def start_from(network: Network, tensors: dict):
    """Takes over a language model's weights; the head that scores starts at zero."""

    def take(name):
        return tensors[name].float()

    with torch.no_grad():
        network.embedding.weight.copy_(take("model.embed_tokens.weight"))
        network.last_norm.weight.copy_(take("model.norm.weight"))
        network.score.weight.zero_()
        for number, block in enumerate(network.blocks):
            at = f"model.layers.{number}."
            block.before_attention.weight.copy_(take(at + "input_layernorm.weight"))
            block.before_mlp.weight.copy_(take(at + "post_attention_layernorm.weight"))
            joint = [take(at + f"self_attn.{part}_proj.weight") for part in "qkv"]
            block.queries_keys_values.weight.copy_(torch.cat(joint))
            block.attended.weight.copy_(take(at + "self_attn.o_proj.weight"))
            block.gate_up.weight.copy_(torch.cat([take(at + f"mlp.{part}_proj.weight") for part in ("gate", "up")]))
            block.down.weight.copy_(take(at + "mlp.down_proj.weight"))


def shuffled(solutions: list[dict], seed: int):
    """Batches of solutions that are about equally long, in random order, for ever."""
    generator = random.Random(seed)
    while True:
        waiting = {length: [] for length in LENGTHS}
        for solution in generator.sample(solutions, len(solutions)):
            length = next(length for length in LENGTHS if len(solution["tokens"]) <= length)
            waiting[length].append(solution)
            if len(waiting[length]) == TOKENS_PER_BATCH // length:
                yield waiting[length], length
                waiting[length] = []


def batch(solutions: list[dict], length: int):
    """Tokens, and at each whether the final answer is right: only where a step ends."""
    tokens = np.zeros((len(solutions), length), dtype=np.int64)
    targets = np.full((len(solutions), length), IGNORED, dtype=np.float32)
    for row, solution in enumerate(solutions):
        tokens[row, : len(solution["tokens"])] = solution["tokens"]
        targets[row, solution["ends"]] = solution["right"]
    return torch.from_numpy(tokens), torch.from_numpy(targets)


@torch.no_grad()
def check(network: Network, solutions: list[dict], device: str) -> dict:
    """How good the last step's score is on questions that were not learnt from."""
    scores = []
    for first in range(0, len(solutions), 200):
        some = solutions[first : first + 200]
        tokens, _ = batch(some, LENGTHS[-1])
        logits = network(tokens.to(device)).float().cpu()
        scores.extend(torch.sigmoid(logits[row, s["ends"][-1]]).item() for row, s in enumerate(some))
    scores, right = np.array(scores), np.array([s["right"] for s in solutions])
    report = summary(scores, right)
    report["reliability"] = [
        {
            "scores": f"{low:.1f} to {low + 0.1:.1f}",
            "solutions": int(inside.sum()),
            "mean_score": round(float(scores[inside].mean()), 3),
            "right": round(float(right[inside].mean()), 3),
        }
        for low in np.arange(10) / 10
        if (inside := (scores >= low) & ((scores < low + 0.1) | (low == 0.9))).any()
    ]
    for part in ("backbone", "family"):
        names = np.array([s[part] for s in solutions])
        report[f"by_{part}"] = {name: summary(scores[names == name], right[names == name]) for name in sorted(set(names))}
    return report


def summary(scores: np.ndarray, right: np.ndarray) -> dict:
    base = {"solutions": len(right), "right": round(float(right.mean()), 4)}
    return base | {"auc": area(scores, right), "brier": round(float(((scores - right) ** 2).mean()), 4)}


def area(scores: np.ndarray, right: np.ndarray) -> float | None:
    """The probability that a right solution scores higher than a wrong one, ties counting half."""
    good, bad = np.sort(scores[right == 1]), scores[right == 0]
    if not len(good) or not len(bad):
        return None
    below, to = np.searchsorted(good, bad, "left"), np.searchsorted(good, bad, "right")
    above = len(good) - to + 0.5 * (to - below)
    return round(float(above.sum() / (len(good) * len(bad))), 4)


if __name__ == "__main__":
    main()
