"""Which requirements the ways to install a package give."""

from __future__ import annotations

import pytest

from nb2pkg.notebook.magics import to_plain_python

INSTALLS = {
    "%pip install pandas": ["pandas"],
    "pip install pandas": ["pandas"],
    "!pip install -q -U pandas numpy": ["pandas", "numpy"],
    "!pip3 install 'pandas>=1,<2' \"dask[complete]\"": ["pandas>=1,<2", "dask[complete]"],
    "!pip install pandas==1.5.0  # pinned": ["pandas==1.5.0"],
    "!pip install pandas==1.5 > /dev/null 2>&1": ["pandas==1.5"],
    "!pip install pandas >/dev/null | tail -1": ["pandas"],
    "!python -m pip install --upgrade pip wheel pandas": ["pandas"],
    "!{sys.executable} -m pip install pandas": ["pandas"],
    "!pip install a && pip install b; pip install a": ["a", "b"],
    "!pip --quiet install a": ["a"],
    "!CUDA=1 pip install a": ["a"],
    "!pip install --target lib -i https://host/simple a": ["a"],
    "!uv pip install a": ["a"],
    "%uv pip install a": ["a"],
    "!conda install -y -c conda-forge numpy=1.20 python=3.8 pandas": ["numpy==1.20.*", "pandas"],
    "%conda install --yes --prefix {sys.prefix} numpy": ["numpy"],
    "!pip install -r requirements.txt": [],
    "!pip install git+https://me:word@host/x.git ./local {package} $package": [],
    "!pip install": [],
}


@pytest.mark.parametrize(("cell", "requirements"), INSTALLS.items(), ids=INSTALLS.keys())
def test_installing_becomes_requirements(cell, requirements):
    result = to_plain_python(cell, 1)

    assert list(result.requirements) == requirements
    assert result.source == ""
    assert [d.text for d in result.dropped] == [cell]
    assert all(f.severity.value == "note" for f in result.findings)


def test_what_no_list_of_dependencies_holds_is_a_note_without_passwords():
    cell = "!pip install -r requirements.txt git+https://me:word@host/x.git ./local"

    messages = [finding.message for finding in to_plain_python(cell, 1).findings]

    assert messages == [
        "'-r requirements.txt' is not taken over as a dependency",
        "'git+https://***@host/x.git' is not taken over as a dependency",
        "'./local' is not taken over as a dependency",
    ]
