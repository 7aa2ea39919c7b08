"""Which distributions the package must declare, from what the notebook imports and installs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2pkg.planning.import_names import (
    SHARED_NAMESPACES,
    is_standard_library,
    known_distribution,
    prefixes,
)
from nb2pkg.problems import Diagnostic, Severity

# What runs a notebook rather than what is in it; declared only when the code imports it.
_NOTEBOOK_TOOLS = frozenset(
    ("ipykernel", "ipython", "jupyter", "jupyterlab", "notebook", "pip", "setuptools", "wheel")
)
# A first number this large is a year: such versions say when, not what broke.
_FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """A distribution of the notebook's environment, spelled as its metadata spells it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts:
    """What was read of the Python that the notebook runs on.

    `distributions` goes by import name: the top-level one, or a dotted one where several
    distributions share a namespace (`google.cloud.storage`). `installed` goes by normalised
    distribution name, for those that `pip install` lines name. `local_modules` are the import
    names of modules beside the notebook, `local_sources` their files by relative path. `interpreter` and `found_by` are for messages only.
    `may_be_run` says whether whoever uses nb2pkg chose that interpreter, and not a file of the project;
    `passed_over` which one such a file names that is not used, as the beginning of a sentence.
    """

    python_version: tuple[int, int] | None
    interpreter: str | None
    found_by: str
    distributions: Mapping[str, InstalledDistribution]
    local_modules: frozenset[str]
    installed: Mapping[str, InstalledDistribution] = field(default_factory=dict)
    local_sources: Mapping[str, str] = field(default_factory=dict)
    may_be_run: bool = True
    passed_over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A distribution to declare; `requirement` and `constraint` are the lines to write.

    `specifier` is empty when nothing is known about versions. `pinned` is the public version that
    the environment has, unless no index could give it or it contradicts the specifier.
    `import_name` is empty for what is installed by the notebook and never imported.
    """

    distribution: str
    specifier: str
    pinned: str | None
    import_name: str
    extras: tuple[str, ...] = ()
    url: str | None = None
    marker: str | None = None

    @property
    def requirement(self) -> str:
        """The requirement as a project file declares it, such as `pandas[excel]>=2.2,<3`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        url = f" @ {self.url}" if self.url else ""
        # After a URL, only a space tells the marker from more of the URL.
        marker = f"{' ' if url else ''}; {self.marker}" if self.marker else ""
        return f"{self.distribution}{extras}{self.specifier}{url}{marker}"

    @property
    def constraint(self) -> str | None:
        """The exact version as a constraints file holds it, such as `pandas==2.2.3`."""
        return None if self.pinned is None else f"{self.distribution}=={self.pinned}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What to declare, by name; the import names that nobody knows; what to tell the user."""

    required: tuple[Dependency, ...]
    unknown: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One parsed requirement of a `pip install` line."""

    name: str
    specifier: str = ""
    extras: tuple[str, ...] = ()
    url: str | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A distribution that is wanted, before its versions are decided."""

    name: str
    version: str | None
    import_name: str
    requirement: Requirement


def infer_dependencies(
    import_names: Collection[str], requirements: Collection[str], environment: EnvironmentFacts
) -> Dependencies:
    """Turn imports and `pip install` requirements into what the package declares.

    Import names may be dotted, and must be for what lives in a namespace that distributions share
    (`google.cloud.storage`, not `google.cloud`). Nothing is guessed: a name that neither the
    environment, nor the shipped table, nor a requirement explains is `unknown`, and a finding.
    When a distribution is required twice, the later requirement counts, as it does for pip.
    """
    declared, findings = _parse_all(requirements)
    wanted: dict[str, _Wanted] = {}
    unknown: set[str] = set()
    for import_name in _to_explain(import_names, environment.local_modules):
        found = _explain(import_name, declared, environment)
        if found is None:
            unknown.add(_reported_name(import_name))
        else:
            wanted.setdefault(normalise(found.name), found)
    for key, requirement in declared.items():
        if key not in wanted and key not in _NOTEBOOK_TOOLS:
            wanted[key] = _only_installed(requirement, environment)
    for key in sorted(wanted):
        findings.extend(_contradiction(wanted[key]))
    findings.extend(_nobody_knows(name) for name in sorted(unknown))
    return Dependencies(
        required=tuple(_decide_versions(wanted[key]) for key in sorted(wanted)),
        unknown=tuple(sorted(unknown)),
        findings=tuple(findings),
    )


