from typing import Literal, Optional, Sequence, Union, final

__all__ = ["Answer", "Decision", "Extraction", "Policy", "classes", "compare", "extract", "parse", "verify"]

__version__: str

@final
class Answer:
    """An answer, read once and ready to be compared. Two are == if they are written alike; use compare() for whether
    they mean the same."""

    def __new__(cls, text: str) -> Answer: ...
    @property
    def text(self) -> str: ...
    @property
    def is_understood(self) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Extraction:
    """An answer and the rule that found it."""

    def __new__(cls, answer: Answer, rule: str) -> Extraction: ...
    @property
    def answer(self) -> Answer: ...
    @property
    def rule(self) -> Literal["box", "phrase", "hash_mark", "choice", "last_expression", "last_number"]: ...

@final
class Decision:
    """A verdict and why. True if the verdict is equal."""

    def __new__(cls, verdict: str, reason: str) -> Decision: ...
    @property
    def verdict(self) -> Literal["equal", "different", "unknown"]: ...
    @property
    def reason(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    def __bool__(self) -> bool: ...

@final
class Policy:
    """Conventions that mathematics leaves open, as switches. A ValueError names the switches and choices there are."""

    def __new__(cls, **switches: str) -> Policy: ...
    @staticmethod
    def strict() -> Policy: ...
    @property
    def switches(self) -> dict[str, str]: ...

_Answer = Union[Answer, str, int]
_Answers = Union[_Answer, Sequence[_Answer]]

def extract(text: str, *, guess_unfinished: bool = False) -> Optional[Extraction]: ...
def parse(
    pred: str,
    *,
    fallback_mode: Literal["first_match", "no_fallback"] = "first_match",
    parsing_timeout: Optional[float] = None,
    raise_on_error: bool = False,
) -> list[Answer]: ...
def verify(
    gold: _Answers,
    target: _Answers,
    *,
    policy: Optional[Policy] = None,
    strict: Literal[True] = True,
    allow_set_relation_comp: Literal[True] = True,
    timeout_seconds: Optional[float] = None,
    raise_on_error: bool = False,
) -> bool: ...
def compare(gold: _Answer, answer: _Answer, policy: Optional[Policy] = None) -> Decision: ...
def classes(answers: Sequence[Optional[_Answer]]) -> tuple[list[Optional[int]], list[Answer]]: ...
