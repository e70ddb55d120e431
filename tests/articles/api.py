"""Articles over REST."""

from django_filters import rest_framework as filters

from learning.models import SubCourse
from learning.tree.api.base import ContentViewSet, crud_keys
from learning.tree.api.filters import DeletedFilter, IdFilter
from tenancy.api.fields import StrictModelSerializer, StrictRelatedField
from tests.articles.levels import ARTICLES
from tests.articles.models import Article


class ArticleSerializer(StrictModelSerializer):
    """An article."""

    sub_course_id = StrictRelatedField(source="sub_course", queryset=SubCourse.objects.all())

    class Meta:
        model = Article
        fields = [
            "id",
            "sub_course_id",
            "title",
            "description",
            "minutes",
            "display_order",
            "status",
            "is_shared",
        ]


class ArticleFilterSet(filters.FilterSet):
    """What lists of articles can be narrowed by."""

    sub_course_id = IdFilter()
    deleted = DeletedFilter()

    class Meta:
        model = Article
        fields = ["status"]


class ArticleViewSet(ContentViewSet):
    """Articles."""

    queryset = Article.objects.all()
    kind = ARTICLES
    resource = "articles"
    permission_keys = crud_keys("articles")
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilterSet
