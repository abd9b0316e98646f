"""Search: the same hits as looking through every text, on both databases, and only what one may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import aliased

from portal.domain.permissions import person_key
from portal.extensions import db
from portal.forms import project_parts, search_groups
from portal.lib.bigrams import phrases, plain
from portal.models import Record, SearchEntry
from portal.queries import find, visible
from portal.queries.actors import Actor
from portal.search import kinds
from portal.search.index import Entry, put, remove
from portal.services import indexing, tasks
from tests import desk
from tests.conftest import both_databases
from tests.services.engine_forms import AnyOfTwo, OneRole
from tests.services.office import Office

Who = Callable[[str], Actor]
NOW = datetime(2026, 5, 11, tzinfo=UTC)
FIRST = 1_000  # ids of records that are in the index only
APART = 100  # ids from one to the next, so that they lie in many stretches of the index
WORDS = [
    "动火作业",
    "火",
    "作业票",
    "锅炉",
    "DN80",
    "dn 100",
    "ＰＵ-04",
    "2026-0042",
    "3号楼",
    "，",
    " ",
    "é",
    "Q345B",
    "水",
]
TYPED = [
    *("火", "水", "票", "号", "炉"),
    *("动火", "火作", "作业", "锅炉", "业票", "楼锅"),
    *("动火作", "作业票", "火锅炉", "火作业"),
    *("动火作业", "动火作业票", "锅炉动火作业", "作业票锅炉水"),
    *("dn", "DN80", "ｄｎ８０", "n80", "2026", "0042", "026", "2026-0042", "pu-04", "PU 04", "q345", "Q345B", "É"),
    *("3号", "3号楼", "号楼dn", "火dn80", "3 号楼", "动火 锅炉", "锅炉 80", "动火，作业", "％_'\"*:", "title : x"),
]  # fmt: skip


@pytest.fixture
def texts(context: Flask) -> dict[int, tuple[str, str]]:
    """Entries put together of few words, so that most of what is typed stands in some of them."""
    rng = Random(7)
    made = {
        FIRST + at * APART: tuple("".join(rng.choices(WORDS, k=rng.randint(0, most))) for most in (3, 12))
        for at in range(250)
    }
    put(Entry(kind="record", row=id, title=title, body=body) for id, (title, body) in made.items())
    return made


def there(typed: str, *fields: str) -> bool:
    """Whether each word typed stands in one of the fields, by looking."""
    return all(any(one.plain in plain(field) for field in fields) for one in phrases(typed))


@both_databases
def test_hits_are_those_of_looking_through_every_text(texts: dict[int, tuple[str, str]], person: Who) -> None:
    auditor = person("auditor")
    found_any = set()
    for typed in TYPED:
        hits = [id for id in find.records(find.Wanted(phrases(typed)), auditor).ids if id >= FIRST]
        named = [id for id in sorted(texts, reverse=True) if there(typed, texts[id][0])]
        every = [id for id in sorted(texts, reverse=True) if there(typed, *texts[id])]
        wanted = [*named, *(id for id in every if id not in set(named))] if phrases(typed) else []
        assert hits == wanted, typed
        found_any |= {typed} if hits else set()
    assert len(found_any) > len(TYPED) * 0.8


@both_databases
def test_among_few_records_the_same_are_found(
    texts: dict[int, tuple[str, str]], person: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer, mine = person("buyer"), [id for id in texts if id % 300 == 100]
    monkeypatch.setattr(
        find, "_few", lambda _actor: sa.select(SearchEntry.id).where(SearchEntry.id.in_(mine))
    )
    monkeypatch.setattr(find, "may_see", lambda _id, _actor: sa.true())
    for typed in TYPED:
        hits = find.records(find.Wanted(phrases(typed)), buyer).ids
        newest = sorted(mine, reverse=True)
        named = [id for id in newest if there(typed, texts[id][0])]
        said = [id for id in newest if id not in named and there(typed, *texts[id])]
        assert hits == (named + said if phrases(typed) else []), typed


@both_databases
def test_a_record_of_somebody_by_several_rights_counts_once(
    texts: dict[int, tuple[str, str]], person: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = [id for id in texts if id % 300 == 100], aliased(SearchEntry)
    twice = sa.select(SearchEntry.id).join(other, other.id.in_(mine[:2])).where(SearchEntry.id.in_(mine))
    monkeypatch.setattr(find, "_few", lambda _actor: twice)
    monkeypatch.setattr(find, "MOST", 5)
    said = sorted((id for id in mine if there("锅炉", *texts[id])), reverse=True)
    named = [id for id in said if there("锅炉", texts[id][0])]
    hits = find.records(find.Wanted(phrases("锅炉")), person("buyer"))
    assert len(said) > 5
    assert (hits.ids, hits.more) == ([*named, *(id for id in said if id not in named)][:5], True)


@both_databases
def test_pure_chinese_is_found_as_plain_text_is(texts: dict[int, tuple[str, str]], person: Who) -> None:
    auditor = person("auditor")
    for typed in ("火", "作业", "动火作", "火锅炉水", "炉"):
        hits = {id for id in find.records(find.Wanted(phrases(typed)), auditor).ids if id >= FIRST}
        assert hits == {id for id, fields in texts.items() if any(typed in field for field in fields)}


@both_databases
def test_changed_and_removed_entries_are_found_anew_or_not_at_all(context: Flask, person: Who) -> None:
    auditor = person("auditor")

    def found(typed: str) -> list[int]:
        return find.records(find.Wanted(phrases(typed)), auditor).ids

    put([Entry(kind="record", row=FIRST, title="旧名称", body="旧内容")])
    put(
        [
            Entry(
                kind="record",
                row=FIRST,
                title="新名称",
                body="旧内容",
                also=["Purchase order"],
                spelt=["xmc"],
            )
        ]
    )
    assert (found("旧名称"), found("新名"), found("purchase ord"), found("xmc")) == ([], *[[FIRST]] * 3)
    remove("record", FIRST)
    assert found("新名") == []


@both_databases
def test_more_than_are_counted(context: Flask, person: Who) -> None:
    put(Entry(kind="record", row=FIRST + at * APART, title="很多很多") for at in range(find.MOST + 1))
    hits = find.records(find.Wanted(phrases("很多")), person("auditor"))
    assert (len(hits.ids), hits.more, hits.ids[0]) == (find.MOST, True, FIRST + find.MOST * APART)


@pytest.mark.proves("S22")
@both_databases
def test_records_only_of_those_who_may_see_them(real_office: Office) -> None:
    office = real_office
    made = [office.submit(OneRole), office.submit(AnyOfTwo), office.submit(OneRole, "buyer_2")]
    tasks.let_read(made[2], [person_key(office.id("cashier"))])
    office.substitute("quality_manager", "employee", "T-ONE")
    indexing.add(made)
    db.session.flush()
    for few in (find.FEW, -1):
        find.FEW, kept = few, find.FEW
        try:
            for login in (
                "buyer",
                "buyer_2",
                "quality_manager",
                "employee",
                "cashier",
                "designer",
                "auditor",
            ):
                by = office.actor(login)
                seen = visible.visible_to(sa.select(Record.id).where(Record.form_code.like("T-%")), by)
                wanted = sorted(db.session.scalars(seen), reverse=True)
                assert find.records(find.Wanted(phrases("T")), by).ids == wanted, login
        finally:
            find.FEW = kept


@both_databases
def test_other_things_by_kind_and_by_whom_they_name(context: Flask, person: Who) -> None:
    me = person("foreman")
    put([
        Entry(kind="customer", row=901, title="甲方榫卯"),
        Entry(kind="project", row=901, title="榫卯工地", sort="works"),
        Entry(kind="project", row=902, title="榫卯网站", sort="web"),
        Entry(kind="project", row=903, title="榫卯网站", sort="web", readers=[f"person:{me.id}"]),
        Entry(kind="document", row=901, title="密件榫卯", readers=["role:auditor", "person:1"]),
        Entry(kind="document", row=902, title="榫卯规程"),
    ])  # fmt: skip

    def found(by: Actor) -> set[tuple[str, int]]:
        shown = search_groups.kinds_for(by)
        hits = find.others(find.Wanted(phrases("榫卯")), shown, project_parts.kinds_for(by), by)
        return {(kind, id - kinds.first(kind)) for kind, one in hits.items() for id in one.ids}

    assert found(me) == {("project", 901), ("project", 903), ("document", 902)}
    assert found(person("auditor")) == {
        ("customer", 901), ("project", 901), ("project", 902), ("project", 903), ("document", 901), ("document", 902),
    }  # fmt: skip
    assert ("customer", 901) in found(person("customer_service_officer"))


@both_databases
def test_filters(context: Flask, person: Who) -> None:
    for at in range(4):
        put([
            Entry(
                kind="record", row=FIRST + at, title="筛选", state=("finished", "running")[at % 2],
                department=("quality", "warehouse")[at // 2], at=NOW - timedelta(days=at),
            )
        ])  # fmt: skip
    auditor = person("auditor")

    def found(**filters: object) -> list[int]:
        wanted = find.Wanted(phrases("筛选"), **filters)  # type: ignore[arg-type]
        return [id - FIRST for id in find.records(wanted, auditor).ids]

    day = NOW.date()
    assert found() == [3, 2, 1, 0]
    assert found(state="running") == [3, 1]
    assert found(department="quality") == [1, 0]
    assert found(since=day - timedelta(days=1)) == [1, 0]
    assert found(until=day - timedelta(days=1)) == [3, 2, 1]
    assert found(since=day - timedelta(days=2), until=day - timedelta(days=2), state="finished") == [2]


@both_databases
def test_people_customers_and_items_by_pinyin_and_parts(app: Flask, context: Flask, person: Who) -> None:
    auditor = person("auditor")
    kinds_ = search_groups.kinds_for(auditor)

    def found(typed: str) -> set[str]:
        hits = find.others(find.Wanted(phrases(typed)), kinds_, project_parts.kinds_for(auditor), auditor)
        return {one.code for hit in hits.values() for one in find.entries(hit.ids)}

    for typed in (
        "泰和",
        "hzth",
        "huzhoutaihe",
        "taihe",
        "0572-5550101",
        "05725550101",
        "C0001",
        "0001",
        "c0001",
    ):
        assert "C0001" in found(typed), typed
    assert "E001" in found("E001")
    assert "I0001" in found("螺栓") or "I0001" in found("I0001")
    assert found("％") == set()


def test_a_stranger_finds_nothing(app: Flask, context: Flask, person: Who) -> None:
    desk.start(app, "PU-04", "buyer")
    with app.app_context():
        assert find.records(find.Wanted(phrases("PU-04")), person("foreman")).ids == []
