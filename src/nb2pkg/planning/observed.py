"""What was seen of a package as it ran: the types, shapes and calls that reading cannot know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# A JSON value; loose on purpose.
Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An expression that makes a value anew, and the import statements that it needs."""

    text: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenValue:
    """A value that went into a step or came out of it.

    type: as an annotation with full names, `dict[str, pandas.DataFrame]`
    rows, columns: of a table, the columns with their dtypes; lengths: of an array
    kinds, notes: of a table whose columns have names of their own: number, text, time or a dtype, and
        what was seen in the column
    """

    type: str
    rows: int | None = None
    columns: Mapping[str, str] | None = None
    lengths: tuple[int, ...] | None = None
    of: str | None = None
    kinds: Mapping[str, str] | None = None
    notes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """A call of a step that was repeated by itself, with all that a test of it needs.

    inputs: parameter → the expression of its value
    made_by: parameter → the step that makes it when it is called, and the place among what that gives
    random_state: files below `tests/data` with where the global generators stood
    brings: files of the notebook's folder that it reads; folders: those that it expects to be there
    returns: the expressions of what it gives, or None where it is another each time
    summaries: the place in `returns` → a file that tells of a value which no file can hold
    after: parameter that it changes → the expression of its value then
    printed: the text it printed, None where it is another each time
    written: the folder below `tests/data` with the texts it wrote; others: further files it wrote
    touches: whether it leaves anything in the folder that it works in
    drawn: the file that tells of its figures
    in_part: parameter → its rows, and how many of them were kept; is_in_part: whether it, or a step that
        makes what it takes, was called with less than the notebook has
    is_slow: whether one test of it is enough
    """

    inputs: Mapping[str, Kept]
    made_by: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    random_state: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    returns: tuple[Kept | None, ...] = ()
    summaries: Mapping[int, str] = field(default_factory=dict)
    touches: bool = False
    changed: tuple[str, ...] = ()
    after: Mapping[str, Kept] = field(default_factory=dict)
    printed: str | None = None
    written: str | None = None
    others: tuple[str, ...] = ()
    drawn: str | None = None
    in_part: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_in_part: bool = False
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStep:
    """A step: its values, and a call to test it with, or why there is none.

    is_stable: whether the notebook and its package agreed on all that it gives
    """

    arguments: Mapping[str, SeenValue]
    returns: tuple[SeenValue, ...]
    call: SeenCall | None = None
    why: str = ""
    is_stable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFunctionCall:
    """A call of a function of the notebook, and what it gave; `by_name` are arguments given so.

    is_in_part: whether it was given less than in the notebook
    """

    arguments: Mapping[str, Kept]
    returns: Kept
    by_name: tuple[str, ...] = ()
    is_async: bool = False
    is_in_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFunction:
    """A function or method of the notebook: the types of what it took and gave, and some calls."""

    arguments: Mapping[str, str]
    returns: str
    calls: tuple[SeenFunctionCall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All of it. Functions go by the module below the package and their name: `steps.euros:euros`.

    stops: why the notebook did not come to its end; empty where it did
    """

    steps: Mapping[str, SeenStep] = field(default_factory=dict)
    functions: Mapping[str, SeenFunction] = field(default_factory=dict)
    stops: str = ""


NOTHING = Observed()


def observed_from_json(answer: Json) -> Observed:
    """Read it back from what `dataclasses.asdict` made of it, by way of JSON."""
    return Observed(
        steps={name: _step(one) for name, one in answer["steps"].items()},
        functions={name: _function(one) for name, one in answer["functions"].items()},
        stops=answer["stops"],
    )


def _step(answer: Json) -> SeenStep:
    return SeenStep(
        arguments={n: _value(one) for n, one in answer["arguments"].items()},
        returns=tuple(map(_value, answer["returns"])),
        call=None if answer["call"] is None else _call(answer["call"]),
        why=answer["why"],
        is_stable=answer["is_stable"],
    )


def _value(answer: Json) -> SeenValue:
    lengths = answer["lengths"]
    return SeenValue(**{**answer, "lengths": None if lengths is None else tuple(lengths)})


def _call(answer: Json) -> SeenCall:
    return SeenCall(
        inputs=_kept_by_name(answer["inputs"]),
        made_by={n: (step, place) for n, (step, place) in answer["made_by"].items()},
        returns=tuple(None if one is None else _kept(one) for one in answer["returns"]),
        summaries={int(n): file for n, file in answer["summaries"].items()},
        after=_kept_by_name(answer["after"]),
        is_in_part=answer["is_in_part"],
        in_part={n: (rows, left) for n, (rows, left) in answer["in_part"].items()},
        random_state=_texts(answer["random_state"]),
        brings=_texts(answer["brings"]),
        folders=_texts(answer["folders"]),
        changed=_texts(answer["changed"]),
        others=_texts(answer["others"]),
        printed=answer["printed"],
        written=answer["written"],
        drawn=answer["drawn"],
        is_slow=answer["is_slow"],
        touches=answer["touches"],
    )


def _function(answer: Json) -> SeenFunction:
    return SeenFunction(
        arguments=answer["arguments"],
        returns=answer["returns"],
        calls=tuple(
            SeenFunctionCall(
                arguments=_kept_by_name(one["arguments"]),
                returns=_kept(one["returns"]),
                by_name=_texts(one["by_name"]),
                is_async=one["is_async"],
                is_in_part=one["is_in_part"],
            )
            for one in answer["calls"]
        ),
    )


def _kept_by_name(answer: Json) -> dict[str, Kept]:
    return {name: _kept(one) for name, one in answer.items()}


def _kept(answer: Json) -> Kept:
    return Kept(text=answer["text"], imports=_texts(answer["imports"]))


def _texts(answer: Sequence[str]) -> tuple[str, ...]:
    return tuple(answer)
