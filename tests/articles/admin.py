"""Articles in the admin."""

from django.contrib import admin

from learning.admin import ContentAdmin, content_keys
from tests.articles.levels import ARTICLES
from tests.articles.models import Article


@admin.register(Article)
class ArticleAdmin(ContentAdmin):
    kind = ARTICLES
    permission_keys = content_keys("articles")
    list_display = ["title", "sub_course", "organization", "status", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["sub_course", "organization"]
    autocomplete_fields = ["sub_course"]
    named_by = ("sub_course",)
    export_fields = ("id", "title", "status")
