"""Copy the browser libraries into ``portal/static/vendor`` and write down what they are.

Only for the one who changes a version: edit ``package.json``, run ``python3 tools/vendor.py`` (it needs npm)
and commit the result. Nobody needs npm to install, run or test the portal.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "portal" / "static" / "vendor"

# package -> file in the package -> name under portal/static/vendor
FILES = {
    "htmx.org": {"dist/htmx.min.js": "htmx.min.js"},
    "@tabler/core": {"dist/css/tabler.min.css": "tabler.min.css"},
    "tom-select": {
        "dist/js/tom-select.complete.min.js": "tom-select.complete.min.js",
        "dist/css/tom-select.min.css": "tom-select.min.css",
    },
    "signature_pad": {"dist/signature_pad.umd.min.js": "signature_pad.umd.min.js"},
}

SPRITE = "icons.svg"
INVISIBLE = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'  # a frame that draws nothing
ICONS = """
    home inbox file-text files pencil plus trash arrow-up arrow-down check x arrow-back-up ban send
    user users building shield clock alarm alert-triangle bell search filter download upload paperclip
    camera signature printer history link message eye eye-off language sun moon logout settings calendar
    chart-bar list-details table database building-warehouse shopping-cart headset crane palette
    certificate clipboard-check copy clipboard chevron-left chevron-right chevron-down menu-2 dots
    refresh key id-badge player-skip-forward user-plus user-share help info-circle circle-check
    circle-x lock
""".split()


def npm_install() -> None:
    """Install what package.json names. The lock keeps versions and hashes, and no addresses."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found; it is needed to renew the browser libraries.")
    options = ["--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([npm, "install", "--silent", *options], cwd=ROOT, check=True)
    lock_file = ROOT / "package-lock.json"
    lock = json.loads(lock_file.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    text = json.dumps(lock, indent=2, ensure_ascii=False) + "\n"
    if "://" in text:
        sys.exit("package-lock.json holds an address.")
    lock_file.write_text(text, encoding="utf-8")


def sprite() -> str:
    """Put the outline icons into one file; a page shows one with <use href="…/icons.svg#name">."""
    outline = MODULES / "@tabler" / "icons" / "icons" / "outline"
    symbols = []
    for name in sorted(set(ICONS)):
        svg = (outline / f"{name}.svg").read_text(encoding="utf-8")
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        inner = inner.replace(INVISIBLE, "")
        shapes = re.sub(r"\s+", " ", inner).strip().replace("> <", "><").replace(" />", "/>")
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
            f' stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def entry(package: str, files: list[str]) -> dict[str, object]:
    about = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
    hashes = {}
    for name in files:
        sha384 = hashlib.sha384((TARGET / name).read_bytes()).digest()
        hashes[name] = "sha384-" + base64.b64encode(sha384).decode("ascii")
    return {"name": package, "version": about["version"], "licence": about["license"], "files": hashes}


def licence_text(package: str) -> str:
    for path in sorted((MODULES / package).iterdir()):
        if path.name.lower().startswith(("licen", "copying")):
            return path.read_text(encoding="utf-8").strip()
    licence = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))["license"]
    return f"Licence: {licence}. The notice stands at the head of the file itself."


def main() -> None:
    npm_install()
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    entries = []
    for package, files in FILES.items():
        for source, name in files.items():
            shutil.copyfile(MODULES / package / source, TARGET / name)
        entries.append(entry(package, list(files.values())))
    (TARGET / SPRITE).write_text(sprite(), encoding="utf-8")
    entries.append(entry("@tabler/icons", [SPRITE]))
    (TARGET / "vendor.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    packages = [*FILES, "@tabler/icons"]
    texts = [f"{package}\n{'=' * len(package)}\n\n{licence_text(package)}\n" for package in packages]
    (TARGET / "LICENCES.txt").write_text("\n\n".join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
