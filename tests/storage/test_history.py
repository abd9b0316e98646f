"""The published documents as a git repository."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from portal.storage.commits import BRANCH
from portal.storage.history import History

AT = datetime(2026, 5, 12, 9, 30, tzinfo=timezone(timedelta(hours=8)))
ARRIVAL = "purchasing/PU-P-01-采购.md"


def publish(
    history: History, text: str | None = "# 目的\n", path: str = ARRIVAL, at: datetime = AT, **facts: str
) -> str:
    """One document published by somebody."""
    facts = {
        "message": "发布 PU-P-01 1.0 版",
        "author_name": "张三",
        "author_email": "zhang@example.com",
    } | facts
    return history.publish({path: None if text is None else text.encode()}, at=at, **facts)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A history that has not begun."""
    return History(tmp_path / "data" / "history.git")


def test_before_the_first_publication(history: History) -> None:
    assert history.log() == []
    with pytest.raises(FileNotFoundError):
        history.read("0" * 40, ARRIVAL)
    assert not history.folder.exists(), "reading makes nothing"


def test_a_publication_is_a_commit(history: History) -> None:
    sha = publish(history)
    (found,) = history.log()
    assert (found.sha, found.message, found.paths) == (sha, "发布 PU-P-01 1.0 版", (ARRIVAL,))
    assert (found.author_name, found.author_email, found.at) == ("张三", "zhang@example.com", AT)
    assert found.at.utcoffset() == timedelta(hours=8)
    assert history.read(sha, ARRIVAL) == "# 目的\n".encode()


def test_every_state_can_be_read(history: History) -> None:
    first = publish(history)
    second = publish(history, "# 目的\n\n改。\n", at=AT + timedelta(days=1), message="2.0 版")
    third = publish(history, None, at=AT + timedelta(days=2), message="废止")
    assert history.read(first, ARRIVAL) == "# 目的\n".encode()
    assert history.read(second, ARRIVAL) == "# 目的\n\n改。\n".encode()
    with pytest.raises(FileNotFoundError):
        history.read(third, ARRIVAL)
    assert [one.sha for one in history.log()] == [third, second, first]
    assert [one.sha for one in history.log(most=1)] == [third]


@pytest.mark.parametrize("sha", ["", "HEAD", "0" * 40, "../../x", "main"])
def test_no_such_commit(history: History, sha: str) -> None:
    publish(history)
    with pytest.raises(FileNotFoundError):
        history.read(sha, ARRIVAL)


def test_a_tree_is_no_commit(history: History) -> None:
    sha = publish(history)
    with Repo(str(history.folder)) as repo:
        tree = repo[sha.encode()].tree.decode()
    with pytest.raises(FileNotFoundError):
        history.read(tree, ARRIVAL)


def test_a_package_is_one_commit(history: History) -> None:
    publish(history)
    files = {ARRIVAL: None, "purchasing/PU-P-02-验收.md": b"b", "quality/QA-P-01.md": b"c"}
    sha = history.publish(files, message="整套", author_name="李四", author_email="li@example.com", at=AT)
    assert history.log()[0].paths == tuple(sorted(files))
    assert history.read(sha, "quality/QA-P-01.md") == b"c"
    assert [one.message for one in history.log("quality/QA-P-01.md")] == ["整套"]
    assert len(history.log(ARRIVAL)) == 2


def test_the_same_in_another_place_has_the_same_sha(history: History, tmp_path: Path) -> None:
    assert publish(history) == publish(History(tmp_path / "other"))


def test_a_publication_that_is_repeated_is_the_same(history: History) -> None:
    first = publish(history)
    assert publish(history) == first
    second = publish(history, "二", at=AT + timedelta(hours=1))
    assert publish(history) == first, "it does not undo what came after it"
    assert history.log()[0].sha == second
    assert len(history.log()) == 2


def test_nothing_new_makes_no_commit(history: History) -> None:
    first = publish(history)
    assert publish(history, at=AT + timedelta(days=9), message="再发布") == first
    assert publish(history, None, "no/such.md", message="删去") == first
    assert len(history.log()) == 1


