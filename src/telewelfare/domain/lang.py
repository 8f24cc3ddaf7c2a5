"""The two languages the app speaks."""

from typing import Literal, TypeAlias

Lang: TypeAlias = Literal["th", "en"]
