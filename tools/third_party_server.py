#!/usr/bin/env python3
"""A whole run against servers that this project did not write, with a model that is made on the spot.

    cargo build --release -p markovscale-bench -p markovscale-scripted-server
    python3 tools/third_party_server.py FOLDER [transformers | litellm]

In FOLDER, which must lie outside the repository, it makes a virtual environment, installs the server from PyPI, and runs
`doctor`, `collect` (twice), `score`, `replay` and `report` against it:

- `transformers`: `transformers serve` with a Llama of random weights and a tokenizer trained here, on the CPU. What it
  writes is noise, so every answer is wrong or missing; what counts is that every draw arrives, is counted and is stored.
- `litellm`: a LiteLLM proxy, a real OpenAI-compatible router with its own headers and errors, before the scripted server
  of this repository; a judge scores through it too.

Not part of CI: it downloads up to 3 GB. TORCH_INDEX names another index for torch, e.g. https://download.pytorch.org/whl/cpu.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
RELEASE = REPOSITORY / "target/release"

MAKE_MODEL = '''
import sys
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

folder, corpus = sys.argv[1], open(sys.argv[2]).read()
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
special = ["<s>", "</s>", "<pad>", "<|user|>", "<|assistant|>", "<|system|>"]
alphabet = pre_tokenizers.ByteLevel.alphabet()
trainer = trainers.BpeTrainer(vocab_size=1024, special_tokens=special, initial_alphabet=alphabet)
tokenizer.train_from_iterator(corpus.splitlines(), trainer)
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
fast.chat_template = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
fast.save_pretrained(folder)
torch.manual_seed(7)
config = LlamaConfig(vocab_size=len(fast), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                     num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
                     bos_token_id=fast.bos_token_id, eos_token_id=fast.eos_token_id, pad_token_id=fast.pad_token_id)
LlamaForCausalLM(config).save_pretrained(folder)
'''

EXPERIMENT = """name: third-party
seed: 7
datasets: [{{name: arithmetic-stories, limit: {questions}}}]
backbones:
  - name: served
    kind: openai
    base_url: {url}
    model: {model}
    {key}sampling: {{temperature: 0.7, top_p: 0.95, max_tokens: {tokens}}}
    limits: {{concurrency: 4, timeout_seconds: 120}}
    stream: {stream}
    price: {{prompt: 1, completion: 4}}
verifier: {verifier}
pool: {{parallel: 4, chains: 1, rounds: 3}}
methods: {methods}
budgets: [1, 2, 3]
"""


def run(command, **options):
    print("$", " ".join(map(str, command)), flush=True)
    return subprocess.run(list(map(str, command)), check=True, **options)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(folder, packages, index=None):
    """The interpreter of a virtual environment that holds these packages."""
    python = folder / "bin/python"
    if not python.exists():
        run([sys.executable, "-m", "venv", folder])
    extra = ["--index-url", index] if index else []
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *extra, *packages])
    return python


def wait_for(url, process, seconds=300, headers=None):
    """Waits until a page is there."""
    end = time.time() + seconds
    while time.time() < end:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}; its log is in the folder")
        try:
            request = urllib.request.Request(url, headers=headers or {})
            return json.load(urllib.request.urlopen(request, timeout=5))
        except urllib.error.HTTPError as error:
            return {"status": error.code}
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{url} did not come up in {seconds} s")


def experiment(arguments, folder, name, config, scored):
    """Every command over an experiment, and what its traces hold."""
    work = folder / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    (work / "experiment.yaml").write_text(config)
    harness = arguments.harness

    def command(what, *rest, wanted=0):
        line = [harness, what, *rest]
        print("$", " ".join(map(str, line)), flush=True)
        done = subprocess.run(list(map(str, line)), cwd=work, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(done.stdout, flush=True)
        if done.returncode != wanted:
            raise SystemExit(f"{what} ended with {done.returncode}, expected {wanted}")
        return done.stdout

    command("doctor", "experiment.yaml")
    started = time.time()
    first = json.loads(command("collect", "experiment.yaml", "--json"))["draws"]
    print(f"{first['collected']} draws in {time.time() - started:.1f} s")
    again = json.loads(command("collect", "experiment.yaml", "--json"))["draws"]
    assert first["failed"] == 0 and first["collected"] == first["total"], first
    assert again["collected"] == 0 and again["found"] == first["total"], again
    if scored:
        scores = json.loads(command("score", "experiment.yaml", "--json"))["scores"]
        assert scores["failed"] == 0 and scores["collected"] == scores["total"], scores
    command("replay", "third-party")
    command("report", "third-party")
    rows = [json.loads(line) for line in command_output(harness, work).splitlines()]
    print("a row:", json.dumps({key: value for key, value in rows[0].items() if key != "completion"})[:900])
    print("environment:", (work / "runs/third-party/environment.json").read_text())


def command_output(harness, work):
    out = work / "draws.jsonl"
    run([harness, "export", "jsonl", "third-party", "--output", out], cwd=work)
    return out.read_text()


def transformers(arguments, folder):
    """`transformers serve`, with a model of random weights."""
    index = os.environ.get("TORCH_INDEX")
    python = environment(folder / "transformers", ["torch"], index)
    python = environment(folder / "transformers", ["transformers[serving]", "accelerate"])
    model = folder / "tiny-llama"
    if not (model / "config.json").exists():
        (folder / "make_model.py").write_text(MAKE_MODEL)
        corpus = folder / "corpus.txt"
        texts = sorted((REPOSITORY / "configs/prompts").glob("*.txt")) + sorted((REPOSITORY / "docs").glob("*.md"))
        corpus.write_text("\n".join(path.read_text() for path in texts))
        run([python, folder / "make_model.py", model, corpus])
    port = free_port()
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    with open(folder / "transformers.log", "w") as log:
        command = [folder / "transformers/bin/transformers", "serve", "--host", "127.0.0.1", "--port", port]
        print("$", " ".join(map(str, command)), flush=True)
        server = subprocess.Popen(list(map(str, command)), cwd=folder, env=offline, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/models", server)
        for stream in ("false", "true"):
            config = EXPERIMENT.format(
                url=f"http://127.0.0.1:{port}/v1", model=model, key="", tokens=48, stream=stream, questions=6,
                verifier="none", methods="[single, self_consistency, mr_thinking]",
            )
            experiment(arguments, folder, f"transformers-stream-{stream}", config, scored=False)
    finally:
        server.terminate()
        server.wait()


LITELLM = """model_list:
  - model_name: proxied
    litellm_params:
      model: openai/scripted
      api_base: {url}
      api_key: none
