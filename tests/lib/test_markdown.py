"""The text of a controlled document as HTML, as plain words and as a table of contents."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.lib import markup
from portal.lib.markdown import contents, plain, render
from portal.storage.shipped import shipped


def link(name: str) -> str:
    """Addresses as a page would give them: everything of purchasing exists, and nothing else."""
    return f"/to/{name}" if name.startswith(("PU", "CS-P-03", "#arrival")) else ""


def image(name: str) -> str:
    """The picture that there is."""
    return "/files/1" if name == "货架 1.png" else ""


def drawn(text: str) -> str:
    """The text as HTML, with a drawing for each part."""
    return render(text, parts=lambda kind, name: Markup(f"<svg>{kind}|{name}</svg>"), link=link, image=image)


def test_a_clause_has_its_number_its_id_and_what_it_is() -> None:
    html = drawn("# 目的 {#purpose}\n\n正文。\n\n## 到货 {#arrival .record}\n\n# 附则 {#rest .added}\n")
    assert '<section class="clause" id="purpose">\n<h2><span class="clause-number">1</span> 目的</h2>' in html
    assert '<section class="clause record" id="arrival">' in html
    assert '<h3><span class="clause-number">1.1</span> 到货</h3>' in html
    assert '<section class="clause added" id="rest">' in html
    assert '<span class="clause-number">2</span>' in html
    assert html.count("<section") == html.count("</section>") == 3


def test_an_id_is_given_once_and_a_heading_without_one_has_none() -> None:
    html = drawn("# 甲 {#one}\n# 乙 {#one}\n# 丙\n")
    assert html.count('id="one"') == 1
    assert html.count("id=") == 1
    assert html.count('<section class="clause"') == 3


def test_what_stands_before_the_first_heading_is_shown() -> None:
    assert drawn("开头。\n\n# 目的 {#purpose}").startswith("<p>开头。</p>")
    assert drawn("") == ""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**中文：**紧接", "<strong>中文：</strong>紧接"),
        ("按**《采购订货单》**执行", "按<strong>《采购订货单》</strong>执行"),
        ("第一行\n第二行", "<p>第一行第二行</p>"),
        ("line\nbreak", "<p>line\nbreak</p>"),
        ("~~删去~~", "<s>删去</s>"),
        ("[外](https://a.example/?b=c&d)", 'href="https://a.example/?b=c&amp;d"'),
        ("[外](https://a.example)", 'rel="noopener noreferrer"'),
        ("[内](/warehouse/)", '<a href="/warehouse/">内</a>'),
        ("[到货](#arrival)", '<a href="/to/#arrival">到货</a>'),
        ("[回访](CS-P-03#calls)", '<a href="/to/CS-P-03#calls">回访</a>'),
        ("[回访](CS-P-99#calls)", "<p>回访</p>"),
        ("[**PU-04** 单](XX-00#no)", '<strong><a href="/to/PU-04">PU-04</a></strong> 单</p>'),
        ("[偷](//evil.example)", "<p>偷</p>"),
        (r"[偷](</\evil.example>)", "<p>偷</p>"),
        ("![货架](<货架 1.png>)", '<img src="/files/1" alt="货架" loading="lazy">'),
        ("![货**架**](https://evil.example/x.png)", "<p>货架</p>"),
        ("<b onclick=alert(1)>粗</b>", "&lt;b onclick=alert(1)&gt;粗&lt;/b&gt;"),
        ("    缩进不是代码", "<p>缩进不是代码</p>"),
        ("标题\n===", "<p>标题\n===</p>"),
        ("3. 三\n4. 四", '<ol start="3">'),
    ],
)
def test_marks(text: str, html: str) -> None:
    assert html in drawn(text)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("填PU-04采购订货单。", ["PU-04"]),
        ("PU-04、PU-06；PU-P-01#arrival", ["PU-04", "PU-06", "PU-P-01#arrival"]),
        ("PU-P-01#arrival-2。", ["PU-P-01#arrival-2"]),
        ("`PU-04`", []),
        ("```\nPU-04\n```", []),
        ("PU-04-2026-0042", []),
        ("XPU-04 PU-0412 PU-04#A PU-04A", []),
        ("ZZ-04", []),
        ("[见 PU-04](https://a.example)", []),
        ("[见 PU-04](PU-06)", []),
    ],
)
def test_forms_and_clauses_are_linked_by_their_number(text: str, linked: list[str]) -> None:
    assert re.findall(r'<a href="/to/([^"]+)">\1</a>', drawn(text)) == linked


def test_forms_in_titles_and_tables_are_linked_too() -> None:
    html = drawn("# 填写 PU-04 {#a}\n\n| 表单 |\n|---|\n| PU-06 进货检验单 |")
    assert '</span> 填写 <a href="/to/PU-04">PU-04</a></h2>' in html
    assert '<td><a href="/to/PU-06">PU-06</a> 进货检验单</td>' in html


def test_tables_are_aligned_by_classes_and_can_be_scrolled() -> None:
    html = drawn("# 期限 {#a}\n\n| 项 | 天 | 备注 |\n|:--|--:|:-:|\n| 甲 \\| 乙 | 3 | 无 |")
    assert '<th class="align-left">项</th>' in html
    assert '<td class="align-right">3</td>' in html
    assert '<td class="align-center">无</td>' in html
    assert "甲 | 乙" in html
    assert '<div class="table-scroll" tabindex="0" role="group" aria-label="期限"><table' in html
    assert "style" not in html


def test_parts_are_drawn_where_they_stand() -> None:
    html = drawn("# 流程图 {#flow}\n\n前\n{{flow PU-04}}\n后\n\n- 项\n\n  {{ records }}\n")
    assert '<p>前</p>\n<div class="part"><svg>flow|PU-04</svg></div>\n<p>后</p>' in html
    assert '<div class="part"><svg>records|</svg></div>\n</li>' in html


def test_no_part_inside_code_or_a_line() -> None:
    assert "svg" not in drawn("```\n{{flow PU-04}}\n```\n\n见 {{flow PU-04}}。")


def test_what_a_part_gives_as_a_string_is_escaped() -> None:
    html = render("{{flow X}}", parts=lambda _kind, _name: "<b>", link=link, image=image)
    assert '<div class="part">&lt;b&gt;</div>' in html


def test_nobody_can_write_the_place_of_a_part() -> None:
    html = drawn("\ufdd00\ufdd1 {{flow}}\n\n{{flow PU-04}}")
    assert html.count("<svg>") == 1
    assert "<p>0 {{flow}}</p>" in html


def test_plain_words() -> None:
    text = (
        "开头\n\n# **目的** {#purpose .record}\n\n按[回访](CS-P-03#calls)和`代码`，\n~~换行~~。\n\n{{flow PU-04}}\n\n"
        "1. 一\n   - 甲\n\n| 项 | 天 |\n|---|--:|\n| a \\| b | 3 |\n\n![货架](x.png)\n\n```\ncode\n```\n"
    )
    assert plain(text).split("\n") == [
        *("开头", "目的", "按回访和代码，换行。", "一", "甲", "项 天", "a | b 3", "货架", "code")
    ]


def test_contents() -> None:
    found = contents("# **目的** {#purpose}\n\n正文\n\n## 到货 {#arrival .record}")
    assert [(one.id, one.number, one.title, one.level, one.text) for one in found] == [
        ("purpose", "1", "目的", 1, ""),
        ("arrival", "1.1", "到货", 2, ""),
    ]


pieces = st.sampled_from(
    [
        *(
            "# ",
            "## 甲 {#a}",
            "\n",
            "\n\n",
            "- ",
            "1. ",
            "| a | b |\n|:-:|--|\n| c | d |\n",
            "```",
            "> ",
            "    ",
        ),
        *(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "![x](",
            "**",
        ),
        *(
            "[x](data:text/html,<b>)",
            "<p style='x'>",
            '" onload="',
            "{{flow PU-04}}",
            "PU-04",
            "&lt;b&gt;",
            "中",
            "\ufdd0",
        ),
    ]
)


@pytest.mark.proves("S26")
@given(st.lists(st.one_of(pieces, st.text(max_size=8)), max_size=30).map("".join))
def test_whatever_is_written_runs_nothing(text: str) -> None:
    html = drawn(text)
    for tag in re.findall(r"<[a-z][^>]*>", html):
        assert not re.search(r"\s(?:style|on\w+)\s*=", tag), tag
        assert not re.search(r'(?:href|src)="(?!/|https?://|mailto:|tel:)', tag), tag
    assert "<script" not in html
    assert html.count("<section") == html.count("</section>")
    plain(text)
    contents(text)


@pytest.mark.parametrize("one", shipped(), ids=lambda one: f"{one.code}.{one.edition}")
def test_the_documents_that_come_with_the_portal(one: object) -> None:
    html = drawn(one.text)  # type: ignore[attr-defined]
    assert "<section" in html
    assert "**" not in html
    assert plain(one.text)  # type: ignore[attr-defined]


def footed(text: str, foot: str | Markup) -> str:
    """The text with this at the foot of the clause `arrival`."""
    return render(
        text,
        parts=lambda kind, name: Markup("<svg></svg>"),
        link=link,
        image=image,
        foot=lambda clause: foot if clause.id == "arrival" else "",
    )


def test_what_is_drawn_at_the_foot_of_a_clause_stands_at_its_end() -> None:
    html = footed("# 到货 {#arrival}\n\n正文。\n\n# 附则 {#rest}\n\n完。", Markup("<details>PU-06</details>"))
    first, second = html.split("</section>")[:2]
    assert first.endswith('<div class="clause-foot"><details>PU-06</details></div>\n')
    assert "clause-foot" not in second


def test_a_foot_that_is_plain_words_is_escaped_and_an_empty_one_leaves_nothing() -> None:
    assert "&lt;script&gt;" in footed("# 到货 {#arrival}", "<script>")
    assert "clause-foot" not in footed("# 到货 {#arrival}", "")
    assert "clause-foot" not in drawn("# 到货 {#arrival}")


def test_a_text_cannot_fill_the_place_of_a_foot_itself() -> None:
    html = footed("# 到货 {#arrival}\n\n\ufdd00\ufdd1\n\n{{flow PU-04}}", Markup("<b>foot</b>"))
    assert html.count("<b>foot</b>") == 1
    assert html.count("<svg></svg>") == 1


@pytest.mark.parametrize(
    "text",
    [
        "[x](/%EF%B7%909%EF%B7%91)",
        "[x](/%EF%B7%900%EF%B7%91)\n\n{{history}}",
        "# T {#\ufdd07\ufdd1}",
        "![x](%EF%B7%900%EF%B7%91)\n\n{{records}}",
    ],
)
def test_no_place_of_a_part_can_be_forged(text: str) -> None:
    html = drawn(text)
    assert html.count("<svg>") == text.count("{{")
    assert not re.search(r'="[^"]*<', html), "nothing drawn stands in an attribute"


@pytest.mark.proves("S26")
@pytest.mark.parametrize(
    "target", ["/%09/evil.example", "/%0a/evil.example", "/\\evil.example", "//evil.example"]
)
def test_a_link_cannot_lead_off_the_site_in_disguise(target: str) -> None:
    assert "evil.example" not in "".join(re.findall(r'href="([^"]*)"', drawn(f"[x]({target})")))


@pytest.mark.proves("S32")
@pytest.mark.timeout(60)  # pairs are looked for in a time that grows with the square of the marks
@pytest.mark.parametrize("marks", ["*a_", "![[", "[a](", "~~a*", "`a`"])
def test_a_paragraph_of_nothing_but_marks_is_plain_text(marks: str) -> None:
    text = marks * 40_000
    for body in (text, f"> - {text}", f"|{text}|\n|-|\n|{text}|"):
        assert render(body, parts=lambda _kind, _name: "", link=lambda _to: "", image=lambda _to: "")
        assert [one.type for one in markup.inline(body).children or ()] == ["text"]
    few = markup.inline("*甲* " * (markup.MOST_MARKS // 2))
    assert sum(one.type == "em_open" for one in few.children or ()) == markup.MOST_MARKS // 2


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - ", "- > 1. "])
@pytest.mark.parametrize("times", [1, 6, 9, 20, 200])
def test_nothing_is_lost_however_deep_it_stands(mark: str, times: int) -> None:
    said = f"{mark * times}深处\n\n之后\n\n# 下一条\n\n末尾"
    for shown in (drawn(said), plain(said)):
        assert all(one in shown for one in ("深处", "之后", "下一条", "末尾"))
