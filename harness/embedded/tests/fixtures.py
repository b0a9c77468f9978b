"""Writes tiny random models and what Hugging Face transformers makes of them: the fixtures of the tests beside it.

    pip install torch transformers tokenizers && python harness/embedded/tests/fixtures.py
"""

import json
import random
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForTokenClassification, Qwen2Config, Qwen2ForCausalLM

FOLDER = Path(__file__).parent / "fixtures"
TOKENS = 40
# Sizes of which none is a multiple of what kernels work on at once.
SHAPE = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_attention_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 96,
    "bos_token_id": None,
}
TEMPLATE = (
    "{% for message in messages %}\n"
    "{% if message.role == 'assistant' %}<|assistant|>{{ message.content }}<|end|>"
    "{% elif message.role == 'system' %}{{ raise_exception('no system messages') }}"
    "{% else %}<|user|>{{ message.content.strip() }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    torch.manual_seed(1)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<|end|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=272, special_tokens=specials, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(["the sum of the two is the answer, then it is the end"] * 9, trainer)
    size = tokenizer.get_vocab_size()
    # Grouped queries, stretched angles, tied embeddings.
    scaling = {
        "rope_type": "llama3",
        "rope_theta": 500.0,
        "factor": 4.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 24,
    }
    llama = {"num_hidden_layers": 2, "num_key_value_heads": 1, "rope_parameters": scaling, "tie_word_embeddings": True}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=size, eos_token_id=[0, 1], **SHAPE, **llama))
    write("llama", model, torch.bfloat16, tokenizer)
    # Biases, a matrix of its own for outputs, half precision, several files.
    qwen = {"num_hidden_layers": 1, "num_key_value_heads": 2, "tie_word_embeddings": False}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=size, eos_token_id=0, **SHAPE, **qwen))
    write("qwen2", model, torch.float16, tokenizer, max_shard_size="10KB")
    verifier = {"num_hidden_layers": 1, "num_key_value_heads": 2, "num_labels": 1, "tie_word_embeddings": True}
    model = LlamaForTokenClassification(LlamaConfig(vocab_size=size, eos_token_id=0, **SHAPE, **verifier))
    write("verifier", model, torch.bfloat16, tokenizer)


def write(name, model, dtype, tokenizer, **how):
    with torch.no_grad():
        for parameter in model.parameters():
            # Larger than usual, so that no part of the network is lost beside another.
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.dim() == 2 else 0.1) + (parameter.dim() == 1))
    folder = FOLDER / name
    model.to(dtype).save_pretrained(folder, **how)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<|end|>", "chat_template": TEMPLATE}) + "\n")
    tokens = [random.Random(name).randrange(model.config.vocab_size) for _ in range(TOKENS)]
    with torch.no_grad():
        logits = model.float().eval()(torch.tensor([tokens])).logits[0]
    some = {"tokens": tokens, "last": logits[-1].tolist(), "first_of_each": logits[:, 0].tolist()}
    (folder / "expected.json").write_text(json.dumps(some) + "\n")
    for file in folder.iterdir():
        file.chmod(0o644)


if __name__ == "__main__":
    main()
