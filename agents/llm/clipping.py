"""Text cut to a budget of tokens, for prompts."""

from agents.llm.protocol import estimate_tokens


def clip(text: str, tokens: int) -> str:
    """`text` cut in the middle to about `tokens`; two thirds of what stays are its head."""
    estimate = estimate_tokens(text)
    if estimate <= tokens:
        return text
    keep = max(0, len(text) * tokens // estimate - 7)
    tail = keep // 3
    return f"{text[: keep - tail]}\n[...]\n{text[len(text) - tail :]}"