general_settings:
  master_key: sk-third-party
"""


def litellm(arguments, folder):
    """A LiteLLM proxy before the scripted server, which fails now and then."""
    environment(folder / "litellm", ["litellm[proxy]"])
    script = {"rules": [{"fault": {"status": {"code": 429, "retry_after": {"seconds": 1}}}, "when": {"probability": 0.05}}]}
    scripted = subprocess.Popen([arguments.server, json.dumps(script)], stdout=subprocess.PIPE, text=True)
    url = scripted.stdout.readline().strip()
    (folder / "litellm.yaml").write_text(LITELLM.format(url=url))
    port = free_port()
    with open(folder / "litellm.log", "w") as log:
        command = [folder / "litellm/bin/litellm", "--config", folder / "litellm.yaml", "--host", "127.0.0.1", "--port", port]
        print("$", " ".join(map(str, command)), flush=True)
        server = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=log, stderr=log)
    os.environ["THIRD_PARTY_KEY"] = "sk-third-party"
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/models", server, headers={"Authorization": "Bearer sk-third-party"})
        judge = f"{{kind: judge, base_url: 'http://127.0.0.1:{port}/v1', model: proxied, api_key_env: THIRD_PARTY_KEY}}"
        for stream in ("false", "true"):
            config = EXPERIMENT.format(
                url=f"http://127.0.0.1:{port}/v1", model="proxied", key="api_key_env: THIRD_PARTY_KEY\n    ", tokens=512,
                stream=stream, questions=20, verifier=judge, methods="[single, best_of_n, mr_thinking]",
            )
            experiment(arguments, folder, f"litellm-stream-{stream}", config, scored=True)
        print("scripted server:", urllib.request.urlopen(url.replace("/v1", "/_counters")).read().decode())
    finally:
        server.terminate()
        server.wait()
        scripted.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("which", nargs="*", default=["transformers", "litellm"], choices=["transformers", "litellm"])
    parser.add_argument("--harness", default=str(RELEASE / "markovscale"))
    parser.add_argument("--server", default=str(RELEASE / "markovscale-scripted-server"))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if folder.is_relative_to(REPOSITORY):
        parser.error("the folder must lie outside the repository")
    folder.mkdir(parents=True, exist_ok=True)
    for which in arguments.which:
        {"transformers": transformers, "litellm": litellm}[which](arguments, folder)
        print(f"{which}: done", flush=True)


if __name__ == "__main__":
    main()
