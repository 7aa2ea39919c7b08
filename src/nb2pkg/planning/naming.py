"""What are steps, modules and packages called?

One rule for every name that comes from a notebook: NFKC, an ASCII slug, a Python identifier of at
most 60 characters that hides neither a keyword, a builtin, a module nor a Windows device.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import unicodedata
from collections.abc import Collection

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NUMBERING = re.compile(r"^(?:(?:step|part|section|chapter|task|exercise|phase|stage)\s+)?(?:\d+(?:\.\d+)*|[ivx]{1,4})[.):]?[\s:.\-–—]+(?=\S)", re.IGNORECASE)  # fmt: skip
# The same where it is certain: "2024 sales" is a title, "2. Sales" and "Step 2: Sales" are numbered.
_SURE_NUMBERING = re.compile(
    r"^(?:(?i:step|part|section|chapter|task|exercise|phase|stage)\s+(?:\d+(?:\.\d+)*|[IVX]{1,4})\s*[.):\-–—]"
    r"|\d+(?:\.\d+)*[.):]|\d+(?:\.\d+)+(?=\s+[A-Z])|[IVX]{1,4}[.)])\s+(?=\w)"
)
_PARENTHESES = re.compile(r"\([^()]{0,200}\)")
_ARTICLES = frozenset({"a", "an", "the"})
# Words that no name ends with.
_LEADING_ON = frozenset(
    [
        "about",
        "after",
        "and",
        "are",
        "as",
        "at",
        "be",
        "before",
        "between",
        "but",
        "by",
        "each",
        "every",
        "for",
        "from",
        "how",
        "in",
        "into",
        "is",
        "its",
        "not",
        "of",
        "on",
        "or",
        "our",
        "over",
        "than",
        "that",
        "their",
        "this",
        "to",
        "under",
        "using",
        "via",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "without",
        "your",
        "can",
        "do",
        "does",
        "has",
        "have",
        "it",
        "most",
        "more",
    ]
)
_PART = re.compile(r"[:;–—?!]|\s-\s|\.\s")
_TELLING = 9  # characters, for the first part of a heading to be a name by itself
_LONGEST = 60
_COMFORTABLE = 40  # names are typed by people; a long heading is cut at a word
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))}
)
_TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *_DEVICES, *sys.stdlib_module_names, "display", "get_ipython"}
)  # fmt: skip
# Modules and names of every generated package.
OWN_NAMES = frozenset(
    {"run", "main", "parameters", "pipeline", "results", "steps", "artifacts", "constants", "setup",
     "notebooks", "src", "tests", "data", "environment", "run_async"}
)  # fmt: skip


def slug(text: str) -> str:
    """Lower-case ASCII words joined by `_`; empty where the text has no letter or digit."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    ascii_text = folded.encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub("_", ascii_text).strip("_")


def unnumbered(title: str) -> str:
    """A title without the number that it has in its notebook: functions have no place in a row."""
    return _SURE_NUMBERING.sub("", title.strip())


def step_slug(title: str) -> str:
    """The name that a heading suggests: no numbering, no articles, cut where it reads well."""
    text = _NUMBERING.sub("", title.strip()) or title
    bare = _PARENTHESES.sub(" ", text)
    whole = bare if slug(bare) else text
    first = _PART.split(whole)[0]
    if len(slug(whole)) > _COMFORTABLE and len(slug(first)) >= _TELLING:
        whole = first  # "Feature selection: which variable is most predictive?"
    words = slug(whole).split("_")
    kept = [w for w in words if w not in _ARTICLES] or words
    is_cut = False
    while len(kept) > 1 and len("_".join(kept)) > _COMFORTABLE:
        kept.pop()
        is_cut = True
    while is_cut and len(kept) > 1 and kept[-1] in _LEADING_ON:
        kept.pop()
    return "_".join(kept)[:_LONGEST].strip("_")


def safe_name(suggestion: str, taken: Collection[str], *, fallback: str) -> str:
    """A valid, unused name as near to the suggestion as can be."""
    name = step_slug(suggestion) or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    name = name[:_LONGEST]
    if name in _TAKEN or name in OWN_NAMES:
        name += "_"
    if name not in taken:
        return name
    bare = name.rstrip("_")
    number = 2
    while f"{bare}_{number}" in taken:
        number += 1
    return f"{bare}_{number}"


def hides_something(name: str) -> bool:
    """Whether a name is a keyword, a builtin, a standard module or a device."""
    return name in _TAKEN