def normalise(distribution: str) -> str:
    """Spell a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


# -- from import names to distributions


def _to_explain(import_names: Collection[str], local_modules: frozenset[str]) -> Iterator[str]:
    distinct = sorted(set(import_names))
    for name in distinct:
        top = name.partition(".")[0]
        if is_standard_library(name) or top in local_modules:
            continue
        # `import google.cloud` beside `google.cloud.storage` asks for nothing more.
        is_bare_namespace = top in SHARED_NAMESPACES and any(
            other.startswith(f"{name}.") for other in distinct
        )
        if not is_bare_namespace:
            yield name


def _explain(
    import_name: str, declared: Mapping[str, Requirement], environment: EnvironmentFacts
) -> _Wanted | None:
    """Ask the environment, then the shipped table, then the notebook's own requirements.

    Where the environment and the table know different lengths of a dotted name, the longer one
    says more: `mpl_toolkits` is matplotlib's, `mpl_toolkits.basemap` is not.
    """
    known = known_distribution(import_name)
    for prefix in prefixes(import_name):
        if prefix in environment.distributions:
            installed = environment.distributions[prefix]
            return _wanted(installed.name, installed.version, prefix, declared)
        if known is not None and known[0] == prefix:
            return _wanted(known[1], None, prefix, declared)
    for prefix in prefixes(import_name):
        requirement = declared.get(normalise(prefix))
        if requirement is not None:
            return _wanted(requirement.name, None, prefix, declared)
    return None


def _wanted(
    name: str, version: str | None, import_name: str, declared: Mapping[str, Requirement]
) -> _Wanted:
    requirement = declared.get(normalise(name), Requirement(name=name))
    return _Wanted(name=name, version=version, import_name=import_name, requirement=requirement)


def _only_installed(requirement: Requirement, environment: EnvironmentFacts) -> _Wanted:
    installed = environment.installed.get(normalise(requirement.name))
    return _Wanted(
        name=installed.name if installed else requirement.name,
        version=installed.version if installed else None,
        import_name="",
        requirement=requirement,
    )


def _reported_name(import_name: str) -> str:
    top = import_name.partition(".")[0]
    return import_name if top in SHARED_NAMESPACES else top


def _nobody_knows(import_name: str) -> Diagnostic:
    return Diagnostic(
        code="NB511",
        severity=Severity.NOTE,
        message=f"nobody knows which distribution gives {import_name!r}",
        hint="add it to pyproject.toml yourself",
    )


# -- versions


def _decide_versions(wanted: _Wanted) -> Dependency:
    asked = wanted.requirement
    specifier, pinned = asked.specifier, None
    if wanted.version is not None and asked.url is None:
        specifier = specifier or version_range(wanted.version)
        if satisfies(wanted.version, specifier):
            pinned = _version_on_an_index(wanted.version)
    return Dependency(
        distribution=wanted.name,
        specifier=specifier,
        pinned=pinned,
        import_name=wanted.import_name,
        extras=asked.extras,
        url=asked.url,
        marker=asked.marker,
    )


def _contradiction(wanted: _Wanted) -> Iterator[Diagnostic]:
    specifier = wanted.requirement.specifier
    if wanted.version is None or not specifier or satisfies(wanted.version, specifier):
        return
    yield Diagnostic(
        code="NB513",
        severity=Severity.NOTE,
        message=f"the notebook installs {wanted.name}{specifier} with pip, "
        f"and its environment has {wanted.version}: the package asks for what the notebook says",
        hint="run the notebook once more, or correct its pip line",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """A version taken apart as PEP 440 does; `order` compares as versions do."""

    epoch: int
    release: tuple[int, ...]
    public: str
    local: str | None
    is_final: bool
    is_dev: bool
    order: tuple[int, tuple[int, ...], tuple[int, int], int, float]


_VERSION = re.compile(
    r"""v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>\d*))?
    (?P<post>-(?P<implicit_post>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>\d*))?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_number>\d*))?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1}
