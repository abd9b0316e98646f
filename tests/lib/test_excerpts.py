"""Excerpts: the stretch that shows why something was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.lib.bigrams import composed, folded, phrases
from portal.lib.excerpts import Part, excerpt, marked

SIGNS = "动火作业ab1Ａ㎡é，\n 票"


def hits(parts: list[Part]) -> list[str]:
    return [one.text for one in parts if one.hit]


@given(text=st.text(st.sampled_from(SIGNS), max_size=40), typed=st.text(st.sampled_from(SIGNS), max_size=6))
def test_a_marked_text_is_the_text_and_marks_are_what_was_typed(text: str, typed: str) -> None:
    parts = marked(text, phrases(typed))
    assert "".join(one.text for one in parts) == composed(text).replace("\n", " · ")
    wanted = folded(typed)
    assert all(set(folded(one)) <= set(wanted) | set(" ·，m2") for one in hits(parts))


@given(text=st.text(st.sampled_from(SIGNS), max_size=300), typed=st.text(st.sampled_from(SIGNS), max_size=6))
def test_an_excerpt_shows_a_hit_where_there_is_one(text: str, typed: str) -> None:
    wanted = phrases(typed)
    assert bool(hits(excerpt(text, wanted))) == bool(hits(marked(text, wanted)))


def test_the_stretch_with_most_of_what_was_typed_is_shown() -> None:
    text = "动火" + "另" * 200 + "动火作业时由监护人看守" + "另" * 200
    parts = excerpt(text, phrases("动火 监护人"))
    assert hits(parts) == ["动火", "监护人"]
    assert parts[0].text == parts[-1].text == "…"


def test_marks_are_where_the_eye_sees_them() -> None:
    assert marked("面积㎡，ＤＮ80阀门", phrases("dn80阀 m2")) == [
        Part("面积"), Part("㎡", True), Part("，"), Part("ＤＮ80阀", True), Part("门"),
    ]  # fmt: skip


def test_nothing_of_what_is_not_there() -> None:
    assert excerpt("动火作业", phrases("高处")) == []
    assert marked("动火作业", []) == [Part("动火作业")]
    assert marked("", phrases("a")) == []
