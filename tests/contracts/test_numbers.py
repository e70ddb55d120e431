"""JSON has one type of number: a whole number is one however it is written."""

from tests.contracts.routes import ROUTES
from tests.contracts.world import sent_and_undone


def with_points(value):
    """Return a body in which every integer is written with a point: ``3.0``."""
    if type(value) is int:
        return float(value)
    if isinstance(value, dict):
        return {name: with_points(item) for name, item in value.items()}
    return [with_points(item) for item in value] if isinstance(value, list) else value


def test_every_route_takes_a_whole_number_that_is_written_with_a_point(world):
    wrong, tried = [], 0
    for route in ROUTES:
        ids = world.ids_for(world.person(route.caller))
        body = route.filled(ids)
        if repr(with_points(body)) == repr(body):
            continue
        tried += 1
        response = sent_and_undone(world.client(route.caller), route, ids, body=with_points(body))
        if response.status_code != route.status:
            wrong.append(f"{route}: {response.status_code} {response.content[:200]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 20
