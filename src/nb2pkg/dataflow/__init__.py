"""What flows from where to where in a notebook, as one program."""

from nb2pkg.dataflow.aliasing import Aliasing, trace_aliases
from nb2pkg.dataflow.graph import Certainty, DataflowGraph, Flow, MissingName
from nb2pkg.dataflow.holders import holders_of
from nb2pkg.dataflow.linking import link
from nb2pkg.dataflow.program import (
    BUILTINS,
    KERNEL_NAMES,
    Program,
    assemble,
    is_star,
    looks_at_namespace,
    only_looks_at,
)

__all__ = [
    "BUILTINS",
    "KERNEL_NAMES",
    "Aliasing",
    "Certainty",
    "DataflowGraph",
    "Flow",
    "MissingName",
    "Program",
    "assemble",
    "holders_of",
    "is_star",
    "link",
    "looks_at_namespace",
    "only_looks_at",
    "trace_aliases",
]
