"""What goes into the wheel of nb2pkg besides Python? The built JupyterLab extension, where it can be built.

Without Node.js, or without a network, the Python parts are installed all the same, and the log of the build says
what is missing. NB2PKG_REQUIRE_LAB=1 makes that an error, for wheels that others get; NB2PKG_SKIP_LAB=1 does not
even try.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import assets

_PLACE = "share/jupyter/labextensions/nb2pkg"


class LabExtensionHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the extension before an sdist or a wheel is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the built extension, or say why it is missing."""
        try:
            assets.ensure()
        except assets.CannotBuild as problem:
            if os.environ.get("NB2PKG_REQUIRE_LAB") == "1":
                raise
            print(f"nb2pkg without its JupyterLab extension: {problem}", file=sys.stderr)
            return
        if self.target_name == "wheel":
            build_data["shared_data"][str(assets.BUILT)] = _PLACE
            install = Path(assets.HERE) / "install.json"
            build_data["shared_data"][str(install)] = f"{_PLACE}/install.json"
