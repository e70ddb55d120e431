from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from learning.tree.domain.levels import CATEGORIES, COURSES, SUB_COURSES, VIDEOS
        from learning.tree.levels import register

        register(CATEGORIES, COURSES, SUB_COURSES, VIDEOS)
        # Packages that make no sense must stop every process, not the first request that meets them.
        import_module("learning.workshop.packages")
