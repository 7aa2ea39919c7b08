"""Does a name say that its value is a secret?"""

from __future__ import annotations

import re

from nb2pkg.pipeline.parameter_types import ParameterType, Plain

_SECRET = re.compile(
    r"(?:^|_)(?:pass|passwd|password|passphrase|pwd|secret|token|credentials?|api_?key|access_?key|"
    r"private_?key|secret_?key|auth|conn(?:ection)?_?(?:str|string)?|dsn)(?:_|s?[0-9]*$)",
    re.IGNORECASE,
)
# In `dbPassword` and in `DBPassword`.
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# `max_tokens` is how many; and hiding a number would hide it wherever else it is printed.
_NO_SECRETS = ("bool", "int", "float", "date", "datetime")


def is_secret_parameter(name: str, type: ParameterType) -> bool:
    """Whether a parameter is taken for a secret as long as nobody says otherwise."""
    return is_secret_name(name) and not (isinstance(type, Plain) and type.name in _NO_SECRETS)


def is_secret_name(name: str) -> bool:
    """Whether values of this name are kept out of everything that is written down."""
    return bool(_SECRET.search(re.sub(_WORD_BEGINS, "_", name)))
