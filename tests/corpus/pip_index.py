"""Where pip would take a source distribution from."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

CHUNK = 1 << 20


class NotServed(Exception):
    """The index does not have the file any more."""


class PipIndex:
    """Finds and downloads single files with pip's own finder and session.

    `pip download` runs the build backend of every source distribution it fetches, which takes long
    and fails for some; pip has no public way to only download. So its parts are used: they honour
    every setting of the machine (index, mirrors, certificates, proxies).
    """

    def __enter__(self) -> PipIndex:
        self._stack = ExitStack()
        self._stack.enter_context(warnings.catch_warnings())
        # What pip thinks of its own parts is no concern of whoever fetches a notebook.
        warnings.simplefilter("ignore")
        try:
            module = importlib.import_module("pip._internal.commands.download")
        except ImportError as error:
            raise RuntimeError("pip is needed to fetch the corpus: python -m ensurepip") from error
        command: Any = module.DownloadCommand("download", "Download one file")
        options, _ = command.parse_args(["--no-binary", ":all:", "--retries", "2", "corpus"])
        self._stack.enter_context(command.main_context())
        # Extra indexes that do not know a project are not worth a warning each.
        logging.getLogger("pip").setLevel(logging.ERROR)
        self._session = command.get_default_session(options)
        self._finder = command._build_package_finder(
            options=options, session=self._session, ignore_requires_python=True
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def download(self, distribution: str, filename: str, target: Path) -> None:
        """Write the file called `filename` to `target`.

        Raises:
            NotServed: the index lists no such file.
        """
        links = self._links(distribution)
        if filename not in links:
            raise NotServed(f"{filename} is not on the index")
        address = str(links[filename].url_without_fragment)
        part = target.with_name(target.name + ".part")
        if address.startswith("file:"):
            part.write_bytes(Path(url2pathname(unquote(urlsplit(address).path))).read_bytes())
        else:
            self._stream(address, part)
        part.replace(target)

    def _links(self, distribution: str) -> Mapping[str, Any]:
        candidates = self._finder.find_all_candidates(distribution)
        return {candidate.link.filename: candidate.link for candidate in candidates}

    def _stream(self, address: str, part: Path) -> None:
        # Without this header some servers unpack the archive on the way and the digest is lost.
        answer = self._session.get(address, headers={"Accept-Encoding": "identity"}, stream=True)
        answer.raise_for_status()
        with part.open("wb") as file:
            for chunk in answer.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
