"""A real PostgreSQL for the tests that need one: made on demand, reached by a socket, thrown away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.lacking import lacking

START_SECONDS = 60.0
STOP_SECONDS = 20.0

# Nothing here has to survive a power cut, and tests open few connections.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL that listens on a socket in `sockets` only."""

    sockets: Path

    def url(self, database: str) -> str:
        """Address for `sqlalchemy.create_engine`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that commits each statement, as CREATE DATABASE wants it."""
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True
        )

    def answers(self) -> bool:
        """Whether the server takes connections yet."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """An empty database, as a URL; dropped at the end, also under open connections."""
        word = sql.Identifier(name)
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(word))
            try:
                yield self.url(name)
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(word))


def programs() -> Path | None:
    """The folder that holds the newest initdb, or None; Debian keeps it off the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda path: float(path.parts[-3]), default=None)
    named = shutil.which("initdb")
    return newest.parent if newest else Path(named).resolve().parent if named else None


def as_owner() -> tuple[str, ...]:
    """Words before a command: PostgreSQL refuses root, and must not outlive a killed test run."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return (setpriv, "--pdeathsig", "INT") if setpriv else ()
    user = ("--reuid=postgres", "--regid=postgres", "--init-groups")
    return ("setpriv", *user, "--pdeathsig", "INT")


@contextmanager
def owned_folder() -> Iterator[Path]:
    """A private folder of whoever runs PostgreSQL. Short: a socket path has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="tw-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder)


def initialise(bin_folder: Path, data: Path) -> None:
    """Make an empty cluster. Thai sorts by code point: the rules never rely on the database's."""
    words = ("--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--username=postgres")
    initdb = (str(bin_folder / "initdb"), *words, "--no-sync", "--pgdata", str(data))
    made = subprocess.run(
        (*as_owner(), *initdb), cwd=data.parent, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.fail(f"initdb failed:\n{made.stdout}{made.stderr}", pytrace=False)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server: at once and cleanly, else by force."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)


def await_answer(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log when it ended or is too slow."""
    deadline = time.monotonic() + START_SECONDS
    while not cluster.answers():
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL did not start:\n{log.read_text()}", pytrace=False)
        time.sleep(0.05)


@contextmanager
def running(bin_folder: Path) -> Iterator[Cluster]:
    """A cluster from nothing to nothing; takes about two seconds."""
    with owned_folder() as folder:
        data, log = folder / "data", folder / "log"
        initialise(bin_folder, data)
        options = [word for setting in QUICK for word in ("-c", setting)]
        place = ("-D", str(data), "-c", f"unix_socket_directories={folder}")
        command = (str(bin_folder / "postgres"), *place, "-c", "listen_addresses=", *options)
        with log.open("wb") as output:
            server = subprocess.Popen(
                (*as_owner(), *command),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            cluster = Cluster(folder)
            await_answer(cluster, server, log)
            yield cluster
        finally:
            stop(server)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run, started by the first test that asks."""
    bin_folder = programs()
    if bin_folder is None:
        lacking("PostgreSQL is not installed: apt-get install postgresql")
    with running(bin_folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _database_numbers() -> Callable[[], int]:
    return count(1).__next__


@pytest.fixture(scope="module")
def postgres_url(postgres_cluster: Cluster, _database_numbers: Callable[[], int]) -> Iterator[str]:
    """`postgresql+psycopg://…` of an empty database that this test module has for itself."""
    with postgres_cluster.database(f"module_{_database_numbers()}") as url:
        yield url


@pytest.fixture
def fresh_postgres_url(
    postgres_cluster: Cluster, _database_numbers: Callable[[], int]
) -> Iterator[str]:
    """`postgresql+psycopg://…` of an empty database for one test (about 50 ms)."""
    with postgres_cluster.database(f"test_{_database_numbers()}") as url:
        yield url
