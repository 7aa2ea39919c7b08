"""How is the address of a store shown without its password?"""

from __future__ import annotations

import re

# Up to the last @: a password may hold one, and / and ? besides, though it should not.
_CREDENTIALS = re.compile(r"(?<=://)([^:@/]*):.*@", re.DOTALL)
_OPTION = re.compile(r"([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&#]*", re.IGNORECASE)


def shown_address(url: str) -> str:
    """Give an address with `***` for what may be a password; rather too much than too little of it."""
    return _OPTION.sub(r"\1***", _CREDENTIALS.sub(r"\1:***@", url))
