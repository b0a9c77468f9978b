"""Makes the two tiny models that tests of the harness run: they add digits.

    .venv/bin/python tools/models/tiny.py harness/bench/tests/fixtures

writes tiny-model and tiny-verifier. Seconds. At high temperatures they are often wrong, and sometimes give no answer.
"""

import random
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from lessons import train_tokenizer
from network import ASSISTANT, END, USER, Network, Shape

SHAPE = Shape(hidden=32, layers=1, heads=2, inner=48)
STEPS, ROWS = 400, 64


def sums():
    a, b = random.randrange(10), random.randrange(10)
    earlier = f"\nEarlier answer: {random.randrange(19)}" if random.random() < 0.4 else ""
    return f"What is {a} + {b}?{earlier}", f"{a} + {b} = {a + b}\n\\boxed{{{a + b}}}"


def main():
    random.seed(1)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    out = Path(sys.argv[1])
    known = train_tokenizer((text for _ in range(2000) for text in sums()), 320)
    user, assistant, end = (known.token_to_id(token) for token in (USER, ASSISTANT, END))
    for name, scores in (("tiny-model", False), ("tiny-verifier", True)):
        network = Network(SHAPE, known.get_vocab_size(), scores)
        optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
        for _ in range(STEPS):
            rows, targets = [], []
            for _ in range(ROWS):
                prompt, completion = sums()
                right = random.random() < 0.5
                if scores and not right:
                    completion = completion.replace("= 1", "= 2").replace("{1", "{2")
                prompt, completion = known.encode(prompt).ids, known.encode(completion).ids
                row = [user, *prompt, assistant, *completion, end]
                start = len(prompt) + 1
                if scores:
                    targets.append([-1] * start + [int(right)] * (len(row) - start))
                else:
                    targets.append([-100] * start + row[start + 1 :] + [-100])
                rows.append(row)
            longest = max(map(len, rows))
            tokens = torch.tensor([row + [end] * (longest - len(row)) for row in rows])
            fill = -1 if scores else -100
            target = torch.tensor([row + [fill] * (longest - len(row)) for row in targets])
            found = network(tokens)
            if scores:
                loss = F.binary_cross_entropy_with_logits(found[target >= 0], target[target >= 0].float())
            else:
                loss = F.cross_entropy(found.flatten(0, 1), target.flatten())
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        print(name, round(loss.item(), 3))
        network.export(out / name, known, {"script": "tools/models/tiny.py"})


if __name__ == "__main__":
    main()
