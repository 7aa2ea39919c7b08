"""Words that say when something runs, and what they say in a crontab."""

from __future__ import annotations

import pytest

from nb2pkg.scheduling import BadExpression, crontab_text, read_expression

WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@Daily": "0 0 * * *",
    "every minute": "* * * * *",
    "every 1 minutes": "* * * * *",
    "every 15 minutes": "*/15 * * * *",
    "every 60 minutes": "0 * * * *",
    "every hour": "0 * * * *",
    "every 1 hour": "0 * * * *",
    "every 2 hours": "0 */2 * * *",
    "every 24 hours": "0 0 * * *",
    "every day at 07:30": "30 7 * * *",
    "daily at 07:30": "30 7 * * *",
    "  Daily   at\t7:30 ": "30 7 * * *",
    "daily at 0:00": "0 0 * * *",
    "weekdays at 07:30": "30 7 * * 1-5",
    "every weekday at 23:59": "59 23 * * 1-5",
    "weekends at 9:00": "0 9 * * 0,6",
    "mondays at 8:00": "0 8 * * 1",
    "every sunday at 8:00": "0 8 * * 0",
    "monthly at 06:00": "0 6 1 * *",
    "every month at 06:00": "0 6 1 * *",
}


@pytest.mark.parametrize(("words", "crontab"), WORDS.items())
def test_words_stand_for_fields(words: str, crontab: str) -> None:
    assert crontab_text(read_expression(words)) == crontab
    assert read_expression(words) == read_expression(crontab)


_EVEN = "even are 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 and 60 minutes"
_ALL = "there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"
_TIMES = "write hours and minutes, from 0:00 to 23:59"
# The words, the message, what is marked of them, the hint.
NOT_WORDS = {
    "seven minutes": ("every 7 minutes", "every 7 minutes is not even: cron counts anew with each hour", "7", _EVEN),
    "ninety minutes": ("every 90 minutes", "every 90 minutes is not even: cron counts anew with each hour", "90",
                       _EVEN),
    "no minutes": ("every 0 minutes", "every 0 minutes is not even: cron counts anew with each hour", "0", _EVEN),
    "five hours": ("every 5 hours", "every 5 hours is not even: cron counts anew with each day", "5",
                   "even are 1, 2, 3, 4, 6, 8, 12 and 24 hours"),
    "reboot": (" @reboot", "'@reboot' says no time: a schedule does not hang on when a machine starts", "@reboot",
               _ALL),
    "alias": ("@dayly", "there is no '@dayly'", "@dayly", "did you mean '@daily'?"),
    "odd alias": ("@every 5m", "there is no '@every 5m'", "@every 5m", _ALL),
    "no time of day": ("weekdays", "'weekdays' says no time of day", "weekdays", "write weekdays at 07:30, say"),
    "twelve hours": ("daily at 7pm", "'7pm' is no time of day", "7pm", _TIMES),
    "hour": ("daily at 24:00", "hour 24 is out of range 0–23", "24", _TIMES),
    "minute": ("mondays at  8:60", "minute 60 is out of range 0–59", "60", _TIMES),
    "misspelled": ("weekdys at 07:30", "'weekdys at 07:30' is not understood", "weekdys at 07:30",
                   "did you mean 'weekdays at 07:30'?"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "message", "marked", "hint"), NOT_WORDS.values(), ids=NOT_WORDS)
def test_what_is_wrong_with_words_is_said(words: str, message: str, marked: str, hint: str) -> None:
    with pytest.raises(BadExpression) as stop:
        read_expression(words)

    assert (stop.value.message, stop.value.hint) == (message, hint)
    assert words[stop.value.offset : stop.value.offset + stop.value.length] == marked


@pytest.mark.parametrize(
    "words",
    ["at 7:30", "weekly at 5:00", "every 3 days", "sometimes", "x" * 500, "every hours at 7:30"],
)
def test_words_that_mean_nothing_are_answered_with_words_that_do(words: str) -> None:
    with pytest.raises(BadExpression, match="is not understood") as stop:
        read_expression(words)

    assert (stop.value.hint or "").startswith("write five fields such as 0 2 * * *, or: ")
