"""What text do these bytes hold, and if none, what kind of file are they?"""

from __future__ import annotations

from nb2pkg.problems import BadNotebook, Diagnostic, Severity

_UTF8_MARK = b"\xef\xbb\xbf"
_BINARY_SIGNATURES = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"%PDF-", "PDF"),
)
# The four-byte marks come first: UTF-32-LE begins as UTF-16-LE does.
_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def decode_file(data: bytes, notes: list[Diagnostic]) -> str:
    """Give the text of a file without its byte-order mark; a mark adds NB190 to `notes`.

    Raises:
        BadNotebook: the file is empty (NB101), or it isn't UTF-8 text (NB102).
    """
    if not data.strip():
        raise BadNotebook("NB101", "the file is empty")
    _refuse_binary(data)
    _refuse_wide_encoding(data)
    if data.startswith(_UTF8_MARK):
        data = data[len(_UTF8_MARK) :]
        notes.append(
            Diagnostic(
                code="NB190",
                severity=Severity.NOTE,
                message="the file begins with a UTF-8 byte-order mark, which is left out",
            )
        )
        if not data.strip():
            raise BadNotebook("NB101", "the file is empty")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadNotebook(
            "NB102",
            f"byte 0x{data[error.start]:02X} at offset {error.start} isn't UTF-8",
            hint="re-save the file as UTF-8",
        ) from error


def _refuse_binary(data: bytes) -> None:
    for signature, kind in _BINARY_SIGNATURES:
        if data.startswith(signature):
            raise BadNotebook(
                "NB102",
                f"the file looks like {kind} data, not like a notebook",
                hint="give the notebook inside it",
            )


def _refuse_wide_encoding(data: bytes) -> None:
    encoding = next((name for mark, name in _WIDE_MARKS if data.startswith(mark)), None)
    # Without a mark, UTF-16 shows itself by the zero byte beside its first character.
    if encoding is None and len(data) > 1 and (data[0] == 0) != (data[1] == 0):
        encoding = "UTF-16"
    if encoding is not None:
        raise BadNotebook(
            "NB102", f"the file is encoded as {encoding}; re-save as UTF-8", hint="re-save as UTF-8"
        )
