"""The paths of the project, and those of articles."""

from config import urls
from tests.articles.api import ArticleViewSet

urlpatterns = [*urls.resource("course-management/articles", ArticleViewSet), *urls.urlpatterns]

handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
