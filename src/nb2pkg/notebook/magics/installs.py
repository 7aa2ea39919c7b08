"""Which requirements a command installs, when installing is all it does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.notebook.magics.equivalent import Equivalent, LeftOut, MagicCall, NoEqual, Remark
from nb2pkg.problems import Severity

_REASON = "installs packages, which the package declares as dependencies"

_VERSION = r"(?:===|==|~=|!=|<=|>=|<|>) ?[A-Za-z0-9.*+!_-]+"
_REQUIREMENT = re.compile(
    rf"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9._,-]+\])?(?: ?{_VERSION}(?:, ?{_VERSION})*)?"
)
_CONDA_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)=([0-9][A-Za-z0-9.]*)\*?(?:=[\w.*]+)?")
_REDIRECTION = re.compile(r"(?:[012&]?>>?|<)(?:&[12]|/dev/null)?")
_PYTHON = re.compile(r"(?:\S*/)?python[0-9.]*(?:\.exe)?|\{sys\.executable\}|\$sys\.executable")
_SETTING = re.compile(r"[A-Za-z_]\w*=")
_PIP = re.compile(r"(?:\S*/)?pip[0-9.]*")
# A piece of a command line: quoted text, an operator between commands, or anything else.
_PIECE = re.compile(r"""("[^"]*"|'[^']*'|[^"'&|;\n]+)|(&&|\|\||[;\n])|(\|)|(.)""", re.DOTALL)
_ONLY_FILTERS = frozenset({"tail", "head", "grep", "cat", "tee"})

