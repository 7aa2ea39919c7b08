"""Which tokens has a text of Python, and at which characters do they stand?"""

from __future__ import annotations

import tokenize
from dataclasses import dataclass

_LAYOUT = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `kind` is its name in `tokenize`, the offsets count characters of the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens without comments and layout; none where the tokenizer does not get to the end."""
    # Only \n ends a line for the parser; `splitlines` knows ten other ends.
    lines = [line + "\n" for line in text.split("\n")]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: list[Token] = []
    try:
        for token in tokenize.generate_tokens(iter(lines).__next__):
            if token.type not in _LAYOUT:
                start = starts[token.start[0] - 1] + token.start[1]
                end = starts[token.end[0] - 1] + token.end[1]
                found.append(Token(tokenize.tok_name[token.type], token.string, start, end))
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)
