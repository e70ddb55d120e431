"""Articles as a level of the tree."""

from typing import Final

from django.utils.translation import ngettext_lazy

from learning.tree.levels import TreeLevel
from tests.articles.models import Article

ARTICLES: Final = TreeLevel(
    "articles",
    Article,
    "sub_course",
    resource="articles",
    counted=ngettext_lazy("%d article", "%d articles"),
    step="article",
    path_fields=("minutes",),
)
