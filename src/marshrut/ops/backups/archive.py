"""The archive: a tar of a manifest, the keys and the dump; inside an age file (C2SP age v1) when a key is given.

The manifest stands first and names every other member with its size and SHA-256, and every table with the number of its
rows and a hash of them, so that a restored home can be compared with the one that was kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage  # type: ignore[import-untyped]

FORMAT = 1
MANIFEST, KEYS, DUMP = "manifest.json", "data-keys", "database.dump"
_AGE = b"age-encryption.org/v1"
_LARGEST_MANIFEST = 1 << 20
_PIECE = 1 << 20


class ArchiveError(Exception):
    """An archive cannot be written or read; the text is a sentence for a person."""


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself. `tables`: name → [rows, hash of the rows]; `parts`: member → [bytes, SHA-256]."""

    made_at: str
    version: str
    tables: dict[str, list[str]]
    parts: dict[str, list[str]] = field(default_factory=dict)
    format: int = FORMAT


def write(target: Path, manifest: Manifest, parts: dict[str, Path], recipient: str) -> None:
    """Write the archive beside its final name, then give it that name: it is there whole or not at all.

    Raises:
        ArchiveError: the file exists, or the disk refuses.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already: a backup never overwrites another.")
    described = {name: [str(path.stat().st_size), _digest(path)] for name, path in parts.items()}
    whole = Manifest(**{**asdict(manifest), "parts": described})
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # private from its first moment
    except OSError as problem:
        raise ArchiveError(f"{target} cannot be written: {problem.strerror}.") from problem
    try:
        with open(descriptor, "wb") as file:
            if recipient:
                _seal(whole, parts, recipient, file)
            else:
                _pack(whole, parts, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)
    except FileExistsError as problem:
        raise ArchiveError(f"{target} exists already: a backup never overwrites another.") from problem
    except OSError as problem:
        raise ArchiveError(f"{target} cannot be written: {problem.strerror}.") from problem
    finally:
        os.unlink(draft)


def _pack(manifest: Manifest, parts: dict[str, Path], file: IO[bytes]) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        for name, path in parts.items():
            with path.open("rb") as content:
                tar.addfile(_member(name, path.stat().st_size), content)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _seal(manifest: Manifest, parts: dict[str, Path], recipient: str, file: IO[bytes]) -> None:
    with tempfile.TemporaryFile(dir=next(iter(parts.values())).parent) as plain:
        _pack(manifest, parts, plain)
        plain.seek(0)
        pyrage.encrypt_io(plain, file, [pyrage.x25519.Recipient.from_str(recipient)])


@contextmanager
def opened(archive: Path, identity: str, work: Path) -> Iterator[tuple[Manifest, dict[str, Path]]]:
    """The manifest and the unpacked members of an archive, every one of them as the manifest says it must be.

    Raises:
        ArchiveError: it is not ours, needs a key or another one, or is torn or altered.
    """
    try:
        with archive.open("rb") as file:
            if file.read(len(_AGE)) == _AGE:
                file.seek(0)
                yield _unpack(_unseal(file, identity, work), work)
                return
            file.seek(0)
            yield _unpack(file, work)
    except OSError as problem:
        raise ArchiveError(f"{archive} cannot be read: {problem.strerror or problem}.") from problem


def _unseal(file: IO[bytes], identity: str, work: Path) -> IO[bytes]:
    if not identity:
        raise ArchiveError("This archive is encrypted: name the file with its key in --key.")
    plain = (work / "archive.tar").open("w+b")
    try:
        pyrage.decrypt_io(file, plain, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, OSError) as problem:
        raise ArchiveError("The archive does not open: it is another key's, or it is torn or altered.") from problem
    plain.seek(0)
    return plain


def _unpack(file: IO[bytes], work: Path) -> tuple[Manifest, dict[str, Path]]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            manifest = _read_manifest(tar)
            found = {}
            while member := tar.next():
                if member.name not in manifest.parts or not member.isreg():
                    raise ArchiveError(f"The archive holds “{member.name[:60]}”, which its list does not name: it was altered.")
                found[member.name] = _keep(tar, member, work / member.name, manifest.parts[member.name])
    except (tarfile.TarError, EOFError, UnicodeDecodeError) as problem:
        raise ArchiveError("This is no archive of Marshrut, or it is torn.") from problem
    if missing := sorted(set(manifest.parts) - set(found)):
        raise ArchiveError(f"The archive is torn: {', '.join(missing)} is missing.")
    return manifest, found


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or first.size > _LARGEST_MANIFEST:
        raise ArchiveError("This is no archive of Marshrut: its list of contents does not stand first.")
    content = tar.extractfile(first)
    try:
        known: dict[str, Any] = json.loads(content.read() if content else b"")
        manifest = Manifest(**known)
        names = {KEYS, DUMP}
        if set(manifest.parts) != names or not all(len(said) == 2 for said in manifest.parts.values()):
            raise ValueError
    except (ValueError, TypeError, AttributeError) as problem:
        raise ArchiveError("The archive's list of contents cannot be read: it was altered, or is another program's.") from problem
    if manifest.format != FORMAT:
        raise ArchiveError(f"The archive is of format {manifest.format}, which this Marshrut does not know: use a newer one.")
    return manifest


def _keep(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, said: list[str]) -> Path:
    content = tar.extractfile(member)
    digest, size = hashlib.sha256(), 0
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        while content and (piece := content.read(_PIECE)):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    if [str(size), digest.hexdigest()] != said:
        raise ArchiveError(f"The archive is torn or altered: {member.name} is not what it was.")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_key() -> tuple[str, str]:
    """A new age key: (what opens archives and must be kept apart, what only seals them)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def read_key(path: Path) -> tuple[str, str]:
    """(identity or empty, recipient) from a key file as `age-keygen` writes it; comments begin with #.

    Raises:
        ArchiveError: there is no key in it.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ArchiveError(f"The key file {path} cannot be read.") from problem
    for line in (line.strip() for line in lines):
        try:
            if line.startswith("AGE-SECRET-KEY-1"):
                return line, str(pyrage.x25519.Identity.from_str(line).to_public())
            if line.startswith("age1"):
                return "", str(pyrage.x25519.Recipient.from_str(line))
        except (pyrage.IdentityError, pyrage.RecipientError) as problem:
            raise ArchiveError(f"The key in {path} is misspelt.") from problem
    raise ArchiveError(f"There is no key in {path}: ./marshrut backup-key FILE makes one.")
