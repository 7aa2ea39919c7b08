"""A time on the command line, such as 90, 30m or 1h."""

from __future__ import annotations

from typing import Any

import click


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """Seconds, or a number with a unit."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Give the seconds."""
        from nb2pkg.pipeline.durations import seconds_of

        seconds = seconds_of(value)
        if seconds is None:
            self.fail(f"{value!r} is not a time such as 90, 30m or 1h", param, ctx)
        return seconds