_CANDIDATE, _FINAL, _BEFORE_ALL = 2, 3, -1


def _parse_version(text: str) -> _Version | None:
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return None
    part = match.groupdict()
    release = tuple(int(number) for number in part["release"].split("."))
    post = -1
    if part["post"] is not None:
        post = int(part["implicit_post"] or part["post_number"] or 0)
    if part["pre"] is not None:
        phase = (_PHASES.get(part["pre"].lower(), _CANDIDATE), int(part["pre_number"] or 0))
    elif part["dev"] is not None and post < 0:
        phase = (_BEFORE_ALL, 0)
    else:
        phase = (_FINAL, 0)
    dev = float("inf") if part["dev"] is None else float(part["dev_number"] or 0)
    epoch = int(part["epoch"] or 0)
    return _Version(
        epoch=epoch,
        release=release,
        public=text.strip().partition("+")[0],
        local=part["local"],
        is_final=part["pre"] is None and part["dev"] is None,
        is_dev=part["dev"] is not None,
        order=(epoch, _without_trailing_zeros(release), phase, post, dev),
    )


def _without_trailing_zeros(release: tuple[int, ...]) -> tuple[int, ...]:
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release


def version_range(installed: str) -> str:
    """Give the range of versions that promise to behave as the installed one, such as `>=2.2,<3`.

    From 1.0 on, that is up to the next major version. Before it, the minor number plays the
    major's part (0.13 may break what 0.12 did, and Cargo, npm and Poetry read it so), and so for a
    package that must compute what its notebook did, the next minor is already too far. For 0.0.x
    that reading would be a pin, which the constraints file already is: the whole of 0.0 goes.
    A calendar version promises nothing, so only the oldest one is said. A pre-release is its own
    lower bound, since `>=3.0` leaves 3.0rc1 out. A version that is no version gives no range.
    """
    version = _parse_version(installed)
    if version is None:
        return ""
    epoch = f"{version.epoch}!" if version.epoch else ""
    lowest = epoch + ".".join(str(number) for number in version.release[:2])
    if not version.is_final:
        lowest = version.public
    major, minor = (*version.release, 0)[:2]
    if major >= _FIRST_YEAR:
        return f">={lowest}"
    if major > 0:
        return f">={lowest},<{epoch}{major + 1}"
    if minor == 0 and version.is_final:
        lowest = epoch + ".".join(str(number) for number in version.release)
    return f">={lowest},<{epoch}0.{minor + 1}"


def _version_on_an_index(installed: str) -> str | None:
    """Give the version to pin; builds of a repository's state (1.2.dev3+gabc) are on no index.

    A local part such as `+cu118` names a build of the same release, which the bare release also
    matches.
    """
    version = _parse_version(installed)
    if version is None or (version.is_dev and version.local):
        return None
    return version.public


def satisfies(installed: str, specifier: str) -> bool:
    """Whether a version lies within a specifier such as `>=2.1,!=2.3.*`; odd versions never do."""
    version = _parse_version(installed)
    if version is None:
        return False
    return all(_satisfies_clause(version, clause) for clause in specifier.split(",") if clause)


