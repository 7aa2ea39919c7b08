"""Which files does the code read and write by name, and what keeps a test from running it?"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pkg.analysis import dotted, walk
from nb2pkg.planning.plan import PackagePlan, Placed

_READERS = frozenset(
    {"read_csv", "read_excel", "read_parquet", "read_json", "read_table", "read_pickle",
     "read_feather", "read_hdf", "read_fwf", "read_stata", "read_spss", "read_sas",
     "read_orc", "read_xml", "read_file", "loadtxt", "genfromtxt", "fromfile", "loadmat",
     "imread", "load_workbook", "scan_csv", "scan_parquet"}
)  # fmt: skip
_MODULE_READERS = frozenset(
    {"np.load", "numpy.load", "joblib.load", "Image.open", "PIL.Image.open", "torch.load",
     "nib.load", "librosa.load"}
)  # fmt: skip
_WRITERS = frozenset(
    {"to_csv", "to_excel", "to_parquet", "to_json", "to_pickle", "to_feather", "to_hdf",
     "to_html", "to_latex", "to_markdown", "savefig", "imsave", "savetxt", "savemat",
     "write_html", "write_image", "write_csv", "write_parquet"}
)  # fmt: skip
_MODULE_WRITERS = frozenset(
    {"np.save", "np.savez", "numpy.save", "numpy.savez", "torch.save"}
)  # fmt: skip
_TAKING_AWAY = frozenset(
    {
        "remove",
        "unlink",
        "rename",
        "renames",
        "replace",
        "rmtree",
        "move",
        "removedirs",
        "rmdir",
        "chdir",
    }
)
_SECOND_ARGUMENT = frozenset(("joblib.dump", "torch.save"))
_URL = re.compile(r"(?:https?|ftp|s3|gs|hdfs|abfss?)://", re.IGNORECASE)
_NETWORK_MODULES = re.compile(
    r"(?:import|from) (?:requests|httpx|aiohttp|urllib\.request|urllib3|boto3|botocore|openai|"
    r"anthropic|google\.cloud|yfinance|tweepy|selenium|praw|kaggle|wget|gdown|pandas_datareader|"
    r"huggingface_hub|ftplib|smtplib|paramiko|psycopg2?|pymysql|pymongo|pyodbc|snowflake)\b"
)
_NETWORK_CALLS = frozenset(
    {"load_dataset", "fetch_openml", "fetch_california_housing", "fetch_20newsgroups",
     "fetch_lfw_people", "fetch_olivetti_faces", "fetch_covtype", "fetch_kddcup99",
     "fetch_rcv1", "fetch_ucirepo", "from_pretrained", "urlopen", "urlretrieve",
     "get_rdataset"}
)  # fmt: skip
_KERAS_DATA = tuple(
    f"{name}.load_data"
    for name in ("mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters")
)
_NETWORK_COMMANDS = re.compile(r"\b(?:wget|curl|git|pip|conda|kaggle|gsutil|aws|gdown|ssh|scp)\b")
_DEPTH = 3
_ASKING = frozenset({"input", "getpass", "getpass.getpass"})
_STOPPING = frozenset({"exit", "quit", "sys.exit", "os._exit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccess:
    """What a run touches, as far as the code says it.

    reads: paths that must be there before a run
    writes: files that a run makes
    folders: folders that a run makes, the innermost first
    reads_unknown: whether it reads paths that only the run knows
    takes_away: whether it removes or renames files, or changes the folder that names start from
    obstacle: why a test should not run it; None when nothing is known against it
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    folders: tuple[str, ...]
    reads_unknown: bool
    takes_away: bool
    obstacle: str | None


def file_access(plan: PackagePlan) -> FileAccess:
    """Look through everything that a run does."""
    nodes = list(_nodes(plan))
    texts = _texts(plan, nodes)
    reads: dict[str, None] = {}
    writes: dict[str, None] = {}
    folders: set[str] = set()
    reads_unknown = False
    obstacle = _obstacle(plan, nodes)
    for call in (n for n in nodes if isinstance(n, ast.Call)):
        kind, argument = _access(call)
        if kind is None:
            continue
        path = _path(argument, texts)
        if path is not None and _URL.match(path):
            obstacle = obstacle or "needs the network"
        elif path is None or not path.isprintable():
            reads_unknown = reads_unknown or kind == "read"
        elif kind == "make":
            folders.add(path)
        else:
            (reads if kind == "read" else writes)[path] = None
    return FileAccess(
        reads=tuple(path for path in reads if path not in writes),
        writes=tuple(writes),
        folders=tuple(sorted(folders, key=lambda path: (-path.count("/"), path))),
        reads_unknown=reads_unknown,
        takes_away=any(_takes_away(n) for n in nodes if isinstance(n, ast.Call)),
        obstacle=obstacle,
    )