_PIP_VALUES = frozenset(
    """
    -t --target --prefix --root --timeout --retries --proxy --progress-bar --upgrade-strategy
    --no-binary --only-binary --log --trusted-host --cache-dir --platform --python-version
    --implementation --abi --src --config-settings --use-deprecated --use-feature --global-option
    --exists-action --report -c --constraint --default-timeout --cert --client-cert --python -p
    """.split()  # noqa: SIM905 - a paragraph of options, not forty lines
)
# Options that say where a package comes from, with a value that no dependency list can hold.
_PIP_SOURCES = frozenset(
    """
    -r --requirement --requirements -e --editable -i --index-url --extra-index-url -f --find-links
    --index --default-index
    """.split()  # noqa: SIM905 - as above
)
_CONDA_VALUES = frozenset(
    ["-c", "--channel", "-n", "--name", "-p", "--prefix", "--solver", "--repodata-fn"]
)
_CONDA_SOURCES = frozenset({"--file", "-f"})
_LOOKS = frozenset({"list", "show", "freeze", "check", "--version", "-V", "info", "--help", "help"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installer:
    valued: frozenset[str]
    sources: frozenset[str]
    conda: bool


_PIP_INSTALLER = _Installer(valued=_PIP_VALUES, sources=_PIP_SOURCES, conda=False)
_CONDA_INSTALLER = _Installer(valued=_CONDA_VALUES, sources=_CONDA_SOURCES, conda=True)


def install(call: MagicCall) -> Equivalent:
    """Take the requirements from `%pip install …`, `%conda install …` and the like."""
    outcome = read_install(f"{call.name} {call.arguments}")
    if outcome is None or call.wants_value:
        return NoEqual(
            why="changes or asks the environment",
            hint="Do this before the package runs, not in it.",
        )
    return outcome


def read_install(command: str) -> LeftOut | None:
    """Take the requirements from a command that only installs packages; None for any other."""
    outcomes = [_one_command(pipeline) for pipeline in _pipelines(command)]
    known = [outcome for outcome in outcomes if outcome is not None]
    if not known or len(known) != len(outcomes):
        return None
    return LeftOut(
        reason=known[0].reason,
        requirements=tuple(dict.fromkeys(r for outcome in known for r in outcome.requirements)),
        remarks=tuple(remark for outcome in known for remark in outcome.remarks),
    )


def calls_installer(command: str) -> bool:
    """Say whether a command calls a package installer, whatever else it does."""
    return any(_installer(_words(pipeline[0])) is not None for pipeline in _pipelines(command))


def _pipelines(command: str) -> list[list[str]]:
    """Split a command line into commands, and each at its pipes."""
    pipelines: list[list[str]] = [[""]]
    for quoted_or_plain, separator, pipe, other in _PIECE.findall(command):
        if separator:
            pipelines.append([""])
        elif pipe:
            pipelines[-1].append("")
        else:
            pipelines[-1][-1] += quoted_or_plain or other
    return [pipeline for pipeline in pipelines if "".join(pipeline).strip()]


def _one_command(pipeline: list[str]) -> LeftOut | None:
    installing, *filters = pipeline
    if any(text.split()[:1] and text.split()[0] not in _ONLY_FILTERS for text in filters):
        return None
    found = _installer(_words(installing))
    if found is None:
        return None
    installer, arguments = found
    if arguments[:1] and arguments[0] in _LOOKS:
        return LeftOut(reason="looks at the environment")
    if arguments[:1] != ["install"]:
        return None
    return _requirements(arguments[1:], installer)


def _installer(words: list[str]) -> tuple[_Installer, list[str]] | None:
    """Tell which installer a command starts, and with which arguments."""
    while words and _SETTING.match(words[0]):
        words = words[1:]
    if words[:1] == ["sudo"]:
        words = [word for word in words[1:] if word not in ("-H", "-E")]
    if len(words) > 2 and _PYTHON.fullmatch(words[0]) and words[1] == "-m":
        words = words[2:]
    if words[:2] == ["uv", "pip"]:
        words = words[1:]
    if not words:
        return None
    if _PIP.fullmatch(words[0]):
        rest = words[1:]
        while rest and rest[0].startswith("-") and rest[0] not in _LOOKS:
            rest = rest[2:] if rest[0] in _PIP_VALUES else rest[1:]
        return _PIP_INSTALLER, rest
    if words[0] in ("conda", "mamba", "micromamba"):
        return _CONDA_INSTALLER, words[1:]
    return None


def _requirements(words: Sequence[str], installer: _Installer) -> LeftOut:
    requirements: list[str] = []
    remarks: list[Remark] = []
    pending = iter(words)
    for word in pending:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if option in installer.sources:
                remarks.append(_not_taken(f"{option} {value or next(pending, '')}".strip()))
            elif option in installer.valued and not value:
                next(pending, None)
            continue
        requirement = _requirement(word, installer)
        if requirement is None:
            remarks.append(_not_taken(word))
        elif requirement:
            requirements.append(requirement)
    return LeftOut(reason=_REASON, requirements=tuple(requirements), remarks=tuple(remarks))


def _requirement(word: str, installer: _Installer) -> str | None:
    """Read a requirement; "" for what every environment has, None for what a list cannot hold."""
    pin = _CONDA_PIN.fullmatch(word) if installer.conda else None
    if pin is not None:
        word = f"{pin.group(1)}=={pin.group(2).rstrip('.')}.*"
    name = re.split(r"[^\w.-]", word, maxsplit=1)[0].lower()
    if name in ("pip", "setuptools", "wheel") or (installer.conda and name == "python"):
        return ""
    return word if _REQUIREMENT.fullmatch(word) else None


def _not_taken(text: str) -> Remark:
    # Addresses may carry a password: name the host's part of the text only when it has none.
    shown = re.sub(r"//[^/@\s]*@", "//***@", text)
    return Remark(
        severity=Severity.NOTE,
        message=f"'{shown}' is not taken over as a dependency",
        hint="Add what it installs to the dependencies in pyproject.toml.",
    )


def _words(command: str) -> list[str]:
    """Split a command into words, without what goes where and without a comment."""
    try:
        pending = iter(shlex.split(command))
    except ValueError:
        return []
    kept: list[str] = []
    for word in pending:
        if word.startswith("#"):
            break
        if _REDIRECTION.fullmatch(word):
            if word[-1] in "<>":
                next(pending, None)
            continue
        kept.append(word)
    return kept
