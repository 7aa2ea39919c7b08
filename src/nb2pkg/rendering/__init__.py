"""Plan to text: the package's files."""

from nb2pkg.rendering.rendering import (
    SourceTree,
    render_package,
    render_sources,
    settings_code,
)
from nb2pkg.rendering.test_module import function_test_name, test_module_of

__all__ = [
    "SourceTree",
    "function_test_name",
    "render_package",
    "render_sources",
    "settings_code",
    "test_module_of",
]
