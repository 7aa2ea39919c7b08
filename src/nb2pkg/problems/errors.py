"""Why nb2pkg stops: exceptions that a user can act on. They know nothing of terminals or HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pkg.problems.diagnostic import Diagnostic, Location, Severity


class Nb2pkgError(Exception):
    """A stop that the user can mend: a code, what is wrong, where, and what to do."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        location: Location | None = None,
        notebook: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.location = location or Location()
        self.notebook = notebook

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All that was found, the first first; one finding, unless a stop was made of several."""
        return (self.as_diagnostic(),)

    def as_diagnostic(self) -> Diagnostic:
        """Give the same finding as a value, for reports that list several."""
        return Diagnostic(
            code=self.code,
            severity=Severity.ERROR,
            message=self.message,
            location=self.location,
            hint=self.hint,
        )


class UsageError(Nb2pkgError):
    """The command line or the configuration asks for something that cannot be (exit 2)."""


class BadNotebook(Nb2pkgError):
    """The notebook cannot be read or cannot be extracted (exit 3)."""


class FindingsError(BadNotebook):
    """Findings about the notebook that together amount to a stop (exit 3)."""

    def __init__(self, diagnostics: Sequence[Diagnostic], *, notebook: str | None = None) -> None:
        first = next(d for d in diagnostics if d.is_error)
        super().__init__(
            first.code, first.message, hint=first.hint, location=first.location, notebook=notebook
        )
        self.diagnostics = tuple(diagnostics)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All that was found."""
        return self.diagnostics


class BadPipeline(Nb2pkgError):
    """The pipeline cannot be run as it is written: what was found, the first first (exit 3)."""

    def __init__(self, diagnostics: Sequence[Diagnostic], *, notebook: str | None = None) -> None:
        first = diagnostics[0]
        super().__init__(
            first.code, first.message, hint=first.hint, location=first.location, notebook=notebook
        )
        self.diagnostics = tuple(diagnostics)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All that was found."""
        return self.diagnostics


class NothingToExtract(Nb2pkgError):
    """The notebook is fine and holds no code to extract (exit 1)."""


class Refused(Nb2pkgError):
    """Going on could cost somebody a file or follow a link out of the folder (exit 4)."""


class Busy(Nb2pkgError):
    """Somebody else is at it; it can be tried again later (exit 6)."""


class EnvironmentFailure(Nb2pkgError):
    """The disk, the permissions, an interpreter or a tool is not as needed (exit 5)."""


class InternalError(Nb2pkgError):
    """nb2pkg caught itself writing something wrong; nothing was written (exit 70).

    `trace` is the traceback of the bug behind it, where there is one; only `--debug` shows it.
    """

    trace: str = ""
