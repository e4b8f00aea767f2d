"""Hosts that forget what is written on their disk, known by what they put into the environment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: A name in the environment -> whose it is. With each of them a restart begins with an empty disk, unless somebody has
#: attached one that lasts, which the environment does not say.
FORGETFUL: Mapping[str, str] = {
    "DYNO": "Heroku",
    "RENDER": "Render",
    "RAILWAY_ENVIRONMENT": "Railway",
    "K_SERVICE": "Google Cloud Run",
    "CLOUD_RUN_JOB": "Google Cloud Run",
    "FLY_APP_NAME": "Fly.io",
    "CONTAINER_APP_NAME": "Azure Container Apps",
    "ECS_CONTAINER_METADATA_URI_V4": "Amazon ECS",
    "AWS_LAMBDA_FUNCTION_NAME": "AWS Lambda",
    "VERCEL": "Vercel",
}


def forgetful_host(state: str, environment: Collection[str]) -> str:
    """Which host would forget this state, such as "Heroku ($DYNO is set)"; "" when none does.

    `state` is the database's address, `environment` the names of the variables that are set.
    """
    if not state.startswith("sqlite:"):
        return ""
    return next((f"{host} (${name} is set)" for name, host in FORGETFUL.items() if name in environment), "")


def forgotten_state(state: str, environment: Collection[str], *, anyway: bool) -> str:
    """Why the worker must not begin with this state here, with what to do; "" when it may.

    `init` may all the same: what it makes stands in the workbook, from which a lost state is rebuilt. A worker would
    rebuild it at every restart, and would forget which mails were waiting, held or in doubt.
    """
    host = forgetful_host(state, environment)
    if not host or anyway:
        return ""
    return (
        f"state: is an SQLite file, and {host} forgets its disk at every restart. Set DATABASE_URL to a Postgres "
        "database; or, when the file lies on a disk that lasts, set sqlite_anyway: true."
    )
