"""Which tables does the store of runs have, and how did they come about?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """What leads from one version of the tables to the next, in one transaction.

    Once released, none is ever changed. Give what both databases understand to `_in_both`.
    """

    sqlite: tuple[str, ...]
    postgres: tuple[str, ...]


def _in_both(*statements: str) -> Migration:
    """Say the same to both; TEXT sorts and compares by its bytes, whatever the server's language."""
    return Migration(
        sqlite=statements,
        postgres=tuple(text.replace(" TEXT", ' TEXT COLLATE "C"') for text in statements),
    )


# What is in a column of its own is there to be searched for or changed without reading the document,
# which holds it too. sha256 is that of the document.
#
# runs: `token` is the lease's while the run is `running`; `ended_by` names the call that ended it.
MIGRATIONS: tuple[Migration, ...] = (
    _in_both(
        """
        CREATE TABLE runs (
            id TEXT NOT NULL PRIMARY KEY,
            pipeline TEXT NOT NULL,
            target TEXT NOT NULL,
            status TEXT NOT NULL,
            started_at DOUBLE PRECISION NOT NULL,
            ended_at DOUBLE PRECISION,
            folder TEXT NOT NULL,
            token TEXT,
            lease_until DOUBLE PRECISION,
            ended_by TEXT,
            holder_host TEXT NOT NULL,
            holder_boot TEXT NOT NULL,
            holder_pid BIGINT NOT NULL,
            holder_start BIGINT NOT NULL,
            document TEXT NOT NULL,
            sha256 TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE steps (
            run TEXT NOT NULL,
            step TEXT NOT NULL,
            status TEXT NOT NULL,
            document TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (run, step)
        )
        """,
        """
        CREATE TABLE attempts (
            run TEXT NOT NULL,
            step TEXT NOT NULL,
            number BIGINT NOT NULL,
            status TEXT NOT NULL,
            document TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (run, step, number)
        )
        """,
        """
        CREATE TABLE processes (
            run TEXT NOT NULL,
            step TEXT NOT NULL,
            process_group BIGINT NOT NULL,
            process_start BIGINT NOT NULL,
            PRIMARY KEY (run, step, process_group, process_start)
        )
        """,
        # Whatever is asked for, the newest come first and few are wanted: these give the order, and decide
        # about the rest without looking at the rows.
        "CREATE INDEX runs_by_start ON runs (started_at, id, status, pipeline, target)",
        "CREATE INDEX runs_by_pipeline ON runs (pipeline, started_at, id, status, target)",
        "CREATE INDEX runs_by_target ON runs (target, started_at, id, status, pipeline)",
        "CREATE INDEX runs_by_status ON runs (status, started_at, id, pipeline, target)",
    ),
    # schedules: `next_look` is when something is to be decided, if it is ever. ticks: `token` and `daemon` are of
    # whom it is claimed by while it is `running`; `notice_at` is when somebody is to be told of it.
    _in_both(
        """
        CREATE TABLE schedules (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            name TEXT NOT NULL,
            is_paused BIGINT NOT NULL,
            reached DOUBLE PRECISION NOT NULL,
            seen DOUBLE PRECISION NOT NULL,
            next_look DOUBLE PRECISION,
            document TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            UNIQUE (owner, name)
        )
        """,
        """
        CREATE TABLE ticks (
            schedule TEXT NOT NULL,
            due DOUBLE PRECISION NOT NULL,
            fate TEXT NOT NULL,
            not_before DOUBLE PRECISION NOT NULL,
            claimed_at DOUBLE PRECISION NOT NULL,
            origin TEXT NOT NULL,
            why TEXT NOT NULL,
            tries TEXT NOT NULL,
            ended_at DOUBLE PRECISION,
            number BIGINT NOT NULL,
            last_due DOUBLE PRECISION,
            is_to_end BIGINT NOT NULL,
            token TEXT,
            daemon TEXT,
            notice TEXT,
            notice_tries BIGINT NOT NULL DEFAULT 0,
            notice_at DOUBLE PRECISION,
            PRIMARY KEY (schedule, due)
        )
        """,
        """
        CREATE TABLE daemons (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            holder_host TEXT NOT NULL,
            holder_boot TEXT NOT NULL,
            holder_pid BIGINT NOT NULL,
            holder_start BIGINT NOT NULL,
            version TEXT NOT NULL,
            since DOUBLE PRECISION NOT NULL,
            seen_at DOUBLE PRECISION NOT NULL,
            lease_until DOUBLE PRECISION NOT NULL
        )
        """,
        "CREATE INDEX schedules_by_look ON schedules (owner, next_look)",
        "CREATE INDEX ticks_by_fate ON ticks (fate, schedule, due)",
        "CREATE INDEX ticks_by_notice ON ticks (notice_at)",
    ),
)
