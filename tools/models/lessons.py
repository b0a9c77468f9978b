"""Lessons as tokens, in batches of similar length.

    python3 tools/models/lessons.py lessons.jsonl check.jsonl prepared/

makes a tokenizer of the first lessons and writes it, with all lessons as tokens, for train.py. Minutes, once for all sizes.
"""

import json
import random
import sys
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from network import ASSISTANT, END, USER

VOCABULARY = 512

# Digits one by one, since numbers are worked out digit by digit; words with the space before them.
PIECES = r"\\boxed\{|\d| ?[A-Za-z]+|\s|[^\sA-Za-z\d]"

# Lengths to which batches are padded.
LENGTHS = (48, 64, 80, 112, 176)


def train_tokenizer(texts, vocabulary: int = VOCABULARY) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(PIECES), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def read(path: Path) -> list[dict]:
    with path.open() as file:
        return [json.loads(line) for line in file]


class Encoded:
    """Lessons as one array of tokens: where each starts, and where its completion does."""

    def __init__(self, tokens: np.ndarray, starts: np.ndarray, completions: np.ndarray):
        self.tokens, self.starts, self.completions = tokens, starts, completions

    @classmethod
    def of(cls, tokenizer: Tokenizer, lines: list[dict]):
        user, assistant, end = (tokenizer.token_to_id(token) for token in (USER, ASSISTANT, END))
        tokens, starts, completions = [], [0], []
        for first in range(0, len(lines), 20_000):
            some = lines[first : first + 20_000]
            prompts = tokenizer.encode_batch_fast([line["prompt"] for line in some])
            answers = tokenizer.encode_batch_fast([line["completion"] for line in some])
            for prompt, answer in zip(prompts, answers):
                lesson = [user, *prompt.ids, assistant, *answer.ids, end]
                tokens.append(np.array(lesson, dtype=np.int16))
                starts.append(starts[-1] + len(lesson))
                completions.append(len(prompt.ids) + 2)
        return cls(np.concatenate(tokens), np.array(starts), np.array(completions))

    @classmethod
    def load(cls, path: Path):
        file = np.load(path)
        return cls(file["tokens"], file["starts"], file["completions"])

    def save(self, path: Path):
        np.savez(path, tokens=self.tokens, starts=self.starts, completions=self.completions)

    def __len__(self):
        return len(self.completions)

    def row(self, number: int) -> np.ndarray:
        return self.tokens[self.starts[number] : self.starts[number + 1]]

    def batch(self, numbers: list[int], length: int):
        """Tokens, and the token that should follow each: -100 where none is to be learnt."""
        tokens = np.zeros((len(numbers), length), dtype=np.int64)
        targets = np.full((len(numbers), length), -100, dtype=np.int64)
        for row, number in enumerate(numbers):
            lesson, start = self.row(number), self.completions[number]
            tokens[row, : len(lesson)] = lesson
            targets[row, start - 1 : len(lesson) - 1] = lesson[start:]
        return torch.from_numpy(tokens), torch.from_numpy(targets)

    def batches(self, tokens_per_batch: int, seed: int):
        """Numbers and padded length of batches of lessons that are about equally long, in random order, for ever."""
        generator = random.Random(seed)
        sizes = np.diff(self.starts).tolist()
        while True:
            order = list(range(len(self)))
            generator.shuffle(order)
            waiting = {length: [] for length in LENGTHS}
            for number in order:
                length = next((length for length in LENGTHS if sizes[number] <= length), None)
                if length is None:
                    continue
                waiting[length].append(number)
                if len(waiting[length]) == tokens_per_batch // length:
                    yield waiting[length], length
                    waiting[length] = []


def prepare(lessons: Path, check: Path, out: Path):
    out.mkdir(parents=True, exist_ok=True)
    lines = read(lessons)
    tokenizer = train_tokenizer(line[part] for line in lines[:100_000] for part in ("prompt", "completion"))
    tokenizer.save(str(out / "tokenizer.json"))
    encoded = Encoded.of(tokenizer, lines)
    encoded.save(out / "lessons.npz")
    Encoded.of(tokenizer, read(check)).save(out / "check.npz")
    print(f"{len(encoded)} lessons of {len(encoded.tokens) / len(encoded):.1f} tokens")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    prepare(*map(Path, sys.argv[1:]))
