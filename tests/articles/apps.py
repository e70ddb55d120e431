from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "tests.articles"
    label = "articles"

    def ready(self) -> None:
        from django.utils.translation import ngettext_lazy

        from accounts.rights import keys
        from learning.tree import levels
        from learning.waiting import drafts_of
        from progress.steps.completions import record_in
        from tenancy.front_page import waiting
        from tests.articles.levels import ARTICLES
        from tests.articles.models import ArticleCompletion

        keys.contribute(keys.keys_of("articles", "articles"), {"articles.reorder": "Reorder articles"})
        levels.register(ARTICLES)
        record_in(ArticleCompletion)
        drafts = ngettext_lazy("%(n)d article is still a draft", "%(n)d articles are still drafts", "n")
        waiting.contribute({"draft_articles": drafts_of(ARTICLES, drafts)})
