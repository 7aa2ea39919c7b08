"""What the fields of a cron expression say, and what is wrong where in them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nb2pkg.scheduling import BadExpression, CronExpression, crontab_text, read_expression

EXAMPLES = settings(max_examples=500, deadline=None, derandomize=True)
WEEK = tuple(range(7))
YEAR = tuple(range(1, 13))
MONTH = tuple(range(1, 32))
DAY = tuple(range(24))
HOUR = tuple(range(60))


def refused(text: str) -> BadExpression:
    with pytest.raises(BadExpression) as stop:
        read_expression(text)
    return stop.value


def test_the_fields_are_numbers() -> None:
    assert read_expression("30,0 7-9 1-31/10 */6 Mon-fri") == CronExpression(
        minutes=(0, 30),
        hours=(7, 8, 9),
        days=(1, 11, 21, 31),
        months=(1, 7),
        weekdays=(1, 2, 3, 4, 5),
        stars=frozenset({"month"}),
    )


def test_a_star_is_every_number() -> None:
    every = read_expression("* * * * *")

    assert (every.minutes, every.hours, every.days, every.months, every.weekdays) == (
        HOUR, DAY, MONTH, YEAR, WEEK,
    )  # fmt: skip
    assert every.stars == {"minute", "hour", "day", "month", "weekday"}


@pytest.mark.parametrize(
    ("field", "weekdays"),
    [
        ("0", (0,)),
        ("7", (0,)),
        ("sun", (0,)),
        ("5-7", (0, 5, 6)),
        ("fri-sun", (0, 5, 6)),
        ("sun-sat", WEEK),
        ("0-7", WEEK),
        ("*/2", (0, 2, 4, 6)),
        ("*/7", (0,)),
        ("MON,wed,5", (1, 3, 5)),
    ],
)
def test_sunday_is_the_first_and_the_last_day_of_a_week(
    field: str, weekdays: tuple[int, ...]
) -> None:
    assert read_expression(f"0 0 * * {field}").weekdays == weekdays


@pytest.mark.parametrize("text", ["0 0 * * *", "  0\t0  * * * ", "00 00 * * *", "0-0/1 0 * * *"])
def test_spaces_and_zeros_say_nothing(text: str) -> None:
    assert read_expression(text) == read_expression("0 0 * * *")


@pytest.mark.parametrize(
    ("text", "is_fixed", "both"),
    [
        ("30 2 1 1 1", True, False),
        ("0-59 0-23 1 1 1", True, False),
        ("*/5 2 1 1 1", False, False),
        ("0 */2 1 1 1", False, False),
        ("0 0 */2 1 1", True, True),
        ("0 0 1 1 */2", True, True),
        ("0 0 1 * 1", True, False),
        ("0 0 1,*/20 1 1", True, False),
    ],
)
def test_what_hangs_on_stars(text: str, is_fixed: bool, both: bool) -> None:
    expression = read_expression(text)

    assert (expression.is_at_fixed_times, expression.wants_both_days) == (is_fixed, both)


# The text, the message, what is marked of the text, the hint.
BAD: dict[str, tuple[str, str, str, str | None]] = {
    "minute": ("61 * * * *", "minute 61 is out of range 0–59", "61", None),
    "hour": ("0 24 * * *", "hour 24 is out of range 0–23", "24", None),
    "day": ("0 0 0 * *", "day 0 is out of range 1–31", "0", None),
    "month": ("0 0 1 1,13 *", "month 13 is out of range 1–12", "13", None),
    "weekday": ("0 0 * * 1-8", "weekday 8 is out of range 0–7", "8", None),
    "many digits": (f"{'9' * 30} * * * *", f"minute {'9' * 20}… is out of range 0–59", "9" * 30, None),
    "four fields": ("* * * *", "4 fields, 5 are needed: minute hour day month weekday", "* * * *", None),
    "one field": (" 5 ", "1 field, 5 are needed: minute hour day month weekday", "5", None),
    "six fields": ("0 * * * * *", "6 fields, 5 are needed: minute hour day month weekday", "0 * * * * *",
                   "there are no seconds and no years"),
    "seven fields": ("0 0 0 * * * 2026", "7 fields, 5 are needed: minute hour day month weekday", "0 0 0 * * * 2026",
                     "there are no seconds and no years"),
    "command": ("0 0 * * * rm -rf x", "8 fields, 5 are needed: minute hour day month weekday", "0 0 * * * rm -rf x",
                None),
    "step zero": ("*/0 * * * *", "*/0: a step must be at least 1", "*/0", None),
    "step below": ("*/-5 * * * *", "*/-5: a step is a whole number", "*/-5", None),
    "no step": ("0 */ * * *", "*/: a step is a whole number", "*/", None),
    "long step": ("*/90 * * * *", "*/90: a step above 59 leaves nothing but the first number", "*/90", None),
    "very long step": (f"*/{'9' * 30} * * * *",
                       f"*/{'9' * 18}…: a step above 59 leaves nothing but the first number", f"*/{'9' * 30}", None),
    "long step in a range": ("0 8-10/3 * * *", "8-10/3: a step above 2 leaves nothing but the first number", "8-10/3",
                             None),
    "step without a range": ("5/15 * * * *", "5/15: a step needs a range", "5/15", "write 5-59/15"),
    "two steps": ("*/5/5 * * * *", "*/5/5: a step is a whole number", "*/5/5", None),
    "backwards": ("0 22-6 * * *", "22-6: the range ends before it begins", "22-6", "write 22-23,0-6"),
    "backwards in the week": ("0 0 * * fri-mon", "fri-mon: the range ends before it begins", "fri-mon",
                              "write 5-6,0-1"),
    "no number": ("1, * * * *", "minute: a number is missing", " ", None),
    "no beginning": ("0 -5 * * *", "hour: a number is missing", "-", None),
    "no end": ("0 5- * * *", "hour: a number is missing", " ", None),
    "word": ("0 noon * * *", "'noon' is no hour", "noon", None),
    "word of another field": ("0 0 mon * *", "'mon' is no day", "mon", None),
    "last day": ("0 0 L * *", "'L' is no day", "L", "L, W, # and ? are not cron's"),
    "third Friday": ("0 0 * * 5#3", "'5#3' is no weekday", "5#3", "L, W, # and ? are not cron's"),
    "star in a range": ("*-5 * * * *", "'*' is no minute", "*", None),
    "February": ("0 0 31 2 *", "never fires: no February has a day 31", "31", None),
    "February, 30": ("0 0 30 feb *", "never fires: no February has a day 30", "30", None),
    "February, both": ("0 0 30,31 2 *", "never fires: no February has a day 30 or 31", "30,31", None),
    "short months": ("0 0 31 2,4,6 *", "never fires: no February, April or June has a day 31", "31", None),
    "February on some weekdays": ("0 0 30 2 */2", "never fires: no February has a day 30", "30", None),
    "nothing": ("", "it says no time", "", "write one such as 0 2 * * *"),
    "spaces": (" \t", "it says no time", " \t", "write one such as 0 2 * * *"),
    "line break": ("0 0 * * *\n* * * * *", "there is a line break in it", "\n", None),
    "line break at the end": ("0 0 * * *\n", "there is a line break in it", "\n", None),
    "carriage return": ("0 0\r* * *", "there is a line break in it", "\r", None),
    "line separator": ("0 0\u2028* * *", "there is a line break in it", "\u2028", None),
    "space that is none": ("0 0\xa0* * *", "the character U+00A0 means nothing in it", "\xa0", None),
    "digit of another script": ("٣ * * * *", "the character U+0663 means nothing in it", "٣", None),
    "escape": ("\x1b[2J 0 * * *", "the character U+001B means nothing in it", "\x1b", None),
    "very long": ("0," * 600 + "0 * * * *", "it is longer than 1,000 characters", ("0," * 600 + "0 * * * *")[1000:],
                  None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "marked", "hint"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_where_it_stands(
    text: str, message: str, marked: str, hint: str | None
) -> None:
    error = refused(text)

    assert (error.message, error.hint) == (message, hint)
    assert text[error.offset : error.offset + error.length] == marked


@pytest.mark.parametrize(
    "text", ["0 0 29 2 *", "0 0 31 2 1", "0 0 31 * *", "0 0 29-31 2 *", "0 0 31 2-3 *"]
)
def test_what_comes_at_all_is_read(text: str) -> None:
    assert crontab_text(read_expression(text)) == text


# -- laws


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    """One field of a crontab, in all the ways of writing it."""
    number = st.integers(low, high)
    span = st.tuples(number, number).map(sorted)
    ranges = span.map(lambda ends: f"{ends[0]}-{ends[1]}")
    stepped = span.filter(lambda ends: ends[0] < ends[1]).flatmap(
        lambda ends: st.integers(1, ends[1] - ends[0]).map(lambda n: f"{ends[0]}-{ends[1]}/{n}")
    )
    stars = st.just("*") | st.integers(1, high - low).map(lambda n: f"*/{n}")
    return st.lists(number.map(str) | ranges | stepped | stars, min_size=1, max_size=4).map(
        ",".join
    )


CRONTABS = st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 7)).map(
    " ".join
)


@EXAMPLES
@given(text=CRONTABS)
@example("*/59,1-58 * * * */7")
@example("0 0 31 2 *")
def test_what_is_written_of_an_expression_says_the_same(text: str) -> None:
    try:
        expression = read_expression(text)
    except BadExpression as error:
        assert error.message.startswith("never fires")
        return
    written = crontab_text(expression)

    assert read_expression(written) == expression
    assert crontab_text(read_expression(written)) == written


@settings(EXAMPLES, max_examples=2000)
@given(
    text=st.text(max_size=30)
    | st.text(alphabet="0123456789*/,-@ \tafinrsumo:LW#?", max_size=30)
    | st.lists(st.sampled_from(["*", "1", "-", "/", ",", " ", "mon", "every ", "at ", "7:30", "61", "@"])).map("".join)
)  # fmt: skip
def test_any_text_says_a_time_or_what_is_wrong_with_it(text: str) -> None:
    try:
        assert crontab_text(read_expression(text))
    except BadExpression as error:
        assert error.message.isprintable() and len(error.message) < 120
        assert 0 <= error.offset <= len(text) and error.length >= 1
        assert error.hint is None or (error.hint.isprintable() and len(error.hint) < 200)
