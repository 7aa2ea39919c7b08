"""Which installed distribution gives an import name, read from disk and without importing any."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nb2pkg.planning.dependencies import InstalledDistribution, normalise
from nb2pkg.planning.import_names import (
    SHARED_NAMESPACES,
    is_standard_library,
    known_distribution,
    prefixes,
)

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_LARGEST_METADATA_BYTES = 1_000_000


class InstalledPackages:
    """The distributions in some package folders; the first folder that has one counts.

    Listing the folders is all that is done at first: metadata is read when it is asked for, since
    an environment may have hundreds of distributions and a notebook imports ten.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._metadata: dict[str, list[_MetadataFolder]] = {}
        self._modules: set[str] = set()
        for folder in folders:
            for metadata in self._list(folder):
                self._metadata.setdefault(metadata.key, []).append(metadata)

    def _list(self, folder: Path) -> Iterator[_MetadataFolder]:
        for name in _listdir(folder):
            stem, suffix = os.path.splitext(name)
            if suffix in (".dist-info", ".egg-info"):
                yield _MetadataFolder(stem.partition("-")[0], os.path.join(folder, name))
            elif suffix == ".egg-link":
                yield from _linked_by(os.path.join(folder, name))
            else:
                self._modules.add(name.partition(".")[0])

    def named(self, distribution: str) -> InstalledDistribution | None:
        """Find a distribution by its name, in whatever spelling."""
        metadata = self._first(distribution)
        return metadata.distribution if metadata else None

    def giving(self, import_names: Collection[str]) -> dict[str, InstalledDistribution]:
        """Find what gives each name, by the part of the name that decided.

        Names of the standard library are not looked for. A name that several distributions give
        alike is left out: which one is meant cannot be said.
        """
        found = {}
        for name in sorted(import_names):
            if is_standard_library(name) or name in SHARED_NAMESPACES:
                continue
            giver = self._by_table(name) or self._by_equal_name(name) or self._by_contents(name)
            if giver is not None:
                found[giver[0]] = giver[1]
        return found

    def _first(self, distribution: str) -> _MetadataFolder | None:
        # A folder left by a broken uninstall has no metadata; the next on the path may.
        for metadata in self._metadata.get(normalise(distribution), ()):
            if metadata.distribution is not None:
                return metadata
        return None

    def _by_table(self, name: str) -> tuple[str, InstalledDistribution] | None:
        known = known_distribution(name)
        installed = self.named(known[1]) if known else None
        return (known[0], installed) if known and installed else None

    def _by_equal_name(self, name: str) -> tuple[str, InstalledDistribution] | None:
        for prefix in prefixes(name):
            metadata = self._first(prefix)
            if metadata is not None and self._gives(metadata, prefix, asked_for=name):
                return _answer(prefix, metadata)
        return None

    def _by_contents(self, name: str) -> tuple[str, InstalledDistribution] | None:
        candidates = self._claiming(name.partition(".")[0])
        for prefix in prefixes(name):
            givers = [c for c in candidates if self._gives(c, prefix, asked_for=name)]
            if len(givers) == 1:
                return _answer(prefix, givers[0])
            if givers:
                return None
        return None

    def _claiming(self, top: str) -> list[_MetadataFolder]:
        """List distributions whose top_level.txt has the name, or that have none and so may."""
        installed = [found for key in self._metadata if (found := self._first_unread(key))]
        claiming = [m for m in installed if m.top_level is not None and top in m.top_level]
        if top in self._modules:
            claiming += [m for m in installed if m.top_level is None]
        return claiming

    def _first_unread(self, key: str) -> _MetadataFolder | None:
        # Only a distribution that is there twice needs its metadata read to choose.
        return self._metadata[key][0] if len(self._metadata[key]) == 1 else self._first(key)

    def _gives(self, metadata: _MetadataFolder, prefix: str, *, asked_for: str) -> bool:
        """Whether a distribution has the module `prefix`, or, for a parent of it, owns all below.

        A folder without `__init__.py` is shared: having `google/` says nothing of `google.colab`.
        """
        top = prefix.partition(".")[0]
        if metadata.is_editable or metadata.record is None:
            # The record lists no modules; the name and top_level.txt are all there is.
            named_alike = metadata.key == normalise(prefix)
            claims = metadata.top_level is not None and top in metadata.top_level
            return top not in SHARED_NAMESPACES and (
                claims or (named_alike and (metadata.is_editable or top in self._modules))
            )
        path = b"\n" + prefix.replace(".", "/").encode()
        if path not in metadata.record:  # far quicker than the pattern, and nearly always so
            return False
        below = rb"/" if prefix == asked_for else rb"/__init__\.(?:py|\w+\.so|\w+\.pyd),"
        module = re.escape(path) + rb"(?:" + below + rb"|\.pyc?,|\.(?:[\w-]+\.)*(?:so|pyd),)"
        return re.search(module, metadata.record) is not None


@dataclass(eq=False)
class _MetadataFolder:
    """A `.dist-info` or `.egg-info`, read bit by bit as it is asked."""

    raw_name: str
    path: str

    @cached_property
    def key(self) -> str:
        return normalise(self.raw_name)

    @cached_property
    def distribution(self) -> InstalledDistribution | None:
        # An egg-info may be a single file, and then it is the metadata itself.
        for path in (
            os.path.join(self.path, "METADATA"),
            os.path.join(self.path, "PKG-INFO"),
            self.path,
        ):
            content = _read(path)
            if content is not None:
                return _parse_metadata(content)
        return None

    @cached_property
    def top_level(self) -> frozenset[str] | None:
        content = _read(os.path.join(self.path, "top_level.txt"))
        return None if content is None else frozenset(content.decode("utf-8", "replace").split())

    @cached_property
    def record(self) -> bytes | None:
        """The list of installed files, each after a line end, the first as well."""
        try:
            with open(os.path.join(self.path, "RECORD"), "rb") as file:
                return b"\n" + file.read()
        except OSError:
            return None

    @cached_property
    def is_editable(self) -> bool:
        try:
            origin = json.loads(_read(os.path.join(self.path, "direct_url.json")) or b"{}")
            return bool(origin["dir_info"]["editable"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return False


def _answer(prefix: str, metadata: _MetadataFolder) -> tuple[str, InstalledDistribution] | None:
    return None if metadata.distribution is None else (prefix, metadata.distribution)


def _linked_by(egg_link: str) -> Iterator[_MetadataFolder]:
    """Follow the link that `setup.py develop` leaves to a source folder with an egg-info in it."""
    lines = (_read(egg_link) or b"").decode("utf-8", "replace").splitlines()
    if not lines or not os.path.isabs(lines[0].strip()):
        return
    source = lines[0].strip()
    for name in _listdir(source):
        if name.endswith(".egg-info"):
            stem = name.removesuffix(".egg-info").partition("-")[0]
            yield _MetadataFolder(stem, os.path.join(source, name))


def _parse_metadata(content: bytes) -> InstalledDistribution | None:
    fields: dict[str, str] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        if not line:
            break  # the description follows, and may well have lines that look like fields
        key, _, value = line.partition(":")
        fields.setdefault(key.lower(), value.strip())
    name, version = fields.get("name", ""), fields.get("version", "")
    if _NAME.fullmatch(name) is None or not version:
        return None
    return InstalledDistribution(name, version)


def _listdir(folder: str | Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST_METADATA_BYTES)
    except OSError:
        return None
