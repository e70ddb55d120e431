"""The settings of the project, with one app more before the admin, which looks for what others registered."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = ["tests.articles.apps.ArticlesConfig" if app == "demo" else app for app in INSTALLED_APPS]
DATABASES["default"]["TEST"] = {"NAME": f"test_articles_{os.getpid()}"}
ROOT_URLCONF = "tests.articles.urls"
