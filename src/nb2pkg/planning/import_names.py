"""Which distribution gives an import name, when the notebook's environment cannot say."""

from __future__ import annotations

import sys

# The standard library is the union over the Python versions we meet: a name that came or went
# between them is never something to install, whichever Python nb2pkg itself runs on.
_GONE_FROM_THE_STANDARD_LIBRARY = """
    aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils dummy_threading formatter
    imghdr imp lib2to3 macpath mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr
    spwd sunau symbol telnetlib uu xdrlib
"""
_NEW_IN_THE_STANDARD_LIBRARY = "annotationlib compression graphlib tomllib zoneinfo"
_ALWAYS_THERE = "__main__"

STANDARD_LIBRARY = frozenset(sys.stdlib_module_names).union(
    _GONE_FROM_THE_STANDARD_LIBRARY.split(),
    _NEW_IN_THE_STANDARD_LIBRARY.split(),
    _ALWAYS_THERE.split(),
)

# Import name, then the distribution that gives it: only where the two differ. A wrong line here
# would make people install a stranger's code, so a line is added only when it is beyond doubt.
_OTHER_NAME = """
    absl absl-py
    alpaca alpaca-py
    attr attrs
    auth0 auth0-python
    bayes_opt bayesian-optimization
    bidi python-bidi
    binance python-binance
    Bio biopython
    bs4 beautifulsoup4
    cairo pycairo
    can python-can
    clr pythonnet
    community python-louvain
    Crypto pycryptodome
    Cryptodome pycryptodomex
    cv2 opencv-python
    dateutil python-dateutil
    discord discord.py
    django_filters django-filter
    dns dnspython
    docx python-docx
    dotenv python-dotenv
    engineio python-engineio
    faiss faiss-cpu
    feather feather-format
    ffmpeg ffmpeg-python
    fitz pymupdf
    gi pygobject
    git gitpython
    github pygithub
    gitlab python-gitlab
    googleapiclient google-api-python-client
    grpc grpcio
    grpc_status grpcio-status
    grpc_tools grpcio-tools
    hydra hydra-core
    ibis ibis-framework
    imblearn imbalanced-learn
    janitor pyjanitor
    jose python-jose
    jwt pyjwt
    magic python-magic
    markdown_it markdown-it-py
    mpl_toolkits matplotlib
    MySQLdb mysqlclient
    nacl pynacl
    newspaper newspaper3k
    nvidia_smi nvidia-ml-py3
    OpenGL pyopengl
    OpenSSL pyopenssl
    osgeo gdal
    paho paho-mqtt
    past future
    pdfminer pdfminer.six
    PIL pillow
    pkg_resources setuptools
    pl_bolts lightning-bolts
    playhouse peewee
    pptx python-pptx
    psycopg2 psycopg2-binary
    pwiz peewee
    pylab matplotlib
    pynvml nvidia-ml-py
    pyro pyro-ppl
    pythoncom pywin32
    pythonjsonlogger python-json-logger
    pywintypes pywin32
    pywt pywavelets
    pyximport cython
    rest_framework djangorestframework
    riskfolio riskfolio-lib
    scikitplot scikit-plot
    serial pyserial
    skbio scikit-bio
    skfda scikit-fda
    skfuzzy scikit-fuzzy
    skimage scikit-image
    sklearn scikit-learn
    skmultilearn scikit-multilearn
    skopt scikit-optimize
    sksurv scikit-survival
    slack slackclient
    slugify python-slugify
    socketio python-socketio
    socks pysocks
    speech_recognition speechrecognition
    tabula tabula-py
    talib ta-lib
    telegram python-telegram-bot
    tlz toolz
    umap umap-learn
    usb pyusb
    vertexai google-cloud-aiplatform
    vl_convert vl-convert-python
    websocket websocket-client
    wikipediaapi wikipedia-api
    win32api pywin32
    win32com pywin32
    win32con pywin32
    win32gui pywin32
    wx wxpython
    xdist pytest-xdist
    Xlib python-xlib
    yaml pyyaml
    zmq pyzmq
    azure.ai.documentintelligence azure-ai-documentintelligence
    azure.ai.formrecognizer azure-ai-formrecognizer
    azure.ai.inference azure-ai-inference
    azure.ai.ml azure-ai-ml
    azure.ai.projects azure-ai-projects
    azure.ai.textanalytics azure-ai-textanalytics
    azure.core azure-core
    azure.cosmos azure-cosmos
    azure.data.tables azure-data-tables
    azure.eventhub azure-eventhub
    azure.identity azure-identity
    azure.keyvault.keys azure-keyvault-keys
    azure.keyvault.secrets azure-keyvault-secrets
    azure.mgmt.compute azure-mgmt-compute
    azure.mgmt.datafactory azure-mgmt-datafactory
    azure.mgmt.resource azure-mgmt-resource
    azure.mgmt.storage azure-mgmt-storage
    azure.monitor.query azure-monitor-query
    azure.search.documents azure-search-documents
    azure.servicebus azure-servicebus
    azure.storage.blob azure-storage-blob
    azure.storage.filedatalake azure-storage-file-datalake
    azure.storage.fileshare azure-storage-file-share
    azure.storage.queue azure-storage-queue
    azureml.core azureml-core
    databricks.sdk databricks-sdk
    databricks.sql databricks-sql-connector
    google.ads.googleads google-ads
    google.analytics.admin google-analytics-admin
    google.analytics.data google-analytics-data
    google.api_core google-api-core
    google.auth google-auth
    google.cloud.aiplatform google-cloud-aiplatform
    google.cloud.automl google-cloud-automl
    google.cloud.bigquery google-cloud-bigquery
    google.cloud.bigquery_datatransfer google-cloud-bigquery-datatransfer
    google.cloud.bigquery_storage google-cloud-bigquery-storage
    google.cloud.bigquery_storage_v1 google-cloud-bigquery-storage
    google.cloud.bigtable google-cloud-bigtable
    google.cloud.dataproc google-cloud-dataproc
    google.cloud.dataproc_v1 google-cloud-dataproc
    google.cloud.datastore google-cloud-datastore
    google.cloud.discoveryengine google-cloud-discoveryengine
    google.cloud.dlp google-cloud-dlp
    google.cloud.dlp_v2 google-cloud-dlp
    google.cloud.documentai google-cloud-documentai
    google.cloud.firestore google-cloud-firestore
    google.cloud.kms google-cloud-kms
    google.cloud.language google-cloud-language
    google.cloud.language_v1 google-cloud-language
    google.cloud.logging google-cloud-logging
    google.cloud.monitoring_v3 google-cloud-monitoring
    google.cloud.ndb google-cloud-ndb
    google.cloud.pubsub google-cloud-pubsub
    google.cloud.pubsub_v1 google-cloud-pubsub
    google.cloud.secretmanager google-cloud-secret-manager
    google.cloud.spanner google-cloud-spanner
    google.cloud.speech google-cloud-speech
    google.cloud.storage google-cloud-storage
    google.cloud.tasks google-cloud-tasks
    google.cloud.tasks_v2 google-cloud-tasks
    google.cloud.texttospeech google-cloud-texttospeech
    google.cloud.translate google-cloud-translate
    google.cloud.translate_v2 google-cloud-translate
    google.cloud.videointelligence google-cloud-videointelligence
    google.cloud.vision google-cloud-vision
    google.genai google-genai
    google.generativeai google-generativeai
    google.oauth2 google-auth
    google.protobuf protobuf
    google.resumable_media google-resumable-media
    llama_index.core llama-index-core
    llama_index.embeddings.huggingface llama-index-embeddings-huggingface
    llama_index.embeddings.openai llama-index-embeddings-openai
    llama_index.llms.ollama llama-index-llms-ollama
    llama_index.llms.openai llama-index-llms-openai
    mpl_toolkits.basemap basemap
    mysql.connector mysql-connector-python
    opentelemetry.metrics opentelemetry-api
    opentelemetry.sdk opentelemetry-sdk
    opentelemetry.trace opentelemetry-api
    orbax.checkpoint orbax-checkpoint
    ruamel.yaml ruamel.yaml
    snowflake.connector snowflake-connector-python
    snowflake.snowpark snowflake-snowpark-python
    snowflake.sqlalchemy snowflake-sqlalchemy
    zope.component zope.component
    zope.interface zope.interface
"""

