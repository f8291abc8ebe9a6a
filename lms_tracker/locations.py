"""Where the templates, the translations and the documents are.

They stand at the top of a checkout and inside the package once a wheel is installed. In an editable install
neither Flask's ``template_folder`` nor ``importlib.resources`` finds them, so the folder is found by path.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent

# Complete criteria sets in docs/examples, the first of which are those of docs/criteria-format.md.
CRITERIA_EXAMPLES = ("points", "checklist", "levels", "citizen-of-a-commune")


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


def criteria_format(example: str | None = None) -> Path:
    """The document that says how a criteria set is written, or one of CRITERIA_EXAMPLES."""
    return folder("docs") / (f"examples/{example}.json" if example else "criteria-format.md")