def test_nothing_at_all(history: History) -> None:
    with pytest.raises(ValueError, match="nothing"):
        publish(history, None)
    with pytest.raises(ValueError, match="time zone"):
        publish(history, at=datetime(2026, 5, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "a/../b",
        "..",
        ".git/config",
        "a/.GIT/x",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "a\nb",
        "C:x",
    ],
)
def test_paths_that_cannot_be(history: History, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        publish(history, path=path)
    assert history.log() == []


def test_a_document_is_no_folder(history: History) -> None:
    publish(history, path="a")
    with pytest.raises(ValueError, match="folder"):
        publish(history, path="a/b")
    assert len(history.log()) == 1


def test_names_cannot_break_the_commit(history: History) -> None:
    publish(history, author_name="坏\n<a@b>\n\ntree", author_email="x>y\n", message="一\n\n二")
    (found,) = history.log()
    assert "\n" not in found.author_name
    assert "<" not in found.author_name
    assert found.message == "一\n\n二"


def test_many_publishers_at_once(history: History) -> None:
    def one(number: int) -> str:
        return publish(History(history.folder), f"{number}", f"d/{number}.md", message=f"第{number}份")

    with ThreadPoolExecutor(8) as pool:
        shas = list(pool.map(one, range(16)))
    found = history.log()
    assert sorted(one.sha for one in found) == sorted(shas)
    assert {one.paths for one in found} == {(f"d/{number}.md",) for number in range(16)}
    assert history.read(found[0].sha, "d/3.md") == b"3"


PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from portal.storage.history import History
history = History(Path(sys.argv[1]))
for number in range(5):
    history.publish({f"{sys.argv[2]}/{number}.md": b"x"}, message=f"{sys.argv[2]} {number}", author_name="a",
                    author_email="a@example.com", at=datetime(2026, 5, 12, tzinfo=UTC))
"""


def test_several_processes(history: History) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(history.folder), name])
        for name in ("甲", "乙", "丙")
    ]
    assert [one.wait() for one in running] == [0, 0, 0]
    assert len(history.log()) == 15


def test_what_the_database_does_not_know_is_built_upon(history: History) -> None:
    publish(history)
    publish(history, "二", at=AT + timedelta(hours=1), message="写入数据库失败的一次")
    sha = publish(history, "三", at=AT + timedelta(hours=2), message="再次发布")
    assert history.read(sha, ARRIVAL) == "三".encode()
    assert len(history.log()) == 3


def test_locks_of_a_killed_publisher_are_cleared(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.storage.history.sleep", lambda _seconds: None)
    publish(history)
    lock = history.folder / f"{BRANCH.decode()}.lock"
    lock.write_bytes(b"")
    sha = publish(history, "二", at=AT + timedelta(hours=1))
    assert history.log()[0].sha == sha
    assert not lock.exists()


def test_a_repository_half_made_is_made_anew(history: History) -> None:
    half = history.folder.with_name(f"{history.folder.name}.new")
    half.mkdir(parents=True)
    (half / "HEAD").write_text("ref")
    history.folder.mkdir()
    sha = publish(history)
    assert history.log()[0].sha == sha
    assert not half.exists()


def test_somebody_else_who_writes_meanwhile_loses_nothing(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push with git itself knows nothing of the portal's lock; the reference is compared before it is set."""
    publish(history, "一", "a.md")
    other = History(history.folder)
    done: list[bool] = []

    class Refs:
        """The references of the repository, with somebody who is quicker once."""

        def __init__(self, refs: object) -> None:
            self.refs = refs

        def __getattr__(self, name: str) -> object:
            return getattr(self.refs, name)

        def set_if_equals(self, *names: object) -> bool:
            if not done:
                done.append(True)
                with monkeypatch.context() as patch:
                    patch.setattr("portal.storage.history.fcntl.flock", lambda *_: None)
                    publish(other, "二", "b.md", message="抢先", at=AT + timedelta(hours=1))
            return bool(self.refs.set_if_equals(*names))  # type: ignore[attr-defined]

    class Slow(Repo):
        """A repository whose references are overtaken."""

        def __init__(self, *args: object, **facts: object) -> None:
            super().__init__(*args, **facts)  # type: ignore[arg-type]
            self.refs = Refs(self.refs)  # type: ignore[assignment]

    monkeypatch.setattr("portal.storage.history.Repo", Slow)
    publish(history, "三", "c.md", message="随后", at=AT + timedelta(hours=2))
    monkeypatch.undo()
    assert [one.message for one in history.log()] == ["随后", "抢先", "发布 PU-P-01 1.0 版"]
    head = history.log()[0].sha
    assert [history.read(head, path) for path in ("a.md", "b.md", "c.md")] == [
        "一".encode(),
        "二".encode(),
        "三".encode(),
    ]


def test_it_can_be_cloned(history: History, tmp_path: Path) -> None:
    publish(history, at=datetime(2026, 5, 12, tzinfo=UTC))
    with porcelain.clone(str(history.folder), str(tmp_path / "clone"), errstream=porcelain.NoneStream()):
        pass
    assert (tmp_path / "clone" / ARRIVAL).read_text() == "# 目的\n"


def test_git_finds_nothing_wrong(history: History, tmp_path: Path) -> None:
    publish(history)
    publish(history, "二", at=AT + timedelta(hours=1))
    for command in (["fsck", "--strict"], ["clone", "-q", ".", str(tmp_path / "clone")], ["gc", "-q"]):
        subprocess.run(["git", *command], cwd=history.folder, check=True)
    assert (tmp_path / "clone" / ARRIVAL).read_text() == "二"
    publish(history, "三", at=AT + timedelta(hours=2))
    assert [len(history.log()), history.log()[0].paths] == [3, (ARRIVAL,)]
