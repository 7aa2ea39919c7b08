"""How are findings written for programs: JSON, GitHub's annotations, SARIF?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nb2pkg import __version__
from nb2pkg.cli import exit_codes
from nb2pkg.cli.as_json import SCHEMA_VERSION, diagnostic_json
from nb2pkg.cli.printable import one_line
from nb2pkg.problems import Diagnostic

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about one notebook, and the exit code that it alone would give."""

    notebook: str
    findings: tuple[Diagnostic, ...]
    exit_code: int


def as_json(reports: list[Report]) -> str:
    """Give one JSON object."""
    answer = {
        "schema_version": SCHEMA_VERSION,
        "notebooks": [
            {
                "notebook": report.notebook,
                "diagnostics": [diagnostic_json(finding) for finding in report.findings],
                "exit_code": report.exit_code,
            }
            for report in reports
        ],
        "exit_code": exit_codes.worst(report.exit_code for report in reports),
    }
    return json.dumps(answer, indent=2)


def as_github(reports: list[Report]) -> str:
    """Give commands that GitHub Actions turns into annotations, a line each."""
    lines = []
    for report in reports:
        for finding in report.findings:
            # A line number would be one of the JSON text: the cell's is part of the message.
            place = f"file={_property(report.notebook)},title={_property(finding.code)}"
            message = f"{_where(finding)}{finding.message}"
            if finding.hint:
                message += f" (help: {finding.hint})"
            lines.append(f"::{_LEVELS[finding.severity.value]} {place}::{_data(message)}")
    return "\n".join(lines)


def as_sarif(reports: list[Report]) -> str:
    """Give a SARIF 2.1.0 document."""
    from nb2pkg.api.extracting import explain

    results = [
        _result(report.notebook, finding) for report in reports for finding in report.findings
    ]
    rules = []
    for code in sorted({result["ruleId"] for result in results}):
        page = explain(code)
        rule: dict[str, Any] = {"id": code}
        if page is not None:
            rule["shortDescription"] = {"text": page.title}
            rule["fullDescription"] = {"text": page.why}
            rule["help"] = {"text": page.remedy}
        rules.append(rule)
    driver = {"name": "nb2pkg", "version": __version__, "rules": rules}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=2)


def _result(notebook: str, finding: Diagnostic) -> dict[str, Any]:
    where = finding.location
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(notebook.replace("\\", "/"))},
            "region": {"startLine": 1},
        }
    }
    if where.cell is not None:
        place["logicalLocations"] = [{"name": f"cell {where.cell}", "kind": "member"}]
    return {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": f"{_where(finding)}{finding.message}"},
        "locations": [place],
        "properties": {
            key: value for key, value in diagnostic_json(finding).items() if value is not None
        },
    }


def _where(finding: Diagnostic) -> str:
    where = finding.location
    if where.cell is None:
        return ""
    parts = [f"cell {where.cell}"]
    parts += [f"line {where.line}"] if where.line else []
    parts += [f"column {where.column + 1}"] if where.column is not None else []
    return ", ".join(parts) + ": "


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
