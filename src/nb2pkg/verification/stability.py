"""What is another one each time the notebook itself runs? It says nothing about the package."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.verification.differences import differences
from nb2pkg.verification.observation import Observation
from nb2pkg.verification.printed import Line, printed_lines

_MOST_PATHS = 10_000
_MOST_TOLD = 20
# Some word, in a line of which the rest is always the same.
ANY_WORD = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstable:
    """What differed between runs of the same notebook.

    values: step → paths within its values; words: place of a line → its words, `ANY_WORD` for those that
    change; loose: places of lines that come and go; texts: the steps of those lines; figures: steps whose
    pictures change; files: paths
    """

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: Mapping[int, tuple[str | None, ...]] = field(default_factory=dict)
    loose: frozenset[int] = frozenset()
    texts: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def has_value(self, step: str, path: str) -> bool:
        """Whether this place in a value, or one around it, changes from run to run.

        What an estimator has learned counts as one: two fits may agree on a part of it by chance.
        """
        return any(_is_within(path, _learned(known)) for known in self.values.get(step, ()))

    def places(self, step: str) -> tuple[str, ...]:
        """What of a step changes from run to run, in words."""
        pictures = ("pictures",) if step in self.figures else ()
        text = ("text",) if step in self.texts else ()
        places = {_learned(path) for path in self.values.get(step, ())}
        return (*sorted(places)[:_MOST_TOLD], *pictures, *text)


def unstable_parts(
    first: Observation, others: Sequence[Observation], apart: Iterable[int] = ()
) -> Unstable:
    """Compare runs of the same notebook with the first of them."""
    values: dict[str, set[str]] = {}
    words: dict[int, tuple[str | None, ...]] = {}
    loose: set[int] = set()
    figures: set[str] = set()
    files: set[str] = set()
    lines = list(printed_lines(first, apart))
    for other in others:
        for step, path in _values(first, other):
            values.setdefault(step, set()).add(path)
        _lines(lines, list(printed_lines(other, apart)), words, loose)
        figures |= set(_figures(first, other))
        files |= {
            p for p in {*first.files, *other.files} if first.files.get(p) != other.files.get(p)
        }
    return Unstable(
        values={step: frozenset(paths) for step, paths in values.items()},
        words=words,
        loose=frozenset(loose),
        texts=frozenset(lines[place].step for place in (*words, *loose) if place < len(lines)),
        figures=frozenset(figures),
        files=frozenset(files),
    )


def _values(first: Observation, other: Observation) -> Iterator[tuple[str, str]]:
    again = {seen.step: seen for seen in other.seen}
    for seen in first.seen:
        if seen.step in again:
            for name, node in seen.values.items():
                found = again[seen.step].values.get(name)
                for difference in differences(name, node, found, most=_MOST_PATHS):
                    yield seen.step, difference.path


def _lines(
    first: Sequence[Line],
    other: Sequence[Line],
    words: dict[int, tuple[str | None, ...]],
    loose: set[int],
) -> None:
    matcher = difflib.SequenceMatcher(
        None, [line.text for line in first], [line.text for line in other], autojunk=False
    )
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        if j - i != m - k:
            loose.update(range(i, j))
            # What is inserted has no place of its own: the line before it may be followed by anything.
            if i == j:
                loose.add(max(i - 1, 0))
            continue
        for place, again in zip(range(i, j), range(k, m), strict=True):
            known = words.get(place, tuple(first[place].text.split()))
            changed = other[again].text.split()
            if len(known) != len(changed):
                loose.add(place)
            words[place] = tuple(
                a if a == b else ANY_WORD for a, b in zip(known, changed, strict=False)
            )


def fits(text: str, words: Sequence[str | None]) -> bool:
    """Whether a line is one of those that `words` stand for."""
    found = text.split()
    return len(found) == len(words) and all(
        word is ANY_WORD or word == own for word, own in zip(words, found, strict=True)
    )


def _is_within(path: str, place: str) -> bool:
    return path.startswith(place) and path[len(place) : len(place) + 1] in ("", ".", "[", " ")


# scikit-learn's attributes that end in an underscore hold what was learned.
_FITTED = re.compile(r"\.[^\W_]\w*_(?=$|[.\[ ])")


def _learned(path: str) -> str:
    """The estimator that a place belongs to, if it is within what that has learned; else the place."""
    found = _FITTED.search(path)
    return path[: found.start()] if found else path


def _figures(first: Observation, other: Observation) -> Iterator[str]:
    again = {seen.step: [f.content for f in seen.figures] for seen in other.seen}
    for seen in first.seen:
        if again.get(seen.step) != [f.content for f in seen.figures]:
            yield seen.step


# -- why -----------------------------------------------------------------------------------------------

_CAUSES = (
    (
        "it asks for the time",
        r"\btime\.|\bperf_counter|\bdatetime\.(now|today|utcnow)|\.now\(|\.today\(",
    ),
    ("it draws random numbers without a seed", r"random|sample\(|shuffle|\brand|simulate|choice\("),
    ("it asks for something new each time", r"uuid|token_|mkdtemp|mkstemp|tempfile|getpid|urandom"),
    ("it uses memory that nothing was written to", r"\bempty(_like)?\("),
    ("it runs in threads or processes", r"n_jobs|Thread|Pool|Executor|workers"),
)


def likely_cause(sources: Iterable[str]) -> str:
    """What in the code of some cells is most likely to blame, as a clause."""
    text = "\n".join(sources)
    for cause, pattern in _CAUSES:
        if re.search(pattern, text):
            return cause
    return "it is another one each time"
