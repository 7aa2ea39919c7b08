"""What every store of kept files does: a folder, and places far away, whatever happens to them."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from nb2pkg.adapters.content_folder import MOST_ENTRIES, ContentFolder, entry_text
from nb2pkg.adapters.remote_contents import (
    RemoteContents,
    copies_folder,
    count_pending,
    open_contents,
    push_pending,
)
from nb2pkg.adapters.remote_patience import Patience
from nb2pkg.ports.running import StoreAway
from nb2pkg.problems import EnvironmentFailure, UsageError

_ROOT = Path(__file__).parents[2]
_KEY = "a" * 64
_OTHER_KEY = "b" * 64
_SHORT = Patience(tries=3, seconds=5, pause_seconds=0.01, rest_seconds=60)

Store = ContentFolder | RemoteContents
OpenStore = Callable[..., Store]


# -- places


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A real server that speaks S3, on this machine; the name of a bucket in it."""
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    pytest.importorskip("moto.server", reason="moto[server] is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        fsspec.filesystem("s3").mkdir("results")
        yield "results"
    finally:
        patch.undo()
        server.kill()
        server.wait()


# For tests that are not about every place. A folder of this machine is not far away, and memory is of one process.
_AFAR = pytest.mark.parametrize("address", ["memory", "file", "s3"], indirect=True)
_OF_SEVERAL_PROCESSES = pytest.mark.parametrize("address", ["folder", "file", "s3"], indirect=True)


@pytest.fixture(params=["folder", "memory", "file", "s3"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "kept")
    elif request.param == "file":
        yield f"file://{tmp_path}/afar"
    elif request.param == "s3":
        yield f"s3://{request.getfixturevalue('s3')}/{uuid.uuid4().hex}"
    else:
        yield f"memory://{uuid.uuid4().hex}"
        MemoryFileSystem.store.clear()
        MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def open_store(address: str, tmp_path: Path) -> OpenStore:
    """Open the store, as another process would; `home`: as another machine would."""

    def open_store(home: str = "home", **options: Any) -> Store:
        return open_contents(address, str(tmp_path / home), **{"patience": _SHORT, **options})

    return open_store


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(store: Store, folder: Path, data: bytes) -> str:
    path = folder / f"{uuid.uuid4().hex}.bin"
    path.write_bytes(data)
    return store.put(str(path))[0]


def fetched(store: Store, digest: str, folder: Path) -> bytes | None:
    path = folder / "fetched" / uuid.uuid4().hex
    return path.read_bytes() if store.fetch(digest, str(path)) else None


def _place(address: str) -> tuple[Any, str]:
    system, root = fsspec.core.url_to_fs(address)
    system.invalidate_cache()
    return system, str(root)


def names_in(address: str, folder: str) -> list[str]:
    """All files below a folder of a place, as they are there."""
    system, root = _place(address)
    found = system.find(f"{root}/{folder}")
    return sorted(str(name).removeprefix(f"{root}/") for name in found)


def write_afar(address: str, path: str, data: bytes) -> None:
    """Do what no nb2pkg does to a place."""
    system, root = _place(address)
    if "file" in system.protocol:
        system.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
    system.pipe_file(f"{root}/{path}", data)


def read_afar(address: str, path: str) -> bytes:
    system, root = _place(address)
    return bytes(system.cat_file(f"{root}/{path}"))


def artifact(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "sha256": digest, "size": 1}


# -- files


@pytest.mark.parametrize("size", [0, 1, (1 << 20) + 7], ids=["empty", "a byte", "two chunks"])
def test_a_file_comes_back_as_it_was(
    store: Store, open_store: OpenStore, tmp_path: Path, size: int
) -> None:
    data = os.urandom(size)
    path = tmp_path / "data.bin"
    path.write_bytes(data)

    assert store.put(str(path)) == (sha256(data), size)
    assert store.put(str(path)) == (sha256(data), size)
    for one in (store, open_store(), open_store("laptop")):
        assert one.has(sha256(data))
        assert fetched(one, sha256(data), tmp_path) == data
        assert (one.damaged, one.problems) == ([], [])


def test_what_is_not_there_is_not_fetched(store: Store, tmp_path: Path) -> None:
    digest = sha256(b"never kept")

    assert not store.has(digest)
    assert fetched(store, digest, tmp_path) is None
    assert (store.damaged, store.problems) == ([], [])


def test_a_fetched_file_replaces_what_is_there(store: Store, tmp_path: Path) -> None:
    digest = put(store, tmp_path, b"new")
    path = tmp_path / "place.txt"
    path.write_bytes(b"old")

    assert store.fetch(digest, str(path))
    assert path.read_bytes() == b"new"


def test_a_file_is_fetched_to_the_longest_name_and_to_a_bare_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = put(store, tmp_path, b"data")
    monkeypatch.chdir(tmp_path)

    for name in ("n" * 255, "bare"):
        assert store.fetch(digest, name)
        assert Path(name).read_bytes() == b"data"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../outside",
        "/etc/passwd",
        "A" * 64,
        "a" * 63,
        "a" * 64 + "\n",
        "../" * 21 + "x",
        7,
    ],
)
def test_a_file_is_named_by_a_sha256_only(store: Store, tmp_path: Path, name: Any) -> None:
    put(store, tmp_path, b"data")
    outside = tmp_path / "outside"
    outside.write_text("not to be touched")

    assert not store.has(name)
    assert not store.fetch(name, str(tmp_path / "stolen"))
    assert outside.read_text() == "not to be touched"
    assert not (tmp_path / "stolen").exists()
    assert store.damaged == []


