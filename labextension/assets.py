"""Is the extension built from these very sources? If not, and Node.js is there, it is built.

The build of nb2pkg's wheel asks (`hatch_build.py`), and so do `make lab`, `make test` and the browser tests. So
this needs nothing but Python; whoever has no Node.js gets the Python parts, and is told what is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / "src" / "nb2pkg" / "labextension"
_MARK = BUILT / "built-from.sha256"
_MODULES = HERE / "node_modules"
_INSTALLED = _MODULES / ".nb2pkg-installed.sha256"
_CONFIGURATION = ("package.json", "package-lock.json", "tsconfig.json")
_OLDEST_NODE = (20, 19)
_NOT_HERE = 77  # what `.ci/tools` takes for "skipped"
_REMEDY = "Install Node.js 20.19 or later with npm, then type `make lab`."


class CannotBuild(Exception):
    """Something that is not ours is missing; the message says what, and what to do."""


def are_current() -> bool:
    """Whether what is built was built from these sources."""
    return _MARK.is_file() and _MARK.read_text(encoding="ascii") == _digest()


def ensure() -> bool:
    """Build what is not current; say whether anything had to be built.

    Raises:
        CannotBuild: Node.js or npm is missing or too old, or packages cannot be fetched.
        CalledProcessError: the sources have a mistake; the compiler has said which.
    """
    if are_current():
        return False
    install()
    shutil.rmtree(BUILT, ignore_errors=True)
    _npm("run", "--silent", "build")
    _MARK.write_text(_digest(), encoding="ascii")
    return True


def install() -> None:
    """Install what package-lock.json names into node_modules, unless it is there.

    Raises:
        CannotBuild: Node.js or npm is missing or too old, or packages cannot be fetched.
    """
    if os.environ.get("NB2PKG_SKIP_LAB") == "1":
        raise CannotBuild("NB2PKG_SKIP_LAB is set.")
    why = _why_no_node()
    if why is not None:
        raise CannotBuild(f"{why} {_REMEDY}")
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if _INSTALLED.is_file() and _INSTALLED.read_text(encoding="ascii") == wanted:
        return
    try:
        _npm("ci")
    except subprocess.CalledProcessError as error:
        if os.environ.get("CI") == "true":
            raise  # there, everything is to be had
        raise CannotBuild("npm could not install what builds the extension: see above.") from error
    _INSTALLED.write_text(wanted, encoding="ascii")


def link(prefix: Path) -> None:
    """Let the JupyterLab of a Python environment find what is built here, and what will be."""
    place = prefix / "share" / "jupyter" / "labextensions" / "nb2pkg"
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(BUILT)
    except OSError:
        # Windows lets not everybody make links.
        shutil.copytree(BUILT, place)


def _digest() -> str:
    """One number for all that the built files depend on. Specs are not built."""
    found = hashlib.sha256()
    for path in _sources():
        found.update(f"{path.relative_to(HERE).as_posix()}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (HERE / name for name in _CONFIGURATION)
    for folder in ("schema", "src", "style"):
        for path in sorted((HERE / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(".spec.ts"):
                yield path


def _why_no_node() -> str | None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"There is no `{program}` here, which builds the JupyterLab extension."
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(number) for number in re.findall(r"\d+", said)[:2])
    if version < _OLDEST_NODE:
        return f"Node.js {said.strip()} is too old to build the JupyterLab extension."
    return None


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")  # on Windows, npm.cmd
    assert npm is not None
    # Who listens to us may read our standard output: what npm says goes to the other.
    subprocess.run([npm, *arguments], cwd=HERE, stdout=sys.stderr.fileno(), check=True)


def main() -> int:
    """Build, and let the JupyterLab beside this Python find it; ends with 77 where that is not possible."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--packages", action="store_true", help="and what checks the sources")
    asked = parser.parse_args()
    try:
        if asked.packages:
            install()
        is_new = ensure()
    except CannotBuild as problem:
        print(problem, file=sys.stderr)
        return _NOT_HERE
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(error.cmd)} has failed: see above.", file=sys.stderr)
        return 1
    link(Path(sys.prefix))
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    print(f"{'built' if is_new else 'up to date'}: {BUILT} ({size / 1000:.0f} KB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
