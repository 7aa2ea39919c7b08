"""How does the unit's file come and go, without a file or a link of somebody else's being touched?"""

from __future__ import annotations

import contextlib
import os
import tempfile

from nb2pkg.adapters.background_service.systemd_unit import UNIT, is_ours
from nb2pkg.problems import EnvironmentFailure, Refused


def unit_path() -> str:
    """Where systemd looks for the units that a user has written."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    # By the specification a relative one does not count.
    config = given if os.path.isabs(given) else os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(config, "systemd", "user", UNIT)


def read_unit(path: str) -> str | None:
    """Give the text of our unit; None where there is nothing.

    Raises:
        Refused: it is a link (NB402), or not ours (NB548).
        EnvironmentFailure: it cannot be read (NB548).
    """
    if os.path.islink(path):
        raise Refused(
            "NB402",
            f"{path} is a symbolic link, and nb2pkg writes through none",
            hint="remove the link; where it leads to /dev/null: systemctl --user unmask nb2pkg-schedule",
        )
    try:
        # Not as text: line ends would be read as others than they are.
        with open(path, "rb") as file:
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(path, error) from error
    if not is_ours(text):
        raise Refused(
            "NB548",
            f"{path} was not written by nb2pkg schedule install",
            hint="move it away, if it is not needed",
        )
    return text


def write_unit(path: str, text: str) -> None:
    """Put a unit in its place, in one step; what is being read meanwhile stays whole.

    Raises:
        EnvironmentFailure: it cannot be written (NB548).
    """
    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, exist_ok=True)
        descriptor, new = tempfile.mkstemp(prefix=".nb2pkg-", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            os.chmod(new, 0o644)
            # Takes the place of a link, too, and never follows it.
            os.replace(new, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise
    except OSError as error:
        raise _failed(path, error) from error


def remove_unit(path: str) -> None:
    """Remove our unit, and the link by which systemd starts it, where that is left.

    Raises:
        EnvironmentFailure: it cannot be removed (NB548).
    """
    wanted = os.path.join(os.path.dirname(path), "default.target.wants", UNIT)
    try:
        if os.path.islink(wanted):
            os.unlink(wanted)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as error:
        raise _failed(path, error) from error


def _failed(path: str, error: OSError) -> EnvironmentFailure:
    return EnvironmentFailure(
        "NB548",
        f"{path}: {error.strerror or error}",
        hint="see who owns the folder; nb2pkg schedule install --print shows what would be written",
    )
