"""What does one value in the text of a pipeline say, and what is wrong with it?"""

from __future__ import annotations

import difflib
import keyword
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from nb2pkg.pipeline.durations import seconds_of
from nb2pkg.pipeline.pipeline import Json
from nb2pkg.pipeline.yaml_text import Entries, Items, Node, Place, Scalar, plain, problem_at
from nb2pkg.problems import Diagnostic

_MOST_RETRIES = 100
_MOST_PROBLEMS = 100
_MOST_HINTS = 10
_LONGEST_NAME_BYTES = 200
_SHOWN = 60
_DEVICE = re.compile(r"(?i)con|prn|aux|nul|(?:com|lpt)[0-9¹²³]")


class TooMuch(Exception):
    """So much is wrong that more of it would help nobody."""


class ValueReader:
    """Reads single values; what is wrong is noted, and something harmless takes its place.

    Raises:
        TooMuch: a hundred findings have been noted.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.problems: list[Diagnostic] = []

    def count(self, node: Node | None, what: str) -> int:
        """A whole number from 0 on, 0 where there is none."""
        if node is None:
            return 0
        value = plain(node)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_RETRIES:
            return value
        message = f"{what} must be a whole number from 0 to {_MOST_RETRIES}"
        self.note("NB305", message, node.place)
        return 0

    def seconds(self, node: Node | None, what: str) -> float | None:
        """The seconds of a time such as `30m`."""
        if node is None:
            return None
        seconds = seconds_of(plain(node))
        if seconds is None:
            message = (
                f"{what} must be a time above 0, such as 90, 30m or 1h 30m, and at most a year"
            )
            self.note("NB305", message, node.place)
        return seconds

    def truth(self, node: Node, what: str) -> bool:
        """True or false."""
        value = plain(node)
        if not isinstance(value, bool):
            self.note("NB309", f"{what} must be true or false", node.place)
        return value is True

    def text_of(
        self, node: Node | None, what: str, *, pattern: re.Pattern[str] | None = None
    ) -> str | None:
        """A text on one line, of this pattern if there is one; a number is the text that was written."""
        if node is None:
            return None
        text = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Scalar) and _is_number(node):
            # A name such as 2024 is a text to whoever writes it.
            text = node.text
        if not isinstance(text, str) or not text:
            self.note("NB309", f"{what} must be a text", node.place)
            return None
        if not text.isprintable() or (pattern and not pattern.fullmatch(text)):
            self.note("NB309", f"{what} has characters in it that it may not have", node.place)
            return None
        return text

    def prose(self, node: Node | None) -> str:
        """A text that may have several lines, on one."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            text = " ".join(node.value.split())
            return self.text_of(replace(node, value=text), "'about'") or "" if text else ""
        return self.text_of(node, "'about'") or ""

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """A list of texts, or a single one."""
        if isinstance(node, Scalar) and node.value is not None:
            return (self.text_of(node, what) or "",)
        return tuple(self.text_of(item, what) or "" for item in self.items(node, what))

    def paths(self, node: Node | None, what: str) -> tuple[str, ...]:
        """A list of relative paths, or a single one; they may lead above the pipeline's folder."""
        is_one = isinstance(node, Scalar) and node.value is not None
        nodes = (node,) if is_one else self.items(node, what)
        found = (self.path(item, what, above=True) for item in nodes)
        return tuple(path for path in found if path is not None)

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """What a list holds; nothing where there is none."""
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if isinstance(node, Items):
            return node.nodes
        self.note("NB309", f"{what} must be a list, such as [a, b]", node.place)
        return ()

    def entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        """What a mapping holds; nothing where there is none."""
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return ()
        if isinstance(node, Entries):
            return node.nodes
        self.note("NB309", f"{what} must be a mapping", node.place)
        return ()

    def values(self, node: Node | None, what: str) -> dict[str, Json]:
        """Values by the names of the parameters that they are for."""
        found: dict[str, Json] = {}
        for key, value in self.entries(node, what):
            problem = name_problem(key.text)
            if problem is not None:
                said = f"{quoted(key.text)} cannot be a parameter: {problem}"
                self.note_key("NB304", said, key)
            found[key.text] = plain(value)
        return found

    def path(self, node: Node | None, what: str, *, above: bool) -> str | None:
        """A relative path; unless it may be `above`, one below the pipeline's folder."""
        text = self.text_of(node, what)
        if text is None or not self._is_path(text, what, node, above=above):
            return None
        return text

    def _is_path(self, text: str, what: str, node: Node | None, *, above: bool) -> bool:
        """Whether it is relative, and (unless it may be `above`) below the pipeline's folder."""
        slashed = text.replace("\\", "/")
        is_absolute = slashed.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text)
        leaves = posixpath.normpath(slashed).split("/")[0] == ".."
        if is_absolute or (leaves and not above):
            said = "must be a relative path" + ("" if above else " below the pipeline's folder")
            self.note("NB405", f"{what} {quoted(text)} {said}", node.place if node else Place(1, 0))
            return False
        return True

    # -- what is wrong

    def refuse_unknown(self, node: Entries, known: Iterable[str], what: str) -> None:
        """Note each key that is not among the known ones."""
        for key, _ in node.nodes:
            if key.text not in known:
                hint = self.close(key.text, known) or f"keys: {', '.join(known)}"
                said = f"unknown key {quoted(key.text)} in {what}"
                self.note_key("NB309", said, key, hint=hint)

    def close(self, name: str, known: Iterable[str]) -> str | None:
        """Which name may be meant; comparing many names with many would take too long."""
        if len(name) > _LONGEST_NAME_BYTES or len(self.problems) >= _MOST_HINTS:
            return None
        found = difflib.get_close_matches(name, list(known), n=1)
        return f"did you mean {found[0]!r}?" if found else None

    def note_key(self, code: str, message: str, key: Scalar, *, hint: str | None = None) -> None:
        """Note what is wrong at a key, and mark all of it."""
        self.note(code, message, key.place, length=len(key.text), hint=hint)

    def note_within(
        self,
        code: str,
        message: str,
        node: Scalar,
        offset: int,
        *,
        length: int = 1,
        hint: str | None = None,
    ) -> None:
        """Note what is wrong at an offset of a text, and mark that part of it where it can be found.

        Quotes stand before the text; escapes and folded lines move it, and then its beginning is marked.
        """
        line, column = node.place.line, node.place.column
        lines = self._text.splitlines()
        source = lines[line - 1][column:] if line <= len(lines) else ""
        quote = 1 if source[:1] in ("'", '"') else 0
        begin = str(node.value)[:offset]
        if not source[quote:].startswith(begin):
            self.note(code, message, node.place, hint=hint)
            return
        place = Place(line, column + quote + offset)
        length = min(length, len(source) - quote - offset)
        self.note(code, message, place, length=length, hint=hint)

    def note(
        self, code: str, message: str, place: Place, *, length: int = 1, hint: str | None = None
    ) -> None:
        """Note what is wrong at a place of the text; `length`: how many characters are marked."""
        self.problems.append(problem_at(code, message, place, self._text, length=length, hint=hint))
        if len(self.problems) == _MOST_PROBLEMS:
            raise TooMuch


def name_problem(name: str) -> str | None:
    """Why a parameter cannot have this name, as a clause; None where it can.

    A name is put into code as it is, so that it must be nothing but a name.
    """
    if not name.isidentifier() or nfkc(name) != name:
        return "it is no Python name"
    # Soft keywords such as `case` are names like others: notebooks use them.
    if keyword.iskeyword(name) or name == "_":
        return "it is a word of Python's own"
    if name.startswith("__"):
        return "names with two underscores at the start are Python's own"
    return None


def can_name_files(name: str) -> bool:
    """Whether folders and files can have it on every system."""
    is_short = len(name.encode("utf-8")) <= _LONGEST_NAME_BYTES
    return bool(re.fullmatch(r"\w[\w-]{0,119}", name)) and is_short and not _DEVICE.fullmatch(name)


def nfkc(name: str) -> str:
    """One spelling of a name that Unicode can spell in several ways."""
    return unicodedata.normalize("NFKC", name)


def _is_number(node: Scalar) -> bool:
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def quoted(text: str) -> str:
    """A text within a message."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
