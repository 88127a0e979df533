"""Files that a program hands over: told apart by what is in them, as the engine does it, and packed to be run.

A file is an object that says where it is, or is its own text; an archive is one that has files under their paths.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime.rpc import _special_archive_sig, _special_asset_sig, _special_sig_key

_AT_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip knows: when a file was written is none of its content."""
_READABLE = 0o100644 << 16


def hashed(value: Any) -> Any:
    """The value with the hash of its content beside each file and archive in it."""
    match value:
        case {"hash": str()} if _special_sig_key in value:
            return value
        case dict() if value.get(_special_sig_key) == _special_asset_sig:
            return {**value, "hash": hashlib.sha256(_content(value)).hexdigest()}
        case dict() if value.get(_special_sig_key) == _special_archive_sig:
            told = "".join(f"{path}\0{content}\n" for path, content in _hashes(value))
            return {**value, "assets": hashed(value["assets"]), "hash": hashlib.sha256(told.encode()).hexdigest()}
        case dict():
            return {key: hashed(item) for key, item in value.items()}
        case list():
            return [hashed(item) for item in value]
        case _:
            return value


def by_content(value: Any) -> Any:
    """The value with nothing but its hash in place of each file and archive: where it lay does not make another one."""
    match value:
        case {"hash": str(content)} if _special_sig_key in value:
            return content
        case dict():
            return {key: by_content(item) for key, item in value.items()}
        case list():
            return [by_content(item) for item in value]
        case _:
            return value


def zipped(archive: Mapping[str, Any]) -> bytes:
    """The archive as a zip that is the same whenever its files are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as written:
        for path in sorted(archive["assets"]):
            entry = zipfile.ZipInfo(path, _AT_NO_TIME)
            entry.external_attr = _READABLE
            written.writestr(entry, _content(archive["assets"][path]))
    return packed.getvalue()


def _hashes(archive: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path in sorted(archive["assets"]):
        yield path, hashed(archive["assets"][path])["hash"]


def _content(asset: Mapping[str, Any]) -> bytes:
    return asset["text"].encode() if "text" in asset else Path(asset["path"]).read_bytes()
