"""Where is a notebook without headings best cut into steps? Where few names cross."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.analysis import Statement, root_name

_LONGEST_RUN = 60  # cells; a step of more is not worth considering
_PURPOSES: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("load_data", "Load the data", frozenset({
        "read_csv", "read_excel", "read_parquet", "read_json", "read_sql", "read_table", "read_pickle",
        "read_feather", "read_html", "load_iris", "load_wine", "load_digits", "load_breast_cancer",
        "load_boston", "load_diabetes", "fetch_openml", "load_dataset", "load_pandas", "get_rdataset",
        "make_classification", "make_regression", "make_blobs", "loadtxt", "genfromtxt", "load"})),
    ("clean_data", "Clean the data", frozenset({
        "fillna", "dropna", "drop_duplicates", "astype", "to_datetime", "to_numeric", "rename", "clip",
        "interpolate", "strip", "set_index", "reset_index"})),
    ("build_features", "Build features", frozenset({
        "get_dummies", "StandardScaler", "MinMaxScaler", "LabelEncoder", "OneHotEncoder", "qcut", "cut",
        "PolynomialFeatures", "TfidfVectorizer", "CountVectorizer", "rolling", "shift", "PCA",
        "fit_transform", "OrdinalEncoder", "ColumnTransformer", "SimpleImputer"})),
    ("split_data", "Split the data", frozenset({"train_test_split", "KFold", "TimeSeriesSplit"})),
    ("train_model", "Train the model", frozenset({
        "fit", "fit_predict", "train", "GridSearchCV", "RandomizedSearchCV", "compile",
        "cross_val_score", "minimize", "curve_fit"})),
    ("evaluate", "Evaluate", frozenset({
        "accuracy_score", "roc_auc_score", "f1_score", "confusion_matrix", "classification_report",
        "mean_squared_error", "mean_absolute_error", "r2_score", "score", "predict", "predict_proba",
        "precision_score", "recall_score", "roc_curve", "forecast", "get_forecast"})),
    ("plot", "Plot", frozenset({
        "plot", "hist", "scatter", "subplots", "figure", "bar", "barh", "heatmap", "boxplot", "pairplot",
        "histplot", "scatterplot", "lineplot", "countplot", "barplot", "imshow", "show", "distplot",
        "relplot", "catplot", "displot", "lmplot", "plot_predict", "plot_diagnostics", "jointplot"})),
    ("summarise", "Summarise", frozenset({
        "groupby", "pivot_table", "value_counts", "agg", "describe", "corr", "crosstab", "summary"})),
    ("save", "Save", frozenset({
        "to_csv", "to_parquet", "to_excel", "to_json", "dump", "savefig", "save", "to_sql", "to_pickle"})),
)  # fmt: skip
_SHARE_OF_A_PURPOSE = 0.2  # of the statements, for a step to be called after it
_SHARE_OF_A_POINT = 0.06  # one reading of a file, or one training, is the point of a dozen lines
_POINTS = frozenset({"fit", "fit_predict", "GridSearchCV", "RandomizedSearchCV"})
_CALCULATING = frozenset({"numpy", "math", "random", "itertools", "os", "re", "shutil"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFlow:
    """What one cell reads and binds of what flows, how much it holds, and what it is for."""

    position: int
    reads: frozenset[str]
    binds: frozenset[str]
    weight: int
    purpose: str | None
    follows_text: bool


def purpose_of(
    statements: Sequence[Statement], aliases: Mapping[str, str] | None = None
) -> tuple[str, str] | None:
    """The name and the title of what some statements are for, by the functions that they call.

    None where no purpose is shared by a good part of them. `aliases` tell what modules are called.
    """
    counts: dict[int, int] = {}
    points: set[int] = set()
    for statement in statements:
        for rank, is_point in _ranks_in(statement, aliases or {}):
            counts[rank] = counts.get(rank, 0) + 1
            if is_point:
                points.add(rank)
    counts = {
        r: n
        for r, n in counts.items()
        if n >= len(statements) * (_SHARE_OF_A_POINT if r in points else _SHARE_OF_A_PURPOSE)
    }
    # Plots and looks come with everything; another purpose says more.
    telling = {
        r: n for r, n in counts.items() if _PURPOSES[r][0] not in ("plot", "summarise")
    } or counts
    if not telling:
        return None
    names = {_PURPOSES[r][0]: r for r in telling}
    if "train_model" in names:  # splitting is a part of training, and training is the point
        telling[names["train_model"]] *= 2
        telling.pop(names.get("split_data", -1), None)
    top = sorted(sorted(telling, key=lambda r: (-telling[r], r))[:2])
    if len(top) == 1 or telling[top[0]] > 3 * telling[top[1]]:
        rank = max(telling, key=lambda r: (telling[r], -r))
        return _PURPOSES[rank][0], _PURPOSES[rank][1]
    if telling[top[1]] > 3 * telling[top[0]]:
        return _PURPOSES[top[1]][0], _PURPOSES[top[1]][1]
    return _both(_PURPOSES[top[0]], _PURPOSES[top[1]])


def _ranks_in(statement: Statement, aliases: Mapping[str, str]) -> set[tuple[int, bool]]:
    """The purposes that one statement serves, and whether it is what code around it is there for."""
    found: set[tuple[int, bool]] = set()
    for node in statement.nodes:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        is_method = isinstance(function, ast.Attribute)
        name = function.attr if is_method else getattr(function, "id", "")  # type: ignore[attr-defined]
        root = root_name(function)
        module = aliases.get(root or "", "").split(".")[0]
        if (
            is_method
            and module in _CALCULATING
            and not name.startswith(("load", "save", "genfrom"))
        ):
            continue  # `np.clip` calculates, `re.compile` trains nothing
        is_point = name.startswith(("read_", "fetch_")) or name in _POINTS
        found.update(
            (rank, is_point) for rank, (_, _, calls) in enumerate(_PURPOSES) if name in calls
        )
    return found


def _both(
    first: tuple[str, str, frozenset[str]], second: tuple[str, str, frozenset[str]]
) -> tuple[str, str]:
    """`load_and_clean_data` for code that does two things."""
    name, title = first[0], first[1]
    verb, _, thing = name.partition("_")
    if thing and second[0].endswith("_" + thing):
        name, title = verb, title.split()[0]
    return f"{name}_and_{second[0]}", f"{title} and {second[1][:1].lower()}{second[1][1:]}"


def best_cuts(cells: Sequence[CellFlow], parts: int) -> list[list[int]]:
    """Cut cells into about `parts` runs so that few names cross and no run is much too large."""
    if len(cells) < 2 or parts < 2:
        return [[c.position for c in cells]]
    crossing = _crossings(cells)
    total = sum(c.weight for c in cells) or 1
    target = total / parts
    best: list[float] = [0.0]
    back: list[int] = [0]
    prefix = [0]
    for cell in cells:
        prefix.append(prefix[-1] + cell.weight)
    for end in range(1, len(cells) + 1):
        choices = []
        for start in range(max(0, end - _LONGEST_RUN), end):
            size = prefix[end] - prefix[start]
            cost = best[start] + ((size - target) / target) ** 2
            if end < len(cells):
                cost += crossing[end]
            choices.append((cost, start))
        cost, start = min(choices)
        best.append(cost)
        back.append(start)
    runs: list[list[int]] = []
    end = len(cells)
    while end:
        start = back[end]
        runs.append([c.position for c in cells[start:end]])
        end = start
    return runs[::-1]


def _crossings(cells: Sequence[CellFlow]) -> Mapping[int, float]:
    """What a cut before cell i costs: the names that cross it, and what speaks for or against it."""
    last_read: dict[str, int] = {}
    for number, cell in enumerate(cells):
        for name in cell.reads:
            last_read[name] = number
    alive: set[str] = set()
    costs: dict[int, float] = {}
    for number, cell in enumerate(cells):
        if number:
            alive = {name for name in alive if last_read.get(name, -1) >= number}
            fresh = {n for n in alive if n in cells[number - 1].binds}
            cost = 0.12 * len(alive) + 0.1 * len(fresh) + 0.5 * max(0, len(alive) - 4)
            if cell.follows_text:
                cost -= 0.25
            if cell.purpose and cell.purpose != cells[number - 1].purpose:
                cost -= 0.2
            costs[number] = cost
        alive |= cell.binds
    return costs
