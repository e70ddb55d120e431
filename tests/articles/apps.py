from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "tests.articles"
    label = "articles"

    def ready(self) -> None:
        from accounts.privacy import holdings
        from accounts.rights import keys
        from learning.tree import levels
        from progress.steps.completions import record_in
        from tests.articles.levels import ARTICLES
        from tests.articles.models import ArticleCompletion

        keys.contribute(keys.keys_of("articles", "articles"), {"articles.reorder": "Reorder articles"})
        levels.register(ARTICLES)
        record_in(ArticleCompletion)
        holdings.contribute(holdings.Holding(ArticleCompletion, holdings.by("user")))
