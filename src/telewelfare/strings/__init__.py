"""Every sentence a user reads: one TOML file a topic, Thai first, English beside it.

`th/home.toml` holds the keys that begin with `home.`; nested tables are dots, so
`[late] title = "…"` in it is `home.late.title`. Two files have a meaning of their own:
`codes.toml` (labels of enumeration codes) and `fields.toml` (labels of fields).
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

Lang = Literal["th", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@dataclass(frozen=True, eq=False)
class Texts:
    """The sentences of one language. Call it with a key and the values of its placeholders.

    Compared by identity: `texts(lang)` returns the same object every time.
    """

    lang: Lang
    entries: Mapping[str, str]
    strict: bool = True

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with `{name}` placeholders filled in.

        Raises:
            KeyError: no such key, or no value for a placeholder. When not `strict`
                a missing key is shown as itself, so that a worker can go on.
        """
        if key not in self.entries and not self.strict:
            return key
        template = self.entries[key]
        return template.format(**values) if "{" in template else template

    def has(self, key: str) -> bool:
        """Whether there is a sentence for `key`."""
        return key in self.entries

    def code(self, enumeration: str, code: object) -> str:
        """Return the label of an enumeration's code; an unknown code is shown as itself.

        Unknown codes are normal: a newer server may send them.
        """
        return self.entries.get(f"codes.{enumeration}.{code}", str(code))

    def codes(self, enumeration: str) -> Mapping[str, str]:
        """Return all labels of an enumeration by code, in the order of the file."""
        start = f"codes.{enumeration}."
        return {
            key.removeprefix(start): label
            for key, label in self.entries.items()
            if key.startswith(start)
        }

    def field(self, kind: str, field: str) -> str:
        """Return the label of a kind's field, the field's name when it has none."""
        return self.entries.get(f"fields.{kind}.{field}", field)


@cache
def texts(lang: Lang, *, strict: bool = True) -> Texts:
    """Load the sentences of a language once.

    With `strict` off (the installed app) a missing key never stops a screen.
    """
    return Texts(lang, MappingProxyType(dict(_entries(lang))), strict)


def _entries(lang: Lang) -> Iterator[tuple[str, str]]:
    for file in sorted((files(__name__) / lang).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            topic = tomllib.loads(file.read_text(encoding="utf-8"))
            yield from _flat(file.name.removesuffix(".toml"), topic)


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            yield from _flat(key, value)
        elif isinstance(value, str):
            yield key, value
        else:
            message = f"{key} is {type(value).__name__}, a sentence must be text"
            raise TypeError(message)
