"""How long may what is sent be?"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from nb2pkg.server.shapes import CountBounds, Json, NumberBounds, TextBounds

# Below the server's root, as Jupyter has it: relative, and with forward slashes.
ContentsPath: TypeAlias = Annotated[str, TextBounds(longest=4_096, shortest=1)]
CellId: TypeAlias = Annotated[str, TextBounds(longest=64, pattern="[A-Za-z0-9_-]+")]
Source: TypeAlias = Annotated[str, TextBounds(longest=8_000_000)]
Tag: TypeAlias = Annotated[str, TextBounds(longest=1_000)]
Name: TypeAlias = Annotated[str, TextBounds(longest=200, shortest=1)]
Words: TypeAlias = Annotated[str, TextBounds(longest=4_096, shortest=1)]
Digest: TypeAlias = Annotated[str, TextBounds(longest=64, pattern="[0-9a-f]{64}")]
RunId: TypeAlias = Annotated[str, TextBounds(longest=64, pattern="[A-Za-z0-9-]+")]
Values: TypeAlias = Annotated[dict[str, Json], CountBounds(most=1_000)]
Names: TypeAlias = Annotated[tuple[Name, ...], CountBounds(most=1_000)]
Jobs: TypeAlias = Annotated[int, NumberBounds(least=1, most=64)]
Seconds: TypeAlias = Annotated[float, NumberBounds(least=0, most=31_536_000)]
