"""Which calls only look, which change what they are given, and which set hidden state?

The tables name what data notebooks really call. What is not in them is judged carefully: an unknown
call may change its receiver and its arguments. Users extend them in `[tool.nb2pkg.effects]`.
"""

from __future__ import annotations

PURE_BUILTINS = frozenset(
    """abs all any ascii bin bool bytes callable chr complex dict divmod enumerate filter float format
    frozenset getattr hasattr hash hex id int isinstance issubclass len list map max min oct ord pow
    range repr reversed round set slice sorted str sum tuple type zip""".split()
)

# Methods that leave their receiver and their arguments as they are, whatever the type.
PURE_METHODS = frozenset(
    """abs add_prefix add_suffix agg aggregate align all any applymap argmax argmin argsort asfreq
    astype at_time between between_time bfill capitalize casefold ceil center clip coef combine
    combine_first conj copy corr corrwith count cov cummax cummin cumprod cumsum cut date day
    decode describe diagonal diff difference dot drop drop_duplicates dropna
    duplicated encode endswith equals eq ewm expanding explode factorize ffill fillna filter find
    first_valid_index flatten floor format from_dict from_records ge get get_dummies get_feature_names_out
    get_group get_params group groupby groups gt head hex idxmax idxmin index infer_objects
    interpolate intersection isalpha isdigit isdisjoint isin islower isna isnull isnumeric
    issubset issuperset isupper items iteritems iterrows itertuples join keys kurt kurtosis last le
    ljust loc lower lstrip lt map mask match mean median melt memory_usage merge mode month most_common
    mul ne nlargest notna notnull nsmallest nunique partition pct_change pivot pivot_table
    prod product quantile query rank ravel reindex
    rename rename_axis repeat replace resample reset_index reshape rfind rjust rolling round rpartition
    rsplit rstrip select_dtypes sem set_axis set_index shift skew sort_index sort_values
    split splitlines squeeze stack std startswith strip sub sum swapcase tail take title to_dict
    to_frame to_list to_numpy to_period to_records to_timestamp tolist total_seconds transform
    transpose truediv tz_convert tz_localize union unique unstack upper value_counts values var view
    where xs year zfill isoformat strftime conf_int item""".split()
) - {"group", "values", "groups", "loc", "index", "view"} | {"index"}

# Methods that give a new object which shares nothing that is changed later.
FRESH_METHODS = PURE_METHODS - frozenset(
    """get items iterrows itertuples iteritems keys ravel reshape squeeze transpose to_numpy groupby
    get_group rolling resample expanding ewm filter map""".split()
)

MUTATING_METHODS = frozenset(
    """add add_edge add_edges_from add_node add_nodes_from append appendleft clear discard extend
    extendleft fit fit_transform fit_predict fit_resample insert move_to_end partial_fit pop popitem
    popleft put remove remove_edge remove_node reverse rotate set_index_in_place setdefault setflags
    shuffle sort subtract update set_params write writelines writerow writerows train eval
    compile load_state_dict seed relabel add_trace update_layout update_traces add_subplot""".split()
)

# Functions (last part of a dotted name) that change their first argument.
MUTATING_FUNCTIONS = frozenset(
    """shuffle heappush heappop heapify heappushpop heapreplace insort insort_left insort_right
    fill_diagonal put put_along_axis place copyto setattr delattr next""".split()
)

# Modules whose functions leave their arguments alone, save those named above.
PURE_MODULES = frozenset(
    """numpy pandas scipy math statistics itertools functools collections re json datetime sklearn
    statsmodels operator string textwrap copy decimal fractions random time os pathlib patsy
    networkx sympy xarray seaborn matplotlib pprint csv""".split()
)

# Calls that configure the process: dotted name without its import alias → the state that they set.
SETUP_CALLS: dict[str, str] = {
    "pandas.set_option": "pandas options",
    "pandas.reset_option": "pandas options",
    "pandas.options": "pandas options",
    "numpy.set_printoptions": "numpy print options",
    "numpy.seterr": "numpy error handling",
    "numpy.random.seed": "numpy.random",
    "random.seed": "random",
    "torch.manual_seed": "torch RNG",
    "torch.cuda.manual_seed": "torch RNG",
    "torch.cuda.manual_seed_all": "torch RNG",
    "torch.set_default_dtype": "torch defaults",
    "torch.set_printoptions": "torch defaults",
    "torch.set_num_threads": "torch defaults",
    "tensorflow.random.set_seed": "tensorflow RNG",
    "seaborn.set": "rcParams",
    "seaborn.set_theme": "rcParams",
    "seaborn.set_style": "rcParams",
    "seaborn.set_context": "rcParams",
    "seaborn.set_palette": "rcParams",
    "matplotlib.pyplot.style.use": "rcParams",
    "matplotlib.style.use": "rcParams",
    "matplotlib.pyplot.rc": "rcParams",
    "matplotlib.rc": "rcParams",
    "matplotlib.pyplot.rcParams.update": "rcParams",
    "matplotlib.rcParams.update": "rcParams",
    "matplotlib.pyplot.ion": "pyplot",
    "matplotlib.pyplot.ioff": "pyplot",
    "matplotlib.use": "matplotlib backend",
    "pandas.plotting.register_matplotlib_converters": "matplotlib converters",
    "warnings.filterwarnings": "warnings",
    "warnings.simplefilter": "warnings",
    "logging.basicConfig": "logging",
    "logging.disable": "logging",
    "sys.setrecursionlimit": "recursion limit",
    "locale.setlocale": "locale",
    "xarray.set_options": "xarray options",
    "sklearn.set_config": "sklearn options",
    "tqdm.pandas": "tqdm",
    "tqdm.tqdm.pandas": "tqdm",
    "sympy.init_printing": "sympy printing",
}