def _satisfies_clause(version: _Version, clause: str) -> bool:
    match = _CLAUSE.fullmatch(clause.strip())
    if match is None:
        return False
    operator, text = match["operator"], match["version"]
    if operator == "===" or "+" in text:
        return (version.public + (f"+{version.local}" if version.local else "") == text) != (
            operator == "!="
        )
    bound = _parse_version(text.removesuffix(".*"))
    if bound is None:
        return False
    if operator == "~=":
        return version.order >= bound.order and _begins_with(version, bound, bound.release[:-1])
    if operator in ("==", "!="):
        same = (
            _begins_with(version, bound, bound.release)
            if text.endswith(".*")
            else version.order == bound.order
        )
        return same == (operator == "==")
    return {
        ">=": version.order >= bound.order,
        "<=": version.order <= bound.order,
        ">": version.order > bound.order,
        "<": version.order < bound.order,
    }[operator]


def _begins_with(version: _Version, bound: _Version, release: tuple[int, ...]) -> bool:
    padded = version.release + (0,) * len(release)
    return version.epoch == bound.epoch and padded[: len(release)] == release


# -- requirements of pip install lines

_CLAUSE = re.compile(
    r"(?P<operator>===|~=|==|!=|<=|>=|<|>)\s*(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*(?:\.\*)?)"
)
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\[(?P<extras>[A-Za-z0-9._,\s-]*)\])?\s*"
    r"(?:@\s*(?P<url>[A-Za-z][A-Za-z0-9+.-]*://[!-~]+)|(?P<specifier>[^;@]*?))"
    r"\s*(?:;\s*(?P<marker>[\w\s.'\"<>=!~()+-]+))?",
    re.ASCII,
)
_REPOSITORY = re.compile(
    rf"(?P<url>(?:git|hg|svn|bzr)\+[a-z+]+://[!-~]+?)#(?:[^#\s]*&)?egg=(?P<name>{_NAME})(?:[&\[].*)?"
)


def parse_requirement(text: str) -> Requirement | None:
    """Read a requirement as pip takes it; None when a package cannot declare it.

    Folders, wheels by path and options cannot be declared, and neither can a web address with a
    user name or token in it: that secret would be written into the package.
    """
    text = text.strip()
    match = _REPOSITORY.fullmatch(text)
    if match is not None:
        return _with_a_public_url(Requirement(name=match["name"], url=match["url"]))
    match = _REQUIREMENT.fullmatch(text)
    if match is None:
        return None
    specifier = (match["specifier"] or "").strip()
    if specifier.startswith("(") and specifier.endswith(")"):
        specifier = specifier[1:-1]
    clauses = [_CLAUSE.fullmatch(clause.strip()) for clause in specifier.split(",")]
    if specifier and None in clauses:
        return None
    extras = {extra.strip() for extra in (match["extras"] or "").split(",")} - {""}
    return _with_a_public_url(
        Requirement(
            name=match["name"],
            specifier=",".join(
                f"{clause['operator']}{clause['version']}" for clause in clauses if clause
            ),
            extras=tuple(sorted(extras)),
            url=match["url"],
            marker=match["marker"].strip() if match["marker"] else None,
        )
    )


def _with_a_public_url(requirement: Requirement) -> Requirement | None:
    if requirement.url is None:
        return requirement
    scheme, _, rest = requirement.url.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    if at and not (scheme.endswith("ssh") and ":" not in user):
        return None
    return requirement


def _parse_all(
    requirements: Collection[str],
) -> tuple[dict[str, Requirement], list[Diagnostic]]:
    # A set has no order of its own, and the same notebook must give the same bytes.
    in_order = requirements if isinstance(requirements, Sequence) else sorted(requirements)
    parsed: dict[str, Requirement] = {}
    findings: list[Diagnostic] = []
    for text in in_order:
        requirement = parse_requirement(text)
        if requirement is None:
            findings.append(_cannot_declare(text))
        else:
            parsed[normalise(requirement.name)] = requirement
    return parsed, findings


def _cannot_declare(text: str) -> Diagnostic:
    without_secret = re.sub(r"//[^/\s]*@", "//***@", text)
    return Diagnostic(
        code="NB512",
        severity=Severity.NOTE,
        message=f"the notebook installs {without_secret!r}, which a package cannot declare",
        hint="add what it gives to pyproject.toml yourself, by name",
    )
