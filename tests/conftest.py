"""Fixtures that more than one folder of tests uses, and how random tests throw their dice.

Random tests throw the same dice each time, so that a change is judged by what it changed. `EXPLORE=1 make test` throws
new ones.
"""

import os

from hypothesis import settings

from tests.postgres import another_postgres_url, postgres_server, postgres_url

__all__ = ["another_postgres_url", "postgres_server", "postgres_url"]

settings.register_profile("same dice", derandomize=True, database=None)
settings.register_profile("new dice", print_blob=True)
settings.load_profile("new dice" if os.environ.get("EXPLORE") else "same dice")
