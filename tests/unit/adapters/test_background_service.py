"""The daemon is started as it was meant, by systemd and by cron, and nothing of the user's own is touched.

What asks systemd is tested twice. Most machines that run tests have no systemd of a user: there, a small program on
PATH stands for `systemctl` and writes down what it is told. Root can start a real one for a test, in a mount namespace
and control groups of its own; what it starts is a shell script in Python's place, at a path with every bad character.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2pkg.adapters.background_service import install, installed, printed, uninstall
from nb2pkg.adapters.background_service.crontab_lines import keeper_line, with_line, without_line
from nb2pkg.adapters.background_service.systemd_unit import UNIT, unit_text
from nb2pkg.problems import EnvironmentFailure, Refused
from tests.user_systemd import comes_true, running_systemd

_BAD = " %$'\"`~#;&|*?()<>!=:{}[]@-+,.aé日\u2028\udcff"
_WORSE = _BAD + "\\\n\t\x01\x7f"
_SECRET = "postgresql://ada:s3cret@db/runs"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, with no programs on PATH but those that a test puts there."""
    for name in [name for name in os.environ if name.startswith(("NB2PKG_", "XDG_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    programs = tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", str(programs))
    return folder


def program(home: Path, name: str, script: str) -> None:
    path = home.parent / "programs" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def told(home: Path) -> Callable[[], list[str]]:
    """A systemd that does what it is told; gives what it was told to change."""
    log, state = home.parent / "told", home.parent / "state"
    program(
        home,
        "systemctl",
        f"""\
        case "$*" in
        *show-environment*) exit 0;;
        *is-active*) read now < {state} && echo "$now"; exit 0;;
        *enable*) echo active > {state};;
        *disable*) echo "${{AFTER_DISABLE:-inactive}}" > {state};;
        esac
        echo "systemctl $*" >> {log}""",
    )
    program(home, "loginctl", f'echo "loginctl $*" >> {log}; exit "${{LINGER:-0}}"')
    state.write_text("inactive\n")

    def lines() -> list[str]:
        return log.read_text().splitlines() if log.exists() else []

    return lines


Crontab = Callable[..., subprocess.CompletedProcess[bytes]]


def unit_in(home: Path) -> Path:
    return home / ".config" / "systemd" / "user" / UNIT


# -- the text of the unit


def words_of(value: str, *, variables: bool) -> list[str]:
    """What systemd reads, by its manual: words in quotes, C's escapes, %% and, in arguments, $$."""
    found: list[str] = []
    for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|([^ "]+)', value):
        text = plain or re.sub(
            r"\\(?:x([0-9a-f]{2})|(.))",
            lambda m: chr(int(m[1], 16)) if m[1] else m[2],
            quoted.encode("utf-8").decode("latin-1"),
        ).encode("latin-1").decode("utf-8", "surrogateescape")
        assert not re.search(r"(?<!%)(?:%%)*%(?!%)", text)
        text = text.replace("%%", "%")
        if variables and found:
            assert not re.search(r"(?<!\$)(?:\$\$)*\$(?!\$)", text)
            text = text.replace("$$", "$")
        found.append(text)
    return found


def settings_of(text: str, name: str) -> list[str]:
    return [line.partition("=")[2] for line in text.split("\n") if line.startswith(f"{name}=")]


@given(st.lists(st.text(_WORSE, max_size=8), min_size=1, max_size=4))
def test_systemd_reads_the_words_that_were_meant(names: list[str]) -> None:
    words = [f"/opt/{names[0]}/python", "-m", *names[1:]]

    (line,) = settings_of(unit_text(words, {}), "ExecStart")

    read = words_of(line, variables=True)
    if read[0] == "/bin/sh":
        assert read[:3] == ["/bin/sh", "-c", 'exec "$0" "$@"']
        read = read[3:]
    assert read == words


@given(st.text(_BAD.replace("\udcff", "") + "\\", max_size=12))
def test_systemd_reads_the_environment_that_was_meant(value: str) -> None:
    (line,) = settings_of(unit_text(["/python"], {"NB2PKG_HOME": value}), "Environment")

    assert words_of(line, variables=False) == [f"NB2PKG_HOME={value}"]


@pytest.mark.parametrize("value", ["/a\nExecStart=/bin/sh", "/a\udcff", "/a\x7f"])
def test_a_value_that_no_unit_can_hold_is_refused(value: str) -> None:
    with pytest.raises(EnvironmentFailure, match="no unit can hold that") as caught:
        unit_text(["/python"], {"NB2PKG_HOME": value})

    assert caught.value.code == "NB548"


@pytest.mark.parametrize("folder", ["plain", 'a b%h$HOME"é\\'], ids=["plain", "odd"])
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path: Path, folder: str) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    python = tmp_path / folder / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    unit = tmp_path / UNIT
    unit.write_text(unit_text([str(python), "-m", "nb2pkg"], {"PATH": "/a b:%h:$HOME"}))

    done = subprocess.run(
        [analyze, "--user", "verify", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, [line for line in done.stderr.splitlines() if UNIT in line]) == (0, [])


# -- what is given to systemd


def test_the_unit_is_written_and_started_and_started_again_at_each_boot(
    home: Path, told: Callable[[], list[str]]
) -> None:
    done = install("systemd", allow_root=True)

    unit = unit_in(home)
    user = told()[-1].split()[-1]
    assert (done.kind, done.place, done.survives_logout) == ("systemd", str(unit), True)
    assert stat.S_IMODE(unit.stat().st_mode) == 0o644
    assert [p.name for p in unit.parent.iterdir()] == [UNIT]
    assert told() == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {UNIT}",
        f"loginctl --no-ask-password enable-linger {user}",
    ]
    assert [one.kind for one in installed()] == ["systemd"]


def test_a_second_install_changes_nothing(home: Path, told: Callable[[], list[str]]) -> None:
    first = install(None, allow_root=True)
    before = unit_in(home).stat()

    second = install(None, allow_root=True)

    assert second == first
    assert unit_in(home).stat().st_ino == before.st_ino


def test_a_running_daemon_is_not_ended_for_new_settings(
    home: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("systemd", allow_root=True)
    monkeypatch.setenv("NB2PKG_LEASE_SECONDS", "90")

    done = install("systemd", allow_root=True)

    assert any("systemctl --user restart nb2pkg-schedule" in m for m in done.messages)
    assert "NB2PKG_LEASE_SECONDS=90" in unit_in(home).read_text()
    assert not any("restart" in line for line in told())


def test_it_is_said_when_it_will_not_survive_a_logout(
    home: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINGER", "1")

    done = install("systemd", allow_root=True)

    if done.survives_logout:
        pytest.skip("this user lingers already")
    assert any("sudo loginctl enable-linger" in message for message in done.messages)


@pytest.mark.usefixtures("told")
def test_uninstall_leaves_nothing_behind(home: Path) -> None:
    install(None, allow_root=True)

    taken = uninstall(None)

    assert taken == (str(unit_in(home)),)
    assert list(unit_in(home).parent.iterdir()) == []
    assert installed() == ()
    assert uninstall(None) == ()


def test_a_daemon_that_waits_for_its_runs_keeps_the_time_for_it(
    home: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("systemd", allow_root=True)
    monkeypatch.setenv("AFTER_DISABLE", "deactivating")

    taken = uninstall("systemd")

    assert len(taken) == 2
    assert not unit_in(home).exists()
    assert told()[-1] == f"systemctl --user disable --now --no-block {UNIT}"


@pytest.mark.usefixtures("told")
def test_a_unit_of_somebody_else_is_left_alone(home: Path) -> None:
    unit = unit_in(home)
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/bin/true\n")

    with pytest.raises(Refused, match="was not written by nb2pkg"):
        install("systemd", allow_root=True)
    with pytest.raises(Refused, match="was not written by nb2pkg"):
        uninstall("systemd")

    assert uninstall(None) == ()
    assert installed() == ()
    assert unit.read_text() == "[Service]\nExecStart=/bin/true\n"


@pytest.mark.usefixtures("told")
def test_a_link_in_the_unit_s_place_is_not_written_through(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("# nb2pkg schedule\n")
    unit = unit_in(home)
    unit.parent.mkdir(parents=True)
    unit.symlink_to(target)

    with pytest.raises(Refused, match="is a symbolic link") as caught:
        install("systemd", allow_root=True)
    with pytest.raises(Refused):
        uninstall("systemd")

    assert caught.value.code == "NB402"
    assert unit.is_symlink()
    assert target.read_text() == "# nb2pkg schedule\n"


def test_what_systemd_refuses_is_told_in_its_words(home: Path) -> None:
    program(home, "systemctl", 'case "$*" in *enable*) echo "Unit is odd" >&2; exit 1;; esac')

    with pytest.raises(EnvironmentFailure, match=r"enable --now .*Unit is odd") as caught:
        install("systemd", allow_root=True)

    assert caught.value.code == "NB548"


def test_without_a_systemd_of_the_user_no_unit_is_written(home: Path) -> None:
    program(home, "systemctl", "exit 1")

    with pytest.raises(EnvironmentFailure, match="no systemd of yours"):
        install("systemd", allow_root=True)

    assert not unit_in(home).exists()


@pytest.mark.usefixtures("told")
def test_a_folder_that_cannot_be_made_is_named(home: Path) -> None:
    (home / ".config").write_text("a file")

    with pytest.raises(EnvironmentFailure, match=re.escape(f"{home}/.config")) as caught:
        install("systemd", allow_root=True)

    assert caught.value.code == "NB548"


def test_a_unit_can_be_removed_where_systemd_does_not_run(
    home: Path, told: Callable[[], list[str]]
) -> None:
    install("systemd", allow_root=True)
    wants = unit_in(home).parent / "default.target.wants"
    wants.mkdir()
    (wants / UNIT).symlink_to(unit_in(home))
    program(home, "systemctl", "exit 1")

    taken = uninstall(None)

    assert taken == (str(unit_in(home)),)
    assert list(wants.iterdir()) == []


# -- what is decided


@pytest.mark.usefixtures("home")
def test_where_nothing_can_keep_it_running_it_is_said_what_can() -> None:
    with pytest.raises(EnvironmentFailure, match="neither") as caught:
        install(None, allow_root=True)

    assert caught.value.code == "NB548"
    assert "nb2pkg schedule run" in str(caught.value.hint)
    assert "ExecStart=" in printed(None, allow_root=True)


@pytest.mark.usefixtures("told")
def test_jobs_do_not_run_as_root_unless_it_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    for refused in (install, printed):
        with pytest.raises(Refused, match="as root") as caught:
            refused(None, allow_root=False)

        assert caught.value.code == "NB549"
    assert not unit_in(home).exists()
    assert "schedule run --allow-root\n" in printed("systemd", allow_root=True)
    assert "schedule run --allow-root --unless-running" in printed("crontab", allow_root=True)


@pytest.mark.usefixtures("home")
def test_nobody_but_root_is_told_of_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert "--allow-root" not in printed("systemd", allow_root=True)


def test_the_daemon_finds_what_its_user_finds(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NB2PKG_STORE", "runs.sqlite")
    monkeypatch.setenv("NB2PKG_CACHE", "s3://bucket/results")
    monkeypatch.setenv("NB2PKG_MLFLOW", "databricks")
    monkeypatch.setenv("NB2PKG_PARAM_token", "s3cret")
    monkeypatch.setenv("PATH", ".:relative:/usr/bin::/bin:/usr/bin")

    variables = settings_of(printed("systemd", allow_root=True), "Environment")

    assert variables == [
        "NB2PKG_CACHE=s3://bucket/results",
        f"NB2PKG_HOME={tmp_path}/state/nb2pkg",
        "NB2PKG_MLFLOW=databricks",
        f"NB2PKG_STORE={tmp_path}/runs.sqlite",
        "PATH=/usr/bin:/bin",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NB2PKG_STORE", _SECRET),
        ("NB2PKG_STORE", "postgresql://db/runs?user=ada&password=s3cret"),
        ("NB2PKG_CACHE", "sftp://ada:s3cret@box/results"),
        ("NB2PKG_MLFLOW", "https://s3cret@mlflow"),
        ("NB2PKG_LINEAGE", "https://box/events?code=s3cret"),
    ],
)
@pytest.mark.parametrize("kind", ["systemd", "crontab"])
@pytest.mark.usefixtures("home")
def test_no_password_is_written_down(
    kind: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    text = printed("systemd" if kind == "systemd" else "crontab", allow_root=True)

    assert "s3cret" not in text
    assert f"{name}=" not in text.replace(f"{name}=...", "")
    assert name in text


def test_a_daemon_without_its_password_is_not_started_on_another_store(
    home: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PKG_STORE", _SECRET)
    file = home / ".config" / "nb2pkg" / "schedule.env"

    with pytest.raises(EnvironmentFailure, match="NB2PKG_STORE may hold a password") as caught:
        install("systemd", allow_root=True)

    assert "s3cret" not in f"{caught.value} {caught.value.hint}"
    assert (told(), unit_in(home).exists()) == ([], False)

    # What the hint says to type.
    command = str(caught.value.hint).rpartition(";")[0]
    subprocess.run(
        ["/bin/sh", "-c", command], env={**os.environ, "PATH": "/usr/bin:/bin"}, check=True
    )
    done = install("systemd", allow_root=True)

    assert file.read_text() == f"NB2PKG_STORE={_SECRET}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "NB2PKG_STORE is read from ~/.config/nb2pkg/schedule.env" in done.messages
    assert "s3cret" not in unit_in(home).read_text()

    file.chmod(0o644)
    assert any("chmod 600" in message for message in install("systemd", allow_root=True).messages)


# -- the line of the crontab


def undone_by_vixie(command: str) -> str:
    assert not re.search(r"(?<!\\)%", command)
    return command.replace("\\%", "%")


@settings(deadline=None, max_examples=40)
@given(
    folder=st.text(_BAD, min_size=1, max_size=8).filter(lambda t: t not in (".", "..")),
    word=st.text(_BAD, max_size=8),
    value=st.text(_BAD, max_size=8),
)
def test_cron_runs_the_words_that_were_meant(folder: str, word: str, value: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        place = os.path.join(root, folder)
        os.mkdir(place)
        python, log = os.path.join(place, "python"), os.path.join(place, f"{folder}.log")
        with open(python, "w") as file:
            file.write('#!/bin/sh\nprintf "%s\\0" "$0" "$@" "$NB2PKG_HOME" "$PWD"\n')
        os.chmod(python, 0o755)
        line = keeper_line([python, "-m", word], {"NB2PKG_HOME": value}, log)

        # Cron takes five words, and the rest is the shell's; BusyBox does nothing about \%.
        command = line.split(" ", 5)[5]
        for one in (undone_by_vixie(command), command):
            subprocess.run(["/bin/sh", "-c", os.fsencode(one)], check=True)

        expected = b"".join(os.fsencode(t) + b"\0" for t in (python, "-m", word, value, "/"))
        assert Path(log).read_bytes() == expected * 2


@pytest.mark.parametrize("word", ["a\\b", "a\n* * * * * b", "a\rb"])
def test_what_crons_read_differently_is_refused(word: str) -> None:
    with pytest.raises(EnvironmentFailure, match="a crontab cannot hold") as caught:
        keeper_line([word], {}, "/log")

    assert caught.value.code == "NB548"


_OURS = keeper_line(
    ["/opt/python", "-m", "nb2pkg", "schedule", "run", "--unless-running"], {}, "/l"
)
_NEWER = _OURS.replace("/opt", "/new")


@given(st.lists(st.text("a# *%\t\r\x0b\x85\u2028\udcff", max_size=6)).map("\n".join))
def test_every_other_byte_of_a_crontab_stays(text: str) -> None:
    ended = text if not text or text.endswith("\n") else text + "\n"

    there = with_line(text, _OURS)

    assert there == f"{ended}{_OURS}\n"
    assert with_line(there, _OURS) == there
    assert without_line(there) == ended


def test_an_older_line_is_replaced_where_it_stands() -> None:
    text = f"MAILTO=ada\n{_OURS}\nMAILTO=\n0 5 * * * backup\n{_OURS}\n"

    assert with_line(text, _NEWER) == f"MAILTO=ada\n{_NEWER}\nMAILTO=\n0 5 * * * backup\n"


@pytest.mark.parametrize(
    "line",
    [
        f"# {_OURS}",
        "# nb2pkg schedule",
        "0 5 * * * python -m nb2pkg schedule run",
        "0 5 * * * backup # nb2pkg schedule",
    ],
    ids=["as a comment", "a heading", "without the mark", "the mark alone"],
)
def test_what_only_looks_like_our_line_stays(line: str) -> None:
    text = f"{line}\n"

    assert with_line(text, _OURS) == f"{text}{_OURS}\n"
    assert without_line(text) == text


# -- a real crontab


@pytest.fixture
def crontab(home: Path) -> Iterator[Crontab]:
    """The crontab of `nobody`, by the real program; that of whoever runs the tests is their own."""
    real = shutil.which("crontab", path="/usr/bin:/bin:/usr/local/bin")
    if real is None:
        pytest.skip("crontab is not installed")
    if os.geteuid() != 0:
        pytest.skip("only root may use a crontab that is not somebody's own")

    def run(*words: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(real), "-u", "nobody", *words], input=data, capture_output=True, check=False
        )

    if b"no crontab" not in run("-l").stderr:
        pytest.skip("nobody has a crontab, or may have none")
    program(home, "crontab", f'exec {shlex.quote(real)} -u nobody "$@"')
    try:
        yield run
    finally:
        run("-r")


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a cron run here, there is nothing for it to start."""
    monkeypatch.setattr(sys, "executable", "/nonexistent/py%thon")


@pytest.mark.usefixtures("no_python")
def test_a_crontab_is_as_it_was_after_uninstall(crontab: Crontab) -> None:
    before = b"# mine\nMAILTO=ada\n\n0 5 * * * echo caf\xe9 \\% x  \n"
    crontab("-", data=before)

    done = install(None, allow_root=True)
    between = crontab("-l").stdout
    again = install("crontab", allow_root=True)
    after_again = crontab("-l").stdout
    seen = installed()
    taken = uninstall(None)

    assert (done.kind, done.survives_logout) == ("crontab", True)
    assert between == before + done.place.encode() + b"\n"
    assert done.place + "\n" == printed("crontab", allow_root=True)
    assert (again, after_again) == (done, between)
    assert [(one.kind, one.place) for one in seen] == [("crontab", done.place)]
    assert taken == (done.place,)
    assert crontab("-l").stdout == before
    assert uninstall("crontab") == ()


@pytest.mark.usefixtures("no_python")
def test_where_there_was_no_crontab_there_is_none_again(crontab: Crontab) -> None:
    install("crontab", allow_root=True)
    uninstall(None)

    assert b"no crontab" in crontab("-l").stderr


@pytest.mark.usefixtures("no_python")
def test_a_line_is_as_long_as_cron_takes_it_and_no_longer(
    crontab: Crontab, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.environ["PATH"]
    room = 998 - len(printed("crontab", allow_root=True)[len("* * * * * ") :].rstrip("\n")) - 2
    monkeypatch.setenv("PATH", f"{path}:/{'x' * room}")
    done = install("crontab", allow_root=True)
    assert crontab("-l").stdout.decode() == f"{done.place}\n"

    monkeypatch.setenv("PATH", f"{path}:/x{'x' * room}")
    with pytest.raises(EnvironmentFailure, match="999 bytes"):
        install("crontab", allow_root=True)


@pytest.mark.usefixtures("no_python")
def test_a_password_is_looked_for_in_the_crontab(
    crontab: Crontab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NB2PKG_STORE", _SECRET)
    with pytest.raises(EnvironmentFailure, match="NB2PKG_STORE may hold a password"):
        install("crontab", allow_root=True)
    assert b"no crontab" in crontab("-l").stderr

    crontab("-", data=f"NB2PKG_STORE={_SECRET}\n".encode())
    done = install("crontab", allow_root=True)

    assert "NB2PKG_STORE is what your crontab says" in done.messages
    assert "s3cret" not in done.place


@pytest.mark.usefixtures("no_python", "told")
def test_two_that_keep_it_running_are_told_of(crontab: Crontab) -> None:
    install("crontab", allow_root=True)

    done = install(None, allow_root=True)

    assert done.kind == "systemd"
    assert any("nb2pkg schedule uninstall --crontab" in message for message in done.messages)
    assert len(uninstall(None)) == 2


@pytest.mark.usefixtures("no_python")
def test_new_settings_replace_the_line_and_are_said_to_wait_for_the_daemon_s_end(
    crontab: Crontab, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("crontab", allow_root=True)
    monkeypatch.setenv("NB2PKG_LEASE_SECONDS", "90")

    done = install("crontab", allow_root=True)

    assert crontab("-l").stdout.decode() == f"{done.place}\n"
    assert any("keeps its former settings" in message for message in done.messages)


@pytest.mark.usefixtures("home")
def test_a_crontab_that_is_asked_for_and_not_there_is_told() -> None:
    with pytest.raises(EnvironmentFailure, match="crontab: No such file") as caught:
        install("crontab", allow_root=True)

    assert caught.value.code == "NB548"


def test_a_cron_that_refuses_is_told_in_its_words(home: Path) -> None:
    program(home, "crontab", 'echo "You (ada) are not allowed to use this program" >&2; exit 1')

    with pytest.raises(EnvironmentFailure, match=r"You \(ada\) are not allowed"):
        install(None, allow_root=True)
    assert (installed(), uninstall(None)) == ((), ())


# -- a real systemd


@pytest.fixture
def user_systemd(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """A systemd of this user that runs; gives what `systemctl --user` says."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/bin:/bin")
    program(home, "loginctl", "exit 1")

    def systemctl(*words: str) -> str:
        done = subprocess.run(
            ["systemctl", "--user", *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    try:
        with running_systemd(os.environ) as environment:
            monkeypatch.setenv("XDG_RUNTIME_DIR", environment["XDG_RUNTIME_DIR"])
            yield systemctl
    except LookupError as why:
        pytest.skip(str(why))


_DAEMON = """\
#!/bin/sh
trap 'term=1' TERM
printf '%s\\0' "$0" "$@" "$NB2PKG_HOME" "$NB2PKG_STORE" "$PWD" > "$NB2PKG_HOME/new"
mv "$NB2PKG_HOME/new" "$NB2PKG_HOME/told"
until [ "$term" ]; do sleep 0.05; done
until [ -e "$NB2PKG_HOME/done" ]; do sleep 0.05; done
echo drained > "$NB2PKG_HOME/drained"
"""


def test_a_real_systemd_starts_the_daemon_and_lets_it_end_in_its_own_time(
    home: Path, user_systemd: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = home / "a b%h$HOME\"'é\\\x01;" / "python"
    state = home / "st ate%h$HOME\"'é\\"
    python.parent.mkdir()
    state.mkdir()
    python.write_text(_DAEMON)
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("NB2PKG_HOME", str(state))
    monkeypatch.setenv("NB2PKG_STORE", _SECRET)
    secrets = home / ".config" / "nb2pkg" / "schedule.env"
    secrets.parent.mkdir(parents=True)
    secrets.write_text(f"NB2PKG_STORE={_SECRET}\n")
    # The one that runs looks below its own HOME.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))

    done = install(None, allow_root=True)

    assert done.kind == "systemd"
    assert comes_true((state / "told").exists)
    assert (state / "told").read_text().split("\0")[:-1] == [
        *(str(python), "-m", "nb2pkg", "schedule", "run", "--allow-root"),
        *(str(state), _SECRET, "/"),
    ]
    assert user_systemd("is-active", UNIT) == "active"
    assert user_systemd("is-enabled", UNIT) == "enabled"
    assert install(None, allow_root=True) == done
    assert installed()[0].place == done.place

    taken = uninstall(None)

    assert len(taken) == 2
    assert user_systemd("is-active", UNIT) == "deactivating"
    assert user_systemd("show", UNIT, "--property=TimeoutStopUSec", "--value") == "1h"
    assert not (state / "drained").exists()

    (state / "told").unlink()
    again = install(None, allow_root=True)

    assert any("waits for its runs" in message for message in again.messages)
    assert user_systemd("is-active", UNIT) == "deactivating"
    (state / "done").touch()
    assert comes_true((state / "told").exists)
    assert (state / "drained").exists()

    assert uninstall(None) == (done.place,)
    assert user_systemd("is-active", UNIT) == "inactive"
    assert not unit_in(home).exists()
    assert not (unit_in(home).parent / "default.target.wants" / UNIT).is_symlink()
    assert (uninstall(None), installed()) == ((), ())
