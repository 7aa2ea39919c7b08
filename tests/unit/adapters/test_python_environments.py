"""The notebook's own environment is found and read, whatever nb2pkg itself runs on."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from nb2pkg.adapters.environment_distributions import InstalledPackages
from nb2pkg.adapters.environment_interpreter import NoAnswer, ask
from nb2pkg.adapters.notebook_environments import NotebookEnvironments
from nb2pkg.adapters.python_environments import (
    CompileProblem,
    compile_as,
    compile_with,
    read_environment,
)
from nb2pkg.planning.dependencies import InstalledDistribution, infer_dependencies, normalise
from nb2pkg.planning.import_names import is_standard_library
from nb2pkg.problems import EnvironmentFailure, UsageError

posix_only = pytest.mark.skipif(os.name != "posix", reason="programs here are shell scripts")


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Kernels and environments of whoever runs the tests must not decide what comes out."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "JUPYTER_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "no-kernels"))


def make_venv(folder: Path, *, system_site_packages: bool = False) -> Path:
    """Make a real virtual environment and return its python."""
    venv.create(folder, with_pip=False, system_site_packages=system_site_packages)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages(folder: Path) -> Path:
    if os.name == "nt":
        return folder / "Lib" / "site-packages"
    return folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def install(site: Path, name: str, version: str, *files: str, top_level: str | None = None) -> Path:
    """Write a distribution with its metadata and record as an installer leaves them."""
    for file in files:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text("raise SystemExit('imported!')\n")
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not this\n"
    (info / "METADATA").write_text(metadata)
    (info / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in files))
    if top_level is not None:
        (info / "top_level.txt").write_text(top_level)
    return info


def describe_kernel(data_folder: Path, name: str, *argv: str) -> None:
    folder = data_folder / "kernels" / name
    folder.mkdir(parents=True)
    spec = {"argv": [*argv, "-m", "ipykernel_launcher"], "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))


def write_program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def version_of(program: str) -> tuple[int, int] | None:
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run(
            [program, "-I", "-c", code], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)


@pytest.fixture(scope="session")
def another_python() -> tuple[str, tuple[int, int]]:
    """A Python 3 of another version than ours, with its version."""
    beside = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    named = (shutil.which(f"python3.{minor}") for minor in range(15, 7, -1))
    for program in [*filter(None, named), *map(str, sorted(beside)), shutil.which("python3")]:
        version = version_of(program) if program else None
        if program and version and version != sys.version_info[:2]:
            return program, version
    pytest.skip("there is no Python of another version on this machine")


# -- which interpreter


def test_python_given_by_the_user_is_where_versions_are_read(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env")
    install(site_packages(tmp_path / "env"), "pandas", "1.5.3", "pandas/__init__.py")

    facts = read_environment("python3", tmp_path, ["pandas"], str(python))

    assert facts.found_by == "--python"
    assert facts.interpreter == str(python)
    assert facts.python_version == sys.version_info[:2]
    assert facts.distributions == {"pandas": InstalledDistribution("pandas", "1.5.3")}


def test_an_interpreter_of_another_version_is_asked(
    tmp_path: Path, another_python: tuple[str, tuple[int, int]]
) -> None:
    program, version = another_python

    facts = read_environment(None, tmp_path, ["nb2pkg_has_no_such_name"], program)

    assert facts.python_version == version
    assert facts.distributions == {}


@posix_only
@pytest.mark.parametrize("body", ["exit 3", "echo hello", "echo '{\"version\": 3}'", "echo []"])
def test_a_program_that_is_no_python_is_refused(tmp_path: Path, body: str) -> None:
    program = write_program(tmp_path / "python", body)

    with pytest.raises(UsageError) as stop:
        read_environment(None, tmp_path, [], str(program))

    assert stop.value.code == "NB012"


@pytest.mark.parametrize("python", ["no-such-python", "", "."])
def test_a_path_that_is_no_program_is_refused(tmp_path: Path, python: str) -> None:
    with pytest.raises(UsageError, match="is not a Python interpreter"):
        read_environment(None, tmp_path, [], python)


@posix_only
def test_a_folder_given_as_python_says_which_file_is_meant(tmp_path: Path) -> None:
    make_venv(tmp_path / "env")

    with pytest.raises(UsageError) as stop:
        read_environment(None, tmp_path, [], str(tmp_path / "env"))

    assert stop.value.hint == f"that is a folder: give {str(tmp_path / 'env/bin/python')!r}"


@posix_only
def test_a_program_that_a_file_names_is_passed_over_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "was run"
    program = write_program(tmp_path / "py", f": > '{mark}'")
    monkeypatch.chdir(tmp_path)

    for named in (str(program), "py", "./py"):
        facts = read_environment(None, tmp_path, [], named, python_from="/p/nb2pkg.toml")

        assert facts.passed_over == f"nb2pkg.toml names {named!r} as the notebook's Python"
        assert facts.interpreter == read_environment(None, tmp_path, [], None).interpreter
    assert not mark.exists()


@posix_only
@pytest.mark.parametrize("sees_system_packages", [False, True])
def test_an_environment_that_a_file_names_is_read_or_passed_over_and_not_run(
    tmp_path: Path, sees_system_packages: bool
) -> None:
    mark = tmp_path / "was run"
    site = tmp_path / "env" / "lib" / "python3.8" / "site-packages"
    install(site, "pandas", "1.3.5", "pandas/__init__.py")
    (tmp_path / "env" / "bin").mkdir()
    python = write_program(tmp_path / "env" / "bin" / "python", f": > '{mark}'")
    (tmp_path / "env" / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = {sees_system_packages}\n"
    )
    environments = NotebookEnvironments()

    facts = environments.read(None, str(tmp_path), ["pandas"], str(python), (), "/p/nb2pkg.toml")
    problems = environments.compile(str(facts.interpreter), {"a.py": "if (x := 1):\n    pass\n"})
    newer = environments.compile(
        str(facts.interpreter), {"a.py": "match x:\n    case 1:\n        pass\n"}
    )

    assert not mark.exists()
    if sees_system_packages:
        assert facts.passed_over and facts.interpreter != str(python)
    else:
        assert (facts.interpreter, facts.python_version) == (str(python), (3, 8))
        assert facts.distributions == {"pandas": InstalledDistribution("pandas", "1.3.5")}
        assert problems == ()
        assert [problem.path for problem in newer] == ["a.py"]


def test_an_environment_of_a_version_to_come_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    code = {"a.py": "match x:\n    case 1:\n        pass\n"}

    assert compile_as((3, 10**30), code) == ()
    assert [problem.path for problem in compile_as((3, 9), code)] == ["a.py"]


@posix_only
def test_a_command_that_a_file_names_is_the_users_own_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = make_venv(tmp_path / "env")
    mark = tmp_path / "was run"
    write_program(tmp_path / "python3", f": > '{mark}'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(python.parent))

    facts = read_environment(None, tmp_path, [], "python3", python_from="/p/pyproject.toml")

    assert (facts.interpreter, facts.found_by) == (str(python.parent / "python3"), "pyproject.toml")
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(UsageError, match=r"'python3' in pyproject.toml is not a Python"):
        read_environment(None, tmp_path, [], "python3", python_from="/p/pyproject.toml")
    assert read_environment(None, tmp_path, [], None).interpreter == sys.executable
    assert not mark.exists()


def test_a_path_in_a_file_that_leads_to_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"python' in nb2pkg.toml is not a Python") as stop:
        read_environment(
            None, tmp_path, [], str(tmp_path / "env/bin/python"), python_from="/p/nb2pkg.toml"
        )

    assert stop.value.code == "NB012"


def test_the_kernel_names_its_interpreter_in_any_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = make_venv(tmp_path / "env")
    describe_kernel(tmp_path / "jupyter", "My-Kernel", str(python))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    facts = read_environment("my-kernel", tmp_path, [], None)

    assert (facts.interpreter, facts.found_by) == (str(python), "kernel 'my-kernel'")


def test_a_bare_python_means_the_environment_that_has_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = make_venv(tmp_path / "env")
    describe_kernel(tmp_path / "env" / "share" / "jupyter", "python3", "python")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))

    facts = read_environment("python3", tmp_path, [], None)

    assert (facts.interpreter, facts.found_by) == (str(python), "kernel 'python3'")


def test_without_its_kernel_the_activated_environment_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = make_venv(tmp_path / "env")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))

    facts = read_environment("../../etc", tmp_path, [], None)

    assert facts.interpreter == str(python)
    assert facts.found_by == "VIRTUAL_ENV (there is no kernel '../../etc' here)"


@posix_only
def test_without_any_environment_the_first_python_on_path_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_venv(tmp_path / "env")
    monkeypatch.setenv("PATH", str(tmp_path / "env" / "bin"))

    facts = read_environment(None, tmp_path, [], None)

    assert facts.interpreter == str(tmp_path / "env" / "bin" / "python3")
    assert facts.found_by == "python3 on PATH (the notebook names no kernel)"


def test_with_no_other_python_ours_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    facts = read_environment("gone", tmp_path, ["pytest"], None)

    assert facts.interpreter == sys.executable
    assert facts.found_by == "nb2pkg's own Python (there is no kernel 'gone' here)"
    version = importlib.metadata.version("pytest")
    assert facts.distributions == {"pytest": InstalledDistribution("pytest", version)}


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (("/opt/conda/bin/conda", "run", "python"), "starts through '/opt/conda/bin/conda'"),
        (("python", "-m", "nb_conda_kernels.runner"), "starts through nb_conda_kernels"),
        (("/no/such/env/bin/python",), "runs on '/no/such/env/bin/python', which is not there"),
        (("python3",), "names no interpreter of its own"),
        ((), "starts through '-m'"),
    ],
)
def test_a_kernel_that_cannot_be_followed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...], reason: str
) -> None:
    describe_kernel(tmp_path, "odd", *argv)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))

    facts = read_environment("odd", tmp_path, [], None)

    assert reason in facts.found_by
    assert facts.python_version is not None


@pytest.mark.parametrize("text", ["{", "[]", '{"argv": "python"}', '{"argv": []}', "\xff"])
def test_a_broken_kernel_description_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "kernels" / "odd").mkdir(parents=True)
    (tmp_path / "kernels" / "odd" / "kernel.json").write_text(text, encoding="latin-1")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))

    assert "kernel 'odd'" in read_environment("odd", tmp_path, [], None).found_by


def test_a_tool_environment_of_our_own_has_no_kernel_for_notebooks(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "pipx")
    describe_kernel(tmp_path / "pipx" / "share" / "jupyter", "only-here", "python")
    source = Path(sys.modules[read_environment.__module__].__file__ or "").parents[2]
    script = (
        "import sys; from nb2pkg.adapters.kernel_interpreter import interpreter_of_kernel as find\n"
        "print(find('only-here'))"
    )

    def printed() -> str:
        return subprocess.run(
            [python, "-c", script],
            env={**os.environ, "PYTHONPATH": str(source)},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    assert str(tmp_path / "pipx") in printed()
    (tmp_path / "pipx" / "pipx_metadata.json").write_text("{}")
    assert "there is no kernel" in printed()


# -- what is installed there


def test_a_virtual_environment_may_see_the_packages_below_it(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env", system_site_packages=True)
    install(site_packages(tmp_path / "env"), "mine", "1.0", "mine.py")
    base = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; print(sys.base_prefix)"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    if not list(Path(base).glob("lib/python3*/site-packages/pip-*.dist-info")):
        pytest.skip("the Python below has no package to see")

    facts = read_environment(None, tmp_path, ["mine", "pip"], str(python))

    assert sorted(facts.distributions) == ["mine", "pip"]


def test_nothing_of_the_environment_is_executed(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env", system_site_packages=True)
    site = site_packages(tmp_path / "env")
    trace = tmp_path / "executed"
    code = f"open({str(trace)!r}, 'w').close()"
    (site / "evil.pth").write_text(f"import os; {code}\n")
    (site / "sitecustomize.py").write_text(code)
    (tmp_path / "json.py").write_text(code)
    install(site, "victim", "1.0", "victim.py")

    facts = read_environment(None, tmp_path, ["victim"], str(python))
    compile_with(python, {"a.py": code})

    assert facts.distributions == {"victim": InstalledDistribution("victim", "1.0")}
    assert not trace.exists()


def test_our_own_packages_are_told_as_importlib_tells_them() -> None:
    by_importlib = {
        name: {normalise(distribution) for distribution in distributions}
        for name, distributions in importlib.metadata.packages_distributions().items()
        if re.fullmatch(r"[A-Za-z]\w*", name) and not is_standard_library(name)
    }
    packages = InstalledPackages(Path(entry) for entry in sys.path if os.path.isdir(entry))

    found = packages.giving(by_importlib)

    told_by_both = {name: found[name] for name in by_importlib if name in found}
    assert len(told_by_both) >= 5
    for name, distribution in told_by_both.items():
        assert normalise(distribution.name) in by_importlib[name], name
        assert distribution.version == importlib.metadata.version(distribution.name)
    # What importlib gives to one distribution alone, we must know as well.
    assert {n for n, given_by in by_importlib.items() if len(given_by) == 1} <= set(found)


def test_a_distribution_of_the_same_name_that_gives_something_else_is_not_taken(
    tmp_path: Path,
) -> None:
    install(tmp_path, "fancy", "0.1", "other/__init__.py")
    install(tmp_path, "Real.Name", "2.0", "fancy/__init__.py")

    found = InstalledPackages([tmp_path]).giving(["fancy"])

    assert found == {"fancy": InstalledDistribution("Real.Name", "2.0")}


def test_a_shared_namespace_belongs_to_whoever_has_the_dotted_module(tmp_path: Path) -> None:
    install(tmp_path, "protobuf", "5.0", "google/protobuf/__init__.py", top_level="google\n")
    install(tmp_path, "google-thing", "1.0", "google/other/thing.py", top_level="google\n")
    install(tmp_path, "google", "3.0", "googlesearch/__init__.py")

    found = InstalledPackages([tmp_path]).giving(
        ["google", "google.protobuf.json_format", "google.other.thing", "google.colab"]
    )

    assert found == {
        "google.protobuf": InstalledDistribution("protobuf", "5.0"),
        "google.other.thing": InstalledDistribution("google-thing", "1.0"),
    }


def test_a_name_that_several_distributions_give_is_left_unsaid(tmp_path: Path) -> None:
    install(tmp_path, "one", "1.0", "one.py", "tests/__init__.py")
    install(tmp_path, "two", "1.0", "two.py", "tests/__init__.py")

    assert InstalledPackages([tmp_path]).giving(["tests"]) == {}


def test_editable_and_older_installs_are_seen(tmp_path: Path) -> None:
    info = install(tmp_path / "site", "our-tool", "0.3", top_level="our_tool\n")
    (info / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    source = tmp_path / "source" / "Old_Tool.egg-info"
    source.mkdir(parents=True)
    (source / "PKG-INFO").write_text("Name: Old-Tool\nVersion: 1.1\n")
    (source / "top_level.txt").write_text("oldtool\n")
    (tmp_path / "site" / "Old-Tool.egg-link").write_text(f"{source.parent}\n.\n")
    (tmp_path / "site" / "flat-2.0.egg-info").write_text("Name: flat\nVersion: 2.0\n")
    (tmp_path / "site" / "flat.py").write_text("")

    found = InstalledPackages([tmp_path / "site"]).giving(["our_tool", "oldtool", "flat"])

    assert found == {
        "flat": InstalledDistribution("flat", "2.0"),
        "oldtool": InstalledDistribution("Old-Tool", "1.1"),
        "our_tool": InstalledDistribution("our-tool", "0.3"),
    }


def test_the_first_folder_with_readable_metadata_counts(tmp_path: Path) -> None:
    (tmp_path / "a" / "pandas-3.0.dist-info").mkdir(parents=True)
    install(tmp_path / "b", "pandas", "2.0", "pandas/__init__.py")
    install(tmp_path / "c", "pandas", "1.0", "pandas/__init__.py")

    packages = InstalledPackages([tmp_path / name for name in ("none", "a", "b", "c")])

    assert packages.named("Pandas") == InstalledDistribution("pandas", "2.0")
    assert packages.giving(["pandas"])["pandas"].version == "2.0"


def test_ten_names_in_a_large_environment_are_quickly_found(tmp_path: Path) -> None:
    for number in range(200):
        files = (f"module_{number}/file_{index}.py" for index in range(400))
        info = install(tmp_path, f"dist-{number}", "1.0", f"module_{number}/__init__.py")
        with (info / "RECORD").open("a") as record:
            record.writelines(f"{file},sha256=0123456789abcdef0123456789,1234\n" for file in files)
    names = ["numpy", "pandas", "typo", "helpers", "yaml", *(f"module_{n}" for n in range(5))]

    fastest = min(_seconds_to_find(tmp_path, names) for _ in range(3))

    # The budget is 30 ms of this process's time; the rest is for slow machines.
    assert fastest < 0.3


def _seconds_to_find(site: Path, names: list[str]) -> float:
    start = time.process_time()
    assert len(InstalledPackages([site]).giving(names)) == 5
    return time.process_time() - start


def test_requirements_are_looked_up_even_when_nothing_imports_them(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env")
    install(site_packages(tmp_path / "env"), "openpyxl", "3.1.5", "openpyxl/__init__.py")

    facts = read_environment(
        None, tmp_path, [], str(python), requirements=["OpenPyXL", "absent==1", "./x.whl"]
    )

    assert facts.installed == {"openpyxl": InstalledDistribution("openpyxl", "3.1.5")}


# -- what is beside the notebook


def test_modules_beside_the_notebook_are_local_unless_installed_or_built_in(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env")
    install(site_packages(tmp_path / "env"), "pandas", "2.2.3", "pandas/__init__.py")
    folder = tmp_path / "notebooks"
    for file in ("helpers.py", "tools/__init__.py", "loose/part.py", "pandas/x.py", "json.py"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    (folder / "data").mkdir()
    names = ["helpers", "tools.sub", "loose.part", "pandas", "json", "data", "reqeusts"]

    facts = read_environment(None, folder, names, str(python))

    assert facts.local_modules == {"helpers", "tools", "loose"}
    dependencies = infer_dependencies(names, [], facts)
    assert [d.requirement for d in dependencies.required] == ["pandas>=2.2,<3"]
    assert dependencies.unknown == ("data", "reqeusts")


# -- compiling there


def test_files_that_compile_have_no_problem() -> None:
    assert compile_with(sys.executable, {"a.py": "x = 1\n", "b.py": "raise SystemExit(1)\n"}) == ()


def test_what_does_not_compile_is_told_with_its_place() -> None:
    problems = compile_with(
        sys.executable,
        {"good.py": "y = 'é'", "z.py": "x = 1\nreturn x\n", "odd.py": "x = '\ud800'"},
    )

    assert [problem.path for problem in problems] == ["odd.py", "z.py"]
    assert problems[1] == CompileProblem(
        path="z.py", message="'return' outside function", line=2, column=0
    )


def test_another_python_judges_by_its_own_grammar(
    another_python: tuple[str, tuple[int, int]],
) -> None:
    program, version = another_python
    newer = {"new.py": "try:\n    pass\nexcept* ValueError:\n    pass\n"}

    problems = compile_with(program, newer)

    assert bool(problems) == (version < (3, 11))


@posix_only
def test_an_interpreter_that_fails_is_an_environment_failure(tmp_path: Path) -> None:
    program = write_program(tmp_path / "python", "exit 1")

    with pytest.raises(EnvironmentFailure, match="failed with exit status 1"):
        compile_with(program, {"a.py": ""})
    with pytest.raises(EnvironmentFailure, match="could not be started"):
        compile_with(tmp_path / "absent", {"a.py": ""})


@posix_only
def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = write_program(tmp_path / "python", f"sleep 60 &\necho $! > '{started}'\nwait")

    with pytest.raises(NoAnswer, match=r"did not answer within 1 s"):
        ask(program, "", timeout_seconds=1)

    child = int(started.read_text())
    deadline = time.monotonic() + 5
    while _is_running(child) and time.monotonic() < deadline:
        pass  # asking takes its time
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