def _takes_away(call: ast.Call) -> bool:
    name = ".".join(dotted(call.func) or (getattr(call.func, "attr", ""),))
    return name.rsplit(".", 1)[-1] in _TAKING_AWAY


def _nodes(plan: PackagePlan) -> Iterator[ast.AST]:
    for placed in _everything(plan):
        if placed.replacement is None:
            yield from placed.statement.nodes
        else:
            yield from walk(ast.parse(placed.replacement))


def _everything(plan: PackagePlan) -> Iterator[Placed]:
    yield from (*plan.early, *plan.setup, *plan.constants)
    for step in plan.steps:
        yield from (*step.constants, *step.body, *step.helpers)
    for module in plan.shared:
        yield from module.definitions


# -- paths


def _texts(plan: PackagePlan, nodes: list[ast.AST]) -> Mapping[str, str]:
    """Names that stand for one text throughout: parameters, and assignments of plain paths."""
    values: dict[str, list[ast.expr | None]] = {}
    for parameter in plan.parameters:
        values.setdefault(parameter.name, []).append(ast.parse(parameter.default, mode="eval").body)
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            values.setdefault(node.id, [])
        elif isinstance(node, ast.arg) and node.arg not in {p.name for p in plan.parameters}:
            values.setdefault(node.arg, []).append(None)
    bound = Counter(
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    texts: dict[str, str] = {}
    # A path may be made of another that is named further down.
    for _ in range(_DEPTH):
        for name, given in values.items():
            if len(given) == 1 and bound[name] <= 1:
                path = _path(given[0], texts)
                if path is not None:
                    texts[name] = path
    return texts


def _path(node: ast.expr | None, texts: Mapping[str, str]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return texts.get(name)
        case ast.Call(func=function, args=args) if args and _last(function) in (
            "Path",
            "join",
            "PurePath",
        ):
            parts = [_path(argument, texts) for argument in args]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            parts = [_path(left, texts), _path(right, texts)]
        case _:
            return None
    known = [part.rstrip("/") for part in parts if part is not None]
    return "/".join(known) if len(known) == len(parts) else None


def _access(call: ast.Call) -> tuple[str | None, ast.expr | None]:
    """Whether a call reads, writes or makes something, and the expression that says what."""
    name = ".".join(dotted(call.func) or ())
    last = _last(call.func)
    first = call.args[0] if call.args else next((k.value for k in call.keywords), None)
    if name in _SECOND_ARGUMENT:
        return "write", call.args[1] if len(call.args) > 1 else None
    if name == "open" or name in ("io.open", "gzip.open", "codecs.open"):
        return _mode(call.args[1:2], call), first
    if isinstance(call.func, ast.Attribute) and last in ("read_text", "read_bytes"):
        return "read", call.func.value
    if isinstance(call.func, ast.Attribute) and last in ("write_text", "write_bytes"):
        return "write", call.func.value
    if last == "mkdir" and isinstance(call.func, ast.Attribute) and name != "os.mkdir":
        return "make", call.func.value
    if name in ("os.mkdir", "os.makedirs"):
        return "make", first
    if last in _READERS or name in _MODULE_READERS:
        return "read", first
    if (last in _WRITERS and first is not None) or name in _MODULE_WRITERS:
        return "write", first
    return None, None


def _mode(given: list[ast.expr], call: ast.Call) -> str:
    modes = [*given, *(k.value for k in call.keywords if k.arg == "mode")]
    text = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "r"
    return "write" if isinstance(text, str) and set(text) & set("wxa") else "read"


# -- what keeps a test from running it


def _obstacle(plan: PackagePlan, nodes: list[ast.AST]) -> str | None:
    for node in nodes:
        if isinstance(node, ast.Call):
            name = ".".join(dotted(node.func) or ())
            if name in _ASKING:
                return "asks a person for input"
            if name in _STOPPING:
                return "stops the interpreter"
            if _downloads(node, name) or _runs_a_network_command(node, name):
                return "needs the network"
        elif isinstance(node, ast.Name) and any(
            _NETWORK_MODULES.match(text) for text in plan.imports.get(node.id, ())
        ):
            return "needs the network"
    return None


def _downloads(call: ast.Call, name: str) -> bool:
    asks = any(
        keyword.arg == "download"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is True
        for keyword in call.keywords
    )
    return asks or _last(call.func) in _NETWORK_CALLS or name.endswith(_KERAS_DATA)


def _runs_a_network_command(call: ast.Call, name: str) -> bool:
    if not name.startswith(("subprocess.", "os.system", "os.popen")) or not call.args:
        return False
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and _NETWORK_COMMANDS.search(part.value)
        for part in walk(call.args[0])
    )


def _last(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
