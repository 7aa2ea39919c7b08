"""Files that the system hides: for who shows others what is below a folder."""

from __future__ import annotations

from nb2pkg.adapters.hidden_files import is_marked_hidden

__all__ = ["is_marked_hidden"]
