"""Names of folders that tell nobody whose they are, for results that are encrypted: a name is readable on the disk all the same."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping

from movescreen.doors import parse_object

#: The one file of a screening that says in which folders its clips are; its pages link to them.
_SAYS = "result.json"


def neutral_names(names: Iterable[str]) -> dict[str, str]:
    """Return folder of a clip -> ``clip_1``, ``clip_2`` ...; a folder called so keeps its name."""
    given = list(dict.fromkeys(names))
    free = (name for number in range(1, len(given) * 2 + 1) if (name := f"clip_{number}") not in given)
    return {name: name if re.fullmatch(r"clip(_\d+)?", name) else next(free) for name in given}


def rename_clips(file: str, content: bytes, names: Mapping[str, str]) -> bytes:
    """Return what is in a file of a screening, with other names for the folders of its clips."""
    if file == _SAYS:
        try:
            told = parse_object(content.decode())
            for clip in told.get("clips", ()):
                clip["folder"] = names.get(clip["folder"], clip["folder"])
        except (ValueError, TypeError, KeyError, AttributeError):  # damaged: it stays as it is
            return content
        return (json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    if file.endswith(".html"):
        for was, now in names.items():
            content = content.replace(f'="{html.escape(was)}/'.encode(), f'="{now}/'.encode())
    return content
