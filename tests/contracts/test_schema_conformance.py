"""Whatever is sent to any operation, as three roles: no 5xx, and every response is as the document says.

Requests are generated from the committed document, valid ones and broken ones; two of three are aimed at
rows that exist. ``STEPWISE_FUZZ_EXAMPLES`` says how many are generated for each operation, each of which
is sent as three callers: 60 make 10,000 requests.
"""

import os
from typing import Any
from urllib.parse import parse_qsl

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import access_token
from tests.contracts.documents import document, undocumented_keys
from tests.contracts.routes import OPERATIONS, Route
from tests.contracts.world import Undoing

pytestmark = pytest.mark.drill

EXAMPLES = int(os.environ.get("STEPWISE_FUZZ_EXAMPLES", "6"))
CALLERS = ["student", "admin", "global everywhere"]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PARTS = 3

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 6,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations() -> list[tuple[Route, Any, Any]]:
    """Return each route with the operation that the document makes of it, and what is generated for that.

    Made before any transaction is open: one in which nothing is asked for seconds is ended by the server.
    """
    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    routes = {(route.method, f"/api/{route.path.replace('<id>', '{id}')}"): route for route in OPERATIONS}
    found = [result.ok() for result in schema.get_all_operations()]
    return [(routes[operation.method, operation.path], operation, cases_of(operation)) for operation in found]


def cases_of(operation: Any) -> Any:
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES])


def aim(case: Any, route: Route, ids: dict[str, Any], *, closely: bool) -> None:
    """Point a generated request at rows that exist, in the caller's own scope; ``closely``: and mend it."""
    case.headers = {}
    if route.kind:
        case.path_parameters = {"id": ids[route.kind]}
    if closely:
        case.query = dict(parse_qsl(route.query.format(**ids)))
    if isinstance(case.body, dict):
        valid = route.filled(ids) or {}
        case.body |= valid if closely else {n: v for n, v in valid.items() if n.endswith("_id")}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_response_is_as_the_document_says(part, operations, world, one_connection):
    statuses: dict[str, set[int]] = {}
    undoing = Undoing()
    callers = [
        (
            world.ids_for(world.person(caller)),
            {"Authorization": f"Bearer {access_token(world.person(caller))}"},
        )
        for caller in CALLERS
    ]

    def try_out(route: Route, cases: Any) -> None:
        @fuzzed
        @given(case=cases, turn=st.integers(0, 2))
        def send(case: Any, turn: int) -> None:
            for n, (ids, headers) in enumerate(callers):
                if care := (n + turn) % 3:
                    aim(case, route, ids, closely=care == 2)
                response = case.call(headers=headers)
                undoing.take_back()
                statuses.setdefault(str(route), set()).add(response.status_code)
                case.validate_response(response, checks=CHECKS)
                assert undocumented_keys(route.method, route.path, response) == []

        send()

    for route, _operation, cases in operations[part::PARTS]:
        try_out(route, cases)
    # Refusals alone would say little.
    reached = [name for name, seen in statuses.items() if any(status < 300 for status in seen)]
    assert len(reached) > len(statuses) * 0.7, sorted(set(statuses) - set(reached))


def test_every_operation_is_tried(operations):
    named = {(route.method, route.path) for route in OPERATIONS}
    assert {(route.method, route.path) for route, _operation, _cases in operations} == named
