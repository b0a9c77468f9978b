"""A decoder-only transformer of the Llama architecture, small enough to train on a CPU, and its export.

What is written is what Hugging Face's LlamaForCausalLM reads: config.json, model.safetensors (bfloat16),
tokenizer.json, tokenizer_config.json. A verifier has one tensor more, `score.weight`.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

CONTEXT = 256
ROPE_THETA = 10_000.0
NORM_EPSILON = 1e-5

# A dialogue is a user's turn and the model's; the model ends its own.
USER, ASSISTANT, END = "<|user|>", "<|assistant|>", "<|end|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message.role == 'assistant' %}<|assistant|>{{ message.content }}<|end|>"
    "{% else %}<|user|>{{ message.content }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@dataclass(frozen=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    inner: int


SHAPES = {
    "markov-0.4m": Shape(hidden=96, layers=3, heads=3, inner=256),
    "markov-1.2m": Shape(hidden=160, layers=4, heads=5, inner=384),
    "markov-3.2m": Shape(hidden=224, layers=5, heads=7, inner=608),
}


class Block(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        hidden = shape.hidden
        self.before_attention = nn.RMSNorm(hidden, eps=NORM_EPSILON)
        self.queries_keys_values = nn.Linear(hidden, 3 * hidden, bias=False)
        self.attended = nn.Linear(hidden, hidden, bias=False)
        self.before_mlp = nn.RMSNorm(hidden, eps=NORM_EPSILON)
        self.gate_up = nn.Linear(hidden, 2 * shape.inner, bias=False)
        self.down = nn.Linear(shape.inner, hidden, bias=False)

    def forward(self, x, cos, sin, mask):
        rows, length, hidden = x.shape
        heads = self.shape.heads
        size = hidden // heads
        joint = self.queries_keys_values(self.before_attention(x)).view(rows, length, 3, heads, size)
        q, k, v = joint.permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        # Written out: PyTorch's fused attention is slower than this on a CPU, backwards most of all.
        weights = ((q @ k.transpose(-1, -2)).float() * size**-0.5 + mask).softmax(-1).to(v.dtype)
        x = x + self.attended((weights @ v).transpose(1, 2).reshape(rows, length, hidden))
        gate, up = self.gate_up(self.before_mlp(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return (x * cos + torch.cat((-second, first), -1) * sin).to(x.dtype)


class Network(nn.Module):
    def __init__(self, shape: Shape, vocabulary: int, scores: bool = False):
        super().__init__()
        self.shape, self.vocabulary = shape, vocabulary
        self.embedding = nn.Embedding(vocabulary, shape.hidden)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.last_norm = nn.RMSNorm(shape.hidden, eps=NORM_EPSILON)
        self.score = nn.Linear(shape.hidden, 1, bias=False) if scores else None
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                # What is added to the residual stream starts smaller, the deeper the network.
                narrow = name.endswith(("attended.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.04 / (2 * shape.layers) ** 0.5 if narrow else 0.04)

    def forward(self, tokens):
        """Logits over the vocabulary; for a verifier, the logit that the final answer is right, at each token."""
        length = tokens.shape[1]
        size = self.shape.hidden // self.shape.heads
        frequencies = ROPE_THETA ** (-torch.arange(0, size, 2, device=tokens.device) / size)
        angles = torch.arange(length, device=tokens.device)[:, None] * frequencies
        angles = torch.cat((angles, angles), -1)
        mask = torch.full((length, length), float("-inf"), device=tokens.device).triu(1)
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin(), mask)
        x = self.last_norm(x)
        return self.score(x).squeeze(-1) if self.score is not None else F.linear(x, self.embedding.weight)

    def export(self, folder: Path, tokenizer, record: dict):
        """Writes the model's folder; `record` says how it was trained."""
        folder.mkdir(parents=True, exist_ok=True)
        shape = self.shape
        tensors = {"model.embed_tokens.weight": self.embedding.weight, "model.norm.weight": self.last_norm.weight}
        for number, block in enumerate(self.blocks):
            q, k, v = block.queries_keys_values.weight.chunk(3)
            gate, up = block.gate_up.weight.chunk(2)
            named = {
                "input_layernorm": block.before_attention.weight,
                "self_attn.q_proj": q,
                "self_attn.k_proj": k,
                "self_attn.v_proj": v,
                "self_attn.o_proj": block.attended.weight,
                "post_attention_layernorm": block.before_mlp.weight,
                "mlp.gate_proj": gate,
                "mlp.up_proj": up,
                "mlp.down_proj": block.down.weight,
            }
            tensors |= {f"model.layers.{number}.{name}.weight": tensor for name, tensor in named.items()}
        if self.score is not None:
            tensors["score.weight"] = self.score.weight
        tensors = {name: tensor.detach().to("cpu", torch.bfloat16).contiguous() for name, tensor in tensors.items()}
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "model.safetensors").chmod(0o644)
        end = tokenizer.token_to_id(END)
        config = {
            "architectures": ["LlamaForCausalLM" if self.score is None else "LlamaForTokenClassification"],
            "model_type": "llama",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.inner,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.heads,
            "head_dim": shape.hidden // shape.heads,
            "hidden_act": "silu",
            "rms_norm_eps": NORM_EPSILON,
            "rope_theta": ROPE_THETA,
            "vocab_size": self.vocabulary,
            "max_position_embeddings": CONTEXT,
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": end,
            "torch_dtype": "bfloat16",
        }
        if self.score is not None:
            config["num_labels"] = 1
        write(folder / "config.json", config)
        tokenizer.save(str(folder / "tokenizer.json"))
        write(
            folder / "tokenizer_config.json",
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "eos_token": END,
                "model_max_length": CONTEXT,
                "clean_up_tokenization_spaces": False,
                "chat_template": CHAT_TEMPLATE,
            },
        )
        parameters = sum(parameter.numel() for parameter in self.parameters())
        write(folder / "training.json", {"parameters": parameters, "shape": asdict(shape)} | record)


def write(path: Path, content: dict):
    path.write_text(json.dumps(content, indent=1) + "\n")
