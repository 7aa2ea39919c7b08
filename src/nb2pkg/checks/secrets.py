"""Does the source hold a password or a key? Only what can hardly be anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nb2pkg.checks.check import Check, Example, Subject
from nb2pkg.checks.places import place_in_text
from nb2pkg.problems import Diagnostic, Severity

_PATTERNS = (
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a GitHub token", r"\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,255})\b"),
    ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,60}\b"),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("a Hugging Face token", r"\bhf_[A-Za-z]{34}\b"),
    ("an OpenAI key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,200}T3BlbkFJ[A-Za-z0-9_-]{20,200}"),
    ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{40,200}"),
    ("a Slack token", r"\bxox[abprs]-[0-9]{8,14}-[A-Za-z0-9-]{10,200}"),
    ("a Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,200}\b"),
    ("a private key", r"-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY-----"),
    ("a password in a URL", r"\b[a-z][a-z0-9+]{1,20}://[^\s:/@'\"{}$<>]{1,80}:[^\s:/@'\"{}$<>*]{3,80}@[A-Za-z0-9]"),
)  # fmt: skip
# The patterns alone, for values that are not to be written either.
SECRET_PATTERNS = tuple(pattern for _, pattern in _PATTERNS)
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_PLACEHOLDER = re.compile(
    r"password|passwd|secret|example|changeme|xxx|your|user:pass", re.IGNORECASE
)
_SHOWN = 4


def _find(subject: Subject) -> Iterator[Diagnostic]:
    for cell in subject.notebook.code_cells:
        for kind, pattern in _KINDS:
            match = pattern.search(cell.source)
            if match is None or _PLACEHOLDER.search(match[0]):
                continue
            location = place_in_text(cell, match.start(), _SHOWN + 1)
            # The finding ends up in terminals and logs: the secret must not.
            line = (location.source_line or "")[: (location.column or 0) + _SHOWN] + "…"
            yield Diagnostic(
                code="NB207",
                severity=Severity.WARNING,
                message=f"cell {cell.position}, line {location.line} holds what looks like {kind}",
                location=replace(location, source_line=line),
                hint="read it from the environment (os.environ), and have this one revoked",
            )


CHECK = Check(
    code="NB207",
    title="secret in the source",
    why="A key in a notebook goes into the package, its repository, and whatever is built from it.",
    remedy="Read it from the environment: `os.environ['API_KEY']`. Have the old one revoked: it is in "
    "the notebook's history.",
    passes=(
        Example(("import os\nkey = os.environ['AWS_KEY']",)),
        Example(("url = 'postgresql://user:password@localhost/db'",)),
    ),
    fails=(
        Example(("key = 'AKIA" + "ABCDEFGHIJKLMNOP'",)),
        Example(("url = 'postgresql://anna:Xk3" + "9qWz@db.internal/sales'",)),
    ),
    find=_find,
)