def test_a_file_that_changed_here_is_never_used(address: str, store: Store, tmp_path: Path) -> None:
    digest = put(store, tmp_path, b"whole")
    here = Path(copies_folder(address, str(tmp_path / "home"))) / "files" / digest[:2] / digest
    here.chmod(0o600)
    here.write_bytes(b"whule")

    # From afar it comes whole; else it is absent.
    assert fetched(store, digest, tmp_path) == (b"whole" if "://" in address else None)
    assert store.damaged == [str(here)]


# -- entries


def test_entries_come_newest_first(store: Store, open_store: OpenStore) -> None:
    documents = [{"number": number, "text": "naïve ☃ \u2028"} for number in range(5)]
    for document in documents:
        store.add_entry(_KEY, document)
    store.add_entry(_OTHER_KEY, ["another"])

    for one in (store, open_store(), open_store("laptop")):
        assert list(one.entries(_KEY)) == documents[::-1]
        assert list(one.entries(_OTHER_KEY)) == [["another"]]
        assert list(one.entries("c" * 64)) == []
        assert (one.damaged, one.problems) == ([], [])


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"a": (1, 2.5)},
        {"odd": "\ud800 \x00 \U0001d6fc"},
        {"nan": float("inf")},
        {"key": {True: 1, None: 2, 3: 4, 1.5: 6}},
        2**70,
    ],
    ids=repr,
)
def test_whatever_json_can_hold_comes_back(
    store: Store, open_store: OpenStore, document: Any
) -> None:
    store.add_entry(_KEY, document)

    for one in (store, open_store(), open_store("laptop")):
        assert list(one.entries(_KEY)) == [json.loads(json.dumps(document))]
        assert one.damaged == []


@pytest.mark.parametrize(
    "key", ["", "..", "../" * 21 + "x", "a" * 63, "A" * 64, "a" * 64 + "\n", "a/b"]
)
def test_a_key_is_a_sha256_only(store: Store, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        store.add_entry(key, {})
    with pytest.raises(ValueError, match="no key"):
        store.entries(key)


def test_the_newest_entries_stay_and_only_the_oldest_go(store: Store) -> None:
    for number in range(MOST_ENTRIES + 3):
        store.add_entry(_KEY, number)
        assert len(store.entries(_KEY)) == min(number + 1, MOST_ENTRIES)

    assert list(store.entries(_KEY)) == list(range(MOST_ENTRIES + 2, 2, -1))


@pytest.mark.parametrize("address", ["folder", "file"], indirect=True)
def test_a_flipped_bit_anywhere_in_an_entry_never_gives_another_document(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    document = {"run": "r1", "artifacts": [], "metrics": {"auc": 0.75}}
    open_store("ci").add_entry(_KEY, document)
    folder = tmp_path / ("afar" if "://" in address else "kept")
    (entry,) = (folder / "entries").rglob(f"{_KEY}/*")
    whole = entry.read_bytes()
    entry.unlink()
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        entry.with_name(f"{position + 1:08d}-{'0' * 8}").write_bytes(flipped)
        found = open_store(f"laptop{position}").entries(_KEY)
        assert list(found) in ([], [document]), (position, found)
        (entry.with_name(f"{position + 1:08d}-{'0' * 8}")).unlink(missing_ok=True)


_ADDER = """
import sys
from nb2pkg.adapters.remote_contents import open_contents
address, home, path, me = sys.argv[1:]
store = open_contents(address, home)
for number in range(20):
    digest, size = store.put(path)
    artifact = {"name": "x", "sha256": digest, "size": size}
    store.add_entry("a" * 64, {"by": me, "number": number, "artifacts": [artifact]})
assert store.problems == [], store.problems
"""


@_OF_SEVERAL_PROCESSES
def test_machines_that_add_at_once_lose_nothing(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    path = tmp_path / "same.bin"
    path.write_bytes(b"same")
    adders = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                _ADDER,
                address,
                str(tmp_path / f"home{me}"),
                str(path),
                str(me),
            ],
            env={**os.environ, "PYTHONPATH": str(_ROOT / "src")},
        )
        for me in range(4)
    ]
    assert [adder.wait(60) for adder in adders] == [0] * 4

    reader = open_store("laptop")
    found = reader.entries(_KEY)
    assert {(one["by"], one["number"]) for one in found} == {
        (str(me), number) for me in range(4) for number in range(20)
    }
    assert len(found) == 80
    for me in range(4):
        numbers = [one["number"] for one in found if one["by"] == str(me)]
        assert numbers == sorted(numbers, reverse=True)
    assert fetched(reader, sha256(b"same"), tmp_path) == b"same"
    assert reader.damaged == []


def test_a_place_afar_gives_what_a_folder_gives(
    store: Store, open_store: OpenStore, tmp_path: Path
) -> None:
    twin = ContentFolder(str(tmp_path / "twin"))
    seen: list[list[Any]] = []
    for one, again in ((store, lambda: open_store("laptop")), (twin, lambda: twin)):
        results: list[Any] = []
        for number in range(3):
            digest = put(one, tmp_path, f"file {number}".encode())
            one.add_entry(_KEY, {"artifacts": [artifact("x", digest)], "number": number})
        for looker in (one, again()):
            results += [looker.entries(_KEY), looker.entries(_OTHER_KEY)]
            for data in (b"file 0", b"file 2", b"file 3"):
                results += [looker.has(sha256(data)), fetched(looker, sha256(data), tmp_path)]
            results += [looker.damaged, looker.problems]
        seen.append([list(r) if isinstance(r, (tuple, list)) else r for r in results])

    assert seen[0] == seen[1]


# -- what comes from afar


