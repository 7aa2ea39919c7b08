"""Would a user's notebooks run as root, because somebody forgot to become another user?"""

from __future__ import annotations

import os

from nb2pkg.problems import Refused


def refuse_root(allow_root: bool, hint: str) -> None:
    """Stop where they would, unless that is meant.

    Raises:
        Refused: jobs would run as root (NB549).
    """
    if not allow_root and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise Refused(
            "NB549",
            "jobs would run as root: whoever can change a notebook or a pipeline could do anything here",
            hint=hint,
        )
