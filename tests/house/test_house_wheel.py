"""The wheel, built from what git would hand out and installed where there is no checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import fasteners
import pytest

from tests.house.imports import ROOT

RENDER = """
import sys
import lms_tracker
from lms_tracker.app import create_app
from lms_tracker.config import Settings

assert lms_tracker.__file__.startswith(sys.prefix), lms_tracker.__file__
client = create_app(Settings(secret_key="a key for this test alone, nothing more")).test_client()
for language in ("vi", "en"):
    answer = client.get("/", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.status
    page = answer.get_data(as_text=True)
    assert f'<html lang="{language}"' in page, page[:200]
    assert ("Mỗi giờ học đều được ghi lại" in page) == (language == "vi"), page
for asset in ("pages.css", "icon.svg"):
    assert f"/{asset}" in page
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(folder: Path) -> Path:
    """The wheel of a copy without compiled catalogues, as a fresh clone has none."""
    handed_out = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, handed_out.split("\0")):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / "source" / name)
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--no-build-isolation", "--wheel-dir", folder, folder / "source", cwd=folder,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def install(wheel: Path, place: Path) -> None:
    """Make a fresh environment: our wheel, and the libraries of the one we run in."""
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--no-index", wheel, cwd=wheel.parent,
    )  # fmt: skip
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place).strip()
    )
    # Folders named in a .pth come after the environment's own, and .pth files inside them are not read, so
    # that an editable install of ours is not seen.
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "libraries.pth").write_text("\n".join(sorted(paths)) + "\n")


@pytest.fixture(scope="session")
def place_of_the_wheel(shared_folder: Path) -> Path:
    """A folder with the wheel and the environment it is installed in, made once for all workers."""
    place, unfinished = shared_folder / "wheel", shared_folder / "wheel.unfinished"
    with fasteners.InterProcessLock(shared_folder / "wheel.lock"):
        if not place.exists():
            # An environment cannot be moved, so it is the link that comes last.
            unfinished.mkdir()
            install(built(unfinished), unfinished / "environment")
            place.symlink_to(unfinished)
    return place


@pytest.fixture
def wheel(place_of_the_wheel: Path) -> Path:
    return next(place_of_the_wheel.glob("*.whl"))


@pytest.fixture
def installed(place_of_the_wheel: Path) -> Path:
    """The Python of an environment that has nothing of the checkout."""
    return place_of_the_wheel.resolve() / "environment" / "bin" / "python"


def test_the_wheel_holds_templates_styles_migrations_and_compiled_catalogues(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "lms_tracker/templates/base.html",
        "lms_tracker/translations/en/LC_MESSAGES/messages.mo",
        "lms_tracker/web/static/icon.svg",
        "lms_tracker/store/migrations/env.py",
        "lms_tracker/store/migrations/alembic.ini",
        "lms_tracker/docs/criteria-format.md",
        "lms_tracker/docs/examples/points.json",
        "lms_tracker/py.typed",
        "xapi/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "templates/", "translations/"))]


def test_every_template_and_module_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"lms_tracker/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*.html")}
    for package in ("xapi", "lms_tracker"):
        wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*.py")}
    assert wanted - names == set()


def test_an_installed_wheel_renders_its_page_in_vietnamese_and_english(
    installed: Path, tmp_path: Path
) -> None:
    run(installed, "-c", RENDER, cwd=tmp_path)


def test_an_installed_wheel_makes_a_database(installed: Path, tmp_path: Path) -> None:
    program = installed.parent / "lms-tracker"
    assert '"revision"' in run(program, "db", "upgrade", "--json", cwd=tmp_path)
    assert (tmp_path / "lms_tracker.db").exists()
