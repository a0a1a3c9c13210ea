"""`python -m service.cli`, where the `peerloom` command is not on the path."""

from service.cli import app

app()
