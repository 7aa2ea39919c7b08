"""Which environment variables do those that we start for a user not get?"""

from __future__ import annotations

import os

# What lets its holder act for the user elsewhere, and is for us alone.
_SECRETS = (
    "JUPYTERHUB_API_TOKEN",
    "JUPYTER_TOKEN",
    "OPENLINEAGE_API_KEY",
    "NB2PKG_SMTP_PASSWORD",
    "NB2PKG_WEBHOOK_SECRET",
)
# Jupyter's own, tokens among them; notebooks have no use for any.
_JUPYTERS_OWN = "JPY_"
_PLACES = ("NB2PKG_STORE", "NB2PKG_CACHE")
_NOT_FOR_STEPS = frozenset((*_PLACES, "PYTHONSTARTUP"))


def environment_of_steps() -> dict[str, str]:
    """The environment for a user's own code: neither our secrets nor addresses that hold passwords."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_FOR_STEPS and not _is_secret(name)
    }


def environment_of_runs() -> dict[str, str]:
    """The environment for a run of ours, which writes to the same places, and tells its own trackers."""
    kept = ("OPENLINEAGE_API_KEY",)
    environment = {
        name: value for name, value in os.environ.items() if name in kept or not _is_secret(name)
    }
    # It starts in another folder than we did.
    for name in ("NB2PKG_HOME", *_PLACES):
        if environment.get(name) and "://" not in environment[name]:
            environment[name] = os.path.abspath(os.path.expanduser(environment[name]))
    return environment


def _is_secret(name: str) -> bool:
    return name in _SECRETS or name.startswith(_JUPYTERS_OWN)
