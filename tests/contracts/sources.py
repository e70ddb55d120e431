"""The source of the apps."""

from django.conf import settings

APPS = ("accounts", "learning", "quizzes", "progress", "demo")


def sources():
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(settings.BASE_DIR)), path.read_text()
