"""Which imports may do something, so that the package can't be imported before them?"""

from __future__ import annotations

import ast

from nb2pkg.analysis import Statement
from nb2pkg.analysis.effect_tables import PURE_MODULES
from nb2pkg.planning.import_names import STANDARD_LIBRARY
from nb2pkg.rendering.notebook_roles import Role, Roles

# Libraries whose import does nothing that a notebook would notice, wherever it stands.
_QUIET_LIBRARIES_WORDS = """
    IPython PIL altair bokeh bs4 catboost cv2 dask dateutil gensim geopandas imblearn ipywidgets
    joblib keras lightgbm lxml mpl_toolkits nltk numba openpyxl plotly polars pyarrow pydantic
    pytz requests shap skimage sqlalchemy spacy sympy tabulate tensorflow torch torchvision tqdm
    transformers xgboost yaml pylab umap wordcloud yfinance cartopy tsfresh mapclassify hdbscan arch
    emcee libpysal shapely geodatasets corner h5py traitlets jinja2 nbformat lmfit uncertainties
    pyproj fiona rasterio folium missingno optuna category_encoders mlxtend lifelines pingouin
"""
# Importing these lets others of their library be imported.
_ENABLING = "sklearn.experimental"
_QUIET_LIBRARIES = (
    PURE_MODULES
    | (STANDARD_LIBRARY - {"this", "antigravity"})
    | frozenset(_QUIET_LIBRARIES_WORDS.split())
)


def first_import_place(roles: Roles) -> int:
    """The place of the last import that may have an effect, or -1: the package is imported after it."""
    places = [
        roles.place[s]
        for s in roles.line
        if roles.roles[s] is Role.IMPORT and not imports_quietly(s, roles)
    ]
    return max(places, default=-1)


def imports_quietly(statement: Statement, roles: Roles) -> bool:
    """Whether an import brings in only libraries that do nothing when they are imported."""
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return False
        modules = [node.module or ""]
    else:
        assert isinstance(node, ast.Import)
        modules = [alias.name for alias in node.names]
    quiet = _QUIET_LIBRARIES - roles.local_modules
    return all(
        module.split(".")[0] in quiet and not module.startswith(_ENABLING) for module in modules
    )
