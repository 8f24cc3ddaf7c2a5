"""The promises that the repository itself makes."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.check_phone_deps import fault

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

TARGETS = ("venv", "demo", "serve", "test", "check", "format", "bench", "soak", "pictures", "clean")

# Put together from pieces, so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(
    r"(?<![\w.}-])/(?:ro" + r"ot|ho" + r"me/[a-z]+|wo" + r"rk|Us" + r"ers/[a-z]+)/"
)
REGISTRY = re.compile(
    "|".join(
        (
            "files" + r"\.pythonhosted",
            "pypi" + r"\.org",
            "pypi" + r"\.flet",
            "/sim" + "ple/",
            "index" + "-url",
        )
    )
)
TEXT = {".cfg", ".ini", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}


def tracked() -> list[Path]:
    """Every file git knows and the tree still has."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout")
    # A container may see the checkout as another user's, which git refuses unless told.
    listed = subprocess.run(
        ("git", "-c", "safe.directory=*", "ls-files", "-z"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    plain = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in plain if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []
    rows = (line.split("==") for line in plain)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in rows}


def test_no_lock_file_is_tracked() -> None:
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock.toml"}
    assert [path for path in tracked() if path.name in locks] == []


def test_no_tracked_file_names_a_folder_of_one_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_no_tracked_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRY) == []


def test_every_constraint_is_a_plain_pin_and_holds_what_the_project_asks_for() -> None:
    asked = [
        *PROJECT["project"]["dependencies"],
        *(line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra),
        *PROJECT["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[\[<>=; ]", line)[0].lower().replace(".", "-") for line in asked}
    assert names - pins().keys() == set()


def test_tests_run_the_pydantic_that_phones_get() -> None:
    wheels = tomllib.loads((ROOT / "scripts" / "phone_wheels.toml").read_text())["wheel"]
    core = next(row["version"] for row in wheels if row["name"] == "pydantic-core")
    assert pins()["pydantic-core"] == core


def test_the_makefile_explains_every_target_people_are_told_to_type() -> None:
    explained = re.findall(r"^([a-z-]+):.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(TARGETS) - set(explained) == set()


def test_every_ignored_rule_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    start, end = text.index("[tool.ruff.lint]"), text.index("[tool.ruff.lint.pydocstyle]")
    rules = re.findall(r'^    "[A-Z]+\d*",.*$', text[start:end], re.MULTILINE)
    assert rules
    assert [line for line in rules if not re.search(r"#  ?\w.{8,}", line)] == []


def test_the_contracts_name_every_layer_of_the_architecture() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    assert layers == ["cli", "synthetic", "app", "views", "actions", "sync", "store", "domain"]


def test_every_runtime_dependency_has_a_wheel_for_phones() -> None:
    script = ROOT / "scripts" / "check_phone_deps.py"
    checked = subprocess.run(
        (sys.executable, str(script)), capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_compiled_package_that_phones_lack_is_refused() -> None:
    assert fault(Requirement("psycopg-binary"), {}) is not None
    assert fault(Requirement("segno"), {}) is None


def test_a_version_newer_than_phones_have_is_refused() -> None:
    phones = {"cryptography": "48.0.0"}
    assert fault(Requirement("cryptography>=49"), phones) is not None
    assert fault(Requirement("cryptography>=46"), phones) is None


def test_every_decision_says_what_it_costs() -> None:
    for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
        headings = re.findall(r"^## (.+)$", path.read_text("utf-8"), re.MULTILINE)
        assert headings == ["Context", "Options", "Decision", "What it costs"], path.name
