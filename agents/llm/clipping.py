"""Text cut to a budget of tokens, for prompts."""

from agents.llm.protocol import estimate_tokens

_MARK = "\n[...]\n"


def clip(text: str, tokens: int) -> str:
    """`text` cut in the middle to `tokens` at most, by estimate; two thirds of what stays are its
    head. Empty where not even the mark of the cut has room.
    """
    estimate = estimate_tokens(text)
    if estimate <= tokens:
        return text
    keep = max(0, len(text) * tokens // estimate - len(_MARK))
    cut = _cut(text, keep)
    # Where the ends are denser than the whole, the average density keeps too much.
    while keep and (estimate := estimate_tokens(cut)) > tokens:
        keep = keep * max(0, tokens) // estimate
        cut = _cut(text, keep)
    return cut if estimate_tokens(cut) <= tokens else ""


def _cut(text: str, keep: int) -> str:
    tail = keep // 3
    return f"{text[: keep - tail]}{_MARK}{text[len(text) - tail :]}"
