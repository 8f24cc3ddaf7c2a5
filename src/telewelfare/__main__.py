"""`python -m telewelfare`: the same as the command `telewelfare`."""

from telewelfare.cli.main import app_entry

app_entry()