# Import names that are also the distribution's name.
_SAME_NAME = """
    accelerate adjustText aesara agate aiobotocore aiofiles aiohttp alembic altair anndata annoy
    anthropic anyio anywidget apprise apscheduler arch arrow arviz astropy asyncpg autogluon
    autograd autots awkward bambi baostock bertopic bitsandbytes blackjax blosc bokeh boruta boto3
    botocore bottleneck bqplot branca cartopy catboost category_encoders causalml ccxt celery
    cftime chainlit chardet charset_normalizer chess chromadb click clickhouse_connect
    clickhouse_driver cloudpickle cmdstanpy colorama colorcet colorlog contextily contourpy corner
    couchdb cryptography cufflinks cupy cvxopt cvxpy cycler Cython cytoolz dash
    dash_bootstrap_components dask dask_ml datasets datasette datashader dbfread deap deepchem
    deepdiff deeplake delta_sharing deltalake demjson3 diffusers dill distributed django docker
    docopt docplex docx2txt dowhy dtale duckdb dvc econml editdistance eli5 email_validator emcee
    emoji empyrical ephem esda et_xmlfile evaluate eventlet evidently execnet fairlearn
    fake_useragent faker fastai fastapi fastavro fastcore fastdtw fasteners fastjsonschema
    fastparquet fasttext featuretools feedparser filelock filterpy findspark fiona fire flair flask
    flask_cors flask_login flask_restful flask_sqlalchemy flask_wtf flax folium fontTools fredapi
    frozendict fsspec ftfy furl future fuzzywuzzy gdal gensim geocoder geojson geopandas geopy
    geoviews gevent ggplot gmaps google_auth_httplib2 google_auth_oauthlib googlemaps gplearn
    gradio graphene graphviz great_expectations greenlet gspread gurobipy gym gymnasium h2o h3
    h5netcdf h5py hdbscan healpy hmmlearn holidays holoviews hpbandster html5lib httplib2 httpx
    huggingface_hub humanize hvplot hyperopt hypothesis igraph ijson imagehash imageio iminuit
    imutils influxdb_client instructor interpret invoke ipycytoscape ipykernel ipyleaflet ipympl
    ipyparallel IPython ipyvuetify ipywidgets isodate itables itsdangerous janome jax jaxlib
    jaydebeapi jieba jinja2 jmespath joblib joypy json5 jsonlines jsonpickle jsonschema
    jupyter_client jupytext kaleido keplergl keras keras_tuner keybert kfp kiwisolver kmodes kneed
    langchain langchain_community langchain_core langchain_google_genai langchain_huggingface
    langchain_openai langchain_text_splitters langdetect langgraph langid langsmith lasio
    lazypredict Levenshtein libpysal librosa lifelines lightgbm lightning lightning_fabric lime
    litellm llama_index llvmlite lmfit logbook loguru lxml lz4 mapclassify mapie markdown
    marshmallow matplotlib matplotlib_inline matplotlib_venn mesa metpy minio missingno mistralai
    mistune mizani mlflow mlxtend modin mongoengine more_itertools moviepy mpl_finance mplfinance
    mpmath msgpack multiprocess multitasking munch nbclient nbconvert nbformat neo4j nest_asyncio
    netCDF4 netgraph networkx neuralprophet nibabel nilearn nltk nolds notebook numba numbagg
    numcodecs numexpr numpy numpy_financial numpyro oauthlib obspy odo ollama omegaconf onnx
    onnxruntime openai OpenEXR openml openpyxl opt_einsum optax optbinning optuna orjson ortools
    osmnx packaging palettable pandas pandas_datareader pandas_gbq pandas_profiling pandasql
    pandera panel papermill param paramiko parse parsel partd pathlib2 patsy pcapy pdf2image
    pdfplumber peewee pefile pendulum pgmpy phonenumbers pickle5 pika pingouin pint pipreqs
    platformdirs plotly plotly_express plotnine pmdarima polars polyline pooch portalocker praw
    prefect prettytable prometheus_client prompt_toolkit prophet protobuf psutil psycopg ptitprince
    pulp pvlib py4j py7zr pyaml pyarrow pyathena pyaudio pybaseball pybtex pycaret pycocotools
    pycountry pydantic pydantic_settings pydeck pydicom pydot pydotplus pyfiglet pyfolio pygments
    pygraphviz pygwalker pyhive pyinstrument pyLDAvis pymannkendall pymc pymc3 pymongo pymssql
    pymysql pynndescent pyod pyodbc pyomo pyparsing pypdf PyPDF2 pypdfium2 pyperclip pyproj PyQt5
    PyQt6 pyreadr pyreadstat pyrsistent pysal pysftp PySide6 pyspark pysr pystan pytesseract pytest
    pythonnet pytorch_lightning pytorch_tabnet pytz pyvis pyvista pyxlsb qdrant_client qiskit
    quantstats qutip rank_bm25 rapidfuzz rasterio rasterstats ray rdkit redis redshift_connector
    regex reportlab requests requests_cache requests_html requests_oauthlib retrying rich river
    rouge_score rtree ruptures s3fs s3transfer sacrebleu safetensors sagemaker SALib scanpy
    schedule scikeras scipy scrapy scrubadub sdv seaborn segmentation_models_pytorch selenium
    semopy sentence_transformers sentencepiece sentry_sdk seqeval setuptools shap shapely shiny
    simple_salesforce simplejson simpy six sklearn_crfsuite sklearn_pandas skorch skrebate skrub
    sktime slack_sdk smart_open soundfile soupsieve spacy spacy_transformers SPARQLWrapper spotipy
    sqlalchemy sqlalchemy_bigquery sqlalchemy_utils sqlglot sqlite_utils sqlmodel sqlparse squarify
    stable_baselines3 starlette statsforecast statsmodels streamlit streamlit_option_menu stripe
    sweetviz sympy tableauscraper tables tablib tabulate tenacity tensorboard tensorboardX
    tensorflow tensorflow_addons tensorflow_datasets tensorflow_hub tensorflow_probability
    tensorflow_text tensorly termcolor textblob textdistance textstat tf_keras tflite_runtime
    theano thefuzz threadpoolctl tifffile tiktoken tikzplotlib timm toml tomli tomli_w tomlkit
    toolz torch torch_geometric torchaudio torchmetrics torchsummary torchtext torchvision tornado
    tpot tqdm traitlets transformers treelib trimesh trl tsfresh tslearn tweepy typer
    typing_extensions tzdata tzlocal uncertainties unidecode unyt uproot upsetplot urllib3 uvicorn
    vaderSentiment vaex vectorbt vega_datasets vegafusion verde visions  wandb watchdog
    weasyprint webdriver_manager websockets werkzeug whoosh widgetsnbextension wikipedia wordcloud
    workalendar wrapt xarray xgboost xlrd xlsxwriter xlwings xlwt xmltodict xxhash yahooquery yarl
    yellowbrick yfinance youtube_dl youtube_transcript_api yt_dlp zarr zeep zstandard
"""


