"""The product's paths."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from tests.bench.peer import views

router = SimpleRouter(trailing_slash=False)
router.register("api/user_progress", views.ItemViewSet, "item")
router.register("api/v1/course-management/courses", views.CourseViewSet)
router.register("api/v1/course-management/videos", views.VideoViewSet)

urlpatterns = [
    path("api/v1/progress/videos/<int:pk>/complete", views.Complete.as_view()),
    path("api/safety_quiz_results/completion", views.Completion.as_view()),
    path("api/v1/interactions", views.Interactions.as_view()),
    path("", include(router.urls)),
]
