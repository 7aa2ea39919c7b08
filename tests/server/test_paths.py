"""Does any path lead out of the server's root, however it is written?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.problems import UsageError
from nb2pkg.server.root_paths import Root
from tests.server.jupyter import Jupyter, jupyter
from tests.server.notebooks import SALES, opened, saved
from tests.server.samples import BODIES, NOTEBOOK

ESCAPES = {
    "above": "../secret.ipynb",
    "above and down": "a/../../secret.ipynb",
    "here": "./secret.ipynb",
    "dots alone": "..",
    "encoded": "%2e%2e%2fsecret.ipynb",
    "half encoded": "..%2fsecret.ipynb",
    "encoded dots": "%2e%2e/secret.ipynb",
    "encoded twice": "%252e%252e%252fsecret.ipynb",
    "encoded slash": "a%2f..%2f..%2fsecret.ipynb",
    "absolute": "/etc/passwd",
    "absolute, to the notebook": "{outside}/secret.ipynb",
    "two slashes": "//etc/passwd",
    "a slash too many": "a//secret.ipynb",
    "a slash at the end": "secret.ipynb/",
    "the folder beside, of the same beginning": "../root-secret/secret.ipynb",
    "link to a folder": "way-out/secret.ipynb",
    "link to a file": "out.ipynb",
    "link to a link": "again/secret.ipynb",
    "link to the folder beside": "beside/secret.ipynb",
    "link in a circle": "circle/secret.ipynb",
    "NUL": "a.ipynb\0.txt",
    "encoded NUL": "a.ipynb%00.txt",
    "backslash": "..\\secret.ipynb",
    "encoded backslash": "..%5csecret.ipynb",
    "UNC": "\\\\server\\share\\secret.ipynb",
    "home": "~/secret.ipynb",
    "somebody's home": "~root/secret.ipynb",
    "drive": "C:/secret.ipynb",
    "drive, relative": "C:secret.ipynb",
    "line break": "a\n.ipynb",
    "escape": "a\x1b[2J.ipynb",
    "lone surrogate": "a\udcff.ipynb",
    "name too long": "a" * 300 + ".ipynb",
    "path too long": "a/" * 2500 + "a.ipynb",
    "hidden": ".hidden/secret.ipynb",
    "hidden file": ".secret.ipynb",
    "link to what is hidden": "shown/secret.ipynb",
    "nothing": "",
}
# Outputs that lead out of the root, or to what is hidden, by what is filled in alone: template, value of `a`.
FILLED_ESCAPES = {
    "dots of a moment": ("{pm[current_datetime_utc]:.}./x.ipynb", "x"),
    "dots of a value": ("{a}/x.ipynb", ".."),
    "dots and a dot": ("{a}./{a}./etc/x.ipynb", "."),
    "dots within a value": ("{a}.ipynb", "b/../../x"),
    "link": ("{a}/x.ipynb", "way-out"),
    "link to a link": ("{a}/new/x.ipynb", "again"),
    "half a link": ("way-{a}/x.ipynb", "out"),
    "link with a brace": ("brace{{/x.ipynb", "x"),
    "link to a file": ("{a}.ipynb", "out"),
    "hidden": ("{a}/x.ipynb", ".hidden"),
    "hidden file": ("{a}.ipynb", ".x"),
    "link to what is hidden": ("{a}/x.ipynb", "shown"),
    "hidden, new": ("b/{a}/x.ipynb", ".new"),
    "half a character": ("{a}.ipynb", "\ud800"),
    "wide": ("{a:>900000000}", "x"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """A server beside secrets, with ways that lead to them."""
    folder = tmp_path_factory.mktemp("place")
    root = folder / "root"
    for above in (folder, folder / "root-secret", root / ".hidden", root):
        saved(above / "secret.ipynb", *SALES)
    saved(root / ".secret.ipynb", *SALES)
    (root / "secret.ipynb").unlink()
    (root / "way-out").symlink_to(folder)
    (root / "again").symlink_to("way-out")
    (root / "beside").symlink_to(folder / "root-secret")
    (root / "out.ipynb").symlink_to(folder / "secret.ipynb")
    (root / "circle").symlink_to("circle")
    (root / "shown").symlink_to(".hidden")
    (root / "brace{").symlink_to(folder)
    for pipeline in (folder / "pipeline.yaml", root / ".hidden" / "pipeline.yaml"):
        pipeline.write_text("name: secret-of-a-pipeline\nsteps:\n  one: {notebook: secret.ipynb}\n")
    for name, target in (
        ("p-out", folder / "pipeline.yaml"),
        ("p-hidden", "../.hidden/pipeline.yaml"),
    ):
        (root / name).mkdir()
        (root / name / "pipeline.yaml").symlink_to(target)
    with jupyter(folder, root=root) as running:
        yield running


def _with_path(path: str) -> dict[str, tuple[str, Any]]:
    """Every way in which a request can name a path: what it is → the route and the request."""
    ways: dict[str, tuple[str, Any]] = {}
    for route, body in BODIES.items():
        if "notebook" in body:
            ways[f"{route}: saved"] = (route, {**body, "notebook": {"path": path}})
            ways[f"{route}: open"] = (route, {**body, "notebook": {**NOTEBOOK, "path": path}})
        elif "path" in body:
            ways[route] = (route, {**body, "path": path})
    for route in ("extract/preview", "extract/apply", "package"):
        ways[f"{route}: output"] = (route, {**BODIES[route], "output": path})
    for route in ("run/start", "schedule/add"):
        ways[f"{route}: output"] = (route, {**BODIES[route], "output": path})
    return ways


@pytest.mark.parametrize("way", _with_path(""))
@pytest.mark.parametrize("path", ESCAPES.values(), ids=ESCAPES.keys())
def test_no_path_of_a_request_leads_out(place: Jupyter, way: str, path: str) -> None:
    saved(place.root / "sample.ipynb", *SALES)
    before = _everything_in(place.root.parent)
    path = path.replace("{outside}", str(place.root.parent))
    route, body = _with_path(path)[way]
    answer = place.post(route, body)

    assert answer.status == 400, (answer.status, answer.body)
    assert answer.code in ("NB020", "NB021")
    assert str(place.root.parent) not in answer.body.decode().replace(path, "")
    assert _everything_in(place.root.parent) == before


@pytest.mark.parametrize("path", ESCAPES.values(), ids=ESCAPES.keys())
@pytest.mark.parametrize("route", ["refactor/preview", "refactor/apply"])
def test_no_module_of_a_refactoring_lies_outside(place: Jupyter, route: str, path: str) -> None:
    module = path.replace("{outside}", str(place.root.parent)).replace(".ipynb", ".py")
    before = _everything_in(place.root.parent)
    body = {
        "notebook": opened("sample.ipynb", "x = 1", "y = x + 1", "print(y)"),
        "verb": "extract",
        "options": {"cells": ["cell-1"], "name": "f", "module": module},
        **({"digest": "0" * 64} if route == "refactor/apply" else {}),
    }
    answer = place.post(route, body)

    assert answer.status < 500, answer.body
    if answer.status == 200:  # another way to write a path that lies within
        assert not any(".." in file["path"] for file in answer.json["files"])
    assert _everything_in(place.root.parent) == before


@pytest.mark.parametrize("path", ESCAPES.values(), ids=ESCAPES.keys())
def test_no_path_of_a_query_leads_out(place: Jupyter, path: str) -> None:
    if path.isprintable() or path.isascii():
        answer = place.get("runs", path=path.replace("{outside}", str(place.root.parent)))

        assert (answer.status, answer.code) in ((400, "NB020"), (400, "NB021"))


@pytest.mark.parametrize("is_pipeline", [False, True], ids=["notebook", "pipeline"])
@pytest.mark.parametrize("route", ["run/start", "schedule/add"])
@pytest.mark.parametrize("escape", FILLED_ESCAPES)
def test_nothing_that_is_filled_in_leads_out(
    place: Jupyter, route: str, escape: str, is_pipeline: bool
) -> None:
    output, value = FILLED_ESCAPES[escape]
    saved(place.root / "takes" / "takes.ipynb", ("a = 'x'", "parameters"), "print(a)")
    (place.root / "takes" / "pipeline.yaml").write_text(
        "name: takes\nparameters: {a: {type: str}}\nsteps:\n  one: {notebook: takes.ipynb}\n"
    )
    before = _everything_in(place.root.parent)
    body = {
        **BODIES[route],
        "path": "takes" if is_pipeline else "takes/takes.ipynb",
        "parameters": {"a": value},
        "output": output,
    }
    answer = place.post(route, body)

    assert (answer.status, answer.code) in ((400, "NB021"), (422, "NB304")), answer.body
    assert str(place.root.parent) not in answer.body.decode()
    assert _everything_in(place.root.parent) == before
    assert place.get("runs").json["runs"] == place.get("schedules").json["schedules"] == []


@pytest.mark.parametrize("folder", ["p-out", "p-hidden"])
@pytest.mark.parametrize("route", ["run/form", "run/start", "schedule/add", "runs"])
def test_no_pipeline_of_a_folder_lies_outside(place: Jupyter, route: str, folder: str) -> None:
    if route == "runs":
        answer = place.get(route, path=folder)
    else:
        answer = place.post(route, {**BODIES[route], "path": folder})

    assert (answer.status, answer.code) == (400, "NB021"), answer.body
    assert b"secret" not in answer.body


def test_below_the_root_of_the_disk_paths_are_whole(tmp_path: Path) -> None:
    notebook = saved(tmp_path / "a.ipynb", ("n = 1", "parameters"), "print(n)")
    path = str(notebook)[1:]
    with jupyter(tmp_path, root=Path("/")) as server:
        assert server.given("run/form", {"path": path})["path"] == path
        preview = server.given("extract/preview", {"notebook": {"path": path}})
        missing = server.post("run/form", {"path": f"{path[:-7]}b.ipynb"})

    assert preview["folder"] == path.removesuffix(".ipynb")
    assert missing.status == 404


def _everything_in(folder: Path) -> set[str]:
    return {
        str(path)
        for path in folder.rglob("*")
        if not {"log.txt", "runtime", "home", "records", "data"}
        & set(path.relative_to(folder).parts)
    }


def test_links_within_the_root_are_followed(tmp_path: Path) -> None:
    saved(tmp_path / "real" / "a.ipynb", *SALES)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "b.ipynb").symlink_to("real/a.ipynb")
    root = Root(str(tmp_path))

    assert root.file("link/a.ipynb") == root.file("b.ipynb") == str(tmp_path / "real" / "a.ipynb")


def test_a_root_that_is_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")
    root = Root(str(tmp_path / "root"))

    assert root.file("a.ipynb") == str(tmp_path / "real" / "a.ipynb")
    assert root.told(str(tmp_path / "root" / "a.ipynb")) == "a.ipynb"
    assert root.told(str(tmp_path / "real" / "a.ipynb")) == "a.ipynb"


@pytest.mark.parametrize(
    "name",
    ["a b.ipynb", "ä.ipynb", "日本.ipynb", "12:30.ipynb", "50%.ipynb", "a'b\".ipynb", "…/a.ipynb", "-r.ipynb",
     "a..b.ipynb", "...a/b.ipynb", "x/y/z.ipynb", "{package}.ipynb", "a~1.ipynb", "🐍/🐍.ipynb"],
)  # fmt: skip
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    assert Root(str(tmp_path), allows_hidden=True).file(name) == str(tmp_path / name)


def test_hidden_files_are_used_where_the_server_shows_them(tmp_path: Path) -> None:
    assert Root(str(tmp_path), allows_hidden=True).file(".a/b.ipynb")
    with pytest.raises(UsageError, match="hidden"):
        Root(str(tmp_path)).file(".a/b.ipynb")


def test_the_output_folder_of_the_settings_has_to_be_in_the_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    root = Root(str(tmp_path / "root"))

    assert root.place_of(str(tmp_path / "root" / "out" / "{package}")).endswith(
        "root/out/{package}"
    )
    for other in ("root-secret/x", "x", "root/../x", "root/{package}/x"):
        with pytest.raises(UsageError) as refused:
            root.place_of(str(tmp_path / other))
        assert str(tmp_path) not in refused.value.message


def test_the_root_of_the_disk_is_a_root() -> None:
    root = Root(os.path.abspath(os.sep))

    assert root.told("/home/x/a.ipynb") == "home/x/a.ipynb"
    assert root.told("/") == "."
    assert root.file("srv/none/a.ipynb") == "/srv/none/a.ipynb"
    assert root.place_of("/srv/none/out") == "/srv/none/out"
    assert root.place_of("/none") == "/none"
    for message in ("see https://x.org/a, and a / b", "and/or 1/2 s3://bucket/a/b"):
        assert root.said(message) == message
    assert root.said("/srv/none/a.ipynb exists") == "…/a.ipynb exists"


_SAID: dict[str, Callable[[Path], tuple[str, str]]] = {
    "below": lambda r: (f"{r}/a/b.ipynb exists", "a/b.ipynb exists"),
    "itself": lambda r: (f"the root {r} is not", "the root . is not"),
    "beside": lambda r: (f"{r}-secret/x y", "…/x y"),
    "elsewhere": lambda r: ("no /usr/lib/python3/x.py, or '/var/tmp/y'", "no …/x.py, or '…/y'"),
    "home": lambda r: (f"in {Path.home()}/notes", "in …/notes"),
    "with a colon": lambda r: ("/opt/some/tool: not found", "…/tool: not found"),
    "no path": lambda r: (
        "and/or 1/2 s3://bucket/a/b https://x.y/a/b",
        "and/or 1/2 s3://bucket/a/b https://x.y/a/b",
    ),
    "Windows": lambda r: (r"C:\Users\ann\x.txt", "…/x.txt"),
}


@pytest.mark.parametrize("case", _SAID)
def test_messages_tell_no_more_than_what_is_below_the_root(tmp_path: Path, case: str) -> None:
    message, told = _SAID[case](tmp_path)

    assert Root(str(tmp_path)).said(message) == told


def test_answers_name_paths_as_jupyter_does(place: Jupyter) -> None:
    # Where the package would be is a folder of somebody else's.
    saved(place.root / "deep" / "down" / "sales.ipynb", *SALES)
    (place.root / "deep" / "down" / "sales").mkdir(exist_ok=True)
    (place.root / "deep" / "down" / "sales" / "x").touch()
    answer = place.post("extract/preview", {"notebook": {"path": "deep/down/sales.ipynb"}})

    assert (answer.status, answer.code) == (422, "NB409")
    assert answer.json["message"].startswith("deep/down/sales exists")
    assert str(place.root) not in json.dumps(answer.json)
    missing = place.post("run/form", {"path": "deep/none.ipynb"})
    assert missing.status == 404
    assert os.sep + "deep" not in missing.json["message"]
