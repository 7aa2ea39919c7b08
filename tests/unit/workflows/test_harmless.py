"""What a test may do again."""

from __future__ import annotations

import pytest

from nb2pkg.workflows.harmless import only_looks, tells_time


@pytest.mark.parametrize(
    "command", ["ls -C data", "/bin/sh -c ls", "cat a.csv | head -3", "lscpu --parse=core", "/usr/bin/nproc"]
)  # fmt: skip
def test_a_program_that_looks_may_run_again(command: str) -> None:
    assert only_looks(command)


@pytest.mark.parametrize(
    "command", ["rm a.csv", "echo x >> n.txt", "/bin/sh -c 'git push'", "ls; rm a", "ls $(rm a)", "find . -delete", "", "cat a | sh"]
)  # fmt: skip
def test_any_other_may_not(command: str) -> None:
    assert not only_looks(command)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("now = time.time()", True), ("day = date.today()", True), ("t = pd.Timestamp.now()", True),
        ("time.sleep(1)", False), ("hour = df.time.dt.hour", False), ("host = socket.gethostname()", True),
    ],
)  # fmt: skip
def test_code_that_asks_for_what_passes_is_known(code: str, told: bool) -> None:
    assert tells_time(code) is told
