"""Does a name say that its value is a secret?"""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?:^|_)(?:pass|passwd|password|passphrase|pwd|secret|token|credentials?|api_?key|access_?key|"
    r"private_?key|secret_?key|auth|conn(?:ection)?_?(?:str|string)?|dsn)(?:_|s?[0-9]*$)",
    re.IGNORECASE,
)
# In `dbPassword` and in `DBPassword`.
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def is_secret_name(name: str) -> bool:
    """Whether values of this name are kept out of everything that is written down."""
    return bool(_SECRET.search(re.sub(_WORD_BEGINS, "_", name)))
