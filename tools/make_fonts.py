"""Make the fonts for PDF files from the fonts in the installed packages.

Run by ``make setup``; the result goes to ``.cache/fonts``. Three families come out:

* Noto Sans SC, regular and bold, as static fonts. A variable font would be cut to one weight again for
  every PDF file, which is several times slower.
* Noto Sans CJK SC, regular: rare characters that Noto Sans SC lacks.
* DejaVu Sans Mono: check marks and technical signs.

Nothing is left out of the fonts: names of people contain rare characters.
"""

import argparse
import hashlib
import json
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parent.parent / ".cache" / "fonts"
WEIGHTS = {"Regular": 400, "Bold": 700}

# Each of these must be in the named font, else a package has changed under us.
MUST_HAVE = {
    "NotoSansSC-Regular.ttf": "中文审批喆堃玥赟昇翀燚犇㎡℃①Ⅱ",
    "NotoSansSC-Bold.ttf": "中文审批喆堃玥赟昇翀燚犇㎡℃①Ⅱ",
    "NotoSansCJKsc-Regular.otf": "𠮷",
    "DejaVuSansMono.ttf": "☐☑☒✓✔✗✘⌀",
}


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"The package {name} is not installed. Run: make setup")
    return Path(spec.submodule_search_locations[0])


def sources() -> dict[str, Path]:
    noto_sc = package_folder("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
    return {
        "variable": noto_sc / "NotoSansSC[wght].ttf",
        "licence": noto_sc / "OFL.txt",
        "fallback": package_folder("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc",
        "signs": package_folder("barcode") / "fonts" / "DejaVuSansMono.ttf",
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_static(source: Path, target: Path, style: str) -> None:
    """Write one weight of the variable font, named so that regular and bold form one family."""
    font = TTFont(source, recalcTimestamp=False)
    font = instantiateVariableFont(font, {"wght": WEIGHTS[style]}, static=True)
    names = font["name"]
    for name_id in (16, 17, 21, 22, 25):
        names.removeNames(nameID=name_id)
    texts = {1: "Noto Sans SC", 2: style, 4: f"Noto Sans SC {style}", 6: f"NotoSansSC-{style}"}
    for name_id, text in texts.items():
        names.removeNames(nameID=name_id)
        names.setName(text, name_id, 3, 1, 0x409)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | (0x20 if bold else 0x40)
    font["head"].macStyle = int(bold)
    font.save(target)


def make_fallback(source: Path, target: Path) -> None:
    """Write the simplified Chinese face of the collection alone, so that no Japanese face can be picked."""
    for font in TTCollection(str(source), lazy=True).fonts:
        if font["name"].getDebugName(1) == "Noto Sans CJK SC":
            font.recalcTimestamp = False
            font.save(target)
            return
    sys.exit(f"{source.name} holds no face named Noto Sans CJK SC.")


def check(folder: Path) -> None:
    for name, characters in MUST_HAVE.items():
        known = TTFont(folder / name, lazy=True).getBestCmap()
        missing = [character for character in characters if ord(character) not in known]
        if missing:
            sys.exit(f"{name} lacks {' '.join(missing)}.")


def make(target: Path) -> None:
    files = sources()
    wanted = {name: digest(path) for name, path in files.items()}
    wanted["recipe"] = digest(Path(__file__))
    manifest = target / "fonts.json"
    if manifest.exists():
        made = json.loads(manifest.read_text(encoding="utf-8"))
        present = all((target / name).is_file() for name in made["fonts"])
        if made["made_from"] == wanted and present:
            return

    print("Making the PDF fonts (once, about half a minute)", flush=True)
    work = target.with_name(f"{target.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with ProcessPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(make_static, files["variable"], work / f"NotoSansSC-{style}.ttf", style)
            for style in WEIGHTS
        ]
        jobs.append(pool.submit(make_fallback, files["fallback"], work / "NotoSansCJKsc-Regular.otf"))
        for job in jobs:
            job.result()
    shutil.copyfile(files["signs"], work / "DejaVuSansMono.ttf")
    shutil.copyfile(files["licence"], work / "OFL.txt")
    check(work)
    record = {"made_from": wanted, "fonts": {name: digest(work / name) for name in MUST_HAVE}}
    (work / manifest.name).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the fonts for PDF files.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET, help="folder to write to")
    make(parser.parse_args().target.resolve())
