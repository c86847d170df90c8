"""The script a person starts: it installs when something changed, and touches nothing when nothing did."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from marshrut.ops import homes


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """The script, loaded beside a small checkout of its own in a temporary folder."""
    checkout = homes.checkout()
    assert checkout is not None
    copy = tmp_path / "a checkout" / "marshrut"
    copy.parent.mkdir()
    shutil.copy(checkout / "marshrut", copy)
    for name in ("pyproject.toml", "constraints.txt", "src/marshrut/ui/frontend/app.css", "src/marshrut/x/django.po"):
        path = copy.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first")
    loader = SourceFileLoader("bootstrap", str(copy))
    spec = importlib.util.spec_from_loader("bootstrap", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def stamp(script: ModuleType, extra: str = "") -> None:
    script.VENV.mkdir(exist_ok=True)
    script.STAMP.write_text(json.dumps({"state": script.state(), "extra": extra}))


def test_a_fresh_checkout_is_not_ready_and_a_stamped_one_is(script: ModuleType) -> None:
    assert not script.is_ready("")
    stamp(script)
    assert script.is_ready("")


def test_the_tests_need_more_than_the_program_and_bring_all_it_needs(script: ModuleType) -> None:
    stamp(script)
    assert not script.is_ready("test")
    stamp(script, "test")
    assert script.is_ready("test")
    assert script.is_ready("")


@pytest.mark.parametrize(
    "changed", ["pyproject.toml", "constraints.txt", "src/marshrut/ui/frontend/app.css", "src/marshrut/x/django.po"]
)
def test_a_change_in_what_it_is_made_from_asks_for_an_installation(script: ModuleType, changed: str) -> None:
    stamp(script)
    (script.CHECKOUT / changed).write_text("second")
    assert not script.is_ready("")


def test_a_change_in_plain_code_asks_for_none(script: ModuleType) -> None:
    stamp(script)
    (script.CHECKOUT / "src" / "marshrut" / "x" / "models.py").write_text("second")
    assert script.is_ready("")


@pytest.mark.parametrize("torn", ["", "{", "[]", "null", '{"state": "other", "extra": ""}'])
def test_a_torn_stamp_counts_as_none(script: ModuleType, torn: str) -> None:
    stamp(script)
    script.STAMP.write_text(torn)
    assert not script.is_ready("")


def test_a_half_made_environment_is_thrown_away_and_made_anew(script: ModuleType) -> None:
    (script.VENV / "bin").mkdir(parents=True)
    (script.VENV / "bin" / "python").symlink_to("/nonexistent/python")
    (script.VENV / "left over").touch()
    script.make_venv()
    assert not (script.VENV / "left over").exists()
    assert script.works(script.PYTHON, "import sys; assert sys.prefix != sys.base_prefix")
    assert script.installer()


def test_a_python_that_can_make_no_environment_is_told_what_to_install(script: ModuleType) -> None:
    without = (
        "import importlib.util, runpy, sys; real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: "
        "None if name in ('ensurepip', 'virtualenv') else real(name, *rest)\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", without, str(script.CHECKOUT / "marshrut")],
        env={"PATH": "/nonexistent", "HOME": str(script.CHECKOUT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)
