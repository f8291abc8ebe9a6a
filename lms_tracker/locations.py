"""Where the templates, the translations and the documents are.

They stand at the top of a checkout and inside the package once a wheel is installed. In an editable install
neither Flask's ``template_folder`` nor ``importlib.resources`` finds them, so the folder is found by path.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The absolute path of ``templates``, ``translations`` or ``docs``; raises FileNotFoundError without."""
    for place in (_PACKAGE, _PACKAGE.parent):
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(
        f"{name}/ is neither inside the package {_PACKAGE.name} nor beside it: reinstall it"
    )


def templates() -> Path:
    return folder("templates")


def translations() -> Path:
    return folder("translations")


def docs() -> Path:
    return folder("docs")