def _shipped_table() -> dict[str, str]:
    """Join both lists into one mapping from import name, perhaps dotted, to distribution."""
    table = {name: name.replace("_", "-").lower() for name in _SAME_NAME.split()}
    for line in _OTHER_NAME.strip().splitlines():
        import_name, distribution = line.split()
        table[import_name] = distribution
    return table


DISTRIBUTION_OF = _shipped_table()

# Top-level names that several distributions share, so that the name alone says nothing.
SHARED_NAMESPACES = frozenset(
    name.partition(".")[0] for name in DISTRIBUTION_OF if "." in name
).difference(DISTRIBUTION_OF)


def prefixes(import_name: str) -> tuple[str, ...]:
    """List a dotted name and its parents, the longest first: `a.b.c`, `a.b`, `a`."""
    parts = import_name.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def is_standard_library(import_name: str) -> bool:
    """Whether some supported Python has the name built in."""
    return import_name.partition(".")[0] in STANDARD_LIBRARY


def known_distribution(import_name: str) -> tuple[str, str] | None:
    """Look the name up in the shipped table: the part of it that decided, and the distribution."""
    for prefix in prefixes(import_name):
        if prefix in DISTRIBUTION_OF:
            return prefix, DISTRIBUTION_OF[prefix]
    return None
