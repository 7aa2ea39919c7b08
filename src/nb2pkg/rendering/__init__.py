"""Plan to text: the package's files."""

from nb2pkg.rendering.rendering import (
    SourceTree,
    render_package,
    render_sources,
    settings_code,
)

__all__ = ["SourceTree", "render_package", "render_sources", "settings_code"]
