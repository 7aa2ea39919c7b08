"""How do the package's doors read: `__init__`, `__main__` and `parameters`?"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pkg.planning.plan import PackagePlan, Parameter
from nb2pkg.rendering.docstrings import docstring, one_line, sentence
from nb2pkg.rendering.import_block import import_block
from nb2pkg.rendering.module_text import ImportResolver, module_text
from nb2pkg.rendering.option_names import flag_of, needs_json
from nb2pkg.rendering.pipeline_module import result_fields, results_class
from nb2pkg.rendering.statement_text import block_text

_WIDTH = 88  # what ruff formats to


def init_module(plan: PackagePlan, resolver: ImportResolver) -> str:
    """`__init__.py`: what the package offers; what must run before its imports stands first."""
    names: dict[str, str] = {"run": f"from {plan.package}.pipeline import run"}
    if plan.parameters:
        names["Parameters"] = f"from {plan.package}.parameters import Parameters"
    if result_fields(plan):
        given = results_class(plan)
        names[given] = f"from {plan.package}.pipeline import {given}"
    for step in plan.steps:
        names[step.name] = f"from {plan.package}.steps.{step.name} import {step.name}"
    for module in plan.shared:
        for definition in module.definitions:
            for name in definition.statement.facts.order:
                names.setdefault(name, f"from {plan.package}.steps.{module.name} import {name}")
    exported = ["__all__ = [", *(f'    "{n}",' for n in sorted(names, key=_export_key)), "]"]
    about = docstring(_about(plan))
    imports = import_block(names.values(), plan.package)
    if not plan.early:
        return module_text(
            about, ["\n\n".join([imports, "\n".join(exported)])], [], plan.package
        ).replace("\n\n\n", "\n\n", 1)
    early = block_text(plan.early)
    before = import_block(resolver.needed_by(early, ""), plan.package)
    return "\n\n".join(p for p in (about, before, early, imports, "\n".join(exported)) if p) + "\n"


def _export_key(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _about(plan: PackagePlan) -> str:
    title = one_line(plan.title).rstrip(".:")
    summary = one_line(plan.summary)
    if summary and len(title) + len(summary) < 90:
        return f"{title}: {summary[:1].lower()}{summary[1:]}"
    return sentence(title)


def parameters_module(plan: PackagePlan, resolver: ImportResolver) -> str:
    """`parameters.py`: a frozen dataclass with the notebook's values as defaults."""
    lines = [
        "@dataclass(frozen=True, kw_only=True)",
        "class Parameters:",
        f"    {docstring(f'The parameters of {plan.notebook}, with its own values as defaults')}",
        "",
    ]
    imports = {"dataclass": "from dataclasses import dataclass"}
    for parameter in plan.parameters:
        default = parameter.default
        if _is_mutable(default):
            default = f"field(default_factory=lambda: {default})"
            imports["field"] = "from dataclasses import field"
        line = f"    {parameter.name}: {parameter.annotation} = {default}"
        comment = f"# {one_line(parameter.comment)}" if parameter.comment else ""
        if comment and len(line) + len(comment) + 2 > _WIDTH:
            lines.append(f"    {comment}")
            comment = ""
        lines.append(f"{line}  {comment}" if comment else line)
    code = "\n".join(lines)
    return module_text(
        docstring("What can be changed from one run to the next"),
        [code],
        [
            *imports.values(),
            *(
                i
                for i in resolver.needed_by(code, "parameters", imports)
                if i not in imports.values()
            ),
        ],
        plan.package,
        future_annotations=plan.has_future_annotations,
    )


def _is_mutable(default: str) -> bool:
    return isinstance(ast.parse(default, mode="eval").body, (ast.List, ast.Dict, ast.Set))


def main_module(plan: PackagePlan) -> str:
    """`__main__.py`: the parameters as options of `python -m PACKAGE`."""
    about = one_line(plan.title)
    lines: list[str]
    if plan.parameters:
        lines = [
            "def main() -> None:",
            '    """Read the parameters from the command line and run."""',
            "    default = Parameters()",
            f"    parser = argparse.ArgumentParser(prog={plan.package!r}, description={_percent(about)!r})",
            "    option = parser.add_argument",
            *(f"    {_option(p, flag_of(p.name, plan))}" for p in plan.parameters),
            "    run(Parameters(**vars(parser.parse_args())))",
        ]
        imports = [
            "import argparse",
            f"from {plan.package}.parameters import Parameters",
            f"from {plan.package}.pipeline import run",
        ]
        if any(needs_json(p) for p in plan.parameters):
            imports.append("import json")
    else:
        lines = ["def main() -> None:", '    """Run the pipeline."""', "    run()"]
        imports = [f"from {plan.package}.pipeline import run"]
    guard = 'if __name__ == "__main__":\n    main()'
    return module_text(
        docstring(f"Run the pipeline: python -m {plan.package}{_hint(plan)}"),
        ["\n".join(lines), guard],
        imports,
        plan.package,
    )


def _hint(plan: PackagePlan) -> str:
    return " (--help lists the options)" if plan.parameters else ""


def _option(parameter: Parameter, flag: str) -> str:
    name, kind = parameter.name, parameter.annotation
    words = [repr(f"--{flag}")]
    if kind == "bool":
        words.append("action=argparse.BooleanOptionalAction")
    elif kind in ("int", "float"):
        words.append(f"type={kind}")
    elif needs_json(parameter):
        words.append("type=json.loads")
    if flag.replace("-", "_") != name:
        words.append(f"dest={name!r}")
    comment = _percent(one_line(parameter.comment)) + " " if parameter.comment else ""
    words.append(f"default=default.{name}")
    words.append(f"help={(comment + '(%(default)s)')!r}")
    return f"option({', '.join(words)})"


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def steps_init() -> str:
    """`steps/__init__.py`."""
    return '"""The steps of the pipeline, one module each."""\n'


def constants_module(plan: PackagePlan, resolver: ImportResolver) -> str:
    """`constants.py`: the values that are the same on every run and that several modules use."""
    code = block_text(plan.constants)
    blocks = [p for p in plan.constants if isinstance(p.statement.node, (ast.Try, ast.With))]
    if blocks:  # else what a block imports for other modules would look unused
        names = sorted(
            {n for p in plan.constants for n in p.statement.facts.order}, key=_export_key
        )
        code += "\n\n__all__ = [" + ", ".join(f'"{n}"' for n in names) + "]"
    return module_text(
        docstring("Values that stay the same from run to run"),
        [code],
        resolver.needed_by(code, "constants"),
        plan.package,
    ).replace("\n\n\n", "\n\n")


__all__: Sequence[str] = (
    "constants_module",
    "init_module",
    "main_module",
    "parameters_module",
    "steps_init",
)
