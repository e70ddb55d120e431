"""Where the peer's tables are."""

from typing import Any

import environ


def parsed(url: str) -> dict[str, Any]:
    """Return Django's settings of a database, for the schema of the smallest tables."""
    settings: dict[str, Any] = environ.Env.db_url_config(url)
    settings["CONN_MAX_AGE"] = 600
    settings["OPTIONS"] = {**settings.get("OPTIONS", {}), "options": "-c search_path=least,public"}
    return settings
