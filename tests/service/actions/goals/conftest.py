"""The small school of the jobs' tests: SQLite, exact search, hashed n-grams, so that what is near shares words."""

from __future__ import annotations

from tests.service.jobs.conftest import parts, school

__all__ = ["parts", "school"]