# Attributes and items that are set to configure the process.
SETUP_TARGETS: dict[str, str] = {
    "matplotlib.pyplot.rcParams": "rcParams",
    "matplotlib.rcParams": "rcParams",
    "pylab.rcParams": "rcParams",
    "pandas.options": "pandas options",
    "os.environ": "os.environ",
}

# Setup that must come before later imports: they read it when they are imported.
BEFORE_IMPORTS = frozenset(
    {"os.environ", "os.environ.setdefault", "os.environ.update", "sys.path.append", "sys.path.insert",
     "sys.path.extend", "matplotlib.use", "site.addsitedir"}
)

# Decorators that only wrap what they are given, so that the definition can stand in a module.
PURE_DECORATORS = frozenset(
    """property staticmethod classmethod functools.lru_cache functools.cache functools.wraps
    functools.cached_property functools.total_ordering functools.singledispatch
    dataclasses.dataclass contextlib.contextmanager contextlib.asynccontextmanager abc.abstractmethod
    numba.jit numba.njit numba.vectorize numba.guvectorize numba.prange torch.no_grad
    torch.inference_mode torch.jit.script tensorflow.function jax.jit numpy.vectorize typing.overload
    typing.no_type_check typing.final typing.runtime_checkable enum.unique attr.s attr.attrs
    attrs.define attrs.frozen np.vectorize retrying.retry tenacity.retry dask.delayed joblib.delayed
    unittest.skip pytest.fixture""".split()
)

# Constructors of immutable values from constants: such a value can be a module constant.
CONSTANT_CALLS = frozenset(
    """float int str bool tuple frozenset complex bytes range slice
    datetime.date datetime.datetime datetime.timedelta datetime.time
    fractions.Fraction pathlib.Path pathlib.PurePath re.compile
    collections.namedtuple typing.NamedTuple typing.TypeVar typing.NewType
    pandas.Timedelta os.path.join os.path.expanduser os.path.abspath
    numpy.float64 numpy.float32 numpy.int64 math.sqrt math.log math.exp math.radians""".split()
) - {"os.path.abspath", "os.path.expanduser"}

CONSTANT_ATTRIBUTES = frozenset(
    {"math.pi", "math.e", "math.inf", "math.nan", "math.tau", "numpy.pi", "numpy.e", "numpy.inf",
     "numpy.nan", "numpy.float64", "numpy.float32", "numpy.int64", "numpy.newaxis", "os.sep",
     "string.ascii_letters", "string.punctuation", "string.digits"}
)

# What draws on pyplot's current figure or makes a new one.
DRAWING_METHODS = frozenset(
    """plot hist boxplot scatter bar barh pie area density kde hexbin line imshow matshow contour
    contourf plot_predict plot_diagnostics plot_components""".split()
)
DRAWING_MODULES = frozenset({"matplotlib.pyplot", "pylab", "matplotlib.pylab", "seaborn"})
NEW_FIGURE = frozenset({"figure", "subplots", "subplot_mosaic"})

# matplotlib.pyplot functions that neither draw nor touch the current figure.
PYPLOT_NEUTRAL = frozenset(
    """rc rcParams style rcdefaults ion ioff colormaps get_cmap cm show close switch_backend isinteractive
    rc_context set_cmap get_backend""".split()
)

# pandas and sklearn constructors and readers: what type comes back, for annotations.
RESULT_TYPES: dict[str, tuple[str, str]] = {
    "pandas.read_csv": ("pd.DataFrame", "pandas"),
    "pandas.read_excel": ("pd.DataFrame", "pandas"),
    "pandas.read_parquet": ("pd.DataFrame", "pandas"),
    "pandas.DataFrame": ("pd.DataFrame", "pandas"),
    "pandas.concat": ("pd.DataFrame", "pandas"),
    "pandas.merge": ("pd.DataFrame", "pandas"),
    "pandas.get_dummies": ("pd.DataFrame", "pandas"),
    "pandas.Series": ("pd.Series", "pandas"),
}

# Calls whose results no file can hold, and what they are.
UNSTORABLE_CALLS: dict[str, str] = {
    "sqlite3.connect": "a database connection",
    "sqlalchemy.create_engine": "a database connection",
    "psycopg2.connect": "a database connection",
    "psycopg.connect": "a database connection",
    "pymysql.connect": "a database connection",
    "duckdb.connect": "a database connection",
    "socket.socket": "a socket",
    "threading.Thread": "a thread",
    "threading.Lock": "a lock",
    "threading.RLock": "a lock",
    "threading.Event": "a lock",
    "subprocess.Popen": "a running process",
    "concurrent.futures.ThreadPoolExecutor": "a pool of threads",
    "concurrent.futures.ProcessPoolExecutor": "a pool of processes",
    "multiprocessing.Pool": "a pool of processes",
    "csv.reader": "an iterator",
    "csv.DictReader": "an iterator",
    "csv.writer": "a writer on an open file",
    "itertools.cycle": "an iterator",
    "itertools.count": "an iterator",
    "itertools.chain": "an iterator",
    "asyncio.create_task": "a running task",
    "asyncio.Lock": "a lock",
    "asyncio.Queue": "a queue",
    "tempfile.NamedTemporaryFile": "an open file",
    "tempfile.TemporaryDirectory": "a temporary folder that goes with its object",
    "os.scandir": "an iterator",
    "glob.iglob": "an iterator",
    "requests.Session": "a connection",
    "pyspark.sql.SparkSession.builder.getOrCreate": "a Spark session",
}
