"""What do the files around the code say: `pyproject.toml`, `constraints.txt`, `README.md`?"""

from __future__ import annotations

import json
from collections.abc import Sequence

from nb2pkg.planning.dependencies import Dependencies, normalise
from nb2pkg.planning.plan import PackagePlan
from nb2pkg.rendering.docstrings import one_line
from nb2pkg.rendering.readme_file import readme

_WIDTH = 88
_LONGEST_DESCRIPTION = 200
_OLDEST_PYTHON = (3, 10)  # keyword-only dataclasses


def project_files(
    plan: PackagePlan,
    dependencies: Dependencies,
    python_version: tuple[int, int],
    *,
    tested_root: str,
) -> dict[str, str]:
    """The files at the top of the package: path → text.

    python_version: the notebook's
    tested_root: the way from the package's folder to the notebook's, where it runs and is tested
    """
    constraints = constraints_txt(dependencies)
    files = {
        "pyproject.toml": pyproject_toml(plan, dependencies, python_version),
        "README.md": readme(plan, root=tested_root, has_constraints=bool(constraints)),
    }
    if constraints:
        files["constraints.txt"] = constraints
    return files


def constraints_txt(dependencies: Dependencies) -> str:
    """The exact versions that the notebook's environment has, one a line."""
    lines = {d.constraint for d in dependencies.required if d.constraint is not None}
    return "".join(f"{line}\n" for line in sorted(lines, key=str.lower))


def pyproject_toml(
    plan: PackagePlan, dependencies: Dependencies, python_version: tuple[int, int]
) -> str:
    """The text of `pyproject.toml`."""
    package = plan.package
    oldest = max(python_version, _OLDEST_PYTHON)
    tables = [
        _table("build-system", requires=["hatchling"], build_backend="hatchling.build"),
        _project(plan, dependencies, f">={oldest[0]}.{oldest[1]}"),
        f"[project.scripts]\n{_key(package)} = {toml_text(f'{package}.__main__:main')}\n",
        _table("dependency-groups", dev=["pytest", "ruff"]),
        *_hatch(plan, dependencies),
        _table("tool.pytest.ini_options", testpaths=["tests"], pythonpath=["src"]),
        *_mypy(plan),
    ]
    return "\n".join(tables)


def _project(plan: PackagePlan, dependencies: Dependencies, requires_python: str) -> str:
    required = sorted(dependencies.required, key=lambda d: normalise(d.distribution))
    head = _table(
        "project",
        name=plan.package,
        version="0.1.0",
        description=_description(plan),
        readme="README.md",
        requires_python=requires_python,
    )
    unknown = "".join(
        f"# which distribution gives {one_line(name)}? add it to the dependencies\n"
        for name in sorted(dependencies.unknown)
    )
    return f"{head}{unknown}{_entry('dependencies', [d.requirement for d in required])}"


def _description(plan: PackagePlan) -> str:
    line = one_line(plan.title) or plan.package
    if len(line) > _LONGEST_DESCRIPTION:
        line = line[: _LONGEST_DESCRIPTION - 1] + "…"
    return line


def _mypy(plan: PackagePlan) -> list[str]:
    """Settings for a type checker, where a run has given it something to check."""
    if not plan.signatures and not plan.observed.steps:
        return []
    return [
        "[tool.mypy]\n"
        "strict = true\n"
        "ignore_missing_imports = true\n"
        'files = ["src"]\n'
        'mypy_path = "src"\n',
        "[[tool.mypy.overrides]]\n"
        f"module = {toml_text(plan.package + '.*')}\n"
        "warn_return_any = false  # what comes out of a table may be anything\n",
    ]


def _hatch(plan: PackagePlan, dependencies: Dependencies) -> list[str]:
    tables: list[str] = []
    if any(d.url is not None for d in dependencies.required):
        tables.append("[tool.hatch.metadata]\nallow-direct-references = true\n")
    if plan.local_modules:
        # Modules that stood beside the notebook are imported by their own names, from src/.
        tables.append(_table("tool.hatch.build", dev_mode_dirs=["src"]))
        tables.append(
            _table("tool.hatch.build.targets.wheel", only_include=["src"], sources=["src"])
        )
    else:
        tables.append(_table("tool.hatch.build.targets.wheel", packages=[f"src/{plan.package}"]))
    return tables


# -- emitting


def toml_text(text: str) -> str:
    """Text as a TOML string. JSON's escapes are TOML's, save for DEL and halves of a pair."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007F")


def _table(header: str, **entries: str | Sequence[str]) -> str:
    lines = (_entry(key.replace("_", "-"), value) for key, value in entries.items())
    if header.startswith("tool.pytest"):
        lines = (_entry(key, value) for key, value in entries.items())
    return f"[{header}]\n{''.join(lines)}"


def _entry(key: str, value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return f"{key} = {toml_text(value)}\n"
    items = [toml_text(item) for item in value]
    line = f"{key} = [{', '.join(items)}]\n"
    if len(line) <= _WIDTH + 1:
        return line
    return f"{key} = [\n{''.join(f'    {item},{chr(10)}' for item in items)}]\n"


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else toml_text(name)
