"""What every error of the API looks like."""

from tests.conftest import error_of


def assert_shape(response, status, code, kind="client_error"):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert body["type"] == kind
    error = error_of(response)
    assert error["code"] == code
    assert set(error) == {"code", "detail", "attr"}
    assert error["detail"]
