"""The types that the JupyterLab extension is compiled with are those that the server sends."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

_FOLDER = Path(__file__).parents[2] / "labextension"


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_types", _FOLDER / "generate_types.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_types_are_up_to_date() -> None:
    written = (_FOLDER / "src" / "client" / "types.ts").read_text(encoding="utf-8")

    assert written == _generator().types_text(), "run python labextension/generate_types.py"