@_AFAR
def test_what_was_fetched_or_made_here_is_not_fetched_again(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    digest = put(open_store("ci"), tmp_path, b"data")
    open_store("ci").add_entry(_KEY, {"artifacts": [artifact("x", digest)]})
    laptop = open_store("laptop")
    fetched(laptop, digest, tmp_path)
    laptop.entries(_KEY)

    for path in (*names_in(address, "files"), *names_in(address, "entries")):
        write_afar(address, path, b"others now")

    for home in ("ci", "laptop"):
        again = open_store(home)
        assert fetched(again, digest, tmp_path) == b"data"
        assert list(again.entries(_KEY)) == [{"artifacts": [artifact("x", digest)]}]
        assert again.damaged == []


@_AFAR
def test_a_flipped_byte_afar_makes_a_file_absent_until_it_is_made_again(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    digest = put(open_store("ci"), tmp_path, b"whole")
    path = f"files/{digest[:2]}/{digest}"
    write_afar(address, path, b"whule")
    laptop = open_store("laptop")

    assert fetched(laptop, digest, tmp_path) is None
    assert laptop.damaged == [f"{address}/{path}"]
    assert not laptop.has(digest)
    assert fetched(laptop, digest, tmp_path) is None
    assert len(laptop.damaged) == 1

    assert put(laptop, tmp_path, b"whole") == digest
    assert fetched(laptop, digest, tmp_path) == b"whole"
    assert read_afar(address, path) == b"whole"


@_AFAR
def test_a_half_written_file_is_completed(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    digest = sha256(b"whole")
    path = f"files/{digest[:2]}/{digest}"
    write_afar(address, path, b"who")

    put(open_store(), tmp_path, b"whole")

    assert read_afar(address, path) == b"whole"
    assert fetched(open_store("laptop"), digest, tmp_path) == b"whole"


@_AFAR
def test_a_folder_in_place_of_a_file_is_no_file(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    write_afar(address, f"entries/{_KEY[:2]}/{_KEY}/sub/{'1' * 20}-{'a' * 16}", b"{}")
    digest = sha256(b"x")
    write_afar(address, f"files/{digest[:2]}/{digest}/inner", b"x")
    laptop = open_store("laptop")

    assert list(laptop.entries(_KEY)) == []
    assert not laptop.has(digest)
    assert fetched(laptop, digest, tmp_path) is None


_DEEP = b"[" * 100_000 + b"]" * 100_000
_HOSTILE = {
    "not JSON": b"\x80\x04cos\nsystem\n(S'touch canary'\ntR.",
    "empty": b"",
    "10 MB": b'{"version": 2, "document": "' + b"x" * 10_000_000 + b'"}',
    "too deep": b'{"version": 2, "sha256": "x", "document": ' + _DEEP + b"}",
    "a list": b"[]",
    "a number": b"7",
    "no version": b'{"document": {}}',
    "another document": entry_text(_KEY, {"a": 1}).replace('"a": 1', '"a": 2').encode(),
    "UTF-16": entry_text(_KEY, {"a": 1}).encode("utf-16"),
    "another key's": entry_text(_OTHER_KEY, {"a": 1}).encode(),
    "a huge number": b'{"version": ' + b"9" * 100_000 + b"}",
}


@_AFAR
@pytest.mark.parametrize("data", _HOSTILE.values(), ids=_HOSTILE)
def test_an_entry_that_is_not_as_it_was_written_is_not_used(
    address: str, open_store: OpenStore, data: bytes
) -> None:
    open_store("ci").add_entry(_KEY, "good")
    path = f"entries/{_KEY[:2]}/{_KEY}/{'9' * 20}-{'f' * 16}"
    write_afar(address, path, data)
    laptop = open_store("laptop")

    assert list(laptop.entries(_KEY)) == ["good"]
    assert list(laptop.entries(_KEY)) == ["good"]
    assert laptop.damaged == [f"{address}/{path}"]
    assert laptop.problems == []


@_AFAR
def test_an_entry_of_a_later_version_is_passed_over(address: str, open_store: OpenStore) -> None:
    text = entry_text(_KEY, "new").replace('"version": 2', '"version": 3')
    write_afar(address, f"entries/{_KEY[:2]}/{_KEY}/{'9' * 20}-{'f' * 16}", text.encode())
    laptop = open_store("laptop")

    assert list(laptop.entries(_KEY)) == []
    assert laptop.damaged == []


@_AFAR
@pytest.mark.parametrize(
    "name", ["notes.txt", ".hidden.part", "9" * 20, "..-ffffffff", "1-a%2F..%2F..%2Fx"]
)
def test_only_names_of_entries_are_read(address: str, open_store: OpenStore, name: str) -> None:
    write_afar(address, f"entries/{_KEY[:2]}/{_KEY}/{name}", entry_text(_KEY, "not one").encode())
    laptop = open_store("laptop")

    assert list(laptop.entries(_KEY)) == []
    assert laptop.damaged == []


@_AFAR
def test_what_lies_afar_is_only_files_and_entries(
    address: str, store: Store, tmp_path: Path
) -> None:
    digest = put(store, tmp_path, b"data")
    store.add_entry(_KEY, {"artifacts": [artifact("x", digest)]})

    assert names_in(address, "files") == [f"files/{digest[:2]}/{digest}"]
    (entry,) = names_in(address, "entries")
    assert entry.startswith(f"entries/{_KEY[:2]}/{_KEY}/")
    assert list((tmp_path / "home" / "spool").rglob("*-*")) == []


@_AFAR
def test_an_entry_never_names_what_is_nowhere(address: str, store: Store) -> None:
    document = {"artifacts": [artifact("x", sha256(b"nowhere"))]}
    store.add_entry(_KEY, document)

    assert names_in(address, "entries") == []
    assert list(store.entries(_KEY)) == [document]


@_AFAR
def test_an_entry_that_is_too_large_stays_here(
    address: str, store: Store, open_store: OpenStore
) -> None:
    for _ in range(2):
        store.add_entry(_KEY, "x" * 1_100_000)

    assert len(store.entries(_KEY)) == 2
    assert list(open_store("laptop").entries(_KEY)) == []
    assert len(store.problems) == 1


# -- reading only


@_AFAR
def test_who_only_reads_uploads_nothing(
    address: str, open_store: OpenStore, tmp_path: Path
) -> None:
    digest = put(open_store("ci"), tmp_path, b"of CI")
    open_store("ci").add_entry(_KEY, "of CI")
    before = names_in(address, "")
    laptop = open_store("laptop", mode="read")

    assert fetched(laptop, digest, tmp_path) == b"of CI"
    own = put(laptop, tmp_path, b"own")
    laptop.add_entry(_KEY, "own")

    assert names_in(address, "") == before
    assert count_pending(address, str(tmp_path / "laptop")) == 0
    again = open_store("laptop", mode="read")
    assert list(again.entries(_KEY)) == ["own", "of CI"]
    assert fetched(again, own, tmp_path) == b"own"
    assert again.problems == []


@_AFAR
def test_who_only_reads_is_told_that_nothing_is_there(address: str, open_store: OpenStore) -> None:
    laptop = open_store("laptop", mode="read")
    laptop.entries(_KEY)
    laptop.entries(_OTHER_KEY)

    assert laptop.problems == [f"there is nothing at {address}"]


# -- places that are away


class Unsteady(LocalFileSystem):
    """A folder behind a line that may break: each call that would go over it fails, when there is trouble."""

    protocol = "unsteady"
    trouble: ClassVar[Exception | None] = None
    writing: ClassVar[Exception | None] = None
    for_calls: ClassVar[int | None] = None
    hangs: ClassVar[threading.Event | None] = None
    cuts_after: ClassVar[int | None] = None
    calls: ClassVar[int] = 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        plain = str(path).removeprefix("unsteady://").replace("ci:hunter2@", "")
        return super()._strip_protocol(plain)

    @classmethod
    def mend(cls) -> None:
        cls.trouble = cls.writing = cls.for_calls = cls.hangs = cls.cuts_after = None
        cls.calls = 0

    def _over_the_line(self, *, writes: bool = False) -> None:
        cls = type(self)
        cls.calls += 1
        if cls.hangs is not None:
            cls.hangs.wait(30)
        if cls.for_calls is not None:
            if cls.for_calls <= 0:
                return
            cls.for_calls -= 1
        error = cls.trouble or (cls.writing if writes else None)
        if error is not None:
            raise error

    def info(self, path: Any, **kwargs: Any) -> Any:
        self._over_the_line()
        return super().info(path, **kwargs)

    def ls(self, path: Any, detail: bool = False, **kwargs: Any) -> Any:
        self._over_the_line()
        return super().ls(path, detail=detail, **kwargs)

    def get_file(self, rpath: Any, lpath: Any, callback: Any = None, **kwargs: Any) -> Any:
        self._over_the_line()
        super().get_file(rpath, lpath, callback, **kwargs)
        if type(self).cuts_after is not None:
            os.truncate(lpath, type(self).cuts_after)

    def cat_file(self, path: Any, start: Any = None, end: Any = None, **kwargs: Any) -> Any:
        self._over_the_line()
        return super().cat_file(path, start, end, **kwargs)

    def put_file(self, lpath: Any, rpath: Any, callback: Any = None, **kwargs: Any) -> Any:
        self._over_the_line(writes=True)
        super().put_file(lpath, rpath, callback, **kwargs)
        if type(self).cuts_after is not None:
            os.truncate(rpath, type(self).cuts_after)

    def makedirs(self, path: Any, exist_ok: bool = False) -> Any:
        self._over_the_line(writes=True)
        return super().makedirs(path, exist_ok)

    def mv(self, path1: Any, path2: Any, **kwargs: Any) -> Any:
        self._over_the_line(writes=True)
        return super().mv(path1, path2, **kwargs)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[str]:
    """The address of a folder behind a line that may break."""
    fsspec.register_implementation("unsteady", Unsteady, clobber=True)
    Unsteady.mend()
    yield f"unsteady://{tmp_path}/behind"
    if Unsteady.hangs is not None:
        Unsteady.hangs.set()
    Unsteady.mend()


_TROUBLES = {
    "cut": ConnectionResetError(104, "reset by https://ci:hunter2@s3.example/?sig=hunter2"),
    "timeout": TimeoutError("timed out"),
    "not an OSError": RuntimeError("the event loop is closed"),
    "403": PermissionError("Forbidden for ci:hunter2"),
}


@pytest.mark.parametrize("trouble", _TROUBLES.values(), ids=_TROUBLES)
def test_while_a_place_is_away_all_is_kept_here_and_pushed_later(
    line: str, tmp_path: Path, trouble: Exception
) -> None:
    home = str(tmp_path / "home")
    address = line.replace("://", "://ci:hunter2@")
    Unsteady.trouble = trouble
    store = open_contents(address, home, patience=_SHORT)

    digest = put(store, tmp_path, b"data")
    store.add_entry(_KEY, {"artifacts": [artifact("x", digest)]})
    assert list(store.entries(_KEY)) == [{"artifacts": [artifact("x", digest)]}]
    assert store.has(digest) and not store.has(sha256(b"other"))
    assert fetched(store, digest, tmp_path) == b"data"
    assert fetched(store, sha256(b"other"), tmp_path) is None

    assert len(store.problems) == 1
    assert type(trouble).__name__ in store.problems[0] and "nb2pkg runs push" in store.problems[0]
    assert store.damaged == []
    assert count_pending(address, home) == 2
    with pytest.raises(StoreAway, match="0 uploaded, 2 still to do") as away:
        push_pending(address, home, patience=_SHORT)
    assert "hunter2" not in f"{store.problems} {away.value}" and "***" in store.problems[0]

    Unsteady.mend()
    assert push_pending(address, home) == 2
    assert push_pending(address, home) == 0 == count_pending(address, home)
    laptop = open_contents(address, str(tmp_path / "laptop"))
    assert list(laptop.entries(_KEY)) == [{"artifacts": [artifact("x", digest)]}]
    assert fetched(laptop, digest, tmp_path) == b"data"


def test_a_place_that_does_not_answer_is_left_alone_for_a_while(line: str, tmp_path: Path) -> None:
    Unsteady.trouble = ConnectionError("down")
    patience = Patience(tries=3, seconds=5, pause_seconds=0.001, rest_seconds=0.2)
    store = open_contents(line, str(tmp_path / "home"), patience=patience)
    for number in range(20):
        store.add_entry(_KEY, number)
        store.entries(_KEY)
    assert Unsteady.calls == 3

    time.sleep(0.25)
    Unsteady.mend()
    store.add_entry(_KEY, "back")

    assert len(names_in(f"file://{tmp_path}/behind", "entries")) == 1
    assert push_pending(line, str(tmp_path / "home")) == 20
    assert len(store.problems) == 1


def test_a_place_that_stumbles_is_tried_again(line: str, tmp_path: Path) -> None:
    store = open_contents(line, str(tmp_path / "home"), patience=_SHORT)
    for failures in (1, 2):
        Unsteady.trouble, Unsteady.for_calls = ConnectionError("once"), failures
        digest = put(store, tmp_path, b"data %d" % failures)
        Unsteady.trouble, Unsteady.for_calls = ConnectionError("once"), failures
        assert fetched(
            open_contents(line, str(tmp_path / f"laptop{failures}"), patience=_SHORT),
            digest,
            tmp_path,
        )

    assert store.problems == []
    assert count_pending(line, str(tmp_path / "home")) == 0


def test_a_place_that_hangs_is_waited_for_once_and_not_long(line: str, tmp_path: Path) -> None:
    Unsteady.hangs = threading.Event()
    patience = Patience(tries=3, seconds=0.3, pause_seconds=0.01)
    store = open_contents(line, str(tmp_path / "home"), patience=patience)
    started = time.monotonic()

    digest = put(store, tmp_path, b"data")
    store.add_entry(_KEY, "one")
    assert list(store.entries(_KEY)) == ["one"]
    assert fetched(store, digest, tmp_path) == b"data"
    assert not store.has(sha256(b"other"))

    assert time.monotonic() - started < 2
    assert "no answer within 0 s" in store.problems[0] and len(store.problems) == 1
    Unsteady.hangs.set()
    Unsteady.mend()
    assert push_pending(line, str(tmp_path / "home")) == 2


def test_a_place_that_takes_nothing_is_still_read(line: str, tmp_path: Path) -> None:
    open_contents(line, str(tmp_path / "ci")).add_entry(_KEY, "of CI")
    Unsteady.writing = PermissionError("AccessDenied")
    laptop = open_contents(line, str(tmp_path / "laptop"), patience=_SHORT)

    laptop.add_entry(_KEY, "own")
    put(laptop, tmp_path, b"own")

    assert list(laptop.entries(_KEY)) == ["own", "of CI"]
    assert len(laptop.problems) == 1 and "NB2PKG_CACHE_MODE=read" in laptop.problems[0]


def test_a_transfer_that_is_cut_off_leaves_nothing_half(line: str, tmp_path: Path) -> None:
    there = f"file://{tmp_path}/behind"
    store = open_contents(line, str(tmp_path / "home"), patience=_SHORT)
    Unsteady.cuts_after = 2
    digest = put(store, tmp_path, b"data")
    assert names_in(there, "") == []

    Unsteady.mend()
    push_pending(line, str(tmp_path / "home"))
    Unsteady.cuts_after = 2
    laptop = open_contents(line, str(tmp_path / "laptop"), patience=_SHORT)
    assert fetched(laptop, digest, tmp_path) is None
    # The line is at fault, not the file.
    assert laptop.damaged == [] and len(laptop.problems) == 1


def test_files_go_before_the_entries_that_name_them(line: str, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    store = open_contents(line, home, patience=Patience(tries=1, rest_seconds=0))
    Unsteady.trouble = ConnectionError("down")
    digest = put(store, tmp_path, b"data")
    Unsteady.mend()

    store.add_entry(_KEY, {"artifacts": [artifact("x", digest)]})

    there = f"file://{tmp_path}/behind"
    assert names_in(there, "files") == [f"files/{digest[:2]}/{digest}"]
    assert len(names_in(there, "entries")) == 1
    assert count_pending(line, home) == 0


def test_what_this_disk_has_damaged_is_not_pushed(line: str, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    store = open_contents(line, home, patience=_SHORT)
    Unsteady.trouble = ConnectionError("down")
    digest = put(store, tmp_path, b"whole")
    store.add_entry(_KEY, {"artifacts": [artifact("x", digest)]})
    here = Path(copies_folder(line, home)) / "files" / digest[:2] / digest
    here.chmod(0o600)
    here.write_bytes(b"whule")
    Unsteady.mend()

    assert push_pending(line, home) == 0
    assert names_in(f"file://{tmp_path}/behind", "") == []
    assert count_pending(line, home) == 0


def test_notes_that_nobody_wrote_are_passed_over(line: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    open_contents(line, str(home)).add_entry(_KEY, 1)
    (spool,) = (home / "spool").iterdir()
    for name in ("file-..", "entry-x", f"entry-{_KEY}-...", "README", f"file-{sha256(b'gone')}"):
        (spool / name).touch()

    assert push_pending(line, str(home)) == 0


_DYING = """
import os, sys, fsspec
sys.path[:0] = sys.argv[3:]
from tests.ports.test_content_store import Unsteady
class Deadly(Unsteady):
    def put_file(self, *args, **kwargs):
        os._exit(9)
fsspec.register_implementation("unsteady", Deadly)
from nb2pkg.adapters.remote_contents import open_contents
open_contents(sys.argv[1], sys.argv[2]).put(__file__ if "__file__" in globals() else sys.executable)
"""


def test_who_is_killed_while_uploading_leaves_a_note(line: str, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-c", _DYING, line, home, str(_ROOT / "src"), str(_ROOT)], check=False
    )

    assert done.returncode == 9
    assert count_pending(line, home) == 1
    assert push_pending(line, home) == 1
    assert len(names_in(f"file://{tmp_path}/behind", "files")) == 1


def test_a_full_disk_here_is_said_to_be_one(line: str, tmp_path: Path) -> None:
    digest = put(open_contents(line, str(tmp_path / "ci")), tmp_path, b"data")
    Unsteady.trouble = OSError(28, "No space left on device")
    laptop = open_contents(line, str(tmp_path / "laptop"), patience=_SHORT)

    with pytest.raises(EnvironmentFailure) as stop:
        fetched(laptop, digest, tmp_path)
    assert stop.value.code == "NB502"


# -- addresses


@pytest.mark.parametrize(
    "address",
    ["nosuch://place/x", "s3://", "file:///", "s3://bucket/*", "simplecache::s3://b/x", "://x"],
)
def test_addresses_that_mean_nothing_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as stop:
        open_contents(address, str(tmp_path))
    assert stop.value.code == "NB516"


def test_a_mode_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as stop:
        open_contents(f"file://{tmp_path}/x", str(tmp_path), mode="readonly")  # type: ignore[arg-type]
    assert stop.value.code == "NB516"


@pytest.mark.parametrize(
    "missing, address, hint",
    [
        ("fsspec", "s3://bucket/x", "python -m pip install 'nb2pkg[remote]'"),
        ("s3fs", "s3://bucket/x", "python -m pip install s3fs"),
        ("gcsfs", "gs://bucket/x", "python -m pip install gcsfs"),
        ("paramiko", "sftp://ci:hunter2@host/x", "python -m pip install paramiko"),
    ],
)
def test_what_is_not_installed_is_named(
    tmp_path: Path, missing: str, address: str, hint: str
) -> None:
    code = (
        "import sys\n"
        "from nb2pkg.adapters.remote_contents import open_contents\n"
        f"sys.modules[{missing!r}] = None\n"
        f"try: open_contents({address!r}, {str(tmp_path)!r})\n"
        "except Exception as error: print(error.code, error.message, error.hint, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout.splitlines()
    assert said[0] == "NB517", done.stdout + done.stderr
    assert missing in said[1] and "hunter2" not in said[1]
    assert said[2] == hint


def test_a_path_is_a_folder_and_imports_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from nb2pkg.adapters.remote_contents import open_contents\n"
        f"print(type(open_contents({str(tmp_path)!r}, '')).__name__, 'fsspec' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(_ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["ContentFolder", "False"]


@pytest.mark.parametrize(
    "address, shown",
    [
        ("s3://bucket/prefix/", "s3://bucket/prefix"),
        ("sftp://ci:hunter2@host/x", "sftp://***@host/x"),
        ("sftp://ci:hun/ter2@host/x", "sftp://***@host/x"),
        ("sftp://ci:hun%2Fter2@host/x", "sftp://***@host/x"),
        ("github://hunter2@org/x", "github://***@org/x"),
    ],
)
def test_an_address_is_shown_without_secrets(address: str, shown: str) -> None:
    from nb2pkg.adapters.remote_address import RemoteAddress

    parsed = RemoteAddress(address)
    error = OSError(
        f"cannot reach {address} (password hunter2, https://h/x?sig=hunter2)\nTraceback"
    )

    assert parsed.shown == shown
    assert parsed.without_secrets(f"no {address}: no").startswith(f"no {shown}")
    if "hunter2" in address:
        assert "hunter2" not in parsed.reason(error)
    assert "\n" not in parsed.reason(error) and "sig=hunter2" not in parsed.reason(error)


def test_a_new_password_keeps_what_is_here(tmp_path: Path) -> None:
    folders = {
        copies_folder(address, str(tmp_path))
        for address in ("ftp://ci:old@host/x", "ftp://ci:new@host/x", "ftp://ci:new@host/x/")
    }

    assert len(folders) == 1
    assert copies_folder("ftp://ci:old@host/y", str(tmp_path)) not in folders
