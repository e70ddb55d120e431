"""Many clients at once."""

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.conftest import access_token


class Caller:
    """One signed-in client of the live server."""

    def __init__(self, server, user):
        self.base = f"{server.url}/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {access_token(user)}"

    def send(self, method, path, **kwargs):
        return self.session.request(method, f"{self.base}/{path}", timeout=30, **kwargs)


def at_once(callables):
    with ThreadPoolExecutor(len(callables)) as pool:
        return [future.result() for future in [pool.submit(call) for call in callables]]
