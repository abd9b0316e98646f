"""Write the bill of materials of what runs: every library with version and hashes, and the browser files, as CycloneDX.

`make sbom` writes it to `dist/sbom.cdx.json`. What only developers need is left out.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK, VENDOR = ROOT / "requirements.lock", ROOT / "portal" / "static" / "vendor"
TARGET = ROOT / "dist" / "sbom.cdx.json"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<rest>.*(?:\n[ ]{4}--hash=.*)+)", re.M)


def at_run_time() -> set[str]:
    """The names of all that the portal's own dependencies bring along on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(one), "") for one in project["dependencies"]]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        for more in ("", *wanted.extras):
            key = canonicalize_name(wanted.name), more
            if key not in found:
                found.add(key)
                waiting += [(Requirement(one), more) for one in metadata.requires(wanted.name) or ()]
    return {name for name, _extra in found}


def locked(names: set[str]) -> str:
    """The lines of the lock about these packages, as far as they hold on this machine."""
    return "\n".join(
        one[0].replace(" \\\n", " ")
        for one in PINNED.finditer(LOCK.read_text(encoding="utf-8"))
        if canonicalize_name(one["name"]) in names and _holds(one[0].partition(" \\")[0])
    )


def _holds(line: str) -> bool:
    marker = Requirement(line).marker
    return marker is None or marker.evaluate()


def vendored() -> list[dict[str, Any]]:
    """The browser libraries, with the files that were taken from them."""
    return [
        {
            "bom-ref": f"{one['name']}@{one['version']}",
            "type": "library",
            "name": one["name"],
            "version": one["version"],
            "purl": f"pkg:npm/{one['name'].replace('@', '%40')}@{one['version']}",
            "licenses": [{"license": {"name": one["licence"]}}],
            "components": [
                {
                    "bom-ref": f"portal/static/vendor/{name}",
                    "type": "file",
                    "name": f"portal/static/vendor/{name}",
                    "hashes": [{"alg": "SHA-384", "content": _hexadecimal(integrity)}],
                }
                for name, integrity in one["files"].items()
            ],
        }
        for one in json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
    ]


def _hexadecimal(integrity: str) -> str:
    return base64.b64decode(integrity.removeprefix("sha384-")).hex()


def make() -> str:
    """The bill, the same each time."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    command = [
        program,
        "requirements",
        "--output-reproducible",
        "-",
        "--pyproject",
        str(ROOT / "pyproject.toml"),
    ]
    made = subprocess.run(command, input=locked(at_run_time()), capture_output=True, text=True, check=True)
    bill = json.loads(made.stdout)
    bill["components"] += vendored()
    return json.dumps(bill, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(make(), encoding="utf-8")
    print(TARGET.relative_to(ROOT))
