"""What a program opens is told by the interpreter's own audit events."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from nb2pkg.observers import file_access

PROGRAM = """
import os, sys, sqlite3, socket
sys.path.insert(0, {source!r})
from file_access import FileAccess
files = FileAccess({ours!r})
open("before.txt").close()
files.is_on = True
{body}
files.is_on = False
print([list(files.reads), list(files.writes), list(files.folders), list(files.far), files.uses_network])
"""


def told(folder: Path, body: str) -> list[object]:
    (folder / "before.txt").write_text("x")
    source = PROGRAM.format(
        source=str(Path(file_access.__file__).parent), ours=str(folder / "ours"), body=body
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", source], cwd=folder, capture_output=True, text=True, check=True
    )
    found: list[object] = eval(done.stdout)
    return found


def test_reads_writes_and_folders_below_the_working_directory(tmp_path: Path) -> None:
    body = (
        "open('before.txt').read(); open('before.txt', 'a').write('y'); os.makedirs('out/deep')\n"
        "open('out/n.txt', 'w').write('1'); open('out/n.txt').read()\n"
        "os.close(os.open('raw.bin', os.O_CREAT | os.O_WRONLY)); import json"
    )

    assert told(tmp_path, body) == [
        ["before.txt"], ["before.txt", "out/n.txt", "raw.bin"], ["out", "out/deep"], [], False,
    ]  # fmt: skip


def test_what_lies_elsewhere_is_told_and_what_is_pythons_own_or_ours_is_not(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there.csv"
    (here / "ours").mkdir(parents=True)
    there.write_text("a\n")
    body = (
        f"open({str(there)!r}).read(); open(os.__file__).read(); open('/dev/null').read()\n"
        f"open({str(here / 'ours' / 'x')!r}, 'w').close(); sqlite3.connect('data.db').close()"
    )

    reads, _, _, far, network = told(here, body)

    assert (far, network) == ([str(there)], False)
    assert reads == ["data.db"]


def test_a_connection_is_a_use_of_the_network(tmp_path: Path) -> None:
    body = (
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
        "socket.create_connection(s.getsockname()).close()"
    )

    assert told(tmp_path, body)[-1] is True
