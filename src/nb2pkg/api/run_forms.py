"""What may a run be given, as a form would ask for it?"""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nb2pkg.adapters.run_targets import find_target
from nb2pkg.pipeline.parameter_schema import parameter_schema
from nb2pkg.pipeline.parameter_types import type_name
from nb2pkg.pipeline.pipeline import Parameter
from nb2pkg.pipeline.reading import read_pipeline
from nb2pkg.problems import Nb2pkgError
from nb2pkg.workflows.preparing_run import pipeline_of_notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A parameter. type: in words; schema: of its values, as JSON Schema.

    default: what it is where nothing is given, None where that is secret; is_required: a run has to give a value
    """

    name: str
    type: str
    schema: Mapping[str, Any]
    default: Any
    is_required: bool
    about: str
    is_secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunForm:
    """What a pipeline or a notebook can be given. path: its absolute path; steps: their names"""

    path: str
    name: str
    is_notebook: bool
    fields: tuple[FormField, ...]
    steps: tuple[str, ...]


def run_form(target: str) -> RunForm:
    """Say what a run may be given; a notebook computes what it does not say, so nothing of it is required.

    Raises:
        UsageError: there is no such thing (NB001).
        Nb2pkgError: the pipeline or notebook is not right.
    """
    found = find_target(target)
    try:
        if found.format is None:
            pipeline = read_pipeline(found.data)
        else:
            file = os.path.basename(found.path)
            pipeline = pipeline_of_notebook(found.name, file, found.data, found.format)
    except Nb2pkgError as error:
        error.notebook = error.notebook or found.shown
        raise
    return RunForm(
        path=found.path,
        name=pipeline.name,
        is_notebook=found.is_notebook,
        fields=tuple(_field(one, found.is_notebook) for one in pipeline.parameters),
        steps=tuple(step.name for step in pipeline.steps),
    )


def _field(parameter: Parameter, of_notebook: bool) -> FormField:
    is_shown = not parameter.is_required and not parameter.is_secret
    return FormField(
        name=parameter.name,
        type=type_name(parameter.type),
        schema=parameter_schema(parameter.type),
        default=parameter.default if is_shown else None,
        is_required=parameter.is_required and not of_notebook,
        about=parameter.about,
        is_secret=parameter.is_secret,
    )


__all__ = ["FormField", "RunForm", "run_form"]
