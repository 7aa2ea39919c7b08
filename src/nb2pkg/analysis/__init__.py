"""What one cell says: its statements, their text, and what each does to names and values."""

from nb2pkg.analysis.captures import Captures, captures_of
from nb2pkg.analysis.conditions import constant_truth, is_main_guard
from nb2pkg.analysis.dotted_names import dotted, import_aliases, resolve, root_name
from nb2pkg.analysis.effects import Effects
from nb2pkg.analysis.facts import NONE, Mutation, NameFacts, Touch
from nb2pkg.analysis.looking import RANDOM_KEYWORDS, display_arguments, only_looks
from nb2pkg.analysis.module_names import ModuleNames, module_names
from nb2pkg.analysis.mutations import (
    Relation,
    Share,
    Source,
    is_view,
    mutations_of,
    shares_of,
    sources,
)
from nb2pkg.analysis.name_flow import name_facts, tested_name
from nb2pkg.analysis.namespaces import Access, NamespaceUse, namespace_uses
from nb2pkg.analysis.occurrences import Occurrence, occurrences
from nb2pkg.analysis.own_members import noisy_functions, noisy_members, own_instances
from nb2pkg.analysis.parsed_cell import Kind, ParsedCell, Statement, UnparsableCell
from nb2pkg.analysis.parsing import parse_cell, parse_cells, words_of
from nb2pkg.analysis.scoping import (
    COMPREHENSIONS,
    FUNCTIONS,
    argument_names,
    bound_by,
    default_values,
    imported_name,
    local_names,
    own_nodes,
)
from nb2pkg.analysis.source_text import Edit, SourceText, apply_edits, dedent_block, indent
from nb2pkg.analysis.star_names import star_names
from nb2pkg.analysis.syntax_tree import children, lone_copy, walk

__all__ = [
    "COMPREHENSIONS",
    "FUNCTIONS",
    "NONE",
    "RANDOM_KEYWORDS",
    "Access",
    "Captures",
    "Edit",
    "Effects",
    "Kind",
    "ModuleNames",
    "Mutation",
    "NameFacts",
    "NamespaceUse",
    "Occurrence",
    "ParsedCell",
    "Relation",
    "Share",
    "Source",
    "SourceText",
    "Statement",
    "Touch",
    "UnparsableCell",
    "apply_edits",
    "argument_names",
    "bound_by",
    "captures_of",
    "children",
    "constant_truth",
    "dedent_block",
    "default_values",
    "display_arguments",
    "dotted",
    "import_aliases",
    "imported_name",
    "indent",
    "is_main_guard",
    "is_view",
    "local_names",
    "lone_copy",
    "module_names",
    "mutations_of",
    "name_facts",
    "namespace_uses",
    "noisy_functions",
    "noisy_members",
    "occurrences",
    "only_looks",
    "own_instances",
    "own_nodes",
    "parse_cell",
    "parse_cells",
    "resolve",
    "root_name",
    "shares_of",
    "sources",
    "star_names",
    "tested_name",
    "walk",
    "words_of",
]
