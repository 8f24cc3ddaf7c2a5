"""Fail when something the app needs at run time has no wheel for phones.

Walks `[project].dependencies` and what they need in turn, as installed here,
with the markers of an Android phone. Each package must be pure Python,
or stand in phone_wheels.toml with a version that every requirement admits.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
PROJECT = HERE.parent / "pyproject.toml"
WHEELS = HERE / "phone_wheels.toml"


def phone_environment(python: str) -> dict[str, str]:
    """The values of environment markers on a phone of today."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": "aarch64",
        "platform_python_implementation": "CPython",
        "platform_system": "Android",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "android",
    }


def wanted(requirement: Requirement, extras: set[str], phone: Mapping[str, str]) -> bool:
    """Whether the marker holds on a phone, for any of the extras that were asked for."""
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({**phone, "extra": extra}) for extra in (*extras, "")
    )


def needs(requirement: Requirement, phone: Mapping[str, str]) -> list[Requirement]:
    """What the installed package of `requirement` needs on a phone."""
    lines = distribution(requirement.name).requires or []
    return [
        needed for needed in map(Requirement, lines) if wanted(needed, requirement.extras, phone)
    ]


def closure(roots: list[Requirement], phone: Mapping[str, str]) -> Iterator[Requirement]:
    """Every requirement reachable from `roots`, each once, roots first."""
    waiting, seen = [root for root in roots if wanted(root, set(), phone)], set[str]()
    while waiting:
        requirement = waiting.pop(0)
        if str(requirement) not in seen:
            seen.add(str(requirement))
            yield requirement
            waiting += needs(requirement, phone)


def is_pure(name: str) -> bool:
    """Whether the wheel that is installed here would run anywhere."""
    wheel = distribution(name).read_text("WHEEL") or ""
    return Parser().parsestr(wheel).get("Root-Is-Purelib") == "true"


def fault(requirement: Requirement, known: Mapping[str, str]) -> str | None:
    """What is wrong with shipping `requirement`, or None."""
    version = known.get(canonicalize_name(requirement.name))
    if version is None:
        pure = is_pure(requirement.name)
        return None if pure else f"{requirement.name}: compiled, and not in {WHEELS.name}"
    if requirement.specifier.contains(version):
        return None
    return f"{requirement}: phones have {version}, which this does not admit"


def faults() -> Iterator[str]:
    """One line for each package that would stop `flet build`."""
    wheels = tomllib.loads(WHEELS.read_text())
    known: dict[str, str] = {
        canonicalize_name(row["name"]): row["version"] for row in wheels["wheel"]
    }
    roots = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    used = set[str]()
    for requirement in closure(
        [Requirement(line) for line in roots], phone_environment(wheels["python"])
    ):
        used.add(canonicalize_name(requirement.name))
        if (line := fault(requirement, known)) is not None:
            yield line
    yield from (
        f"{name}: in {WHEELS.name}, but nothing needs it" for name in sorted(known.keys() - used)
    )


def main() -> int:
    """Print what is wrong; 1 when anything is."""
    try:
        found = list(faults())
    except PackageNotFoundError as error:
        found = [f"{error.name}: needed on phones, but not installed here"]
    print(*(found or ["Every runtime dependency has a wheel for phones."]), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
